// An execution with times and callers: what every printer starts from.
import TestSupport

struct Tape {
  struct Entry {
    /// Microseconds since boot.
    var time: Int
    var happening: Happening
    /// The traced functions that the thread is in, outermost first, before an entry or after a return.
    var stack: [Happening.Function]
    var caller: Happening.Function? { stack.last }
    /// The client's driver.
    var driver: String
  }
  var entries: [Entry] = []
  let scenario: Scenario

  init(_ execution: Execution) {
    scenario = execution.scenario
    var dice = Random(execution.seed)
    var time = 14_000_000
    var stacks: [[Happening.Function]] = [[], []]
    let own = scenario.managesDMA ? "pcieport" : "virtio-pci"
    var driver = own
    for happening in execution.seen {
      switch happening.what {
      case .pause:
        time += 8_000_000
        continue
      case .stranger(let begins):
        driver = begins ? "vfio-pci" : own
        continue
      default: break
      }
      // Far enough apart for a WARNING block to fit in between.
      time += 100 + Int(dice.next() % 64)
      let who = Int(happening.who.rawValue)
      if case .leave = happening.what { stacks[who].removeLast() }
      entries.append(Entry(time: time, happening: happening, stack: stacks[who], driver: driver))
      if case .enter(let function) = happening.what { stacks[who].append(function) }
    }
  }
}

/// The bus of the clients.
struct Bus {
  var name: String
  var client: String
  var bystander: String
  var configure: String
  var probe: String

  static let pci = Bus(
    name: "pci", client: "0000:00:03.2", bystander: "0000:00:03.1", configure: "pci_dma_configure",
    probe: "pci_device_probe")
  static let cdx = Bus(
    name: "cdx", client: "cdx-00:02", bystander: "cdx-00:01", configure: "cdx_dma_configure",
    probe: "cdx_probe")
}

extension Scenario {
  var bus: Bus { client == .cdx ? .cdx : .pci }
}

/// What things are called in the model's machine.
enum Names {
  static func device(_ subject: Happening.Subject, _ bus: Bus) -> String {
    switch subject {
    case .client: bus.client
    case .bystander: bus.bystander
    case .iommu: "9050000.smmuv3"
    case .otherIOMMU: "9060000.smmuv3"
    }
  }

  static func pointer(_ subject: Happening.Subject) -> String {
    switch subject {
    case .client: "0xfff00000055c50d0"
    case .bystander: "0xfff00000055c40d0"
    case .iommu: "0xfff0000005ebf810"
    case .otherIOMMU: "0xfff0000005ebf010"
    }
  }

  static func comm(_ who: Happening.Who) -> String { who == .walker ? "kworker/u16:4" : "kworker/u16:3" }
  static func tid(_ who: Happening.Who) -> Int { who == .walker ? 131 : 61 }
  static func cpu(_ who: Happening.Who) -> Int { who == .walker ? 1 : 2 }

  /// `   14.744939`
  static func stamp(_ time: Int) -> String {
    let micros = String(time % 1_000_000)
    return "\(time / 1_000_000)." + String(repeating: "0", count: 6 - micros.count) + micros
  }
}

extension Happening.Function {
  func symbol(_ bus: Bus) -> String {
    switch self {
    case .reallyProbe: "really_probe"
    case .busConfigure: bus.configure
    case .configureID: "of_dma_configure_id"
    case .ofConfigure: "of_iommu_configure"
    case .walkVisit: "probe_iommu_group"
    case .probeDevice: "iommu_probe_device"
    case .innerProbe: "__iommu_probe_device"
    case .register: "iommu_device_register"
    case .useDomain: "iommu_device_use_default_domain"
    case .setupDomain: "iommu_setup_default_domain"
    case .busProbe: bus.probe
    case .allocate: "dma_alloc_attrs"
    case .answer: "arm_smmu_probe_device"
    case .acpiConfigureID: "acpi_dma_configure_id"
    }
  }

  /// The kprobe event's name, as in the captures.
  var probe: String {
    switch self {
    case .reallyProbe: "rp"
    case .busConfigure: "pdc"
    case .configureID: "odc"
    case .ofConfigure: "oic"
    case .walkVisit: "pig"
    case .probeDevice: "ipo"
    case .innerProbe: "ipd"
    case .register: "idr"
    case .useDomain: "udd"
    case .setupDomain: "sdd"
    case .busProbe: "pdp"
    case .allocate: "daa"
    case .answer: "apd"
    case .acpiConfigureID: "adc"
    }
  }

  /// The function that really calls it: some in between are never probed.
  func caller(_ stack: [Happening.Function], _ bus: Bus) -> String {
    switch self {
    case .reallyProbe: "__driver_probe_device+0x16c/0x1e0"
    case .walkVisit: "bus_for_each_dev+0x84/0x100"
    case .register: "arm_smmu_device_probe+0xeb4/0x1540"
    case .allocate: "vring_alloc_queue+0xcc/0xe0"
    case .configureID where stack.last == .busProbe: "labmis_reconfigure_dma+0xb0/0x104 [labmis]"
    case .probeDevice where stack.isEmpty: "iommu_bus_notifier+0x3c/0x78"
    default: (stack.last?.symbol(bus) ?? "kthread") + "+0x7c/0x3f8"
    }
  }
}
