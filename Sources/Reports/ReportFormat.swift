import Analysis
import Writing

/// What a format makes: text, or bytes that are nothing for a terminal.
package enum Rendered: Sendable {
  case text(String)
  case binary([UInt8])
}

/// A way to show an analysis. A new format is one value in `all` and one file.
package struct ReportFormat: Sendable {
  /// As `report --format` takes it.
  package var id: String
  /// It reads the inputs again, for their lines.
  package var readsAgain: Bool
  /// The analysis, and how a terminal is to look.
  package var render: @Sendable (Analysis, Style) -> Rendered

  private init(
    _ id: String, readsAgain: Bool = false, _ render: @escaping @Sendable (Analysis, Style) -> Rendered
  ) {
    self.id = id
    self.readsAgain = readsAgain
    self.render = render
  }

  /// In the order of `--help`.
  package static let all: [ReportFormat] = [
    ReportFormat("terminal") { .text(TerminalReport.render($0, $1)) },
    ReportFormat("html", readsAgain: true) { analysis, _ in .text(HTMLReport.render(analysis)) },
    ReportFormat("markdown") { analysis, _ in .text(MarkdownReport.render(analysis)) },
    ReportFormat("json") { analysis, _ in .text(JSONReport.report(analysis).text(indent: true) + "\n") },
    ReportFormat("csv") { analysis, _ in .text(CSVReport.windows(analysis)) },
    ReportFormat("perfetto") { analysis, _ in .binary(PerfettoTrace.render(analysis)) },
    ReportFormat("chrome-json") { analysis, _ in
      .text(ChromeTrace.render(analysis).text(indent: false) + "\n")
    },
  ]

  /// Nil if there is none of this id.
  package static func named(_ id: String) -> ReportFormat? { all.first { $0.id == id } }
}

/// A way to show the devices of a boot.
package struct TimelineFormat: Sendable {
  /// As `timeline --format` takes it.
  package var id: String
  /// The analysis, a glob for the devices' names or nil for all, and how a terminal is to look.
  package var render: @Sendable (Analysis, String?, Style) -> String
  /// It reads the inputs again, for their lines.
  package var readsAgain: Bool

  private init(
    _ id: String, readsAgain: Bool = false, _ render: @escaping @Sendable (Analysis, String?, Style) -> String
  ) {
    self.id = id
    self.readsAgain = readsAgain
    self.render = render
  }

  /// In the order of `--help`.
  package static let all: [TimelineFormat] = [
    TimelineFormat("terminal") { TimelineReport.render($0, device: $1, $2) },
    TimelineFormat("html", readsAgain: true) { analysis, device, _ in
      HTMLReport.render(analysis, .devices(device))
    },
    TimelineFormat("svg") { analysis, device, _ in TimelineSVG.render(analysis, device: device) },
    TimelineFormat("svg-light") { analysis, device, _ in
      TimelineSVG.render(analysis, device: device, look: .light)
    },
    TimelineFormat("svg-dark") { analysis, device, _ in
      TimelineSVG.render(analysis, device: device, look: .dark)
    },
    TimelineFormat("json") { analysis, device, _ in
      JSONReport.timeline(analysis, device: device).text(indent: true) + "\n"
    },
  ]

  /// Nil if there is none of this id.
  package static func named(_ id: String) -> TimelineFormat? { all.first { $0.id == id } }
}
