import Bytes
import Timelines

/// The walk's visits that met a device whose device_lock another task, or the walk's own, held: what a walk that takes that lock,
/// or tries to, would have run into (the question of the mailing-list thread of March and April 2026).
package struct LockedVisits: Sendable {
  /// What device_lock() would have come to, were it taken before iommu_probe_device_lock and held for the visit.
  package enum Outcome: String, Sendable {
    /// The walking thread itself holds the lock: it is binding that very device (the IOMMU's own, or a parent).
    case selfDeadlock = "self-deadlock"
    /// Another thread holds it and waits for iommu_probe_device_lock: a deadlock if the walk keeps that one meanwhile.
    case waitsForWalk = "waits-for-walk"
    /// Another thread holds it: device_lock() waits, device_trylock() fails and leaves the device out.
    case wouldWait = "would-wait"
  }
  /// One visit of the walk that met a locked device.
  package struct Meeting: Sendable {
    /// The device that was visited.
    package var device: String
    /// Self-deadlock goes before the others.
    package var outcome: Outcome
    /// Who was in really_probe() of it.
    package var holder: KernelTask
    /// The walk's visit of it.
    package var visit: Visit
    /// How long device_lock() would have waited, in nanoseconds; nil where it never ends or is not traced.
    package var wait: Int64?
    /// The bind that held the lock, and the visit.
    package var evidence: [Evidence]
  }
  /// By time; empty if the walk met no locked device.
  package var meetings: [Meeting]
  /// Visits of the walk that the trace shows.
  package var visits: Int
  /// Those of an IOMMU's own device of which no bind is in the trace, by their registration: whether the walking thread was in it, nothing
  /// tells.
  private var untold: [(registration: Int, device: String, visit: Visit)] = []

  /// One of the meetings is with the walking thread's own bind.
  package var wouldDeadlock: Bool { meetings.contains { $0.outcome == .selfDeadlock } }

  /// Those of a boot; nil if no trace shows the walk's visits.
  package init?(_ boot: BootTimeline) {
    meetings = []
    visits = 0
    for device in boot.devices.values {
      for visit in device.visits where visit.side == .walk {
        visits += 1
        if let meeting = Self.meeting(device, visit) { meetings.append(meeting) }
      }
    }
    guard visits > 0 else { return nil }
    meetings.sort { $0.visit.phase.start < $1.visit.phase.start }
    for (number, registration) in boot.registrations.enumerated() {
      guard let device = boot.devices[registration.iommu],
        let visit = device.visits.first(where: { $0.side == .walk && $0.registration == number }),
        !device.binds.contains(where: { $0.phase.start <= registration.phase.start }),
        // A function of virtio was bound before: what registers is the device on it.
        !boot.devices.values.contains(where: { $0.binds.contains { $0.phase.encloses(registration.phase) } })
      else { continue }
      untold.append((number, device.name, visit))
    }
  }

  private static func meeting(_ device: DeviceTimeline, _ visit: Visit) -> Meeting? {
    let phase = visit.phase
    guard
      let bind = device.binds.last(where: { bind in
        bind.phase.start <= phase.start && (bind.phase.end ?? .max) > phase.start
      })
    else { return nil }
    let isSelf = bind.phase.task.tid == phase.task.tid
    let isWaiting = !isSelf && (bind.ofIOMMU ?? bind.firmware)?.contains(phase.start) ?? false
    return Meeting(
      device: device.name, outcome: isSelf ? .selfDeadlock : isWaiting ? .waitsForWalk : .wouldWait,
      holder: bind.phase.task, visit: visit,
      wait: isSelf ? nil : bind.phase.end.map { $0 - phase.start },
      evidence: [
        Evidence("\(bind.phase.task) is in really_probe() of \(device.name) and holds its lock", bind.phase),
        Evidence("the walk (\(phase.task)) visits it", phase),
      ])
  }

  /// The walk of that registration comes to a device that its own thread is binding. Nil: whichever registration.
  func deadlock(in registration: Int?) -> Meeting? {
    meetings.first { meeting in
      meeting.outcome == .selfDeadlock
        && (registration == nil || meeting.visit.registration == nil
          || meeting.visit.registration == registration)
    }
  }

  /// The walk of that registration comes to its IOMMU's own device, and the trace does not reach back to that one's bind. Nil: whichever
  /// registration.
  func ownBindUntold(in registration: Int?) -> (device: String, evidence: [Evidence])? {
    untold.first { registration == nil || $0.registration == registration }.map {
      let phase = $0.visit.phase
      return ($0.device, [Evidence("the walk (\(phase.task)) visits the IOMMU's own device", phase)])
    }
  }

  /// The lock that this visit of the device met.
  func meeting(_ device: String, _ visit: Visit?) -> Meeting? {
    guard let visit else { return nil }
    return meetings.first { $0.device == device && $0.visit.phase.key == visit.phase.key }
  }
}

extension Phase {
  /// The other one began in it, on the same thread.
  fileprivate func encloses(_ other: Phase) -> Bool { task.tid == other.task.tid && contains(other.start) }
}
