// A made-up boot: what its kernel log and its trace say, written down in any order. Times are microseconds.

/// The device whose lives are told.
struct Client: Sendable {
  enum Bus: String, Sendable { case platform, pci }

  var name: String
  var bus: Bus
  var driver: String
  /// ACPI has no replay, and of_iommu_configure() is not on its way.
  var isACPI = false

  static let all = [
    Client(name: "5000000.gpu", bus: .platform, driver: "toygpu"),
    Client(name: "0000:01:00.0", bus: .pci, driver: "nvme"),
    Client(name: "0000:01:00.0", bus: .pci, driver: "nvme", isACPI: true),
  ]

  var firmware: String { isACPI ? "acpi_dma_configure_id" : "of_dma_configure_id" }
  var busConfigure: String { "\(bus.rawValue)_dma_configure" }
  var busProbe: String { bus == .pci ? "pci_device_probe" : "platform_probe" }
  /// What its driver prints first of all.
  var firstLine: String {
    "\(driver) \(name): "
      + (bus == .pci ? "enabling device (0000 -> 0002)" : "core 0 of 4 at 800 MHz")
  }
}

enum Thread: Int, Sendable {
  case binder = 38
  case user = 39
  case walker = 120
  /// Registers an IOMMU that has nothing to do with the client.
  case bystander = 121

  var comm: String { self == .user ? "sh" : "kworker/u16:\(rawValue % 100)" }
  var cpu: Int { rawValue % 4 }
}

/// What is traced.
enum Probe: String, Sendable {
  case reallyProbe = "rp"
  case busConfigure = "dc"
  case firmware = "odc"
  case ofIOMMU = "oic"
  case busProbe = "bp"
  case register = "reg"
  case visit = "pig"
  case innerProbe = "ip"
  case outerProbe = "ipd"
  case group, ungroup, domain
}

struct Boot: Sendable {
  struct Line: Sendable {
    var time: Int
    var text: String
  }
  struct Event: Sendable {
    var time: Int
    var who: Thread
    var probe: Probe
    var isReturn = false
    var device: String
    var text: String
  }

  var client: Client
  var kernel: String
  var log: [Line] = []
  var trace: [Event] = []

  init(_ client: Client, kernel: String) {
    self.client = client
    self.kernel = kernel
    if !client.isACPI { say(0, "Booting Linux on physical CPU 0x0000000000 [0x000f0510]") }
    say(0, "Linux version \(kernel) (build@host) (gcc (Debian 14.2.0-19) 14.2.0) #1 SMP PREEMPT")
    say(0, client.isACPI ? "ACPI: RSDP 0x00000000000F52C0 000014 (v00 BOCHS )" : "Machine model: Toy Board")
    for index in 0..<40 { say(100_000 + index * 10_000, "toy subsystem \(index): ready") }
    say(1_000_000, "iommu: Default domain type: Translated")
  }

  mutating func say(_ time: Int, _ text: String) { log.append(Line(time: time, text: text)) }

  // MARK: one call

  private func symbol(_ probe: Probe) -> String {
    switch probe {
    case .reallyProbe: "really_probe"
    case .busConfigure: client.busConfigure
    case .firmware: client.firmware
    case .ofIOMMU: "of_iommu_configure"
    case .busProbe: client.busProbe
    case .register: "iommu_device_register"
    case .visit: "probe_iommu_group"
    case .innerProbe: "__iommu_probe_device"
    case .outerProbe: "iommu_probe_device"
    case .group, .ungroup, .domain: ""
    }
  }

  private func caller(_ probe: Probe) -> String {
    switch probe {
    case .reallyProbe: "__driver_probe_device"
    case .firmware: client.busConfigure
    case .ofIOMMU: client.firmware
    case .register: "toyiommu_probe"
    case .visit: "bus_for_each_dev"
    case .innerProbe: "probe_iommu_group"
    case .outerProbe: "of_iommu_configure"
    default: "really_probe"
    }
  }

  mutating func enter(
    _ time: Int, _ who: Thread, _ probe: Probe, _ device: String? = nil, driver: String? = nil
  ) {
    if probe == .ofIOMMU, client.isACPI { return }
    let device = device ?? client.name
    let argument = probe == .register ? "hw" : "dev"
    let text =
      "\(probe.rawValue): (\(symbol(probe))+0x0/0x3f8) \(argument)=\"\(device)\""
      + (driver.map { " drv=\"\($0)\"" } ?? "")
    trace.append(Event(time: time, who: who, probe: probe, device: device, text: text))
  }

  mutating func leave(
    _ time: Int, _ who: Thread, _ probe: Probe, _ result: Int, of device: String? = nil, to: String? = nil
  ) {
    if probe == .ofIOMMU, client.isACPI { return }
    let text =
      "\(probe.rawValue)r: (\(to ?? caller(probe))+0x44/0x3f8 <- \(symbol(probe))) ret=\(result)"
    trace.append(
      Event(time: time, who: who, probe: probe, isReturn: true, device: device ?? client.name, text: text))
  }

  mutating func mark(
    _ time: Int, _ who: Thread, _ probe: Probe, _ device: String? = nil, group: Int = 7
  ) {
    let device = device ?? client.name
    let text =
      switch probe {
      case .group: "add_device_to_group: IOMMU: groupID=\(group) device=\(device)"
      case .ungroup: "remove_device_from_group: IOMMU: groupID=\(group) device=\(device)"
      default: "attach_device_to_domain: IOMMU: device=\(device)"
      }
    trace.append(Event(time: time, who: who, probe: probe, device: device, text: text))
  }

  // MARK: text

  private static func stamp(_ time: Int) -> String {
    let fraction = String(time % 1_000_000)
    let seconds = String(time / 1_000_000)
    return String(repeating: " ", count: max(0, 5 - seconds.count)) + seconds + "."
      + String(repeating: "0", count: 6 - fraction.count) + fraction
  }

  static func text(_ log: [Line]) -> [UInt8] {
    // What is said at one time stays in its order.
    let sorted = log.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
    return Array(sorted.map { "[\(stamp($0.element.time))] \($0.element.text)\n" }.joined().utf8)
  }

  static func text(_ trace: [Event], header: Bool = true) -> [UInt8] {
    let sorted = trace.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
    let lines = sorted.map { item in
      let event = item.element
      return
        "  \(event.who.comm)-\(event.who.rawValue)     [00\(event.who.cpu)] d....  \(stamp(event.time)): "
        + "\(event.text)\n"
    }
    let count = "# entries-in-buffer/entries-written: \(trace.count)/\(trace.count)   #P:4\n#\n"
    return Array(((header ? "# tracer: nop\n#\n" + count : "") + lines.joined()).utf8)
  }
}
