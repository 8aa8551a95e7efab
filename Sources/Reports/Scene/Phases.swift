import Bytes
import Events
import Timelines

/// A device's phases in the order of time, with the contract's kinds.
enum Phases {
  struct Item {
    var kind: String
    var start: Int64?
    var end: Int64?
    var task: Task?
    var result: Int64?
    var detail: String?
    var place: Place
    /// The traced function; empty for moments.
    var function = ""
    var endPlace: Place?
    /// No call of its own in the trace: known from what was called inside it.
    var isInferred = false
    /// The trace shows its beginning only.
    var isWithoutReturn = false
  }

  static func of(_ device: DeviceTimeline) -> [Item] {
    var items: [Item] = []
    for bind in device.binds { items += of(bind) }
    for visit in device.visits { items += of(visit, own: device.registrations) }
    for registration in device.registrations { items.append(item("registration", registration.phase, nil)) }
    items += moments(device)
    return items.sorted { ($0.start ?? 0, $0.place) < ($1.start ?? 0, $1.place) }
  }

  /// Groups and domains.
  static func moments(_ device: DeviceTimeline) -> [Item] {
    var items = device.groups.map { item("group", $0.moment, "group \($0.group)") }
    items += device.domains.map { item("domain", $0, nil) }
    if device.groups.isEmpty { items += device.adding.map(fromLog) }
    return items
  }

  static func of(_ bind: Bind) -> [Item] {
    var items = [item("bind", bind.phase, bind.driver.isEmpty ? nil : bind.driver)]
    items[0].isWithoutReturn = bind.isWithoutReturn
    if let dma = bind.dmaConfigure ?? bind.firmware { items.append(item("dma-configure", dma, dma.function)) }
    if let probe = bind.busProbe { items.append(item("driver-probe", probe, probe.function)) }
    for direct in bind.direct {
      items.append(item("dma-configure", direct, "\(direct.function), called by \(direct.caller)"))
    }
    return items
  }

  static func of(_ visit: Visit, own: [Registration]) -> [Item] {
    let kind = visit.side == .walk ? "walk-visit" : "iommu-probe"
    // The walk meets the IOMMU's own device: bound, no firmware description, left alone. Not a finding.
    let isOwn = own.contains {
      $0.phase.task.tid == visit.phase.task.tid && $0.phase.contains(visit.phase.start)
    }
    var items = [item(kind, visit.phase, visit.outcome.word + (isOwn ? " (the IOMMU's own device)" : ""))]
    items[0].isInferred = visit.isInferred
    if let own = visit.ownDMAConfigure, !visit.isInferred {
      items.append(item("dma-configure", own, own.function))
    }
    return items
  }

  static func item(_ kind: String, _ phase: Phase, _ detail: String?) -> Item {
    Item(
      kind: kind, start: phase.start, end: phase.end, task: phase.task, result: phase.result, detail: detail,
      place: phase.place, function: phase.function, endPlace: phase.endPlace)
  }

  private static func item(_ kind: String, _ moment: Moment, _ detail: String?) -> Item {
    Item(
      kind: kind, start: moment.time, end: moment.time, task: Task(comm: "", tid: moment.tid), result: nil,
      detail: detail, place: moment.place)
  }

  private static func fromLog(_ line: LogMoment) -> Item {
    var detail: String?
    if case .adding(_, _, let group) = line.what { detail = "group \(group)" }
    return Item(
      kind: "group", start: line.time, end: line.time, task: nil, result: nil, detail: detail,
      place: line.place)
  }
}

extension Visit.Outcome {
  /// For readers: what came of the visit.
  var word: String {
    switch self {
    case .accepted: "accepted"
    case .already: "had a group"
    case .skipped: "left alone"
    case .refused(let error): "refused: \(error)"
    case .failed(let error): "failed: \(error)"
    case .unknown: "outcome not traced"
    }
  }
}
