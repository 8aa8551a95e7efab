// `--format markdown`: for mails to lists and for merge requests. Reasons and pictures are indented blocks of ASCII: they
// read the same as plain text, and nothing in them is taken for Markdown.
import Analysis
import Verdicts
import Writing

enum MarkdownReport {
  /// GitHub takes 65536 characters a comment.
  private static let most = 60_000
  /// Mails are read in 80 columns; four are the block's indent.
  private static let style = Style(width: 74, ascii: true)

  static func render(_ analysis: Analysis) -> String {
    var out = "### proberace: \(Summary.headline(analysis).text)\n\n"
    for boot in analysis.boots {
      out += block(Plain.wrap(Plain.safe(Summary.facts(boot).joined(separator: ", ")), style.width)) + "\n"
      for finding in Summary.worstFirst(boot.findings).prefix(100) { out += item(finding) }
      if boot.findings.count > 100 { out += "- and \(boot.findings.count - 100) more\n" }
      for suspect in boot.suspects.prefix(20) {
        out +=
          "- note: \(MarkdownText.name(suspect.device)): "
          + MarkdownText.text("\(suspect.text). What would tell: \(suspect.tells).") + "\n"
      }
      if boot.suspects.count > 20 { out += "- and \(boot.suspects.count - 20) more notes\n" }
      if !boot.findings.isEmpty || !boot.suspects.isEmpty { out += "\n" }
    }
    let parts = TerminalReport.parts(analysis, style)
    for (index, part) in parts.findings.enumerated() {
      let lines = part.text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
      let section =
        "#### \(part.number). \(MarkdownText.name(part.finding.device)): \(part.finding.verdict.word)\n\n"
        + block(lines.map(String.init)) + "\n"
      guard out.utf8.count + section.utf8.count < most else {
        out += "Details of \(parts.findings.count - index) more findings do not fit here.\n\n"
        break
      }
      out += section
    }
    let rest = parts.rest.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if !rest.allSatisfy(\.isEmpty) { out += "#### To capture, and what is lacking\n\n" + block(rest) + "\n" }
    return out + "Made by \(Release.title).\n"
  }

  private static func item(_ finding: Finding) -> String {
    let driver = finding.driver.map { " (\(MarkdownText.name($0)))" } ?? ""
    let time = finding.time.map { " at \(Plain.seconds($0))" } ?? ""
    return "- **\(finding.verdict.word)** \(MarkdownText.name(finding.device))\(driver)\(time): "
      + finding.facts.joined(separator: ", ") + "\n"
  }

  /// An indented code block: without empty lines at its ends.
  private static func block(_ lines: [String]) -> String {
    var lines = lines[...]
    while lines.first?.isEmpty ?? false { lines.removeFirst() }
    while lines.last?.isEmpty ?? false { lines.removeLast() }
    return lines.map { $0.isEmpty ? "\n" : "    \($0)\n" }.joined()
  }
}
