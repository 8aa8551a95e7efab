/// What a kernel function means for the story of a device. One role may cover several functions
/// (`pci_dma_configure`, `platform_dma_configure`); the function's own name is kept beside it.
package enum Role: UInt8, Sendable, CaseIterable {
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
  package static func of(_ text: Span<UInt8>, _ symbol: Range<Int>) -> Role? {
    KernelFunction.of(text, symbol)?.role
  }

  /// The same for a symbol without its suffix, `base`: a `.part` is taken for the whole.
  static func of(_ text: Span<UInt8>, base: Range<Int>) -> Role? {
    KernelFunction.withRole(text, base: base)?.role
  }

  /// The same for a name that is no text of an input: a frame of a stack, a caller.
  package static func named(_ name: String) -> Role? { KernelFunction.named(name)?.role }
}
