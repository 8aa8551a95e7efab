// A comment for a merge request, in the Markdown that GitHub and GitLab share (https://github.github.com/gfm/).
import Scan
import Verdicts

public struct Markdown {
  /// GitHub takes 65536 characters a comment.
  private static let most = 60_000
  private let report: ScanReport
  private var out = ""

  public static func render(_ report: ScanReport) -> String {
    var text = Markdown(report: report)
    text.answer()
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
      case .fails: "FAIL"
      case .interrupted: "INTERRUPTED"
      case .noKernelLog: "no kernel log"
      case .incomplete: "INCOMPLETE"
      case .passesAsFar: "PASS, as far as the logs go"
      case .passes: "PASS"
      }
    line("### proberace: \(word)")
    line()
    line(tally.headline + (tally.states.isEmpty ? "" : "; " + tally.states) + ".")
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
      let place = Self.code(log.title(line: judged.line))
      let driver = finding.driver.map(Self.code) ?? ""
      line(
        "| \(gate) | \(finding.verdict.rawValue) | \(Self.code(finding.device)) | \(driver) "
          + "| \(finding.cause?.id ?? "open") | \(place) |")
    }
    if rows.count > 50 { line("\nand \(rows.count - 50) more") }
  }

  private mutating func suspects() {
    let all = report.logs.flatMap { log in log.suspects.map { (log, $0) } }
    guard !all.isEmpty else { return }
    line()
    for (log, suspect) in all.prefix(20) {
      let place = Self.code(log.title(line: Int(suspect.place.line)))
      line(
        "- note: \(Self.code(suspect.device)) in \(place): "
          + Self.text(Self.clip("\(suspect.text). What would tell: \(suspect.tells).")))
    }
    if all.count > 20 { line("- and \(all.count - 20) more notes") }
  }

  private mutating func unread() {
    let logs = report.logs.filter { $0.trouble != nil }
    guard !logs.isEmpty else { return }
    line()
    for log in logs.prefix(20) {
      line("- \(Self.code(log.title)): \(log.state.rawValue): \(Self.text(log.trouble ?? ""))")
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
      "\n<details><summary>\(code(judged.finding.device)): \(judged.finding.verdict.rawValue)\(cause) "
      + "in \(code(log.title))</summary>\n\n"
    for detail in judged.details.prefix(40) { out += "- \(text(clip(detail)))\n" }
    // The allow-list's link is the user's own: the only one that may be followed.
    if let bug = judged.decision.bug, Escape.isURL(bug) { out += "- <\(bug)>\n" }
    return out + "\n</details>\n"
  }

  private static func clip(_ text: String) -> String { Plain.clip(text, 400, ascii: false) }

  private mutating func others() {
    let rows = OtherRow.all(report)
    guard !rows.isEmpty, out.count < Self.most else { return }
    line()
    line("Other kernel trouble (not judged):")
    line()
    for row in rows.prefix(10) {
      line("- \(row.count) × \(Self.code(row.signature)) in \(Plain.count(row.logs, "log"))")
    }
    if rows.count > 10 { line("- and \(rows.count - 10) more") }
  }

  private mutating func notes() {
    guard !report.baselineNotes.isEmpty else { return }
    line()
    for note in report.baselineNotes.prefix(20) { line("- baseline: \(Self.text(Self.clip(note)))") }
  }

  // MARK: escaping

  /// A name as code: HTML's element, as a code span can hold neither backticks nor, in a table, pipes. Mentions and
  /// references (`@name`, `#1`) are not followed in it; addresses are.
  static func code(_ text: String) -> String { "<code>\(escape(clip(text), inCode: true))</code>" }

  /// A name as a code span, which reads well as plain text too; as `code` does it where it holds what a span cannot.
  static func name(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || "0123456789:._-/,@+ ".unicodeScalars.contains($0))
    }
    return isPlain && !text.isEmpty && text.count <= 100 && text.first != " " && text.last != " "
      && !text.contains("//") && !text.contains("www.") ? "`\(text)`" : code(text)
  }

  static func text(_ text: String) -> String { escape(text, inCode: false) }

  /// Every mark that could mean something is written as a character reference, which is never taken for structure
  /// (GFM 6.2). Control characters are shown. Addresses would become links even in <code>, hence `:`, and the
  /// dot of `www.`. A zero-width space keeps `@name`, `#1` and `a@b.c` from being links; in code, which is copied, an
  /// empty comment does for the last.
  private static func escape(_ text: String, inCode: Bool) -> String {
    var last: Unicode.Scalar = " "
    return Escape.scalars(Plain.safe(text)) { scalar in
      defer { last = scalar }
      return switch scalar {
      case "@" where inCode: "&#64;<!-- -->"
      case "@", "#", "!", "$", "~", "%", "&": "&#\(scalar.value);" + (inCode ? "" : "&#8203;")
      case "<", ">", "|", "`", "*", "_", "[", "]", "\\", "\"", "'", "^", "=", "{", "}", "+", ":":
        "&#\(scalar.value);"
      case "." where last == "w": "&#46;"
      default: nil
      }
    }
  }
}
