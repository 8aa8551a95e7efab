// A driver's ->probe that began before the device had its domain, and what became of that attempt.
import Bytes
import Timelines

struct Exposure: Sendable {
  var bind: Bind
  /// When its ->probe began.
  var probe: (time: Int64, place: Place, isExact: Bool)
  /// The attempt came to nothing: devres, and the driver's own way out, took back what it had set up, the driver is gone, and
  /// iommu_device_unuse_default_domain() left the group's owners as they were (docs/kernel.md#really_probe, 11). Nothing of it
  /// outlives the attach for certain: the bind that survives decides.
  var isUndone: Bool
  /// It is known to have kept the device.
  var isKept: Bool
}

extension Bind {
  /// The ->probe that stayed began behind `domain`; the one before it was removed.
  func wasProbedAgain(after domain: Int64) -> Bool { probedAgain.map { $0.start >= domain } ?? false }
}

extension CaseFile {
  /// The master rule (docs/kernel.md#master-rule). Of several attempts one that is not known to have come to nothing.
  var exposure: Exposure? {
    guard let visit, side == .walk || side == .notifier else { return nil }
    // In the walk the default domain comes only after every visit: the group, or the visit's end, is a bound too. device_add() has its
    // device probed, and attached, in one visit: only one that dropped the lock let a bind in between.
    if side == .notifier, visit.ownDMAConfigure == nil { return nil }
    guard let boundary = domain?.time ?? group?.time ?? visit.phase.end else { return nil }
    // An attempt that came after the group counts as well: it may have passed without a domain.
    // Where the walk ran dma_configure itself it met no driver: an attempt from before, of unknown end, was over.
    let free = visit.ownDMAConfigure == nil ? .min : visit.phase.start
    let early = device.binds.compactMap { bind -> Exposure? in
      let isUnended = bind.endIsLost || bind.isWithoutReturn || bind.phase.end == nil
      guard !(isUnended && bind.setBy ?? .max < free), bind.phase.task.tid != visit.phase.task.tid,
        bind.phase.end ?? .max >= visit.phase.start, let probe = bind.driverProbe, probe.time < boundary
      else { return nil }
      return Exposure(
        bind: bind, probe: probe, isUndone: wasUndone(bind) || bind.wasProbedAgain(after: boundary),
        isKept: wasKept(bind, boundary) || goesOn(bind, boundary))
    }
    return early.first { !$0.isUndone } ?? early.first
  }

  /// The attempt left the device without a driver: it says so, or really_probe() ran for the device once more, which it does only
  /// while there is none.
  func wasUndone(_ bind: Bind) -> Bool {
    bind.failed || !bind.succeeded && device.binds.contains { $0.phase.start > bind.phase.start }
  }

  /// Events were lost while it ran: its return may be that of a later attempt.
  func isBroken(_ bind: Bind) -> Bool {
    boot.trace(of: bind.phase.place)?.hasGap(from: bind.phase.start, to: bind.phase.end ?? .max) ?? false
  }

  /// It holds DMA from before the domain, and is still in its ->probe at the trace's end: a hang, most of the time.
  private func goesOn(_ bind: Bind, _ boundary: Int64) -> Bool {
    guard bind.phase.end == nil, !bind.isWithoutReturn, !hasGap,
      coverage?.returning.contains(.reallyProbe) == true
    else {
      return false
    }
    return device.maps.contains { bind.phase.contains($0.start) && $0.start < boundary }
  }

  /// An early ->probe is all that is seen of one, in the trace or in the log, and it came to nothing.
  var isUndone: Bool {
    if let exposure { return exposure.isUndone }
    guard let adding = addingLine, let line = enabledBefore(adding) else { return false }
    return warning != nil && side == .walk && wasUndone(line, before: adding)
  }

  /// Its ->probe ended well; or its driver speaks behind the domain, while the trace goes on and shows no other attempt, and does
  /// not say that it failed.
  private func wasKept(_ bind: Bind, _ boundary: Int64) -> Bool {
    if bind.succeeded, !isBroken(bind) { return true }
    guard boot.isOfOneClock, !hasGap, let last = coverage?.last,
      !device.log.contains(where: { $0.saysUnbound && $0.time ?? .max > bind.phase.start })
    else { return false }
    return device.log.contains { line in
      guard let time = line.time, line.showsDriver, !line.isEnabling else { return false }
      return time > boundary && time <= last
    }
  }
}
