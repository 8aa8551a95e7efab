import Analysis
import Bytes
import Timelines
import Writing

/// `timeline` for the terminal: what happened to each device, in order.
package struct TimelineReport {
  private let style: Style
  private let names: InputNames
  private var out = ""

  /// `device`: only devices whose name matches this glob.
  static func render(_ analysis: Analysis, device glob: String?, _ style: Style) -> String {
    var report = TimelineReport(style: style, names: InputNames(analysis))
    for (index, boot) in analysis.boots.enumerated() {
      if analysis.boots.count > 1 { report.line(style.paint("boot \(index + 1)", .bold)) }
      report.boot(Scene(boot, device: glob), isWhole: glob == nil)
      if let board = BoardScene(boot.timeline) {
        report.out += BoardReport.render(board, device: glob, report.names, style)
      }
    }
    return report.out
  }

  /// Devices that have something to do with an IOMMU; with a glob, whatever it matches.
  package static func chosen(_ boot: BootAnalysis, _ glob: String?) -> [DeviceTimeline] {
    boot.timeline.devices.values.filter { device in
      glob.map { Glob.matches($0, device.name) } ?? (device.concernsIOMMU && hasPhases(device))
    }
  }

  private static func hasPhases(_ device: DeviceTimeline) -> Bool {
    !PhaseList.spans(device).isEmpty || !PhaseList.moments(device).isEmpty
  }

  private init(style: Style, names: InputNames) {
    self.style = style
    self.names = names
  }

  private mutating func line(_ text: String) { out += Plain.trimmedEnd(text) + "\n" }

  private mutating func boot(_ scene: Scene, isWhole: Bool) {
    if isWhole { for registration in scene.registrations { self.registration(registration) } }
    guard !scene.lanes.isEmpty else { return }
    line(
      style.paint(
        "\(Plain.count(scene.lanes.count, "device")); longest window (driver set, no group) first", .dim))
    line(style.paint(row("seconds", "length", "phase", "result", "thread", "what", "line"), .dim))
    for lane in scene.lanes { self.lane(lane) }
  }

  /// Lines stand at the right where there is room for them.
  private var wide: Bool { style.width >= 120 }

  private func row(
    _ time: String, _ length: String, _ phase: String, _ result: String, _ thread: String, _ what: String,
    _ place: String
  ) -> String {
    let left =
      "  " + Plain.padLeft(time, 12) + " " + Plain.padLeft(length, 10) + "  " + Plain.pad(phase, 17)
      + Plain.pad(result, 8)
    let name = Plain.pad(Plain.clip(thread, 20, ascii: style.ascii), 21)
    guard wide else { return left + name + what }
    let room = max(10, style.width - 97)
    return left + name + Plain.pad(Plain.clip(what, room, ascii: style.ascii), room + 1) + place
  }

  private mutating func registration(_ span: PhaseSpan) {
    let name = span.note.isEmpty ? "an IOMMU" : span.note
    let length = span.end.map { Plain.duration($0 - span.start) } ?? "not seen to return"
    let result = span.result.map { " = \($0)" } ?? ""
    line(
      style.paint("iommu_device_register of \(Plain.safe(name))", .bold)
        + "  \(Plain.seconds(span.start))  \(length)  \(Plain.safe(span.task.description))\(result)")
  }

  private mutating func lane(_ lane: DrawnLane) {
    var head = style.paint(Plain.safe(lane.device), .bold) + (lane.driver.map { "  \(Plain.safe($0))" } ?? "")
    if lane.isWarned { head += "  " + style.paint("WARNING", .red) }
    if let window = lane.windowFact { head += "  " + style.paint(window, .yellow) }
    line(head)
    if let folded = lane.folded {
      line(
        style.paint(
          "  \(Plain.count(folded.count, "more deferred bind")) from \(Plain.seconds(folded.first)) to "
            + "\(Plain.seconds(folded.last)), longest \(Plain.duration(folded.longest))", .dim))
    }
    var rows = lane.spans.map { (time: $0.start, place: $0.place, text: span($0), isAlarm: false) }
    rows += lane.marks.map {
      (time: $0.time, place: $0.place, text: mark($0), isAlarm: $0.kind == .warning || $0.kind == .fault)
    }
    rows.sort { ($0.time, $0.place) < ($1.time, $1.place) }
    for row in rows { line(row.isAlarm ? style.paint(row.text, .red) : row.text) }
  }

  private func span(_ span: PhaseSpan) -> String {
    let indent = String(repeating: " ", count: min(span.depth, 3))
    let phase = indent + (span.isInferred ? "~" : "") + span.kind.rawValue
    let what = [span.kind == .bind ? "" : span.function, span.note].filter { !$0.isEmpty }
    return row(
      Plain.seconds(span.start), span.end.map { Plain.duration($0 - span.start) } ?? "open", phase,
      span.result.map { "= \($0)" } ?? "", Plain.safe(span.task.description),
      Plain.safe(what.joined(separator: ", ")), Plain.safe(names.text(span.place)))
  }

  private func mark(_ mark: DrawnMark) -> String {
    row(
      Plain.seconds(mark.time), "", mark.kind == .warning ? "WARNING" : mark.kind.rawValue, "",
      Plain.safe(mark.task?.description ?? ""),
      mark.kind == .warning ? "late IOMMU probe at driver bind" : mark.label,
      Plain.safe(names.text(mark.place)))
  }
}
