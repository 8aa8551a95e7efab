import Records

/// A bus whose devices the walk visits, and that recipes have probes for: the names are those of `KernelFunction.bus`.
package enum Bus: String, Sendable, CaseIterable {
  case pci, platform, amba
  case fslMC = "fsl-mc"
  case cdx

  /// All answers of `of`.
  static let choices: [[Bus]] = [[.pci, .platform], [.fslMC], [.cdx], [.pci], [.platform, .amba]]

  /// The buses that a device of this name, or a glob for names, may be on. AMBA devices are named like platform
  /// devices: `9010000.pl031`.
  static func of(_ device: String?) -> [Bus] {
    guard let device, !device.allSatisfy({ "*?".contains($0) }) else { return [.pci, .platform] }
    if device.hasPrefix("dp"), device.contains(".") && !device.contains(":") { return [.fslMC] }
    if DeviceName.isCDX(device) { return [.cdx] }
    let isPCI = device.contains(":") && device.allSatisfy { $0.isHexDigit || ":.*?".contains($0) }
    return isPCI ? [.pci] : [.platform, .amba]
  }
}
