// A walk that put the client into its group and its domain, and an IOMMU that failed after that: iommu_device_unregister() takes both
// away again, and the bind that survives may run without (docs/kernel.md#registration).
import Timelines

extension CaseFile {
  /// The IOMMU whose walk this probe belongs to, or last came by, failed behind it; or another one did, and took the group away.
  var failedIOMMU: Evidence? {
    guard let visit else { return failure(of: banner?.device(in: boot)) }
    if let taken = takenByFailure(after: visit.phase) { return taken }
    let walk =
      visit.registration.map { boot.registrations[$0] }
      ?? boot.registrations.last { $0.phase.start <= visit.phase.start }
    guard let walk else { return failure(of: banner?.device(in: boot)) }
    if walk.hasFailed {
      return Evidence("its registration fails: \(errno(walk.phase.result))", end: walk.phase)
    }
    // It registers inside its own bind.
    let bind = boot.devices[walk.iommu]?.binds.last { bind in
      bind.phase.task.tid == walk.phase.task.tid && bind.phase.contains(walk.phase.start)
    }
    if let bind, bind.failed { return Evidence("the IOMMU's own probe fails", end: bind.phase) }
    return failure(of: walk.iommu)
  }

  /// A walk takes clients of other IOMMUs too: which IOMMU is the client's own shows when that one fails.
  private func takenByFailure(after probe: Phase) -> Evidence? {
    let lost = device.ungroups.first { lost in lost.time > probe.start && isFailing(lost.tid, at: lost.time) }
    if let lost {
      return Evidence("an IOMMU that fails takes its group away (remove_device_from_group)", lost)
    }
    // Where no removal is traced, it may be any that was registering beside it. Hardly any fails, and to ask all devices takes long.
    let other = boot.registrations.first { other in
      other.hasFailed && other.phase.task.tid != probe.task.tid && other.phase.overlaps(probe)
    }
    guard let other, boot.devices.values.allSatisfy(\.ungroups.isEmpty) else { return nil }
    return Evidence("an IOMMU that registers beside it fails: \(errno(other.phase.result))", end: other.phase)
  }

  /// The thread is in a registration, or an IOMMU's own bind, that fails.
  private func isFailing(_ tid: Int32, at time: Int64) -> Bool {
    boot.registrations.contains { walk in
      guard walk.phase.task.tid == tid else { return false }
      if walk.hasFailed, walk.phase.contains(time) { return true }
      return boot.devices[walk.iommu]?.binds.contains { bind in
        bind.failed && bind.phase.task.tid == tid && bind.phase.contains(time)
      } == true
    }
  }

  private func failure(of iommu: String?) -> Evidence? {
    guard let iommu, let warning, let own = boot.devices[iommu] else { return nil }
    return own.failures.first { $0.order > warning.order }
      .map { Evidence("its IOMMU fails after that", $0) }
  }
}
