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

  /// `frames` are function names, innermost first, without offsets. `isMixed`: another thread's may be among them.
  public init(frames: [String], isMixed: Bool = false) {
    side = .none
    if isMixed {
      mixed(frames)
      return
    }
    // They keep their places: `selector` counts all.
    let frames = frames.map { Self.isTrampoline($0) ? "" : $0 }
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
    "iommu_probe_device", "__iommu_probe_device", "iommu_device_register", "bus_iommu_probe",
    "probe_iommu_group",
    "really_probe", "call_driver_probe", "__driver_probe_device", "driver_probe_device",
    "__device_attach_driver", "__device_attach_async_helper", "__driver_attach_async_helper",
    "bus_add_driver", "driver_register", "__driver_register", "__pci_register_driver",
    "__platform_driver_register", "el0_svc_common",
    "__driver_attach", "__device_attach", "bus_for_each_drv", "bus_for_each_dev", "device_initial_probe",
    "bus_probe_device", "device_driver_attach", "driver_attach", "bind_store", "deferred_probe_work_func",
    "async_run_entry_fn", "process_one_work", "worker_thread", "kthread", "ret_from_fork", "drv_attr_store",
    "sysfs_kf_write", "kernfs_fop_write_iter", "vfs_write", "ksys_write", "invoke_syscall", "do_el0_svc",
    "el0_svc",
    "do_one_initcall", "kernel_init", "kernel_init_freeable", "do_syscall_64", "do_init_module",
  ]

  /// What tracing and BPF put between a function and its caller, and a bare address: nobody's code.
  static func isTrampoline(_ frame: String) -> Bool {
    trampolines.contains(frame) || frame.hasPrefix("bpf_trampoline_") || frame.hasPrefix("0x")
      || frame.hasPrefix("optprobe_template_") || frame.hasPrefix("bpf_prog_")
  }
  private static let trampolines: Set<String> = [
    "return_to_handler", "arch_rethook_trampoline", "arch_rethook_trampoline_callback",
    "rethook_trampoline_handler",
    "kretprobe_trampoline", "__kretprobe_trampoline", "kretprobe_trampoline_handler", "ftrace_call",
    "ftrace_regs_call", "ftrace_caller", "ftrace_regs_caller", "ftrace_common", "ftrace_graph_call",
    "ftrace_graph_caller", "ftrace_stub",
  ]

  /// The driver core, and the IOMMU core itself: never the driver code that made a call it must not make.
  static func isCore(_ function: String) -> Bool { core.contains(function) }

  /// Whose a driver's function is cannot be told, nor whose stack goes through the walk if one goes through a bus.
  private mutating func mixed(_ frames: [String]) {
    let walk = frames.firstIndex { $0 == "probe_iommu_group" || $0 == "bus_iommu_probe" }
    let bus = frames.firstIndex { $0.hasSuffix("_dma_configure") }
    guard (walk == nil) != (bus == nil) else { return }
    side = walk == nil ? .bind : .walk
    selector = walk ?? bus
  }

  private mutating func firmware(_ frames: [String], _ index: Int) {
    var at = index
    while at < frames.count,
      ["", "of_iommu_configure", "of_dma_configure_id", "acpi_iommu_configure_id", "acpi_dma_configure_id"]
        .contains(frames[at])
    {
      at += 1
    }
    // The driver core never calls these itself: the frame between was lost, and it may have been the bus's.
    guard at < frames.count, !Self.core.contains(frames[at]) else { return }
    if frames[at].hasSuffix("_dma_configure") {
      side = .bind
    } else if frames[at...].dropFirst().first(where: { !$0.isEmpty }) == "really_probe" {
      // really_probe() calls the bus's dma_configure, never a driver's function: that name is damaged.
      return
    } else if let bus = frames[at...].firstIndex(where: { $0.hasSuffix("_dma_configure") }),
      frames[bus...].dropFirst().first(where: { !$0.isEmpty }) == "really_probe"
    {
      // Nor does anybody call the bus's but really_probe(): frames of another stack stand in between.
      return
    } else {
      side = .direct
      culprit = frames[at]
    }
    selector = at
  }
}
