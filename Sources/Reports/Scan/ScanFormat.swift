import Scan

/// A way to show a scan. A new format is one value in `all` and one file.
public struct ScanFormat: Sendable {
  public var id: String
  public var render: @Sendable (ScanReport, Style) -> String

  public static let all: [ScanFormat] = [
    ScanFormat(id: "terminal") { ScanTerminal.render($0, $1) },
    ScanFormat(id: "jsonl") { report, _ in JSONLines.render(report) },
    ScanFormat(id: "junit") { report, _ in JUnit.render(report) },
  ]

  public static func named(_ id: String) -> ScanFormat? { all.first { $0.id == id } }
}
