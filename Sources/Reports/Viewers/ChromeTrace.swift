// `--format chrome-json`: the Trace Event Format of chrome://tracing, which Perfetto's viewer and speedscope read too. A
// process is a device, a thread one of the threads that worked on it.
import Analysis
import Timelines
import Verdicts
import Writing

enum ChromeTrace {
  static func render(_ analysis: Analysis) -> JSONValue {
    let names = InputNames(analysis)
    var events: [JSONValue] = []
    var process: Int64 = 0
    for (number, boot) in analysis.boots.enumerated() {
      let scene = Scene(boot, device: nil)
      let prefix = analysis.boots.count > 1 ? "boot \(number + 1): " : ""
      if !scene.registrations.isEmpty {
        process += 1
        events.append(name("process_name", process, 0, prefix + "iommu_device_register"))
        add(scene.registrations, process, names, &events)
      }
      for lane in scene.lanes {
        process += 1
        events.append(name("process_name", process, 0, prefix + Plain.safe(lane.device)))
        add(lane.spans, process, names, &events)
        events += lane.windows.compactMap { window($0, process) }
        events += lane.marks.map { mark($0, process, names) }
      }
    }
    return .object([
      ("displayTimeUnit", .string("ns")), ("otherData", .object([("madeBy", .string(Release.title))])),
      ("traceEvents", .array(events)),
    ])
  }

  private static func add(
    _ spans: [PhaseSpan], _ process: Int64, _ names: InputNames, _ events: inout [JSONValue]
  ) {
    var known: Set<Int32> = []
    for span in spans {
      if known.insert(span.task.tid).inserted {
        events.append(name("thread_name", process, Int64(span.task.tid), Plain.safe(span.task.description)))
      }
      events.append(self.span(span, process, names))
    }
  }

  private static func name(_ kind: String, _ process: Int64, _ thread: Int64, _ text: String) -> JSONValue {
    .object([
      ("ph", .string("M")), ("name", .string(kind)), ("pid", .int(process)), ("tid", .int(thread)),
      ("args", .object([("name", .string(text))])),
    ])
  }

  /// Microseconds; what was not seen to return is a beginning without an end.
  private static func span(_ span: PhaseSpan, _ process: Int64, _ names: InputNames) -> JSONValue {
    var fields: [(String, JSONValue)] = [
      ("ph", .string(span.end == nil ? "B" : "X")), ("name", .string(Plain.safe(span.label))),
      ("cat", .string(span.kind.rawValue)), ("pid", .int(process)), ("tid", .int(Int64(span.task.tid))),
      ("ts", .micros(span.start)),
    ]
    if let end = span.end { fields.append(("dur", .micros(end - span.start))) }
    fields.append(("args", .object(facts(span, names))))
    return .object(fields)
  }

  /// What Perfetto and Chrome show of a slice.
  private static func facts(_ span: PhaseSpan, _ names: InputNames) -> [(String, JSONValue)] {
    var facts: [(String, JSONValue)] = [("function", .string(Plain.safe(span.function)))]
    if let result = span.result { facts.append(("result", .string(ErrorName.text(result)))) }
    if !span.note.isEmpty { facts.append(("note", .string(Plain.safe(span.note)))) }
    if span.isInferred { facts.append(("inferred", .bool(true))) }
    facts.append(("place", .string(Plain.safe(names.text(span.place)))))
    return facts
  }

  private static func mark(_ mark: DrawnMark, _ process: Int64, _ names: InputNames) -> JSONValue {
    .object([
      ("ph", .string("i")), ("s", .string("p")), ("name", .string(mark.label)),
      ("cat", .string(mark.kind.rawValue)), ("pid", .int(process)), ("tid", .int(Int64(mark.task?.tid ?? 0))),
      ("ts", .micros(mark.time)), ("args", .object([("place", .string(Plain.safe(names.text(mark.place))))])),
    ])
  }

  /// A thread of its own under the device.
  private static func window(_ window: Window, _ process: Int64) -> JSONValue? {
    guard let opened = window.opened, let length = window.length else { return nil }
    return .object([
      ("ph", .string("X")), ("name", .string("window" + (window.state.word.map { " (\($0))" } ?? ""))),
      ("cat", .string("window")),
      ("pid", .int(process)), ("tid", .int(0)), ("ts", .micros(opened)), ("dur", .micros(length)),
    ])
  }
}
