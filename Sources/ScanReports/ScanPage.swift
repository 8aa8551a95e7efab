import FarmPage
import History
import Scan
import Verdicts
import Writing

/// `scan --format html`: the page of a farm, made of a scan's rows.
extension FarmSummary {
  /// Lines of each list at the page's end.
  private static let listed = 20

  /// What the boots of a scan say together. `keys`: what findings are put together by.
  package init(_ report: ScanReport, run: String, groupedBy keys: [GroupKey] = GroupKey.standard) {
    let counts = FarmCounts(report)
    var days: [Day: FarmCounts] = [:]
    report.forEachBoot { log in
      if let day = log.day { days[day, default: FarmCounts()].count(log) }
    }
    self.init(
      title: "scan \(run)", counts: counts, groups: Self.groups(report, GroupKey.standard) { Group($0, $1) })
    if Set(keys) != Set(GroupKey.standard) {
      grouping = (
        keys.map(\.rawValue).joined(separator: ", "),
        Self.groups(report, keys) { group, example in
          var shown = Group(group, example)
          (shown.verdict, shown.row) = (group.verdict.rawValue, Row(group))
          return shown
        }
      )
    }
    self.days = FarmCounts.inOrder(days, counts.warnings)
    say(report)
  }

  /// Each with its example: the first that was drawn, if there is one.
  private static func groups(
    _ report: ScanReport, _ keys: [GroupKey],
    _ group: (FindingGroup, (log: LogResult, judged: Judged)) -> Group
  ) -> [Group] {
    var drawn: [[String]: (log: LogResult, judged: Judged)] = [:]
    for log in report.logs {
      for judged in log.findings where judged.illustration != nil {
        let values = keys.map { $0.value(judged, log) }
        if drawn[values] == nil { drawn[values] = (log, judged) }
      }
    }
    return FindingGroup.all(report, by: keys).map { group($0, drawn[$0.values.map(\.value)] ?? $0.example) }
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
          "\(log.title(at: $0.place)): \($0.device): \($0.text). What would tell: \($0.tells)."
        }
      })
    list("Other kernel trouble (not judged)", OtherRow.all(report).map(\.sentence))
    list("Allow-list", report.baselineNotes)
  }
}

extension FarmSummary.Group {
  fileprivate init(_ group: FindingGroup, _ example: (log: LogResult, judged: Judged)) {
    let kind = FindingKind(example.judged.finding)
    self.init(
      signature: kind.signature, cause: kind.cause, verdict: kind.verdict, boots: group.rate.n,
      example: FarmSummary.Example(example.judged, example.log))
  }
}

extension FarmSummary.Row {
  fileprivate init(_ group: FindingGroup) {
    self.init(
      name: group.name.isEmpty ? group.verdict.rawValue : group.name, rate: group.rate, boards: group.boards,
      kernels: group.kernels)
    let keys = Set(group.values.map(\.key))
    func value(_ key: GroupKey) -> String? { group.values.first { $0.key == key }?.value }
    (topic, board, kernel) = (group.topic, value(.board), value(.kernel))
    isOfAll = keys.isSubset(of: [.signature, .cause]) && (value(.signature) == nil || topic != value(.cause))
  }
}

extension FarmSummary.Example {
  init(_ judged: Judged, _ log: LogResult) {
    let finding = judged.finding
    self.init(
      path: log.path, title: log.title(at: judged.place), device: finding.device, driver: finding.driver)
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
        line: evidence.place?.lineNumber,
        raw: index < lines.count ? lines[index] : nil)
    }
    picture = judged.illustration?.picture
  }
}
