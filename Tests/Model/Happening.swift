/// One thing that a tracer or printk could show, as the model's threads do it.
package struct Happening: Hashable, Sendable {
  package enum Who: UInt8, Hashable, Sendable {
    /// The thread of iommu_device_register.
    case walker
    /// The thread that binds the client.
    case binder
  }
  package enum Subject: UInt8, Hashable, Sendable { case client, bystander, iommu, otherIOMMU }
  /// Functions that may be traced.
  package enum Function: UInt8, Hashable, Sendable, CaseIterable {
    case reallyProbe, busConfigure, configureID, ofConfigure, walkVisit, probeDevice, innerProbe
    case register, useDomain, setupDomain, busProbe, allocate, answer, acpiConfigureID
  }
  package enum What: Hashable, Sendable {
    case enter(Function)
    case leave(Function, Int16)
    case group
    /// It was taken out of its group.
    case ungroup
    case domain
    /// The WARNING; `side` is told by the thread's own calls.
    case warning
    /// `Adding to iommu group`; the prefix is the driver's name if one is set.
    case adding(hasDriver: Bool)
    case enabling
    case gaveUp
    case banner
    /// The kernel's warning that a group is freed which a driver owns.
    case freed
    /// From here on another driver, one that looks after its DMA itself, is the client's; or no longer.
    case stranger(Bool)
    /// Seconds in which nothing happens.
    case pause
    /// `<bus>_dma_configure` met the driver that its first look had not seen.
    case oops
  }
  package var who: Who
  package var subject: Subject
  package var what: What
}
