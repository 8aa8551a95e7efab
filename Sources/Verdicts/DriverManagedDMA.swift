/// Drivers that look after their DMA themselves (driver_managed_dma): the core never makes them wait for a domain,
/// so a probe before it is what they are meant to do.
enum DriverManagedDMA {
  private static let drivers: Set<String> = ["pcieport", "shpchp", "fsl-pci"]
  private static let stubsAndVFIO: Set<String> = [
    "pci-stub", "pci-pf-stub", "vfio-platform", "vfio-amba", "vfio-fsl-mc", "vfio-cdx",
  ]

  /// VFIO's variants for some devices are named after their modules: `mlx5_vfio_pci`.
  static func isOne(_ driver: String?) -> Bool {
    guard let driver else { return false }
    return drivers.contains(driver) || isMeant(driver)
  }

  /// It is meant to run without the default domain: its device is somebody else's.
  static func isMeant(_ driver: String) -> Bool {
    stubsAndVFIO.contains(driver) || driver.hasSuffix("vfio-pci") || driver.hasSuffix("vfio_pci")
  }
}
