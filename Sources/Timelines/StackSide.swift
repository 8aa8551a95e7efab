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
    "__device_attach_driver",
    "__driver_attach", "__device_attach", "bus_for_each_drv", "bus_for_each_dev", "device_initial_probe",
    "bus_probe_device", "device_driver_attach", "driver_attach", "bind_store", "deferred_probe_work_func",
    "async_run_entry_fn", "process_one_work", "worker_thread", "kthread", "ret_from_fork", "drv_attr_store",
    "sysfs_kf_write", "kernfs_fop_write_iter", "vfs_write", "ksys_write", "invoke_syscall", "do_el0_svc",
    "el0_svc",
    "do_one_initcall", "kernel_init", "kernel_init_freeable", "do_syscall_64", "do_init_module",
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
    if frames[at].hasSuffix("_dma_configure") {
      side = .bind
    } else if at + 1 < frames.count, frames[at + 1] == "really_probe" {
      // really_probe() calls the bus's dma_configure, never a driver's function: that name is damaged.
      return
    } else {
      side = .direct
      culprit = frames[at]
    }
    selector = at
  }
}
