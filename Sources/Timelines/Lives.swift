// A device lives more than once: it is unbound and bound again, its IOMMU's module is loaded again, it is unplugged. What
// one life proves says nothing of the next.
import Bytes
import Events
import Records

/// A stretch of a device's time from one beginning to the next.
package struct Life: Sendable {
  /// What was seen in it. A group that it was born with, because only the driver changed, is here too.
  package var device: DeviceTimeline
  /// After this time, on the boot's clock; `.min` for the first.
  package var after: Int64
  /// From here on to its first line a line may be of the life before, or of this one: it lost its group, and nobody said when.
  package var openSince: Int?
}

extension DeviceTimeline {
  /// The life that a warning, or a probe of the IOMMU, belongs to. `time`, `line`: when it happened.
  package func life(at time: Int64?, line: Int?, in boot: BootTimeline) -> Life {
    let cuts = known?.cuts ?? Cuts(cuts(boot))
    guard cuts.lives.count > 1 else { return Life(device: self, after: .min) }
    return life(
      cuts.life { cut in
        if let line, let at = cut.line { return at < line }
        if let time, let at = cut.time { return at <= time }
        return false
      })
  }

  /// All of them, the first one first.
  package func lives(in boot: BootTimeline) -> [Life] {
    let cuts = known?.cuts ?? Cuts(cuts(boot))
    guard cuts.lives.count > 1 else { return [Life(device: self, after: .min)] }
    return cuts.lives.map(life)
  }

  private func life(_ bounds: Cuts.Bounds) -> Life {
    let device = part(
      from: bounds.start, to: bounds.end, lines: (bounds.line, bounds.lastLine),
      groupsFrom: bounds.taken.time, bounds.taken.line)
    return Life(device: device, after: bounds.start, openSince: bounds.openSince)
  }

  private func part(
    from start: Int64, to end: Int64, lines: (Int, Int), groupsFrom since: Int64, _ sinceLine: Int
  ) -> DeviceTimeline {
    var part = self
    part.known = nil
    let bindSpans = known?.binds ?? Spans(binds: binds)
    let visitSpans = known?.visits ?? Spans(visits: visits)
    part.binds = binds.at(bindSpans.places(from: start, to: end))
    part.visits = visits.at(visitSpans.places(from: start, to: end))
    part.groups = groups.filter { $0.moment.time >= since && $0.moment.time < end }
    part.domains = domains.filter { $0.time >= since && $0.time < end }
    part.ungroups = ungroups.filter { $0.time >= start && $0.time <= end }
    part.faults = faults.filter { fault in fault.time.map { $0 >= start && $0 < end } ?? true }
    part.maps = maps.filter { $0.start >= start && $0.start < end }
    // It may have thousands of lives, each with a few lines.
    let first = log.partitioningIndex { $0.order > lines.0 }
    let behind = max(first, log.partitioningIndex { $0.order > lines.1 })
    let born = adding.partitioningIndex { $0.order > sinceLine }
    let own = max(born, adding.partitioningIndex { $0.order > min(lines.0, lines.1) })
    part.log = Array(adding[born..<own]) + Array(log[first..<behind])
    return part
  }

  // MARK: cuts

  /// In the order of their times, then of their lines.
  fileprivate func cuts(_ boot: BootTimeline) -> [Cut] {
    guard binds.count + groups.count + ungroups.count + log.count > 1 else { return [] }
    var cuts = removals + announcements + additions(boot) + logged(boot) + reloads(boot) + rebinds
    guard !cuts.isEmpty else { return [] }
    // The same event has a place in the log and in the trace where one clock ties them.
    let isTied = boot.hasLogTimes && boot.logKeepsOrder && boot.isOfOneClock
    for index in cuts.indices where isTied {
      if cuts[index].line == nil, let time = cuts[index].time {
        cuts[index].line = log.last { $0.time.map { $0 < time } ?? false }?.order
      }
    }
    return cuts.sorted { ($0.time ?? .max, $0.line ?? .max) < ($1.time ?? .max, $1.line ?? .max) }
  }

  /// remove_device_from_group: the device is gone, or its IOMMU is.
  private var removals: [Cut] { ungroups.map { Cut(time: $0.time + 1, line: nil, takesGroup: true) } }

  /// device_add() announces a device once in its life: it was unplugged, or removed, before.
  private var announcements: [Cut] {
    visits.filter { visit in
      visit.side == .notifier && binds.contains { $0.phase.start < visit.phase.start }
    }.map { Cut(time: $0.phase.start, line: nil, takesGroup: true) }
  }

  /// A second group without the removal in between, unless two probes ran at once (that is a double probe), or the trace
  /// would have shown the removal.
  private func additions(_ boot: BootTimeline) -> [Cut] {
    zip(groups, groups.dropFirst()).compactMap { first, second in
      let (a, b) = (first.moment, second.moment)
      let isRemoved = ungroups.contains { $0.time >= a.time && $0.time <= b.time }
      guard a.time < b.time, !isRemoved, !boot.showsRemovals, !probesOverlap(a, b, in: boot) else {
        return nil
      }
      // One whose return was lost may have ended long before.
      func begun(_ phase: Phase) -> Int64? {
        phase.start > a.time && phase.contains(b.time) ? phase.start : nil
      }
      let starts =
        binds.compactMap { $0.endIsLost ? nil : begun($0.phase) } + visits.compactMap { begun($0.phase) }
      return Cut(time: starts.min() ?? b.time, line: nil, takesGroup: true)
    }
  }

  /// The IOMMU probes that added the groups ran at the same time, or both inside one bind, which holds the device's lock:
  /// nothing can have been removed in between.
  package func probesOverlap(_ first: Moment, _ second: Moment, in boot: BootTimeline) -> Bool {
    if binds.contains(where: {
      $0.phase.end != nil && !$0.endIsLost && $0.phase.contains(first.time) && $0.phase.contains(second.time)
    }) {
      return true
    }
    func visit(_ moment: Moment) -> Visit? {
      visits.last { $0.phase.task.tid == moment.tid && $0.phase.contains(moment.time) }
    }
    guard let one = visit(first), let other = visit(second), !one.isInferred, !other.isInferred else {
      return false
    }
    // One without a return still runs only where returns are traced.
    let isOver = one.phase.end != nil && other.phase.end != nil
    return one.phase.key != other.phase.key && one.phase.overlaps(other.phase)
      && (isOver || boot.showsVisitEnds)
  }

  /// `Removing from iommu group`, and a second `Adding` without it.
  private func logged(_ boot: BootTimeline) -> [Cut] {
    var cuts: [Cut] = []
    var added: Int?
    let warnings = log.indices.filter { if case .warning = log[$0].what { true } else { false } }
    var next = 0
    // A device with thousands of lives has thousands of these.
    lazy var free = phasesWithoutGroup
    for (index, line) in log.enumerated() {
      switch line.what {
      case .removing:
        cuts.append(Cut(time: line.time.map { $0 + 1 }, line: line.order, takesGroup: true))
        added = nil
      case .adding:
        if let added, !isRemoved(between: log[added], line, boot) {
          // With a warning in between, that one is the next life's; whose the lines before it are is not said.
          while next < warnings.count, warnings[next] <= added { next += 1 }
          let warned = next < warnings.count ? warnings[next] : nil
          if let time = boot.first(of: free, between: log[added], log[warned ?? index]) {
            cuts.append(Cut(time: time, line: nil, takesGroup: true, openSince: log[added].order))
          } else {
            cuts.append(
              Cut(
                time: log[warned ?? index].time.map { $0 - 1 },
                line: log[min(warned ?? index, index) - 1].order,
                takesGroup: true, openSince: log[added].order))
          }
        }
        added = index
      default: break
      }
    }
    return cuts
  }

  /// The trace shows how the life between two group lines ended; most kernels print nothing then.
  private func isRemoved(between first: LogMoment, _ second: LogMoment, _ boot: BootTimeline) -> Bool {
    guard boot.isOfOneClock, let from = first.time, let to = second.time else { return false }
    return ungroups.contains { $0.time > from && $0.time < to }
  }

  /// What the trace shows that only a device in no group does: its bind meets a missing IOMMU, which with a firmware description
  /// it would not ask for, or a walk runs dma_configure for it. By start.
  private var phasesWithoutGroup: [Phase] {
    let waits = binds.filter { ($0.ofIOMMU ?? $0.firmware)?.result == -517 }.map(\.phase)
    let asked = visits.filter { $0.side == .walk && $0.ownDMAConfigure != nil }.map(\.phase)
    return (waits + asked).sorted { $0.start < $1.start }
  }

  /// The IOMMU that gave it its group registers once more: its driver was gone in between, and all of its groups were.
  private func reloads(_ boot: BootTimeline) -> [Cut] {
    var cuts: [Cut] = []
    for visit in visits {
      guard case .accepted = visit.outcome, let index = visit.registration else { continue }
      let own = boot.registrations[index]
      guard !own.iommu.isEmpty, let end = own.phase.end,
        let next = boot.registrations.first(where: { $0.iommu == own.iommu && $0.phase.start > end }),
        !ungroups.contains(where: { $0.time > end && $0.time <= next.phase.start })
      else { continue }
      cuts.append(Cut(time: next.phase.start, line: nil, takesGroup: true))
    }
    return cuts
  }

  /// really_probe() runs for a device only while it has no driver: a bind that had succeeded was undone before the next.
  private var rebinds: [Cut] {
    zip(binds, binds.dropFirst()).compactMap { bound, next in
      guard bound.succeeded, let end = bound.phase.end, next.phase.start >= end else { return nil }
      // A walk that ran dma_configure itself met it without a driver, and so did device_add().
      let free = visits.first { visit in
        guard visit.side == .walk || visit.side == .notifier, let own = visit.ownDMAConfigure else {
          return false
        }
        return own.start > end && own.start < next.phase.start
      }
      return Cut(time: free?.phase.start ?? next.phase.start, line: nil, takesGroup: false)
    }
  }
}

extension Array {
  /// What stands at these places, all of which are different; nothing is copied if that is everything.
  fileprivate func at(_ places: [Int]) -> [Element] { places.count == count ? self : places.map { self[$0] } }
}

extension BootTimeline {
  /// To be called when nothing of the boot changes any more: verdicts ask for lives again and again.
  mutating func cutLives() {
    let boot = self
    for at in devices.values.indices {
      let device = boot.devices.values[at]
      devices.values[at].known = .init(
        adding: device.adding, gaveUp: device.gaveUp, cuts: Cuts(device.cuts(boot)),
        binds: .init(binds: device.binds), visits: .init(visits: device.visits))
    }
  }

  /// When the first of these phases, which are by start, began for certain between two lines of the log.
  fileprivate func first(of phases: [Phase], between first: LogMoment, _ second: LogMoment) -> Int64? {
    guard isOfOneClock, logKeepsOrder, let from = first.time, let to = second.time else { return nil }
    return phases[phases.partitioningIndex { $0.start > from }...].prefix { $0.start < to }.first { phase in
      let slack = trace(of: phase.place)?.clock.slack ?? 0
      return phase.start > from + slack && phase.start < to - slack
    }?.start
  }

  /// Returns of IOMMU probes are traced.
  fileprivate var showsVisitEnds: Bool {
    devices.values.contains { $0.visits.contains { !$0.isInferred && $0.phase.end != nil } }
  }

  /// The trace has removals of devices from their groups: where none is, none was.
  fileprivate var showsRemovals: Bool { devices.values.contains { !$0.ungroups.isEmpty } }
}
