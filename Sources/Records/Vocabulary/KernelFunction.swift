import Bytes

/// The kernel's functions that the analysis knows, and what it knows of each: whatever asks by a function's name asks here.
package struct KernelFunction: Sendable {
  /// Which struct device its arguments have, counted from 0.
  package enum Argument: Sendable {
    case client(Int)
    /// The IOMMU's own device.
    case iommu(Int)
  }

  /// What it says in the stack of an IOMMU probe, of the way there (docs/kernel.md#callers).
  package enum Way: Sendable {
    /// The probe itself: the way to it lies further out.
    case probe
    case walk, notifier
    /// The firmware's description of the device was read: who asked for that is what counts.
    case firmware
  }

  /// As kallsyms has it, without a compiler's suffix.
  package var name: StaticString
  /// `name` is what the names of several functions end with.
  package internal(set) var isEnding = false
  /// Nil: its calls tell nothing, only its place in a stack does.
  package var role: Role?
  /// What its `.part.0` is, where a compiler may split it.
  var tail: Role?
  /// Nil: none of its arguments is a struct device that matters.
  package var argument: Argument?
  /// Nil: it says nothing of the way.
  package var way: Way?
  /// The driver core's or the IOMMU core's: never the driver code that made a call it must not make.
  package var isCore = false
  /// The kprobe on it that recipes ask for. None where some compilers split or inline the function, and where another one shows
  /// as much.
  package var probe: StaticString?
  /// The bus whose devices alone come to it.
  package var bus: StaticString?
  /// The firmware that alone makes the kernel call it, `devicetree` or `acpi`; nil: either.
  package var firmware: StaticString?

  private init(
    _ name: StaticString, _ role: Role? = nil, tail: Role? = nil, _ argument: Argument? = nil,
    way: Way? = nil,
    isCore: Bool = false, probe: StaticString? = nil, bus: StaticString? = nil, firmware: StaticString? = nil
  ) {
    self.name = name
    self.role = role
    self.tail = tail
    self.argument = argument
    self.way = way
    self.isCore = isCore
    self.probe = probe
    self.bus = bus
    self.firmware = firmware
  }

  private static func ending(_ name: StaticString, _ role: Role?, _ argument: Argument? = nil)
    -> KernelFunction
  {
    var function = KernelFunction(name, role, argument)
    function.isEnding = true
    return function
  }

  /// In the order in which recipes ask for them.
  package static let all: [KernelFunction] =
    [
      KernelFunction("really_probe", .reallyProbe, .client(0), isCore: true, probe: "rp"),
      KernelFunction("probe_iommu_group", .walkVisit, .client(0), way: .walk, isCore: true, probe: "pig"),
      KernelFunction(
        "iommu_probe_device", .iommuProbeDevice, .client(0), way: .probe, isCore: true, probe: "ipd"),
      KernelFunction(
        "iommu_device_register", .registration, .iommu(2), way: .walk, isCore: true, probe: "reg"),
      KernelFunction(
        "of_dma_configure_id", .firmwareDMAConfigure, .client(0), way: .firmware, probe: "odc",
        firmware: "devicetree"),
      KernelFunction(
        "of_iommu_configure", .ofIOMMUConfigure, .client(0), way: .firmware, probe: "oic",
        firmware: "devicetree"),
      KernelFunction(
        "acpi_dma_configure_id", .firmwareDMAConfigure, .client(0), way: .firmware, probe: "adc",
        firmware: "acpi"),

      KernelFunction("pci_dma_configure", .busDMAConfigure, .client(0), probe: "pcidc", bus: "pci"),
      KernelFunction(
        "platform_dma_configure", .busDMAConfigure, .client(0), probe: "platformdc", bus: "platform"),
      KernelFunction("amba_dma_configure", .busDMAConfigure, .client(0), probe: "ambadc", bus: "amba"),
      KernelFunction("fsl_mc_dma_configure", .busDMAConfigure, .client(0), probe: "mcdc", bus: "fsl-mc"),
      KernelFunction("cdx_dma_configure", .busDMAConfigure, .client(0), probe: "cdxdc", bus: "cdx"),
      .ending("_dma_configure", .busDMAConfigure, .client(0)),

      KernelFunction("pci_device_probe", .busProbe, .client(0), probe: "pcip", bus: "pci"),
      KernelFunction("platform_probe", .busProbe, .client(0), probe: "platformp", bus: "platform"),
      KernelFunction("amba_probe", .busProbe, .client(0), probe: "ambap", bus: "amba"),
      KernelFunction("fsl_mc_driver_probe", .busProbe, .client(0), probe: "mcp", bus: "fsl-mc"),
      KernelFunction("cdx_probe", .busProbe, .client(0), probe: "cdxp", bus: "cdx"),
      KernelFunction("host1x_device_probe", .busProbe, .client(0)),
      // Before 5.11.
      KernelFunction("platform_drv_probe", .busProbe, .client(0)),
      // The driver core's own caller of them all, where it is out of line.
      KernelFunction("call_driver_probe", .busProbe, .client(0), isCore: true),

      KernelFunction("dma_alloc_attrs", .dmaMap, .client(0), probe: "map"),
      KernelFunction("dma_map_page_attrs", .dmaMap, .client(0)),

      KernelFunction(
        "__iommu_probe_device", .innerIOMMUProbe, tail: .innerIOMMUProbeTail, .client(0), way: .probe,
        isCore: true),
      KernelFunction("iommu_init_device", .innerIOMMUProbe, tail: .innerIOMMUProbeTail, .client(0)),
      KernelFunction("bus_iommu_probe", .busWalk, way: .walk, isCore: true),
      KernelFunction("acpi_iommu_configure_id", way: .firmware),
      KernelFunction("iommu_bus_notifier", .iommuNotifier, way: .notifier),
      // The group comes first.
      KernelFunction("iommu_group_alloc_device", .groupAllocDevice, .client(1)),
      KernelFunction("iommu_setup_default_domain", .setupDefaultDomain),
      KernelFunction("pinctrl_bind_pins", .pinctrlBind, .client(0)),
      // The ops of an IOMMU driver, whichever it is, and what ends like one of them and is the driver core's.
      .ending("_probe_device", .driverProbeDevice, .client(0)),
      .ending("driver_probe_device", nil),
      .ending("_device_group", .deviceGroup, .client(0)),
    ] + core.map { KernelFunction($0, isCore: true) }

  /// What else stands further out in the stack of a bind.
  private static let core: [StaticString] = [
    "__driver_probe_device", "driver_probe_device",
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
}

extension KernelFunction {
  /// `function` is the dma_configure of a bus, which only really_probe() and the walk call; a driver may have a function of such
  /// a name, and call it from its ->probe on.
  package static func isBusConfigure(_ function: String, inProbe: Bool) -> Bool {
    guard let known = named(function), known.role == .busDMAConfigure else { return false }
    return !inProbe || known.bus != nil
  }
}
