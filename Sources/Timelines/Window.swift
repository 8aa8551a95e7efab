import Bytes

/// A stretch of time in which dev->driver was set and the device had no IOMMU group yet.
package struct Window: Sendable {
  /// What became of it. The raw value is the one in JSON (docs/schema).
  package enum State: String, Sendable {
    /// the warning was printed inside it
    case warned
    /// another thread worked on the device inside it, without a warning
    case raced
    /// nobody else did
    case exposed

    /// The word for people. A window that nobody met has none: *exposed* is what became of a client there.
    package var word: String? { self == .exposed ? nil : rawValue }
  }
  /// Its name.
  package var device: String
  /// Earliest possible set of dev->driver: entry of really_probe. Nil if no bind was seen.
  package var opened: Int64?
  /// Latest possible set: entry of pinctrl or dma_configure.
  package var openedLatest: Int64?
  /// Driver cleared or group added, whichever came first; nil if neither was seen.
  package var closed: Int64?
  /// The strongest that holds: warned before raced before exposed.
  package var state: State
  /// Who bound, and who else touched the device inside.
  package var binder: KernelTask?
  /// Whose IOMMU probes of the device lay inside it, each thread once; whose warning it is, if no bind was
  /// seen.
  package var others: [KernelTask]
  /// Of the bind; of the warning, if no bind was seen.
  package var place: Place?
  /// How many more windows like this one the device had, that are counted instead of listed.
  package var folded: Int

  /// Nanoseconds; nil if one of its ends was not seen.
  package var length: Int64? {
    guard let opened, let closed else { return nil }
    return closed - opened
  }
}

/// Finds the windows of a boot.
package enum Windows {
  /// The windows of a boot, by opening time. Only devices that have, get or were refused an IOMMU have any.
  package static func all(_ boot: BootTimeline) -> [Window] {
    var windows: [Window] = []
    let warnings = Dictionary(grouping: boot.warnings, by: \.device)
    for device in boot.devices.values where device.concernsIOMMU {
      let warned = warnings[device.name] ?? []
      // An IOMMU is a client of none, and would be without a group for ever.
      if device.isIOMMU, warned.isEmpty { continue }
      windows += fold(of(device, boot, warned), device.folded?.count ?? 0)
    }
    return windows.sorted { ($0.opened ?? $0.closed ?? .max) < ($1.opened ?? $1.closed ?? .max) }
  }

  private static func of(_ device: DeviceTimeline, _ boot: BootTimeline, _ warnings: [Warning]) -> [Window] {
    let tracesDMA = boot.traces.contains { $0.seen.contains(.busDMAConfigure) }
    var windows: [Window] = []
    let visits = VisitIndex(device.visits)
    for bind in device.binds where !bind.neverSetDriver(tracesDMAConfigure: tracesDMA) {
      if let window = window(bind, device, visits, warnings) { windows.append(window) }
    }
    // A warning outside every traced bind: the window is known by the log alone.
    let warned = windows.filter { $0.state == .warned }
    for warning in warnings {
      guard !warned.contains(where: { holds($0, warning.time) }) else { continue }
      let closed = device.adding.first { $0.order > warning.order }?.time
      windows.append(
        Window(
          device: device.name, opened: nil, openedLatest: warning.time, closed: closed, state: .warned,
          binder: nil, others: warning.task.map { [$0] } ?? [], place: warning.places.first, folded: 0))
    }
    return windows
  }

  private static func holds(_ window: Window, _ time: Int64?) -> Bool {
    guard let time, let opened = window.opened else { return false }
    return opened <= time && time <= (window.closed ?? .max)
  }

  private static func window(
    _ bind: Bind, _ device: DeviceTimeline, _ visits: VisitIndex, _ warnings: [Warning]
  ) -> Window? {
    let opened = bind.phase.start
    // With a group already there the IOMMU probe had finished.
    guard !device.hadGroup(before: opened) else { return nil }
    let group = device.groups.first { $0.moment.time >= opened }?.moment.time
    let cleared = bind.failed ? bind.phase.end : nil
    let closed = [group, cleared].compactMap { $0 }.min()
    let end = closed ?? .max
    var others: [KernelTask] = []
    for visit in visits.during(opened...max(opened, end))
    where visit.phase.task.tid != bind.phase.task.tid && !visit.isUntimed {
      if !others.contains(visit.phase.task) { others.append(visit.phase.task) }
    }
    let warned = warnings.contains { warning in
      guard let time = warning.time else { return false }
      return opened <= time && time <= end
    }
    return Window(
      device: device.name, opened: opened, openedLatest: bind.setBy, closed: closed,
      state: warned ? .warned : others.isEmpty ? .exposed : .raced, binder: bind.phase.task, others: others,
      place: bind.phase.place, folded: 0)
  }

  /// Windows in which nobody else touched the device come by the thousand: the longest stands for them all.
  private static func fold(_ windows: [Window], _ counted: Int) -> [Window] {
    let quiet = windows.filter { $0.state == .exposed }
    guard var longest = quiet.max(by: { ($0.length ?? .max) < ($1.length ?? .max) }) else { return windows }
    longest.folded = quiet.count - 1 + counted
    return windows.filter { $0.state != .exposed } + [longest]
  }
}
