/// A kernel commit that shapes these races, and where it is (docs/kernel.md#commits).
package struct KernelFix: Sendable {
  /// Twelve digits of its id in mainline.
  package var commit: String
  /// What reports call it.
  package var name: String
  /// The commit's own first line, as changelogs and backports quote it.
  package var subject = ""
  /// First mainline release that has it, and from which of its candidates on.
  var mainline: (major: Int, minor: Int)
  var candidate = 1
  /// Stable releases that have it, by series: the first patch level.
  var stable: [(major: Int, minor: Int, patch: Int)]
  /// Series older than this never had the code that it mends, or may have anything: no answer from the version.
  var oldest: (major: Int, minor: Int)

  /// No fix: what brought the warning.
  static let warning = KernelFix(
    commit: "bcb81ac6ae3c", name: "the warning", mainline: (6, 15), stable: [], oldest: (6, 15))
  /// No fix either: since then every IOMMU has a default domain; before, some drivers attach their own in ->probe.
  static let defaultDomains = KernelFix(
    commit: "98ac73f99bc4", name: "default domains for every IOMMU", mainline: (6, 6), stable: [],
    oldest: (6, 6))
  /// fwspecs wait for an IOMMU that is not ready.
  package static let gate = KernelFix(
    commit: "da33e87bd2bf", name: "the ready gate",
    subject: "iommu: Handle yet another race around registration",
    mainline: (6, 16), stable: [(6, 15, 1)], oldest: (6, 14))
  /// The walk looks again once it has its lock back.
  package static let recheck = KernelFix(
    commit: "0c8e9c148e29", name: "the recheck after the lock",
    subject: "iommu: Avoid introducing more races",
    mainline: (6, 16), stable: [(6, 15, 1)],
    oldest: (6, 14))
  /// A bind waits for a group's default domain.
  package static let domainCheck = KernelFix(
    commit: "b46064a18810", name: "the wait for the default domain",
    subject: "iommu: Handle race with default domain setup",
    mainline: (6, 15),
    stable: [(6, 14, 2), (6, 12, 26)], oldest: (6, 12))
  /// dev->driver is read once.
  package static let platform = KernelFix(
    commit: "95deee37a123", name: "platform_dma_configure's single read",
    subject: "platform: Fix race condition during DMA configure at IOMMU probe time",
    mainline: (6, 15), candidate: 6,
    stable: [],
    oldest: (6, 15))
  /// dev->driver is read once.
  package static let fslMC = KernelFix(
    commit: "152f33ee30ee", name: "fsl_mc_dma_configure's single read",
    subject: "bus: fsl_mc: Fix driver_managed_dma check",
    mainline: (6, 16),
    stable: [(6, 15, 3)],
    oldest: (6, 15))
  /// dev->driver is read once.
  package static let pci = KernelFix(
    commit: "78447d4545b2", name: "pci_dma_configure's single read",
    subject: "PCI: Fix driver_managed_dma check",
    mainline: (6, 17), stable: [(6, 16, 1)],
    oldest: (6, 15))

  /// The ones that --kernel-has and --kernel-lacks may name.
  package static let all = [gate, recheck, domainCheck, platform, fslMC, pci]
}
