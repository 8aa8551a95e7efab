// What happens in a boot, a step at a time: a bind, a visit, a registration, a warning.

extension Boot {
  /// How a bind went.
  struct Bind {
    /// of_iommu_configure()'s: 0, or -110 where it gave up.
    var ofIOMMU = 0
    /// <bus>_dma_configure()'s.
    var configure = 0
    /// The driver's probe's.
    var probe = 0
    var who = Thread.binder
    var driver: String?
    var isReturnLost = false

    static let deferred = Bind(ofIOMMU: -517, configure: -517)
    static let gaveUp = Bind(ofIOMMU: -110)
  }

  /// Takes 2 ms.
  mutating func bind(_ time: Int, _ how: Bind) {
    enter(time, how.who, .reallyProbe, driver: how.driver ?? client.driver)
    enter(time + 100, how.who, .busConfigure)
    enter(time + 200, how.who, .firmware)
    enter(time + 300, how.who, .ofIOMMU)
    leave(time + 400, how.who, .ofIOMMU, how.ofIOMMU)
    leave(time + 500, how.who, .firmware, how.configure)
    leave(time + 600, how.who, .busConfigure, how.configure)
    if how.configure == 0 { enter(time + 800, how.who, .busProbe) }
    guard !how.isReturnLost else { return }
    leave(time + 2_000, how.who, .reallyProbe, how.configure == 0 ? how.probe : how.configure)
  }

  /// The bind in which of_iommu_configure() finishes the IOMMU's probe: the warning is at `time` + 15 ms.
  mutating func replay(_ time: Int, _ who: Thread, isBegun: Bool = false) {
    if !isBegun {
      enter(time, who, .reallyProbe, driver: client.driver)
      enter(time + 10_000, who, .busConfigure)
      enter(time + 11_000, who, .firmware)
      enter(time + 12_000, who, .ofIOMMU)
    }
    enter(time + 13_000, who, .outerProbe)
    enter(time + 14_000, who, .innerProbe)
    mark(time + 20_000, who, .group)
    leave(time + 30_000, who, .innerProbe, 0, to: "iommu_probe_device")
    mark(time + 31_000, who, .domain)
    leave(time + 32_000, who, .outerProbe, 0)
    leave(time + 33_000, who, .ofIOMMU, 0)
    leave(time + 34_000, who, .firmware, 0)
    leave(time + 35_000, who, .busConfigure, 0)
    enter(time + 40_000, who, .busProbe)
    say(time + 41_000, client.firstLine)
    leave(time + 45_000, who, .reallyProbe, 0)
    warn(time + 15_000, .replay, who)
    added(time + 20_010)
  }

  /// The walk's own configuration of the client: what of_iommu_configure() says of it.
  mutating func ownConfigure(_ time: Int, _ who: Thread, _ device: String? = nil, result: Int = 0) {
    enter(time, who, .busConfigure, device)
    enter(time + 10, who, .firmware, device)
    enter(time + 20, who, .ofIOMMU, device)
    leave(time + 30, who, .ofIOMMU, result, of: device)
    leave(time + 40, who, .firmware, result, of: device)
    leave(time + 50, who, .busConfigure, result, of: device, to: "__iommu_probe_device")
  }

  /// A driver is set and nobody has built a fwspec.
  mutating func skip(_ time: Int, _ who: Thread = .walker, _ device: String? = nil) {
    enter(time, who, .visit, device)
    enter(time + 10, who, .innerProbe, device)
    leave(time + 20, who, .innerProbe, -19, of: device)
    leave(time + 30, who, .visit, 0, of: device)
  }

  /// It has a group already.
  mutating func pass(_ time: Int, _ who: Thread) {
    enter(time, who, .visit)
    enter(time + 10, who, .innerProbe)
    leave(time + 15, who, .innerProbe, 0)
    leave(time + 20, who, .visit, 0)
  }

  /// Without a driver and without a group: the walk configures it. `group` nil: `result` says why there is none.
  mutating func visit(_ time: Int, _ who: Thread = .walker, group: Int? = 7, result: Int = 0) {
    enter(time, who, .visit)
    enter(time + 10, who, .innerProbe)
    ownConfigure(time + 20, who, result: result)
    if let group {
      mark(time + 80, who, .group, group: group)
      say(time + 90, "\(client.bus.rawValue) \(client.name): Adding to iommu group \(group)")
    }
    leave(time + 100, who, .innerProbe, group == nil ? -19 : 0)
    leave(time + 110, who, .visit, 0)
  }

  /// One IOMMU: begins at `time`, `visit` at +200 ms, domains at +400 ms, ends at +500 ms.
  mutating func register(
    _ time: Int, iommu: String, who: Thread = .walker, neighbours: [String]?, banner: Bool,
    domain: Bool = true, visit: (inout Boot, Int) -> Void
  ) {
    if banner { say(time + 50_000, "toyiommu \(iommu): probing hardware configuration...") }
    enter(time, who, .reallyProbe, iommu, driver: "toyiommu")
    enter(time + 100_000, who, .register, iommu)
    skip(time + 105_000, who, iommu)
    for (index, name) in (neighbours ?? []).enumerated() {
      let at = time + 110_000 + index * 1_000
      enter(at, who, .visit, name)
      enter(at + 10, who, .innerProbe, name)
      ownConfigure(at + 20, who, name)
      mark(at + 80, who, .group, name, group: index)
      say(at + 90, "platform \(name): Adding to iommu group \(index)")
      leave(at + 100, who, .innerProbe, 0, of: name)
      leave(at + 110, who, .visit, 0, of: name)
      mark(time + 390_000 + index * 100, who, .domain, name)
    }
    visit(&self, time + 200_000)
    if domain { mark(time + 400_000, who, .domain) }
    leave(time + 500_000, who, .register, 0, of: iommu)
    leave(time + 501_000, who, .reallyProbe, 0, of: iommu)
  }

  /// The IOMMU's module goes away.
  mutating func unload(_ time: Int, neighbours: [String], group: Int = 7) {
    mark(time, .user, .ungroup, group: group)
    say(time, "\(client.bus.rawValue) \(client.name): Removing from iommu group \(group)")
    for (index, name) in neighbours.enumerated() {
      mark(time + 1_000 + index, .user, .ungroup, name, group: index)
      say(time + 1_000 + index, "platform \(name): Removing from iommu group \(index)")
    }
  }

  mutating func added(_ time: Int) {
    say(time, "\(client.driver) \(client.name): Adding to iommu group 7")
  }

  // MARK: the warning

  enum Way { case walk, replay, intel }

  mutating func warn(_ time: Int, _ way: Way, _ who: Thread) {
    let function = "__iommu_probe_device+0x3dc/0x550"
    let thread = "\(who.comm)/\(who.rawValue)"
    say(time, "------------[ cut here ]------------")
    say(time, "\(client.driver) \(client.name): late IOMMU probe at driver bind, something fishy here!")
    say(
      time,
      kernel.hasPrefix("7")
        ? "WARNING: drivers/iommu/iommu.c:654 at \(function), CPU#\(who.cpu): \(thread)"
        : "WARNING: CPU: \(who.cpu) PID: \(who.rawValue) at drivers/iommu/iommu.c:612 \(function)")
    say(time, "Modules linked in:")
    say(
      time,
      "CPU: \(who.cpu) UID: 0 PID: \(who.rawValue) Comm: \(who.comm) Not tainted \(kernel) #1 PREEMPT")
    say(time, "Hardware name: Toy Board")
    if way == .intel {
      say(time, "RIP: 0010:\(function)")
      say(time, "Call Trace:")
      say(time, " <TASK>")
    } else {
      say(time, "pc : \(function)")
      say(time, "Call trace:")
      say(time, " \(function) (P)")
    }
    for frame in frames(way, who) { say(time, " \(frame)+0x44/0x78") }
    say(time, "---[ end trace 0000000000000000 ]---")
  }

  private func frames(_ way: Way, _ who: Thread) -> [String] {
    let core = ["really_probe", "__driver_probe_device"]
    let worker = ["process_one_work", "worker_thread", "kthread", "ret_from_fork"]
    switch way {
    case .intel:
      return [
        "probe_iommu_group", "bus_for_each_dev", "iommu_device_register", "intel_iommu_init",
        "pci_iommu_init", "do_one_initcall", "kernel_init_freeable", "kernel_init", "ret_from_fork",
      ]
    case .walk:
      return ["probe_iommu_group", "bus_for_each_dev", "iommu_device_register", "toyiommu_probe"]
        + ["platform_probe"] + core + ["__driver_attach_async_helper", "async_run_entry_fn"] + worker
    case .replay:
      let bind =
        who == .user
        ? ["device_driver_attach", "bind_store", "drv_attr_store", "vfs_write", "ksys_write"]
        : ["__device_attach_driver", "bus_for_each_drv", "__device_attach", "deferred_probe_work_func"]
          + worker
      return ["iommu_probe_device", "of_iommu_configure", client.firmware, client.busConfigure] + core + bind
    }
  }
}
