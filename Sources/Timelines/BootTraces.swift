// What the traces of a boot show, per device.
import Bytes
import Events

extension BootBuilder {
  mutating func add(_ input: InputStory, _ story: TraceStory, _ clock: ClockJoin) {
    boot.kernel = boot.kernel ?? story.kernel
    let phases = Phases(story, names, clock)
    let before = boot.registrations.count
    boot.registrations += phases.registrations
    if phases.anonymous > 0 {
      boot.losses.append(
        Loss(
          .noContext, count: Int64(phases.anonymous),
          "calls that name no device: trace with funcgraph-args or func-args, or add kprobes with the device's name"
        ))
    }
    // By name: a dictionary's own order differs from run to run, and it would become the order of the devices.
    for (device, binds) in phases.binds.sorted(by: { $0.key < $1.key }) {
      with(device) { Self.add(binds, to: &$0.binds) }
    }
    // A log that begins late does not say it.
    if phases.binds.values.joined().contains(where: { $0.firmware?.function == "acpi_dma_configure_id" }) {
      boot.isACPI = true
    }
    for (device, visits) in phases.visits.sorted(by: { $0.key < $1.key }) {
      var visits = visits
      if before > 0 { for at in visits.indices { visits[at].registration? += before } }
      with(device) { Self.add(visits, to: &$0.visits) }
    }
    for (device, maps) in phases.maps.sorted(by: { $0.key < $1.key }) {
      with(device) { Self.add(maps, to: &$0.maps) }
    }
    for (key, folded) in story.folded.sorted(by: { $0.value.first < $1.value.first }) {
      guard let device = phases.view.deviceName(key) else { continue }
      let moved = Self.moved(folded, clock)
      with(device) { $0.folded = $0.folded.map { known in known.adding(moved) } ?? moved }
    }
    for mark in story.marks { add(mark, clock) }
    boot.traces.append(
      TraceCoverage(
        input: input.input, first: clock.boot(story.first ?? 0), last: clock.boot(story.last ?? 0),
        firstBind: story.calls.lazy.filter { $0.role == .reallyProbe }.map(\.start).min().map(clock.boot),
        seen: story.seen, clock: clock, isOrderOnly: story.clock == .ticks,
        isOfBoot: story.clock == .nanoseconds, gaps: story.gaps,
        hasGroups: story.marks.contains { if case .group = $0.kind { true } else { false } },
        isIncomplete: story.isIncomplete, isCoarse: story.isCoarse, returning: story.returning,
        inputs: story.parts.union([Int32(input.input)])))
  }

  /// Nearly always the device has none yet: nothing is copied then.
  private static func add<T>(_ more: [T], to list: inout [T]) {
    if list.isEmpty { list = more } else { list += more }
  }

  private static func moved(_ folded: FoldedBinds, _ clock: ClockJoin) -> FoldedBinds {
    var result = folded
    result.first = clock.boot(folded.first)
    result.last = clock.boot(folded.last)
    result.lastWait = folded.lastWait.map(clock.boot)
    return result
  }

  private mutating func add(_ mark: Mark, _ clock: ClockJoin) {
    let device = names[mark.device]
    guard !device.isEmpty else { return }
    let moment = Moment(time: clock.boot(mark.time), tid: mark.tid, place: mark.place)
    with(device) { timeline in
      switch mark.kind {
      case .group(let group): timeline.groups.append((moment, group))
      case .ungroup: timeline.ungroups.append(moment)
      case .domain: timeline.domains.append(moment)
      case .fault(let iova): timeline.faults.append((moment.time, iova, moment.place))
      }
    }
  }
}
