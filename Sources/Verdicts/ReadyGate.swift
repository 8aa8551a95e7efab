import Timelines

/// When the IOMMU was ready (da33e87bd2bf), as far as a trace tells: `ready` itself is never printed.
extension CaseFile {
  /// A registration that overlaps `skipped` had returned before the replay can have passed the gate.
  func isRegistered(after skipped: Phase) -> Bool {
    // With one IOMMU in the machine nothing passes the gate before it is open.
    guard let start = hasOneIOMMU ? probeBegan : gatePassed else { return false }
    return boot.registrations.contains { registration in
      registration.phase.overlaps(skipped) && (registration.phase.end ?? .max) <= start
    }
  }

  /// The log begins with the boot and only one IOMMU announces itself; the trace has one registration, that one's.
  private var hasOneIOMMU: Bool {
    guard kernel.hasGate == true, boot.registrations.count == 1, let only = boot.registrations.first,
      !only.iommu.isEmpty, let began = boot.logSpan?.lowerBound, began < 1_000_000_000
    else { return false }
    let announced = boot.devices.values.filter { device in
      device.log.contains { if case .iommuBanner = $0.what { true } else { false } }
    }
    return announced.map(\.name) == [only.iommu]
  }

  /// The earliest moment at which the replay can have passed the ready gate: before iommu_probe_device(), and where
  /// that is not traced, somewhere in the dma_configure around it (it may have slept on the lock at either place).
  var gatePassed: Int64? {
    guard let visit else { return nil }
    if visit.phase.function == "iommu_probe_device", !visit.isInferred { return visit.phase.start }
    guard let bind = replayingBind else { return visit.phase.start }
    return (bind.ofIOMMU ?? bind.firmware ?? bind.dmaConfigure)?.start ?? bind.phase.start
  }

  /// The walk still visits devices or sets up domains after the probe began: the IOMMU is not ready yet.
  func walkGoesOn(_ registration: Registration) -> Bool {
    guard let start = probeBegan else { return false }
    let tid = registration.phase.task.tid
    func isLater(_ time: Int64, _ by: Int32) -> Bool {
      by == tid && time > start && registration.phase.contains(time)
    }
    return boot.devices.values.contains { other in
      other.visits.contains { $0.side == .walk && isLater($0.phase.start, $0.phase.task.tid) }
        || other.domains.contains { isLater($0.time, $0.tid) }
    }
  }
}
