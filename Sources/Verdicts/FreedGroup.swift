// `WARNING: … __iommu_group_free_device`: a group is freed while a driver owns it: its IOMMU went away under its client, which
// runs on without one. The line names no device; remove_device_from_group does, just before it, by the same thread.
import Events
import Timelines

extension BootTimeline {
  fileprivate var freedUnderDrivers: [LogMoment] {
    general.filter { if case .freedGroup = $0.what { true } else { false } }
  }
}

extension CaseFile {
  /// How the groups of earlier lives were taken away. Nil if a driver is known not to have been there, each time.
  var lostUnderDriver: EarlierLives? {
    let warned = boot.freedUnderDrivers.filter(isEarlier)
    if whole.ungroups.isEmpty {
      // Whose group it was is not known; only of one that had a group before.
      guard let line = warned.first, let before = whole.adding.first, before.order < line.order else {
        return nil
      }
      return .sign(Evidence("a group is freed while a driver owns it; whose is not said", line))
    }
    var worst: EarlierLives?
    for lost in whole.ungroups where lost.time <= life.after {
      let isWarned = boot.isOfOneClock && warned.contains { isOf(lost, $0) }
      guard let bound = whole.binds.last(where: { $0.phase.start < lost.time }), !bound.failed,
        !bound.deferred,
        !isAnnounced(after: lost)
      else {
        if isWarned { worst = .sign(Evidence("its group is taken away, and a driver owns it", lost)) }
        continue
      }
      let evidence = [
        Evidence("a bind of the device completes", end: bound.phase),
        Evidence("its group is taken away (remove_device_from_group)", lost),
      ]
      if boot.isOfOneClock, let line = warned.first(where: { isOf(lost, $0) }) {
        return .ranWithoutDomain(
          evidence + [Evidence("a driver owns it: it runs on without its IOMMU", line)], isProven: true)
      }
      // The kernel would have said so.
      if boot.isOfOneClock, boot.logKeepsOrder, !boot.logHasDropped, boot.logSpan?.contains(lost.time) == true
      {
        continue
      }
      // Where the firmware's links are known, clients are unbound before their IOMMU's driver is; nothing in a trace shows it.
      if isOfUnregister(lost) {
        worst = .sign(
          Evidence("its IOMMU goes away, and whether its driver was unbound before is not seen", lost))
      }
    }
    return worst
  }

  /// The WARN is the statement behind the event's.
  private func isOf(_ lost: Moment, _ line: LogMoment) -> Bool {
    guard let time = line.time, time >= lost.time - Self.jitter else { return false }
    let next = boot.devices.values.lazy.flatMap(\.ungroups).map(\.time).filter { $0 > lost.time }.min()
    return time < min(next ?? .max, lost.time + Self.warns)
  }

  private static let jitter: Int64 = 100_000
  /// From the event to the WARN's stamp, on slow emulated machines too.
  private static let warns: Int64 = 10_000_000

  /// device_add() announced it again: it had been removed from its bus, and its driver before.
  private func isAnnounced(after lost: Moment) -> Bool {
    whole.visits.contains {
      $0.side == .notifier && $0.phase.start > lost.time && $0.phase.start <= life.after
    }
  }

  /// iommu_device_unregister() takes the groups of all clients away, one behind the other.
  private func isOfUnregister(_ lost: Moment) -> Bool {
    boot.devices.values.contains { other in
      other.name != device.name
        && other.ungroups.contains { $0.tid == lost.tid && abs($0.time - lost.time) < 1_000_000_000 }
    }
  }
}

enum FreedGroup {
  /// A finding of its own where no other tells of a client that ran so.
  static func findings(_ boot: BootTimeline, besides findings: [Finding]) -> [Finding] {
    guard let line = boot.freedUnderDrivers.first,
      !findings.contains(where: { $0.cause == .reboundAfterLateIOMMU })
    else { return [] }
    return [
      Finding(
        device: Surveyed.unknown, driver: nil, kind: .silent, time: line.time, side: .none,
        verdict: .undetermined, confidence: nil, cause: nil, candidates: [.reboundAfterLateIOMMU],
        harm: .unknown,
        tier: .kernelLog,
        summary: "a group was freed while a driver owned it: a client ran on without its IOMMU",
        evidence: [Evidence("a group is freed while a driver owns it; whose is not said", line)],
        missing: [Advice.trace], assumed: [], places: [line.place])
    ]
  }
}
