import Testing

@testable import Timelines

/// From where an IOMMU probe was reached, and which registrations a trace shows.
struct SideTests {
  private static let sides: [Case] = [
    Case("nothing around it", "1 12 iommu_probe_device A", "none"),
    Case("in the walk", "1 10 iommu_device_register S\n1 12 iommu_probe_device A", "walk"),
    Case("in the notifier", "1 10 iommu_bus_notifier A\n1 12 iommu_probe_device A", "notifier"),
    Case("in a bind", "1 10 really_probe A\n1 12 iommu_probe_device A", "bind"),
    Case("in the bus's dma_configure", "1 10 pci_dma_configure A\n1 12 iommu_probe_device A", "bind"),
    Case(
      "the nearest decides: a bind that a walk's caller runs in",
      "1 8 really_probe S\n1 10 iommu_device_register S\n1 12 iommu_probe_device A", "walk"),
    Case(
      "a ->probe that adds a device: nobody binds that one",
      "1 10 really_probe P\n1 12 iommu_probe_device A", "none"),
    Case(
      "the firmware's dma_configure, called by the bus",
      "1 10 of_dma_configure_id A\n1 12 iommu_probe_device A\n1 14 } iommu_probe_device = 0\n1 15 } of_dma_configure_id = 0 < pci_dma_configure",
      "bind"),
    Case(
      "the firmware's dma_configure, called by driver code",
      "1 10 of_dma_configure_id A\n1 12 iommu_probe_device A\n1 14 } iommu_probe_device = 0\n1 15 } of_dma_configure_id = 0 < bad_probe",
      "direct by bad_probe"),
    Case(
      "the same in a bind",
      "1 9 really_probe A\n1 10 of_dma_configure_id A\n1 12 iommu_probe_device A\n1 14 } iommu_probe_device = 0\n1 15 } of_dma_configure_id = 0 < bad_probe",
      "direct by bad_probe"),
    Case(
      "a module that is gone left an address, and calls outside of any bind",
      "1 10 of_dma_configure_id A\n1 12 iommu_probe_device A\n1 14 } iommu_probe_device = 0\n1 15 } of_dma_configure_id = 0 < 0xffff0000",
      "direct by 0xffff0000"),
    Case(
      "an address in a bind, the first call: the bus's",
      "1 9 really_probe A\n1 10 of_dma_configure_id A\n1 12 iommu_probe_device A\n1 14 } iommu_probe_device = 0\n1 15 } of_dma_configure_id = 0 < 0xffff0000",
      "bind"),
    Case(
      "an address in a bind, behind the bus's call: driver code",
      "1 7 really_probe A\n1 8 pci_dma_configure A\n1 9 } pci_dma_configure = 0\n1 10 of_dma_configure_id A\n1 12 iommu_probe_device A\n1 14 } iommu_probe_device = 0\n1 15 } of_dma_configure_id = 0 < 0xffff0000",
      "direct by 0xffff0000"),
    Case(
      "the walk's visit is not traced, but is the caller",
      "1 12 __iommu_probe_device A\n1 14 } __iommu_probe_device = 0 < probe_iommu_group", "walk"),
    Case(
      "the notifier is not traced, but is the caller",
      "1 12 iommu_probe_device A\n1 14 } iommu_probe_device = 0 < iommu_bus_notifier", "notifier"),
  ]

  @Test(arguments: sides)
  func side(_ row: Case) {
    // Where no function of a trace ever returns, what ran in what is not known.
    let other = "\n9 90 pci_device_probe Z\n9 91 } pci_device_probe = 0"
    let visit = Traced(row.given + other).phases.visits["A"]?.first
    let told = visit.map { $0.side.rawValue + ($0.culprit.isEmpty ? "" : " by \($0.culprit)") }
    #expect(told == row.expected)
  }

  // MARK: registrations

  @Test(
    arguments: [
      Case(
        "hwdev is the IOMMU", "1 10 iommu_device_register S\n1 20 } iommu_device_register = 0", "S 10-20 = 0"),
      Case(
        "without it, the bind that runs it is the IOMMU's own",
        "1 8 really_probe S\n1 9 platform_probe S\n1 10 iommu_device_register\n1 20 } iommu_device_register = -12",
        "S 10-20 = -12"),
      Case("neither is known", "1 10 iommu_device_register\n1 20 } iommu_device_register = 0", " 10-20 = 0"),
      Case(
        "each of them",
        "1 10 iommu_device_register S\n1 20 } iommu_device_register = 0\n1 30 iommu_device_register T",
        "S 10-20 = 0; T 30-?"),
    ])
  func registrations(_ row: Case) {
    let told = Traced(row.given).phases.registrations.map { "\($0.iommu) \($0.phase.told)" }
    #expect(told.joined(separator: "; ") == row.expected)
  }
}
