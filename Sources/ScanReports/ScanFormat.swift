import FarmPage
import Reports
import Scan
import Writing

/// A way to show a scan. A new format is one value in `all` and one file.
package struct ScanFormat: Sendable {
  /// As `scan --format` takes it.
  package var id: String
  /// The whole scan.
  package var render: @Sendable (ScanReport, Settings) -> Rendered
  /// It shows pictures of findings, see `Examples`.
  package var illustrates = false
  /// It has something for each log; the others need of clean ones only how many there are.
  package var namesCleanLogs = true

  /// What a format needs beside the scan; most need nothing.
  package struct Settings: Sendable {
    var style: Style
    var kcidb: KCIDB.Context
    /// Say for each finding why it passed or failed.
    var explainsGate: Bool
    /// What the scan is called.
    var run: String
    /// What findings are put together by.
    var groups: [GroupKey]
    package init(
      style: Style = Style(), kcidb: KCIDB.Context = KCIDB.Context(), explainsGate: Bool = false,
      run: String = "scan", groups: [GroupKey] = GroupKey.standard
    ) {
      self.groups = groups
      self.style = style
      self.kcidb = kcidb
      self.explainsGate = explainsGate
      self.run = run
    }
  }

  /// In the order of `--help`.
  package static let all: [ScanFormat] = [
    ScanFormat(
      id: "terminal",
      render: {
        .text(ScanTerminal.render($0, $1.style, explainsGate: $1.explainsGate, groupedBy: $1.groups))
      },
      namesCleanLogs: false),
    ScanFormat(id: "jsonl") { .text(JSONLines.render($0, run: $1.run)) },
    ScanFormat(id: "junit") { report, _ in .text(JUnit.render(report)) },
    ScanFormat(id: "sarif") { .json([SARIF.value($0, groupedBy: $1.groups)]) },
    ScanFormat(id: "kcidb") { .json(KCIDB.values($0, $1.kcidb, run: $1.run)) },
    ScanFormat(id: "squad") { report, _ in .text(Squad.tests(report)) },
    ScanFormat(id: "squad-metadata") { report, _ in .text(Squad.metadata(report)) },
    ScanFormat(id: "lava") { report, _ in .text(LAVA.render(report)) },
    ScanFormat(id: "ktap") { report, _ in .text(KTAP.render(report)) },
    ScanFormat(
      id: "github", render: { .text(GitHub.render($0, groupedBy: $1.groups)) }, namesCleanLogs: false),
    ScanFormat(
      id: "gitlab", render: { .text(GitLab.render($0, groupedBy: $1.groups)) }, namesCleanLogs: false),
    ScanFormat(
      id: "markdown", render: { .text(Markdown.render($0, groupedBy: $1.groups)) }, namesCleanLogs: false),
    ScanFormat(
      id: "html",
      render: { .text(FarmHTML.render(FarmSummary($0, run: $1.run, groupedBy: $1.groups))) },
      illustrates: true),
  ]

  /// Nil if there is none of this id.
  package static func named(_ id: String) -> ScanFormat? { all.first { $0.id == id } }
}
