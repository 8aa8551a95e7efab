import Testing

@testable import Timelines

/// What is read of a bind attempt: `device driver when = result`, and the calls that it made for its device.
struct BindTests {
  private static let cases: [Case] = [
    Case(
      "the driver, the bus's dma_configure, the firmware's and the driver's probe",
      """
      1 10 really_probe A nvme
      1 11 pci_dma_configure A
      1 12 of_dma_configure_id A
      1 13 of_iommu_configure A
      1 14 } of_iommu_configure = 0
      1 15 } of_dma_configure_id = 0 < pci_dma_configure
      1 16 } pci_dma_configure = 0 < really_probe
      1 17 pci_device_probe A
      1 18 } pci_device_probe = 0
      1 19 } really_probe = 0
      """,
      "A nvme 10-19 = 0, dma 11-16 = 0, firmware 12-15 = 0, of_iommu 13-14 = 0, probe 17-18 = 0, set by 11"),
    Case(
      "a bind that got no further than its suppliers",
      """
      1 10 really_probe A nvme
      1 19 } really_probe = -517
      """, "A nvme 10-19 = -517"),
    Case(
      "dev->driver is set when pins are bound, before dma_configure",
      """
      1 10 really_probe A
      1 11 pinctrl_bind_pins A
      1 12 } pinctrl_bind_pins = 0
      1 13 platform_dma_configure A
      1 14 } platform_dma_configure = 0
      1 19 } really_probe = 0
      """, "A 10-19 = 0, dma 13-14 = 0, set by 11"),
    Case(
      "the bus's function is not traced: the firmware's stands before ->probe",
      """
      1 10 really_probe A
      1 12 of_dma_configure_id A
      1 13 } of_dma_configure_id = 0 < pci_dma_configure
      1 19 } really_probe = 0
      """, "A 10-19 = 0, firmware 12-13 = 0, set by 12"),
    Case(
      "a deferral in dma_configure ends an attempt whose own return was lost",
      """
      1 10 really_probe A
      1 11 pci_dma_configure A
      1 14 } pci_dma_configure = -517
      2 30 really_probe B
      2 31 } really_probe = 0
      """, "A 10-14, dma 11-14 = -517, set by 11; B 30-31 = 0"),
    Case(
      "driver code that calls of_dma_configure_id from ->probe calls it directly",
      """
      1 10 really_probe A
      1 11 platform_dma_configure A
      1 12 } platform_dma_configure = 0
      1 13 platform_probe A
      1 14 of_dma_configure_id A
      1 15 } of_dma_configure_id = 0 < bad_driver_probe
      1 16 } platform_probe = 0
      1 19 } really_probe = 0
      """, "A 10-19 = 0, dma 11-12 = 0, probe 13-16 = 0, direct 14-15 = 0, set by 11"),
    Case(
      "the same with a caller that nobody knows: the bus calls it once, before ->probe",
      """
      1 10 really_probe A
      1 11 of_dma_configure_id A
      1 12 } of_dma_configure_id = 0 < 0xffff0000
      1 14 of_dma_configure_id A
      1 15 } of_dma_configure_id = 0 < 0xffff0000
      1 19 } really_probe = 0
      """, "A 10-19 = 0, firmware 11-12 = 0, direct 14-15 = 0, set by 11"),
    Case(
      "a caller that nobody knows, inside ->probe",
      """
      1 10 really_probe A
      1 13 platform_probe A
      1 14 of_dma_configure_id A
      1 15 } of_dma_configure_id = 0 < 0xffff0000
      1 16 } platform_probe = 0
      1 19 } really_probe = 0
      """, "A 10-19 = 0, probe 13-16 = 0, direct 14-15 = 0"),
    Case(
      "the bus's last call may be a jump: the core as the caller is the bus",
      """
      1 10 really_probe A
      1 11 of_dma_configure_id A
      1 12 } of_dma_configure_id = 0 < really_probe
      1 19 } really_probe = 0
      """, "A 10-19 = 0, firmware 11-12 = 0, set by 11"),
    Case(
      "what a parent's ->probe does for its child is the child's",
      """
      1 10 really_probe A
      1 11 platform_probe A
      1 12 really_probe B
      1 13 platform_dma_configure B
      1 14 } platform_dma_configure = 0
      1 15 } really_probe = 0
      1 16 } platform_probe = 0
      1 19 } really_probe = 0
      """, "A 10-19 = 0, probe 11-16 = 0; B 12-15 = 0, dma 13-14 = 0, set by 13"),
    Case(
      "what the registration in an IOMMU's ->probe does is not the bind's",
      """
      1 10 really_probe S arm-smmu-v3
      1 11 platform_probe S
      1 12 iommu_device_register S
      1 13 pci_dma_configure A
      1 14 } pci_dma_configure = 0
      1 15 } iommu_device_register = 0
      1 16 } platform_probe = 0
      1 19 } really_probe = 0
      """, "S arm-smmu-v3 10-19 = 0, probe 11-16 = 0"),
    Case(
      "nor if the trace does not say for which device",
      """
      1 10 really_probe S
      1 11 iommu_device_register S
      1 12 pci_dma_configure
      1 13 } pci_dma_configure = 0
      1 14 } iommu_device_register = 0
      1 19 } really_probe = 0
      """, "S 10-19 = 0"),
    Case(
      "of two dma_configures in one attempt the first counts",
      """
      1 10 really_probe A
      1 11 pci_dma_configure A
      1 12 } pci_dma_configure = 0
      1 13 pci_dma_configure A
      1 14 } pci_dma_configure = -517
      1 19 } really_probe = -517
      """, "A 10-19 = -517, dma 11-12 = 0, set by 11"),
    Case(
      "a device that the trace names nowhere has no bind",
      """
      1 10 really_probe
      1 19 } really_probe = 0
      """, ""),
    Case(
      "a device that is known by its address alone",
      """
      1 10 really_probe 0xff80
      1 19 } really_probe = 0
      """, "device 0xff80 10-19 = 0"),
  ]

  @Test(arguments: cases)
  func reads(_ row: Case) {
    let binds = Traced(row.given).phases.binds.sorted { $0.key < $1.key }
    let told = binds.flatMap { device, binds in binds.map { Self.told(device, $0) } }
    #expect(told.joined(separator: "; ") == row.expected)
  }

  private static func told(_ device: String, _ bind: Bind) -> String {
    func part(_ name: String, _ phase: Phase?) -> String? { phase.map { "\(name) \($0.told)" } }
    let head = [device, bind.driver, bind.phase.told].filter { !$0.isEmpty }.joined(separator: " ")
    let parts =
      [
        head, part("dma", bind.dmaConfigure), part("firmware", bind.firmware), part("of_iommu", bind.ofIOMMU),
        part("probe", bind.busProbe),
      ].compactMap(\.self) + bind.direct.compactMap { part("direct", $0) }
      + (bind.setBy.map { ["set by \(microseconds($0))"] } ?? [])
    return parts.joined(separator: ", ")
  }

  // MARK: what a bind says of itself

  @Test(
    arguments: [
      Case("0 bound it", "= 0", "succeeded"), Case("an error did not", "= -19", "failed"),
      Case("-517 is a deferral too", "= -517", "failed deferred"),
      Case("nor did ->probe's own positive error", "= 22", "failed"), Case("no result, no answer", "", ""),
    ])
  func comesTo(_ row: Case) {
    let bind = Traced("1 10 really_probe A\n1 19 } really_probe \(row.given)").phases.binds["A"]?.first
    let told = [
      bind?.succeeded == true ? "succeeded" : nil, bind?.failed == true ? "failed" : nil,
      bind?.deferred == true ? "deferred" : nil,
    ]
    #expect(bind != nil)
    #expect(told.compactMap(\.self).joined(separator: " ") == row.expected)
  }

  @Test(
    arguments: [
      Case(
        "where the bus's ->probe is traced, it is known",
        "1 12 pci_dma_configure A\n1 14 } pci_dma_configure = 0\n1 16 pci_device_probe A", "at 16"),
      Case(
        "else after dma_configure, at the earliest", "1 12 pci_dma_configure A\n1 14 } pci_dma_configure = 0",
        "from 14"),
      Case("not behind a deferral", "1 12 pci_dma_configure A\n1 14 } pci_dma_configure = -517", "-"),
      Case("nothing is known", "", "-"),
    ])
  func driverProbe(_ row: Case) {
    let bind = Traced("1 10 really_probe A\n\(row.given)\n1 19 } really_probe = 0").phases.binds["A"]?.first
    let told = bind?.driverProbe.map { ($0.isExact ? "at " : "from ") + microseconds($0.time) } ?? "-"
    #expect(told == row.expected)
  }
}
