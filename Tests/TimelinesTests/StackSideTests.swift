import Testing

@testable import Timelines

/// From which side a WARNING's stack says that the probe was reached: frames from the innermost outward, `side [frame] culprit`.
struct StackSideTests {
  private static let cases: [Case] = [
    Case(
      "the walk's visit",
      "__iommu_probe_device probe_iommu_group bus_for_each_dev bus_iommu_probe iommu_device_register arm_smmu_device_probe platform_probe really_probe",
      "walk [1] of arm_smmu_device_probe"),
    Case(
      "the walk, its visit inlined",
      "__iommu_probe_device bus_for_each_dev bus_iommu_probe iommu_device_register viommu_probe",
      "walk [2] of viommu_probe"),
    Case("the walk, the stack cut behind it", "__iommu_probe_device probe_iommu_group", "walk [1]"),
    Case(
      "the replay in a bind",
      "__iommu_probe_device iommu_probe_device of_iommu_configure of_dma_configure_id pci_dma_configure really_probe",
      "bind [4]"),
    Case(
      "the replay on ACPI",
      "__iommu_probe_device iommu_probe_device acpi_iommu_configure_id acpi_dma_configure_id platform_dma_configure really_probe",
      "bind [4]"),
    Case(
      "driver code that configured DMA itself",
      "__iommu_probe_device iommu_probe_device of_iommu_configure of_dma_configure_id mtk_drm_bind platform_probe really_probe",
      "direct [4] by mtk_drm_bind"),
    Case(
      "the notifier",
      "__iommu_probe_device iommu_probe_device iommu_bus_notifier notifier_call_chain device_add",
      "notifier [2]"),
    Case(
      "the nearest decides: a bind in whose ->probe the walk runs",
      "__iommu_probe_device probe_iommu_group bus_iommu_probe iommu_device_register x really_probe y of_dma_configure_id z",
      "walk [1] of x"),
    Case(
      "what runs inside the probe does not count",
      "of_dma_configure_id z __iommu_probe_device probe_iommu_group iommu_device_register x", "walk [3] of x"),
    Case(
      "tracing's frames are nobody's",
      "__iommu_probe_device of_dma_configure_id return_to_handler bpf_trampoline_64424509440 bad_probe platform_probe",
      "direct [4] by bad_probe"),
    Case(
      "nor is a bare address",
      "__iommu_probe_device of_dma_configure_id 0xffff800008 pci_dma_configure really_probe", "bind [3]"),
    Case(
      "the core never calls it itself: the frame between was lost",
      "__iommu_probe_device of_dma_configure_id really_probe", "none"),
    Case(
      "nor does really_probe call a driver: a damaged name",
      "__iommu_probe_device of_dma_configure_id pci_dma_comfigure really_probe", "none"),
    Case(
      "frames of another stack stand before the bus's",
      "__iommu_probe_device of_dma_configure_id stray pci_dma_configure really_probe", "none"),
    Case("no frame that decides", "__iommu_probe_device worker_thread kthread", "none"),
    Case("no frame at all", "", "none"),
  ]

  @Test(arguments: cases)
  func side(_ row: Case) {
    #expect(Self.told(row.given, isMixed: false) == row.expected)
  }

  @Test(
    arguments: [
      Case("the walk's frames alone", "__iommu_probe_device stray probe_iommu_group", "walk [2]"),
      Case("a bus's frames alone", "of_dma_configure_id stray pci_dma_configure", "bind [2]"),
      Case("both: whose is which cannot be told", "probe_iommu_group pci_dma_configure", "none"),
      Case("neither", "of_dma_configure_id bad_probe", "none"),
    ])
  func sideOfMixedStacks(_ row: Case) {
    #expect(Self.told(row.given, isMixed: true) == row.expected)
  }

  private static func told(_ frames: String, isMixed: Bool) -> String {
    let stack = StackSide(frames: frames.split(separator: " ").map(String.init), isMixed: isMixed)
    return stack.side.rawValue + (stack.selector.map { " [\($0)]" } ?? "")
      + (stack.culprit.map { " by \($0)" } ?? "") + (stack.registrar.map { " of \($0)" } ?? "")
  }
}
