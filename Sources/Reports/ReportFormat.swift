import Analysis

/// A way to show an analysis. A new format is one value in `all` and one file.
public struct ReportFormat: Sendable {
  public var id: String
  public var render: @Sendable (Analysis, Style) -> String

  public static let all: [ReportFormat] = [
    ReportFormat(id: "terminal") { TerminalReport.render($0, $1) },
    ReportFormat(id: "html") { analysis, _ in HTMLReport.render(analysis) },
    ReportFormat(id: "json") { analysis, _ in JSONReport.report(analysis).text(indent: true) + "\n" },
  ]

  public static func named(_ id: String) -> ReportFormat? { all.first { $0.id == id } }
}
