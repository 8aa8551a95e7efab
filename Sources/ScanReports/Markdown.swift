import Scan
import Verdicts
import Writing

/// A comment for a merge request, in the Markdown that GitHub and GitLab share (https://github.github.com/gfm/).
package struct Markdown {
  /// GitHub takes 65536 characters a comment.
  private static let most = 60_000
  private let report: ScanReport
  private var out = ""

  /// At most 60 000 characters: what is left out is said.
  package static func render(_ report: ScanReport, groupedBy keys: [GroupKey] = GroupKey.standard) -> String {
    var text = Markdown(report: report)
    text.answer()
    text.groups(keys)
    text.table()
    text.suspects()
    text.unread()
    text.details()
    text.others()
    text.notes()
    text.line()
    text.line("Made by \(Release.title).")
    return text.out
  }

  private init(report: ScanReport) { self.report = report }

  private mutating func line(_ text: String = "") { out += text + "\n" }

  private mutating func answer() {
    let tally = ScanTally(report)
    let word =
      switch tally.answer {
      case .nothingToRead: "no log"
      case .nothingNew: "nothing new"
      case .fails: "FAIL"
      case .interrupted: "INTERRUPTED"
      case .noKernelLog: "no kernel log"
      case .incomplete: "INCOMPLETE"
      case .notAsked: "nothing fails that was asked to"
      case .passesAsFar: "PASS, as far as the logs go"
      case .passes: "PASS"
      }
    line("### proberace: \(word)")
    line()
    line(tally.headline + (tally.states.isEmpty ? "" : "; " + tally.states) + ".")
    guard let regressions = report.regressions, !regressions.isEmpty else { return }
    line()
    for regression in regressions.prefix(20) {
      line("- **regression**: \(MarkdownText.text(MarkdownText.clip(regression)))")
    }
    if regressions.count > 20 { line("- and \(regressions.count - 20) more") }
  }

  private mutating func groups(_ keys: [GroupKey]) {
    let groups = FindingGroup.leading(report, by: keys)
    guard !groups.isEmpty else { return }
    line()
    line("| gate | verdict | group | boots | where | example |")
    line("|---|---|---|---|---|---|")
    for group in groups.prefix(20) {
      let example = MarkdownText.code(group.example.log.title(at: group.example.judged.place))
      line(
        "| \(group.failing > 0 ? "**fail**" : "pass") | \(group.verdict.rawValue) "
          + "| \(group.values.filter { $0.key != .verdict }.map { MarkdownText.code($0.value) }.joined(separator: " ")) "
          + "| \(Figures.text(group.rate, Style())) | \(MarkdownText.code(group.reach)) | \(example) |")
    }
    if groups.count > 20 { line("\nand \(groups.count - 20) more groups") }
  }

  /// Failing findings first.
  private var findings: [(log: LogResult, judged: Judged)] {
    let all = report.logs.flatMap { log in log.findings.map { (log: log, judged: $0) } }
    return all.filter { !$0.judged.decision.passes } + all.filter { $0.judged.decision.passes }
  }

  private mutating func table() {
    let rows = findings
    guard !rows.isEmpty else { return }
    line()
    line("| gate | verdict | device | driver | cause | log |")
    line("|---|---|---|---|---|---|")
    for (log, judged) in rows.prefix(50) {
      let finding = judged.finding
      let gate = judged.decision.passes ? (judged.decision.isSoft ? "warning" : "pass") : "**fail**"
      let place = MarkdownText.code(log.title(at: judged.place))
      let driver = finding.driver.map(MarkdownText.code) ?? ""
      line(
        "| \(gate) | \(finding.verdict.rawValue) | \(MarkdownText.code(finding.device)) | \(driver) "
          + "| \(finding.cause?.id ?? "open") | \(place) |")
    }
    if rows.count > 50 { line("\nand \(rows.count - 50) more") }
  }

  private mutating func suspects() {
    let all = report.logs.flatMap { log in log.suspects.map { (log, $0) } }
    guard !all.isEmpty else { return }
    line()
    for (log, suspect) in all.prefix(20) {
      let place = MarkdownText.code(log.title(at: suspect.place))
      line(
        "- note: \(MarkdownText.code(suspect.device)) in \(place): "
          + MarkdownText.text(MarkdownText.clip("\(suspect.text). What would tell: \(suspect.tells).")))
    }
    if all.count > 20 { line("- and \(all.count - 20) more notes") }
  }

  private mutating func unread() {
    let logs = report.logs.filter { $0.noPassReason != nil }
    guard !logs.isEmpty else { return }
    line()
    for log in logs.prefix(20) {
      line(
        "- \(MarkdownText.code(log.title)): \(log.state.rawValue): \(MarkdownText.text(log.noPassReason ?? ""))"
      )
    }
    if logs.count > 20 { line("- and \(logs.count - 20) more") }
  }

  private mutating func details() {
    let all = findings
    for (index, (log, judged)) in all.enumerated() {
      let part = Self.details(log, judged)
      guard out.count + part.count < Self.most else {
        line("\nDetails of \(all.count - index) more findings do not fit; see the JSON lines.")
        return
      }
      out += part
    }
  }

  private static func details(_ log: LogResult, _ judged: Judged) -> String {
    let cause = judged.finding.cause.map { ", \($0.id)" } ?? ""
    var out =
      "\n<details><summary>\(MarkdownText.code(judged.finding.device)): \(judged.finding.verdict.rawValue)\(cause) "
      + "in \(MarkdownText.code(log.title))</summary>\n\n"
    for detail in judged.details(log).prefix(40) {
      out += "- \(MarkdownText.text(MarkdownText.clip(detail)))\n"
    }
    // The allow-list's link is the user's own: the only one that may be followed.
    if let bug = judged.decision.bug, Escape.isURL(bug) { out += "- <\(bug)>\n" }
    return out + "\n</details>\n"
  }

  private mutating func others() {
    let rows = OtherRow.all(report)
    guard !rows.isEmpty, out.count < Self.most else { return }
    line()
    line("Other kernel trouble (not judged):")
    line()
    for row in rows.prefix(10) {
      line("- \(row.count) × \(MarkdownText.code(row.signature)) in \(Plain.count(row.logs, "log"))")
    }
    if rows.count > 10 { line("- and \(rows.count - 10) more") }
  }

  private mutating func notes() {
    guard !report.baselineNotes.isEmpty else { return }
    line()
    for note in report.baselineNotes.prefix(20) {
      line("- baseline: \(MarkdownText.text(MarkdownText.clip(note)))")
    }
  }
}
