import Scan
import Writing

/// `--explain-gate`: for each finding why it passed or failed.
package enum GateReport {
  /// By log; one sentence if there was nothing to decide.
  package static func render(_ report: ScanReport, _ style: Style) -> String {
    var out = ""
    for log in report.logs where !log.findings.isEmpty || log.state != .complete {
      out += style.paint(Plain.safe(log.title), .bold) + "\n"
      if let reason = log.noPassReason {
        out += entry(log.isError, "the log itself", reason, style)
      }
      for judged in log.findings { out += finding(judged, style) }
    }
    if out.isEmpty { out = "The gate had nothing to decide: no finding, and every log was read.\n" }
    return out
  }

  private static func finding(_ judged: Judged, _ style: Style) -> String {
    var out = entry(!judged.decision.passes, judged.headline, judged.decision.reason, style)
    out += lines("signature \(judged.finding.signature)", 7, style)
    if let entry = judged.decision.allowedBy {
      // A reason that names the entry says all of it, but for a soft one.
      guard judged.decision.isSoft || !judged.decision.reason.contains(entry) else { return out }
      let kind = judged.decision.isSoft ? "soft entry" : "entry"
      out += lines("allow-list \(kind) \(entry)" + (judged.decision.bug.map { ", \($0)" } ?? ""), 7, style)
    } else if let bug = judged.decision.bug {
      out += lines("bug \(bug)", 7, style)
    }
    return out
  }

  private static func entry(_ fails: Bool, _ title: String, _ why: String, _ style: Style) -> String {
    let word = fails ? style.paint("FAIL", .red) : style.paint("pass", .green)
    return "  \(word) \(Plain.safe(title))\n" + lines("because " + why, 7, style)
  }

  private static func lines(_ text: String, _ indent: Int, _ style: Style) -> String {
    Plain.wrap(Plain.safe(text), style.width, indent: indent, hanging: indent).map { $0 + "\n" }.joined()
  }
}
