import Records
import TestSupport
import Testing

/// What a function of the kernel is to the analysis, by its symbol.
struct KernelFunctionTests {
  private static let symbols: [Row<Role?>] = [
    Row("the bind", "really_probe", .reallyProbe),
    Row("the bind, as a compiler renamed it", "really_probe.isra.0", .reallyProbe),
    Row("longer than a name", "really_probe_debug", nil),
    Row("shorter than a name", "probe", nil),
    Row("nothing", "", nil),
    Row("one letter", "e", nil),
    Row("the walk's visit", "probe_iommu_group", .walkVisit),
    Row("the replay", "iommu_probe_device", .iommuProbeDevice),
    Row("the probe itself", "__iommu_probe_device", .innerIOMMUProbe),
    Row("the probe's end, split off", "__iommu_probe_device.part.0", .innerIOMMUProbeTail),
    Row("the probe, not split", "__iommu_probe_device.constprop.0", .innerIOMMUProbe),
    Row("the probe's init", "iommu_init_device", .innerIOMMUProbe),
    Row("an IOMMU driver's answer", "arm_smmu_probe_device", .driverProbeDevice),
    Row("the driver core's, which ends like one", "__driver_probe_device", nil),
    Row("another core's, which ends like one", "mdev_driver_probe_device", nil),
    Row("a known bus's dma_configure", "pci_dma_configure", .busDMAConfigure),
    Row("any bus's dma_configure", "host1x_dma_configure", .busDMAConfigure),
    Row("the firmware's dma_configure", "of_dma_configure_id", .firmwareDMAConfigure),
    Row("ACPI's dma_configure", "acpi_dma_configure_id", .firmwareDMAConfigure),
    Row("ACPI's reading of the firmware, for stacks alone", "acpi_iommu_configure_id", nil),
    Row("an IOMMU driver's group", "arm_smmu_device_group", .deviceGroup),
    Row("the group's device", "iommu_group_alloc_device", .groupAllocDevice),
    Row("a bus's ->probe", "cdx_probe", .busProbe),
    Row("a driver's probe", "virtio_pci_probe", nil),
    Row("the core's own caller of ->probe", "call_driver_probe", .busProbe),
    Row("a frame of the core", "worker_thread", nil),
  ]

  @Test(arguments: symbols)
  func hasTheRole(_ row: Row<Role?>) {
    #expect(withBytes(row.line) { Role.of($0, 0..<row.line.utf8.count) } == row.expected)
  }

  /// The index finds each row of the table, and by name too.
  @Test(arguments: KernelFunction.all.filter { $0.role != nil }.map(\.name.description))
  func isFound(_ name: String) {
    let role = withBytes(name) { Role.of($0, 0..<name.utf8.count) }
    #expect(role != nil && role == Role.named(name))
  }

  private static let clients: [Row<Int?>] = [
    Row("the device is the first argument", "arm_smmu_probe_device", 0),
    Row("a group comes before it", "iommu_group_alloc_device", 1),
    Row("a compiler may have moved it", "of_iommu_configure.constprop.0", nil),
    Row("it has the IOMMU's own device", "iommu_device_register", nil),
    Row("it has none", "bus_iommu_probe", nil),
  ]

  @Test(arguments: clients)
  func hasTheClientAt(_ row: Row<Int?>) {
    let argument = withBytes(row.line) { KernelFunction.of($0, 0..<row.line.utf8.count)?.argument }
    let client: Int? = if case .client(let index)? = argument { index } else { nil }
    #expect(client == row.expected)
  }
}
