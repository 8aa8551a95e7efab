// The two threads over one device, side by side, with real times: what a list of evidence cannot show.
import Analysis
import Timelines
import Verdicts

enum Picture {
  struct Row {
    var time: Int64
    var tid: Int32
    var task: String
    var text: String
    var isAlarm = false
  }

  /// What the threads did with the device around the finding's windows; at most `limit` rows, the cut is said.
  static func rows(_ finding: Finding, _ boot: BootAnalysis, limit: Int = 40) -> [Row] {
    guard let device = boot.timeline.devices[finding.device] else { return [] }
    var rows: [Row] = []
    for bind in chosenBinds(device) { rows += self.rows(bind) }
    for visit in device.visits { rows += self.rows(visit) }
    for (moment, group) in device.groups {
      rows.append(Row(time: moment.time, tid: moment.tid, task: "", text: "group \(group) added"))
    }
    for moment in device.domains {
      rows.append(Row(time: moment.time, tid: moment.tid, task: "", text: "domain attached"))
    }
    if rows.isEmpty { return [] }
    if let time = finding.time, let task = finding.task {
      rows.append(
        Row(time: time, tid: task.tid, task: task.description, text: "** WARNING **", isAlarm: true))
    }
    rows.sort { $0.time < $1.time }
    let focus = finding.time ?? device.groups.first?.moment.time ?? rows[rows.count / 2].time
    return around(rows, focus, limit)
  }

  /// Attempts that overlap a visit, the one before, and those that reached the driver.
  private static func chosenBinds(_ device: DeviceTimeline) -> [Bind] {
    let binds = device.binds
    let kept = binds.indices.filter { index in
      device.visits.contains { $0.phase.overlaps(binds[index].phase) } || binds[index].driverProbe != nil
    }
    return kept.map { binds[$0] }
  }

  private static func around(_ rows: [Row], _ focus: Int64, _ limit: Int) -> [Row] {
    guard rows.count > limit else { return rows }
    let center = rows.firstIndex { $0.time >= focus } ?? rows.count - 1
    let low = max(0, min(center - limit / 2, rows.count - limit))
    return Array(rows[low..<low + limit])
  }

  private static func rows(_ bind: Bind) -> [Row] {
    var rows: [Row] = []
    func add(_ phase: Phase, _ open: String, _ close: String) {
      rows.append(Row(time: phase.start, tid: phase.task.tid, task: phase.task.description, text: open))
      if let end = phase.end {
        rows.append(
          Row(
            time: end, tid: phase.task.tid, task: phase.task.description, text: close + result(phase.result)))
      }
    }
    add(bind.phase, "really_probe {", "} really_probe")
    if let dma = bind.dmaConfigure ?? bind.firmware { add(dma, "  \(dma.function) {", "  } \(dma.function)") }
    if let probe = bind.busProbe { add(probe, "  \(probe.function) {", "  } \(probe.function)") }
    for direct in bind.direct { add(direct, "  \(direct.function) {", "  } \(direct.function)") }
    return rows
  }

  private static func rows(_ visit: Visit) -> [Row] {
    let task = visit.phase.task
    let name = visit.side == .walk ? "walk visits it" : "IOMMU probe"
    var rows = [Row(time: visit.phase.start, tid: task.tid, task: task.description, text: "\(name) {")]
    if let own = visit.ownDMAConfigure, !visit.isInferred {
      rows.append(Row(time: own.start, tid: task.tid, task: task.description, text: "  \(own.function) {"))
      if let end = own.end {
        rows.append(
          Row(
            time: end, tid: task.tid, task: task.description, text: "  } \(own.function)\(result(own.result))"
          ))
      }
    }
    if let end = visit.phase.end {
      rows.append(Row(time: end, tid: task.tid, task: task.description, text: "} \(visit.outcome.word)"))
    }
    return rows
  }

  private static func result(_ value: Int64?) -> String { value.map { " = \($0)" } ?? "" }

  // MARK: drawing

  /// Threads as columns where the terminal is wide enough for two, else the thread's name before each row.
  static func draw(_ rows: [Row], _ style: Style) -> String {
    var tids: [Int32] = []
    var names: [Int32: String] = [:]
    for row in rows {
      if !tids.contains(row.tid) { tids.append(row.tid) }
      if !row.task.isEmpty { names[row.tid] = row.task }
    }
    let columns = style.width >= 72 ? min(tids.count, style.width >= 140 ? 4 : 2) : 1
    guard columns > 1, tids.count <= columns else { return list(rows, names, style) }
    let width = (style.width - 17) / columns - 2
    var out = "   " + Plain.pad("seconds", 13)
    for tid in tids {
      out += style.bar + " " + Plain.pad(label(names[tid] ?? "tid \(tid)", width, style), width)
    }
    out = trimmedEnd(out) + "\n"
    var last: Int64?
    for row in rows {
      if let last, row.time - last > 1_000_000_000 { out += "   " + gap(row.time - last, style) + "\n" }
      last = row.time
      out += "   " + style.paint(Plain.padLeft(Plain.seconds(row.time), 12), .blue) + " "
      for tid in tids {
        let text = tid == row.tid ? Plain.clip(Plain.safe(row.text), width, ascii: style.ascii) : ""
        let padded = Plain.pad(text, width)
        out += style.bar + " " + (row.isAlarm && tid == row.tid ? style.paint(padded, .red) : padded)
      }
      out = trimmedEnd(out) + "\n"
    }
    return out
  }

  private static func label(_ text: String, _ width: Int, _ style: Style) -> String {
    Plain.clip(Plain.safe(text), width, ascii: style.ascii)
  }

  private static func list(_ rows: [Row], _ names: [Int32: String], _ style: Style) -> String {
    var out = ""
    let width = names.values.map(\.count).max() ?? 8
    for row in rows {
      let name = Plain.pad(Plain.safe(names[row.tid] ?? "tid \(row.tid)"), width)
      let text = row.isAlarm ? style.paint(row.text, .red) : Plain.safe(row.text)
      out += "   " + style.paint(Plain.padLeft(Plain.seconds(row.time), 12), .blue) + " \(name) \(text)\n"
    }
    return out
  }

  private static func gap(_ length: Int64, _ style: Style) -> String {
    style.paint("  ... " + Plain.duration(length) + " later", .dim)
  }

  private static func trimmedEnd(_ text: String) -> String {
    var text = text
    while text.last == " " { text.removeLast() }
    return text
  }
}
