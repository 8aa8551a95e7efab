/// What tells the kernel which IOMMU a device has, and so whose functions are to be probed: `KernelFunction.firmware`.
package enum Firmware: String, Sendable, CaseIterable {
  case devicetree, acpi

  /// x86 kernels have no functions of the device tree's.
  static func of(_ kernel: KernelVersion?) -> Firmware {
    let isX86 = kernel.map { $0.text.contains("amd64") || $0.text.contains("x86_64") } ?? false
    return isX86 ? .acpi : .devicetree
  }
}
