/// Which way `__iommu_probe_device` was reached, from a call trace: the selector frame nearest to it counts
/// (kernel-facts.md §1.1, §3.1 i). A walk's stack also ends in a really_probe, the IOMMU driver's own.
public struct StackSide: Sendable, Equatable {
  public var side: Side
  /// Index of the frame that decided; nil if none did.
  public var selector: Int?
  /// For a direct call, the driver function that called of_dma_configure_id.
  public var culprit: String?
  /// Frame directly outside iommu_device_register: the registering driver.
  public var registrar: String?

  /// `frames` are function names, innermost first, without offsets.
  public init(frames: [String]) {
    side = .none
    let start = frames.firstIndex { $0 == "__iommu_probe_device" || $0 == "iommu_probe_device" } ?? 0
    for index in frames.indices.dropFirst(start) {
      switch frames[index] {
      case "probe_iommu_group", "bus_iommu_probe", "iommu_device_register":
        side = .walk
        selector = index
        if let outer = frames.firstIndex(of: "iommu_device_register"), outer + 1 < frames.count {
          registrar = frames[outer + 1]
        }
        return
      case "iommu_bus_notifier":
        side = .notifier
        selector = index
        return
      case "of_iommu_configure", "of_dma_configure_id", "acpi_dma_configure_id", "acpi_iommu_configure_id":
        firmware(frames, index)
        return
      default: continue
      }
    }
  }

  private static let core: Set<String> = [
    "really_probe", "call_driver_probe", "__driver_probe_device", "driver_probe_device",
  ]

  private mutating func firmware(_ frames: [String], _ index: Int) {
    var at = index
    while at < frames.count,
      ["of_iommu_configure", "of_dma_configure_id", "acpi_iommu_configure_id", "acpi_dma_configure_id"]
        .contains(frames[at])
    {
      at += 1
    }
    // The driver core never calls these itself: the frame between was lost, and it may have been the bus's.
    guard at < frames.count, !Self.core.contains(frames[at]) else { return }
    selector = at
    if frames[at].hasSuffix("_dma_configure") {
      side = .bind
    } else {
      side = .direct
      culprit = frames[at]
    }
  }
}
