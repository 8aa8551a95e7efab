// A walk that put the client into its group and its domain, and an IOMMU that failed after that: iommu_device_unregister() takes both
// away again, and the bind that survives may run without (docs/kernel.md#registration).
import Timelines

extension CaseFile {
  /// The IOMMU whose walk this probe belongs to, or last came by, failed behind it.
  var failedIOMMU: Evidence? {
    guard let visit else { return failure(of: banner?.device(in: boot)) }
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

  private func failure(of iommu: String?) -> Evidence? {
    guard let iommu, let warning, let own = boot.devices[iommu] else { return nil }
    return own.failures.first { $0.order > warning.order }
      .map { Evidence("its IOMMU fails after that", $0) }
  }
}
