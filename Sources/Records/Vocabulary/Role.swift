/// What a kernel function means for the story of a device. One role may cover several functions
/// (`pci_dma_configure`, `platform_dma_configure`); the function's own name is kept beside it.
public enum Role: UInt8, Sendable, CaseIterable {
  /// `really_probe`: a bind attempt, drivers/base/dd.c.
  case reallyProbe
  /// `<bus>_dma_configure`, called by the bind or by the walk.
  case busDMAConfigure
  /// `of_dma_configure_id`, `acpi_dma_configure_id`: what a driver calls when it misuses the API.
  case firmwareDMAConfigure
  case ofIOMMUConfigure
  /// `iommu_probe_device`: the replay, the notifier and direct calls.
  case iommuProbeDevice
  /// `__iommu_probe_device`, and `iommu_init_device` where only that is out of line.
  case innerIOMMUProbe
  /// `__iommu_probe_device.part.0`: begins only after the IOMMU driver accepted the device.
  case innerIOMMUProbeTail
  /// `probe_iommu_group`: the walk's visit of one device.
  case walkVisit
  case registration
  case busWalk
  /// `<iommu driver>_probe_device`: the IOMMU driver's own answer.
  case driverProbeDevice
  case deviceGroup
  case groupAllocDevice
  case setupDefaultDomain
  /// The bus's ->probe (`platform_probe`, `pci_device_probe`): the driver runs from here on.
  case busProbe
  case pinctrlBind
  /// `dma_alloc_attrs`, `dma_map_*`: the client asks for DMA addresses.
  case dmaMap
  case iommuNotifier
}

extension Role {
  /// The role of the function named by `symbol`, or nil if the analysis does not need it.
  public static func of(_ text: Span<UInt8>, _ symbol: Range<Int>) -> Role? {
    guard symbol.count >= 9 else { return nil }
    let base = Symbol.base(text, symbol)
    guard let role = of(text, base: base) else { return nil }
    // .part.N holds what follows the inlined head; .cold is never entered on its own.
    if role == .innerIOMMUProbe, text.has(".part", at: base.upperBound, before: symbol.upperBound) {
      return .innerIOMMUProbeTail
    }
    return role
  }

  /// The same for a symbol without its suffix, `base`: a `.part` is taken for the whole.
  static func of(_ text: Span<UInt8>, base: Range<Int>) -> Role? {
    guard base.count >= 9 else { return nil }
    // Most symbols are not ours: their last two letters turn away nearly all of them.
    let last = (text[base.upperBound - 2], text[base.upperBound - 1])
    switch last.1 {
    case UInt8(ascii: "e"): return endingInE(text, base, last.0)
    case UInt8(ascii: "p") where last.0 == UInt8(ascii: "u"):
      if text.equals(base, "probe_iommu_group") { return .walkVisit }
      return text.ends(base, with: "_device_group") ? .deviceGroup : nil
    case UInt8(ascii: "d"):
      return text.equals(base, "of_dma_configure_id") || text.equals(base, "acpi_dma_configure_id")
        ? .firmwareDMAConfigure : nil
    case UInt8(ascii: "r") where last.0 == UInt8(ascii: "e"):
      if text.equals(base, "iommu_device_register") { return .registration }
      return text.equals(base, "iommu_bus_notifier") ? .iommuNotifier : nil
    case UInt8(ascii: "n") where last.0 == UInt8(ascii: "i"):
      return text.equals(base, "iommu_setup_default_domain") ? .setupDefaultDomain : nil
    case UInt8(ascii: "s"):
      if text.equals(base, "pinctrl_bind_pins") { return .pinctrlBind }
      return text.equals(base, "dma_alloc_attrs") || text.equals(base, "dma_map_page_attrs") ? .dmaMap : nil
    default: return nil
    }
  }

  /// `before`: the letter before the e.
  private static func endingInE(_ text: Span<UInt8>, _ base: Range<Int>, _ before: UInt8) -> Role? {
    switch before {
    case UInt8(ascii: "b"):
      guard text.ends(base, with: "_probe") else { return nil }
      return text.equals(base, "really_probe")
        ? .reallyProbe
        : text.equals(base, "bus_iommu_probe")
          ? .busWalk
          : busProbes(text, base) ? .busProbe : nil
    case UInt8(ascii: "r"):
      if text.ends(base, with: "_dma_configure") { return .busDMAConfigure }
      return text.equals(base, "of_iommu_configure") ? .ofIOMMUConfigure : nil
    case UInt8(ascii: "c"):
      guard text.ends(base, with: "_device") else { return nil }
      if text.equals(base, "__iommu_probe_device") || text.equals(base, "iommu_init_device") {
        return .innerIOMMUProbe
      }
      if text.equals(base, "iommu_probe_device") { return .iommuProbeDevice }
      if text.equals(base, "iommu_group_alloc_device") { return .groupAllocDevice }
      if text.ends(base, with: "driver_probe_device") { return nil }
      return text.ends(base, with: "_probe_device") ? .driverProbeDevice : nil
    default: return nil
    }
  }

  /// The ->probe of a bus whose devices the walk visits, and the driver core's own caller where it is out of line.
  private static func busProbes(_ text: Span<UInt8>, _ base: Range<Int>) -> Bool {
    text.equals(base, "platform_probe") || text.equals(base, "pci_device_probe")
      || text.equals(base, "amba_probe") || text.equals(base, "fsl_mc_driver_probe")
      || text.equals(base, "cdx_probe") || text.equals(base, "host1x_device_probe")
      || text.equals(base, "call_driver_probe") || text.equals(base, "platform_drv_probe")
  }
}
