import FarmPage
import History
import Scan
import Verdicts
import Writing

/// `scan --format html`: the page of a farm, made of a scan's rows.
extension FarmSummary {
  /// Lines of each list at the page's end.
  private static let listed = 20

  /// What the boots of a scan say together.
  package init(_ report: ScanReport, run: String) {
    let counts = FarmCounts(report)
    var days: [Day: FarmCounts] = [:]
    report.forEachBoot { log in
      if let day = log.day { days[day, default: FarmCounts()].count(log) }
    }
    let examples = Self.examples(report)
    self.init(
      title: "scan \(run)", counts: counts,
      groups: FindingGroup.all(report).map { group in
        let kind = FindingKind(group.example.judged.finding)
        let (log, judged) = examples[kind] ?? group.example
        return Group(
          signature: kind.signature, cause: kind.cause, verdict: kind.verdict, boots: group.rate.n,
          example: Example(judged, log))
      })
    self.days = FarmCounts.inOrder(days, counts.warnings)
    say(report)
  }

  /// The first of each kind that was drawn.
  private static func examples(_ report: ScanReport) -> [FindingKind: (LogResult, Judged)] {
    var examples: [FindingKind: (LogResult, Judged)] = [:]
    for log in report.logs {
      for judged in log.findings where judged.illustration != nil {
        let kind = FindingKind(judged.finding)
        if examples[kind] == nil { examples[kind] = (log, judged) }
      }
    }
    return examples
  }

  private mutating func say(_ report: ScanReport) {
    let tally = ScanTally(report)
    if let sentence = tally.sentence { answer = Answer(sentence.text, sentence.tone) }
    if report.isInterrupted { alarms.append(ScanTally.interrupted) }
    alarms += report.regressions ?? []
    notes = [tally.headline] + (tally.states.isEmpty ? [] : [tally.states])
    func list(_ title: String, _ all: [String]) {
      let left = all.count - Self.listed
      lists.append(
        (title, all.prefix(Self.listed) + (left > 0 ? ["and \(left) more; --format jsonl has them all"] : []))
      )
    }
    list(
      "Could not be judged",
      report.logs.filter { $0.isError }.map { "\($0.title): \($0.noPassReason ?? "")" })
    list(
      "Not scanned",
      report.logs.filter { $0.state == .noKernelLog && !$0.isError }.map {
        "\($0.title): \($0.noPassReason ?? "")"
      })
    list(
      "May run, or have run, without its IOMMU (notes, no findings)",
      report.logs.flatMap { log in
        log.suspects.map {
          "\(log.title(line: Int($0.place.line))): \($0.device): \($0.text). What would tell: \($0.tells)."
        }
      })
    list("Other kernel trouble (not judged)", OtherRow.all(report).map(\.sentence))
    list("Allow-list", report.baselineNotes)
  }
}

extension FarmSummary.Example {
  init(_ judged: Judged, _ log: LogResult) {
    let finding = judged.finding
    self.init(
      path: log.path, title: log.title(line: judged.line), device: finding.device, driver: finding.driver)
    facts =
      [finding.confidence?.rawValue, finding.harm == .unknown ? "harm unknown" : finding.harm.rawValue]
      .compactMap(\.self)
    if let time = finding.time {
      facts.append("warned at \(Plain.seconds(time))")
    } else if finding.kind == .silent {
      facts.append("no warning was printed")
    }
    facts += ["board \(log.board)", "kernel \(log.countedKernel)", "gate: \(judged.decision.reason)"]
    summary = finding.summary
    let lines = judged.illustration?.lines ?? []
    evidence = finding.evidence.enumerated().map { index, evidence in
      FarmSummary.Evidence(
        text: evidence.text, time: evidence.time,
        line: evidence.place.flatMap { $0.line > 0 ? Int($0.line) : nil },
        raw: index < lines.count ? lines[index] : nil)
    }
    picture = judged.illustration?.picture
  }
}
