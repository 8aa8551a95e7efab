import Scan
import Verdicts
import Writing

/// `scan` for the terminal: the answer first, then what fails, then what else was seen.
package struct ScanTerminal {
  private let report: ScanReport
  private let style: Style
  private var out = ""

  /// `explainsGate`: in place of what fails, why each finding passed or failed.
  package static func render(
    _ report: ScanReport, _ style: Style, explainsGate: Bool = false,
    groupedBy keys: [GroupKey] = GroupKey.standard
  ) -> String {
    var text = ScanTerminal(report: report, style: style)
    text.answer()
    text.groups(keys)
    if explainsGate {
      text.section("Why")
      text.out += GateReport.render(report, style)
    } else {
      text.failures()
    }
    text.allowed()
    text.suspects()
    text.unscanned()
    text.others()
    text.notes()
    return text.out
  }

  private init(report: ScanReport, style: Style) {
    self.report = report
    self.style = style
  }

  private mutating func line(_ text: String = "") { out += text + "\n" }

  private mutating func wrapped(_ text: String, indent: Int, hanging: Int) {
    for part in Plain.wrap(Plain.safe(text), style.width, indent: indent, hanging: hanging) { line(part) }
  }

  private mutating func section(_ title: String) {
    line()
    line(style.paint(title, .bold))
  }

  // MARK: the answer

  private mutating func answer() {
    let tally = ScanTally(report)
    line(style.paint(tally.headline, .bold))
    let states = tally.states
    if !states.isEmpty { wrapped(states, indent: 0, hanging: 2) }
    if tally.answer == .incomplete {
      wrapped(tally.sentence?.text ?? "", indent: 0, hanging: 2)
    } else if let (text, tone) = tally.sentence {
      // Only what names no count is followed by a full stop.
      let colour: Style.Paint = tone == .bad ? .red : tone == .open ? .yellow : .green
      let namesCount = tone == .bad || [.nothingNew, .notAsked].contains(tally.answer)
      line(style.paint(text + (namesCount ? "" : "."), colour))
    }
    if report.isInterrupted { line(style.paint(ScanTally.interrupted, .yellow)) }
    for regression in report.regressions ?? [] { wrapped(regression, indent: 2, hanging: 4) }
  }

  // MARK: what fails

  /// What a farm's many findings come to; of one boot its findings tell all.
  private mutating func groups(_ keys: [GroupKey]) {
    let groups = FindingGroup.leading(report, by: keys)
    guard !groups.isEmpty else { return }
    section("Groups (boots that show it, of those that could; 95 % interval)")
    for group in groups.prefix(Self.mostGroups) {
      line("  " + Self.mark(group.verdict, style) + " " + Plain.safe(group.name))
      let fails = group.failing > 0 ? "" : ", passes the gate"
      wrapped(
        "\(Figures.text(group.rate, style)), \(Plain.count(group.findings, "finding"))\(fails); \(group.reach); "
          + "for example \(group.example.log.title(at: group.example.judged.place))", indent: 6, hanging: 6)
    }
    if groups.count > Self.mostGroups {
      line("  and \(groups.count - Self.mostGroups) more; --format jsonl has all findings")
    }
  }

  private static let mostGroups = 20

  private mutating func failures() {
    let failing = report.logs.filter { $0.fails || $0.isError }
    guard !failing.isEmpty else { return }
    section("What fails")
    for log in failing.prefix(Self.mostLogs) { failure(log) }
    if failing.count > Self.mostLogs {
      line("  and \(failing.count - Self.mostLogs) more logs; --format jsonl has them all")
    }
  }

  private static let mostLogs = 50

  private mutating func failure(_ log: LogResult) {
    line("  " + style.paint(Plain.safe(log.title), .bold))
    if log.isError, let reason = log.noPassReason {
      wrapped("UNREADABLE " + reason, indent: 4, hanging: 6)
    }
    for judged in log.findings where !judged.decision.passes {
      let place = log.line(at: judged.place).map { "\($0): " } ?? ""
      let text = Plain.safe("\(place)\(judged.subject)")
      line("    " + Self.mark(judged.finding.verdict, style) + " " + text)
    }
  }

  /// A verdict's word in its colour.
  static func mark(_ verdict: Verdict, _ style: Style) -> String {
    switch verdict {
    case .real: style.paint("REAL          ", .red)
    case .undetermined: style.paint("UNDETERMINED  ", .yellow)
    case .falsePositive: style.paint("FALSE POSITIVE", .green)
    }
  }

  /// Soft entries of the allow-list let pass but want to be seen.
  private mutating func allowed() {
    let soft = report.logs.flatMap { log in
      log.findings.filter(\.decision.isSoft).filter(\.decision.passes).map { (log, $0) }
    }
    guard !soft.isEmpty else { return }
    section("Let pass with a warning")
    for (log, judged) in soft.prefix(Self.mostLogs) {
      wrapped("\(log.title): \(judged.headline): \(judged.decision.reason)", indent: 2, hanging: 4)
    }
    if soft.count > Self.mostLogs { line("  and \(soft.count - Self.mostLogs) more") }
  }

  /// No gate fails for these, but somebody should look.
  private mutating func suspects() {
    let all = report.logs.flatMap { log in log.suspects.map { (log, $0) } }
    guard !all.isEmpty else { return }
    section("May run, or have run, without its IOMMU (notes, no findings)")
    for (log, suspect) in all.prefix(Self.mostLogs) {
      wrapped(
        "\(log.title(at: suspect.place)): \(suspect.device): \(suspect.text). What would tell: \(suspect.tells).",
        indent: 2, hanging: 4)
    }
    if all.count > Self.mostLogs {
      line("  and \(all.count - Self.mostLogs) more; --format jsonl has them all")
    }
  }

  /// Nobody shall take a trace, or a README, for a log that was found clean.
  private mutating func unscanned() {
    let logs = report.logs.filter { $0.state == .noKernelLog }
    guard !logs.isEmpty else { return }
    section("Not scanned")
    for log in logs.prefix(10) { wrapped("\(log.title): \(log.noPassReason ?? "")", indent: 2, hanging: 4) }
    if logs.count > 10 { line("  and \(logs.count - 10) more") }
  }

  // MARK: what else was seen

  private mutating func others() {
    let rows = OtherRow.all(report)
    guard !rows.isEmpty else { return }
    section("Other kernel trouble (not judged)")
    for row in rows.prefix(20) {
      let count = Plain.padLeft("\(row.count)", 6)
      let text = "\(count)  \(Plain.count(row.logs, "log"))  \(Plain.safe(row.signature))"
      line("  " + Plain.clip(text, style.width - 2, ascii: style.ascii))
    }
    if rows.count > 20 { line("  and \(rows.count - 20) more; --format jsonl has them all") }
  }

  private mutating func notes() {
    guard !report.baselineNotes.isEmpty else { return }
    section("Baseline")
    for note in report.baselineNotes { wrapped("\(style.bullet) \(note)", indent: 2, hanging: 4) }
  }
}
