import Verdicts
import Writing

/// What is said of published cases: at a finding, by `explain`, and in docs/reports.md.
package enum PublishedReports {
  /// At a finding that looks like one.
  static func line(_ report: PublishedReport) -> String {
    "a report like this: \(report.board), \(report.kernels): \(report.outcome) (\(report.cause.id))\(report.end)"
      + (report.source.map { " (\($0))" } ?? "")
  }

  /// For `explain`.
  static func lines(_ cause: Cause) -> [String] {
    PublishedReport.of(cause).map { report in
      let driver = report.driver.map { ", \($0)" } ?? ""
      return "\(report.board)\(driver), \(report.kernels): \(report.outcome)\(report.end)"
        + (report.source.map { " (\($0))" } ?? "")
    }
  }

  /// docs/reports.md.
  package static func markdown() -> String {
    var out =
      "# Published reports\n\n<!-- Made by `make docs` from Sources/Verdicts/PublishedReport.swift; do not edit. -->\n\n"
    out += """
      Cases of this warning and its relatives that were published, in our own words. A finding with the same driver, reached in the \
      same way, names the case as *a report like this*: something to read, no proof. `proberace explain` lists those of a cause.

      A commit is named where one mended it. A link is given where the page was looked up (November 2026); the rest is known from \
      the mailing list.


      """
    out += "| board | driver | IOMMU | side | kernels | cause | what was made of it | mended by | to read |\n"
    out += "|---|---|---|---|---|---|---|---|---|\n"
    for report in PublishedReport.all {
      let side = report.side == .none ? "no warning" : report.side.rawValue
      let cells = [
        report.board, report.driver ?? "", report.iommu ?? "", side, report.kernels,
        "[\(report.cause.id)](rules.md#\(report.cause.id))", report.outcome, report.fix ?? "",
        report.source.map { "[page](\($0))" } ?? "",
      ]
      out += "| " + cells.joined(separator: " | ") + " |\n"
    }
    return out
  }
}
