import Records
import Testing

struct DeviceNameTests {
  @Test(arguments: [
    "4-0038", "12-0050", "i2c-ELAN0001:00", "spi0.0", "spi-PRP0001:00", "stmmac-0:01",
    "30be0000.ethernet-1:00",
    "32000.mdio-mii:07", "r8169-0-100:00", "28-000005e2fdc3", "mmc0:0001", "mmc1:0001:1", "1-1", "1-1.2",
    "1-1.2:1.0",
    "usb1", "0003:046D:C52B.0001", "serial0-0", "0-00", "0-39200144004", "virtio3", "sdw:0:0:0217:2010:00:4",
    "ae94000.dsi.0", "0:0:0:0", "genpd:1:5000000.gpu",
  ])
  func noIOMMUServesIt(_ name: String) {
    #expect(DeviceName.isBeyondIOMMUs(name))
    #expect(DeviceName.pciDomain(name) == nil)
  }

  @Test(arguments: [
    "0000:00:03.2", "10000:e1:00.0", "5000000.gpu", "fe310000.mmc", "soc:regulator-toy", "reg-dummy",
    "ARMH0011:00",
    "LNRO0005:1f", "xhci-hcd.0.auto", "a600000.usb", "ee160000.i2c", "32000.mdio", "lab-cl00",
    "b1000000.toyipa:smmu_ap",
    "ae94000.dsi", "dpni.1", "cdx-00:00", "",
  ])
  func anIOMMUMayServeIt(_ name: String) { #expect(!DeviceName.isBeyondIOMMUs(name)) }

  @Test func segments() {
    #expect(DeviceName.pciDomain("0000:00:03.2") == "0000")
    #expect(DeviceName.pciDomain("10000:e1:00.0") == "10000")
    #expect(DeviceName.pciDomain("5000000.gpu") == nil)
  }

  @Test(arguments: [
    "15000000.iommu", "9050000.smmuv3", "14860000.sysmmu", "fd850000.ipmmu", "4d066000.mmu",
    "15000000.apps-smmu",
    "10205000.m4u", "lab-iommu-a", "arm-smmu-v3.0.auto", "soc:iommu", "15000000.toy,smmu", "iommu@a1000000",
    "arm-smmu",
    "riscv_iommu", "exynos-sysmmu", "228304000.dart",
  ])
  func iommus(_ name: String) { #expect(DeviceName.isIOMMU(name)) }

  @Test(arguments: [
    "5000000.gpu", "b1000000.toyipa:smmu_ap", "c900000.toy,mdss_mdp:toy,smmu_mdp_unsec_cb",
    "3000.communication",
    "0000:00:03.2", "summus", "regulator-pcie", "1000.dartboard-not:x", "",
  ])
  func clients(_ name: String) { #expect(!DeviceName.isIOMMU(name)) }
}
