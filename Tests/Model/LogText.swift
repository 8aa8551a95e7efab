// The kernel log of an execution: the WARNING with the stack of its thread, groups, the driver's first line.

struct LogText {
  private let scenario: Scenario
  private var text = ""
  private var time = 0

  /// `late`: the oldest of its lines were overwritten.
  static func render(_ tape: Tape, late: Int = 0) -> [UInt8] {
    var work = LogText(scenario: tape.scenario)
    if late == 0 { work.begin() }
    for entry in tape.entries.dropFirst(late) { work.add(entry) }
    return [UInt8](work.text.utf8)
  }

  private init(scenario: Scenario) { self.scenario = scenario }

  private mutating func say(_ message: String) {
    text += "[   \(Names.stamp(time))] \(message)\n"
    time += 1
  }

  private mutating func begin() {
    let version = scenario.kernel.version
    text += "[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x000f0510]\n"
    text += "[    0.000000] Linux version \(version) (model@proberace) #1 SMP PREEMPT\n"
    if scenario.client == .acpi {
      text += "[    0.000000] ACPI: RSDP 0x000000007C5A0018 000024 (v02 BOCHS )\n"
    }
    text += "[    0.312004] iommu: Default domain type: Translated\n"
    guard scenario.client == .multi else { return }
    // The client's first IOMMU registered long ago.
    text += "[    5.100000] arm-smmu-v3 9040000.smmuv3: ias 44-bit, oas 44-bit (features 0x00000fef)\n"
    text += "[    5.300000] pci 0000:00:01.0: Adding to iommu group 0\n"
  }

  private mutating func add(_ entry: Tape.Entry) {
    time = entry.time + 4
    let device = Names.device(entry.happening.subject, scenario.bus)
    let driver = entry.driver
    switch entry.happening.what {
    case .warning: warn(entry)
    case .oops: oops(entry)
    case .adding(let hasDriver):
      say("\(hasDriver ? driver : scenario.bus.name) \(device): Adding to iommu group 2")
    case .enabling:
      // Only PCI drivers say so; of others nothing tells where ->probe began.
      if scenario.client == .cdx { return say("\(driver) \(device): version 2") }
      say("\(driver) \(device): enabling device (0000 -> 0002)")
    case .gaveUp: say("\(driver) \(device): deferred probe timeout, ignoring dependency")
    case .banner:
      if scenario.client == .nullFirmware { return say("DMAR: Host address width 46") }
      say("arm-smmu-v3 \(device): ias 44-bit, oas 44-bit (features 0x00000fef)")
    case .leave(.busProbe, -22):
      say("\(driver) \(device): probe with driver \(driver) failed with error -22")
    case .freed: freed()
    case .leave(.register, let error) where error != 0:
      say("arm-smmu-v3 \(device): Failed to register iommu")
      say("arm-smmu-v3 \(device): probe with driver arm-smmu-v3 failed with error \(error)")
    default: break
    }
  }

  private mutating func warn(_ entry: Tape.Entry) {
    let who = entry.happening.who
    let (cpu, comm, tid) = (Names.cpu(who), Names.comm(who), Names.tid(who))
    let function = "__iommu_probe_device+0x1f8/0x550"
    say("------------[ cut here ]------------")
    say(
      "\(entry.driver) \(Names.device(.client, scenario.bus)): late IOMMU probe at driver bind, something fishy here!"
    )
    if scenario.kernel.version.hasPrefix("7") {
      say("WARNING: drivers/iommu/iommu.c:654 at \(function), CPU#\(cpu): \(comm)/\(tid)")
    } else {
      say("WARNING: CPU: \(cpu) PID: \(tid) at drivers/iommu/iommu.c:612 \(function)")
    }
    say("Modules linked in: fixed virtio_rng")
    say("CPU: \(cpu) UID: 0 PID: \(tid) Comm: \(comm) Not tainted \(scenario.kernel.version) #1 PREEMPT")
    say("Hardware name: linux,dummy-virt (DT)")
    say("Workqueue: async async_run_entry_fn")
    say("pc : \(function)")
    say("Call trace:")
    say(" \(function) (P)")
    for frame in stack(entry) { say(" " + frame) }
    say("---[ end trace 0000000000000000 ]---")
  }

  /// Which group it is, the kernel does not say.
  private mutating func freed() {
    say("------------[ cut here ]------------")
    say("WARNING: drivers/iommu/iommu.c:743 at __iommu_group_free_device+0x168/0x1a0, CPU#2: init/61")
    say("Modules linked in: fixed virtio_rng")
    say("---[ end trace 0000000000000000 ]---")
  }

  /// The second read found a driver, and the container of the first was NULL - 0x28.
  private mutating func oops(_ entry: Tape.Entry) {
    let who = entry.happening.who
    say("Unable to handle kernel NULL pointer dereference at virtual address 0000000000000098")
    say("Internal error: Oops: 0000000096000004 [#1]  SMP")
    say("CPU: \(Names.cpu(who)) UID: 0 PID: \(Names.tid(who)) Comm: \(Names.comm(who)) Not tainted")
    say("pc : \(scenario.bus.configure)+0xc4/0x140")
    say("Call trace:")
    say(" \(scenario.bus.configure)+0xc4/0x140 (P)")
    // The second read comes after of_dma_configure_id returned: the frame in hand is pci_dma_configure's.
    for frame in stack(entry) { say(" " + frame) }
    say("---[ end trace 0000000000000000 ]---")
  }

  /// The thread's functions, innermost first, with those in between that no probe shows.
  private func stack(_ entry: Tape.Entry) -> [String] {
    var frames: [String] = []
    for function in entry.stack.reversed().dropFirst() {
      switch function {
      case .walkVisit: frames += ["probe_iommu_group+0x44/0x78", "bus_for_each_dev+0x84/0x100"]
      case .register:
        let registrar = scenario.client == .nullFirmware ? "intel_iommu_init" : "arm_smmu_device_probe"
        frames += ["iommu_device_register+0x104/0x2a0", "\(registrar)+0xeb4/0x1540"]
        if scenario.client != .nullFirmware { frames.append("platform_probe+0x64/0xc0") }
      case .busProbe: frames += ["labmis_probe+0xb0/0x104 [labmis]", "\(scenario.bus.probe)+0x64/0x160"]
      case .reallyProbe where scenario.client == .nullFirmware && entry.happening.who == .walker: break
      default: frames.append("\(function.symbol(scenario.bus))+0x7c/0x3f8")
      }
    }
    return frames + ["__driver_probe_device+0x84/0x160", "kthread+0x150/0x250", "ret_from_fork+0x10/0x20"]
  }
}
