import Testing

@testable import Timelines

/// How an address and a name come to be one device.
struct IdentityTests {
  private static let cases: [Case] = [
    Case(
      "no call tells the name of an address", "1 10 really_probe 0xa\n1 20 } really_probe = 0", "device 0xa"),
    Case(
      "a call that carries both",
      "1 10 really_probe 0xa\n1 20 } really_probe = 0\n2 30 iommu_probe_device A 0xa", "A"),
    Case(
      "a group that came inside the address's own probe",
      "1 10 really_probe 0xa\n1 20 } really_probe = 0\n2 30 probe_iommu_group 0xa\n2 31 group 4 A\n2 32 } probe_iommu_group = 0",
      "A"),
    Case(
      "the nearest probe around the group counts",
      "1 10 really_probe 0xa\n1 20 } really_probe = 0\n2 30 iommu_probe_device 0xb\n2 31 iommu_group_alloc_device 0xa\n2 32 group 4 A\n2 33 } iommu_group_alloc_device = 0\n2 34 } iommu_probe_device = 0",
      "A"),
    Case(
      "a probe without an address: the next one outward",
      "1 10 really_probe 0xa\n1 20 } really_probe = 0\n2 30 probe_iommu_group 0xa\n2 31 __iommu_probe_device\n2 32 group 4 A\n2 33 } __iommu_probe_device = 0\n2 34 } probe_iommu_group = 0",
      "A"),
    Case(
      "a bind around a group tells nothing: it may be another device's",
      "1 10 really_probe 0xa\n1 12 group 4 A\n1 20 } really_probe = 0", "device 0xa"),
    Case(
      "a domain tells nothing either",
      "1 10 really_probe 0xa\n1 20 } really_probe = 0\n2 30 probe_iommu_group 0xa\n2 31 domain A\n2 32 } probe_iommu_group = 0",
      "device 0xa"),
    Case(
      "an address with two names is believed neither",
      "1 10 really_probe 0xa\n1 20 } really_probe = 0\n2 30 iommu_probe_device A 0xa\n2 31 } iommu_probe_device = 0\n2 40 iommu_probe_device B 0xa",
      "device 0xa"),
    Case(
      "two addresses may have one name: the device was made anew",
      "1 10 really_probe 0xa\n1 20 } really_probe = 0\n2 30 iommu_probe_device A 0xa\n2 31 } iommu_probe_device = 0\n2 40 iommu_probe_device A 0xb",
      "A"),
  ]

  @Test(arguments: cases)
  func names(_ row: Case) {
    let binds = Traced(row.given).phases.binds
    #expect(binds.keys.joined(separator: " ") == row.expected)
  }
}
