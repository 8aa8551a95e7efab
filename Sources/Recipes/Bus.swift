/// A bus whose devices the walk visits, and its functions that matter here.
public enum Bus: String, Sendable, CaseIterable {
  case pci, platform, amba
  case fslMC = "fsl-mc"
  case cdx

  var dmaConfigure: String {
    switch self {
    case .pci: "pci_dma_configure"
    case .platform: "platform_dma_configure"
    case .amba: "amba_dma_configure"
    case .fslMC: "fsl_mc_dma_configure"
    case .cdx: "cdx_dma_configure"
    }
  }

  /// Where the bus calls the driver's ->probe.
  var probe: String {
    switch self {
    case .pci: "pci_device_probe"
    case .platform: "platform_probe"
    case .amba: "amba_probe"
    case .fslMC: "fsl_mc_driver_probe"
    case .cdx: "cdx_probe"
    }
  }

  /// In names of probes: letters only.
  var short: String { self == .fslMC ? "mc" : rawValue }

  /// The buses that a device of this name, or a glob for names, may be on. AMBA devices are named like platform
  /// devices: `9010000.pl031`.
  public static func of(_ device: String?) -> [Bus] {
    guard let device, !device.allSatisfy({ "*?".contains($0) }) else { return [.pci, .platform] }
    if device.hasPrefix("dp"), device.contains(".") && !device.contains(":") { return [.fslMC] }
    if device.hasPrefix("cdx-") { return [.cdx] }
    let isPCI = device.contains(":") && device.allSatisfy { $0.isHexDigit || ":.*?".contains($0) }
    return isPCI ? [.pci] : [.platform, .amba]
  }
}
