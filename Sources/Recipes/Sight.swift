import Records

/// One kind of thing that a capture must show before a cause can be named with certainty.
package enum Sight: String, Sendable, CaseIterable {
  case kernelLog = "the kernel log, in the order in which it was printed"
  case binds = "bind attempts"
  case results = "return values"
  case visits = "the walk's visits"
  case dmaConfigure = "the bus's dma_configure"
  case driverProbe = "the bus's ->probe"
  case registrations = "the IOMMU's registration"
  case groups = "groups"
  case domains = "domains"

  /// What to capture for it.
  package var source: String {
    switch self {
    case .kernelLog: "dmesg, or the serial console's log without a quiet or loglevel= that hides warnings"
    case .binds: "a kprobe on really_probe"
    case .results: "a kretprobe on each traced function"
    case .visits:
      "a kprobe on probe_iommu_group (__iommu_probe_device is split by some compilers, and then refused)"
    case .dmaConfigure: "a kprobe and a kretprobe on <bus>_dma_configure (pci_, platform_, amba_)"
    case .driverProbe: "a kprobe on pci_device_probe, platform_probe, amba_probe"
    case .registrations:
      "a kprobe and a kretprobe on iommu_device_register, from before the IOMMU's driver loads"
    case .groups: "the event iommu:add_device_to_group"
    case .domains: "the event iommu:attach_device_to_domain"
    }
  }
}

extension Role {
  /// What a capture shows in which functions of this role speak.
  package var sight: Sight? {
    switch self {
    case .reallyProbe: .binds
    case .walkVisit, .innerIOMMUProbe: .visits
    // What the bus's own function calls stands for it.
    case .busDMAConfigure, .firmwareDMAConfigure, .ofIOMMUConfigure: .dmaConfigure
    case .busProbe: .driverProbe
    case .registration: .registrations
    case .setupDefaultDomain: .domains
    // The replay's probe is none of the walk's visits, nor does one that begins behind the acceptance tell of those left alone.
    case .iommuProbeDevice, .innerIOMMUProbeTail: nil
    case .busWalk, .driverProbeDevice, .deviceGroup, .groupAllocDevice, .pinctrlBind, .dmaMap, .iommuNotifier:
      nil
    }
  }
}
