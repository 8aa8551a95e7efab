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

/// A way to show the devices of a boot.
public struct TimelineFormat: Sendable {
  public var id: String
  /// The analysis, a glob for the devices' names or nil for all, and how a terminal is to look.
  public var render: @Sendable (Analysis, String?, Style) -> String

  public static let all: [TimelineFormat] = [
    TimelineFormat(id: "terminal") { TimelineReport.render($0, device: $1, $2) },
    TimelineFormat(id: "html") { analysis, device, _ in HTMLReport.render(analysis, .devices(device)) },
    TimelineFormat(id: "svg") { analysis, device, _ in TimelineSVG.render(analysis, device: device) },
    TimelineFormat(id: "svg-light") { analysis, device, _ in
      TimelineSVG.render(analysis, device: device, look: .light)
    },
    TimelineFormat(id: "svg-dark") { analysis, device, _ in
      TimelineSVG.render(analysis, device: device, look: .dark)
    },
    TimelineFormat(id: "json") { analysis, device, _ in
      JSONReport.timeline(analysis, device: device).text(indent: true) + "\n"
    },
  ]

  public static func named(_ id: String) -> TimelineFormat? { all.first { $0.id == id } }
}
