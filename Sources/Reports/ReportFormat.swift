import Analysis
import Verdicts
import Writing

/// What a format makes: text, or bytes that are nothing for a terminal.
package enum Rendered: Sendable {
  case text(String)
  /// Values one behind the other, made when they are written: a large boot has some fifty megabytes of text.
  case json([JSONValue])
  case binary([UInt8])
}

/// A way to show an analysis. A new format is one value in `all` and one file.
package struct ReportFormat: Sendable {
  /// As `report --format` takes it.
  package var id: String
  /// It reads the inputs again, for their lines.
  package var readsAgain: Bool
  /// It says what candidate fixes would have come to: those that are asked about, or always all.
  package var answersWhatIf: Bool
  /// The analysis, the candidates that are asked about, how a terminal is to look, and who reads the lines.
  package var render: @Sendable (Analysis, [Candidate], Style, RawLines.Reader) -> Rendered

  private init(
    readsAgain id: String,
    _ render: @escaping @Sendable (Analysis, [Candidate], RawLines.Reader) -> Rendered
  ) {
    self.id = id
    readsAgain = true
    answersWhatIf = true
    self.render = { analysis, whatIf, _, lines in render(analysis, whatIf, lines) }
  }

  private init(
    _ id: String, answersWhatIf render: @escaping @Sendable (Analysis, [Candidate], Style) -> Rendered
  ) {
    self.id = id
    readsAgain = false
    answersWhatIf = true
    self.render = { analysis, whatIf, style, _ in render(analysis, whatIf, style) }
  }

  private init(_ id: String, _ render: @escaping @Sendable (Analysis) -> Rendered) {
    self.id = id
    readsAgain = false
    answersWhatIf = false
    self.render = { analysis, _, _, _ in render(analysis) }
  }

  /// In the order of `--help`.
  package static let all: [ReportFormat] = [
    ReportFormat("terminal", answersWhatIf: { .text(TerminalReport.render($0, $2, whatIf: $1)) }),
    ReportFormat(readsAgain: "html") { .text(HTMLReport.render($0, whatIf: $1, lines: $2)) },
    ReportFormat("markdown") { .text(MarkdownReport.render($0)) },
    // It has all of them always.
    ReportFormat(
      "json",
      answersWhatIf: { analysis, _, _ in .json([JSONReport.report(analysis)]) }),
    ReportFormat("csv") { .text(CSVReport.windows($0)) },
    ReportFormat("perfetto") { .binary(PerfettoTrace.render($0)) },
    ReportFormat("chrome-json") { .text(ChromeTrace.render($0).text(indent: false) + "\n") },
  ]

  /// Nil if there is none of this id.
  package static func named(_ id: String) -> ReportFormat? { all.first { $0.id == id } }
}

/// A way to show the devices of a boot.
package struct TimelineFormat: Sendable {
  /// As `timeline --format` takes it.
  package var id: String
  /// The analysis, a glob for the devices' names or nil for all, how a terminal is to look, and who reads the lines.
  package var render: @Sendable (Analysis, String?, Style, RawLines.Reader) -> String
  /// It reads the inputs again, for their lines.
  package var readsAgain: Bool

  private init(
    readsAgain id: String, _ render: @escaping @Sendable (Analysis, String?, RawLines.Reader) -> String
  ) {
    self.id = id
    readsAgain = true
    self.render = { analysis, device, _, lines in render(analysis, device, lines) }
  }

  private init(_ id: String, _ render: @escaping @Sendable (Analysis, String?, Style) -> String) {
    self.id = id
    readsAgain = false
    self.render = { analysis, device, style, _ in render(analysis, device, style) }
  }

  /// In the order of `--help`.
  package static let all: [TimelineFormat] = [
    TimelineFormat("terminal") { TimelineReport.render($0, device: $1, $2) },
    TimelineFormat(readsAgain: "html") { HTMLReport.render($0, .devices($1), lines: $2) },
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
