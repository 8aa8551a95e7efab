import Events
import TestSupport
import Testing

struct LogEventsTests {
  private static func kinds(_ text: String) -> [String] {
    let log = Log(text)
    return log.events.map { event in
      switch event.what {
      case .bridge(let device, let first, let last): "bridge \(log.names[device]) \(first)-\(last)"
      case .bridgePart(let device, let part): "bridge part \(log.names[device]) \(String(part, radix: 16))"
      case .nameless(let what): "nameless \(what)"
      case .freedGroup: "freed group"
      case .keepsDirectDMA(let device): "direct DMA \(log.names[device])"
      case .hotplugTimeout(let device): "hotplug timeout \(log.names[device])"
      case .warning(let block): "warning \(log.names[block.device])"
      case .adding(let prefix, let device, let group):
        "adding \(log.names[prefix]) \(log.names[device]) \(group)"
      case .removing(let device): "removing \(log.names[device])"
      case .addFailed(let device): "add failed \(log.names[device])"
      case .deviceLine(let prefix, let device, let line): "\(line) \(log.names[prefix]) \(log.names[device])"
      case .gaveUp(let device): "gave up \(log.names[device])"
      case .unboundGaveUp(let device): "unbound, gave up \(log.names[device])"
      case .probePending(let device, let iommu):
        "pending \(log.names[device])" + (iommu == .none ? "" : " \(log.names[iommu])")
      case .client(let device, let iommu): "client \(log.names[device]) \(log.names[iommu])"
      case .inUse(let device): "in use \(log.names[device])"
      case .iommuBanner(let device): "banner \(log.names[device])"
      case .iommuRegistered(let device): "registered \(log.names[device])"
      case .registerFailed(let device): "register failed \(log.names[device])"
      case .probeFailed(let driver, let device, let error):
        "probe failed \(log.names[driver]) \(log.names[device]) \(error)"
      case .probeReturned(let device, let result, let took): "returned \(log.names[device]) \(result) \(took)"
      case .bindStarted(let device, let driver): "bind \(log.names[device]) \(log.names[driver])"
      case .bound(let device): "bound \(log.names[device])"
      case .dmaConfigured(let prefix, let device, let behind):
        "dma \(log.names[prefix]) \(log.names[device]) \(behind)"
      case .fault(let device, let iova):
        "fault \(log.names[device]) \(iova.map { String($0, radix: 16) } ?? "-")"
      case .defaultDomain(let translated): "domain \(translated)"
      case .unuseWarning: "unuse"
      case .trouble(let block): block.kind == .hungTask ? "hung" : "oops"
      case .duplicateGroupLink: "duplicate group link"
      case .reservedMemory(let low, let high): "reserved \(String(low, radix: 16)) \(String(high, radix: 16))"
      case .acpi: "acpi"
      case .leaves(let device, let who): "leaves \(log.names[device]) \(who)"
      }
    }
  }

  // swift-format-ignore
  static let rows: [Row<[String]>] = [
    Row("group", "pci 0000:00:10.5: Adding to iommu group 12", ["adding pci 0000:00:10.5 12"]),
    Row("group, driver set", "adreno 3d00000.gpu: Adding to iommu group 2", ["adding adreno 3d00000.gpu 2"]),
    Row("group refused", "pci 0000:00:10.5: Failed to add to iommu group 12: -22", ["add failed 0000:00:10.5"]),
    Row("group left", "pci 0000:00:10.5: Removing from iommu group 12", ["removing 0000:00:10.5"]),
    Row("group, old", "iommu: Adding device c900000.qcom,mdss_mdp:qcom,smmu_mdp_unsec_cb to group 12", ["adding  c900000.qcom,mdss_mdp:qcom,smmu_mdp_unsec_cb 12"]),
    Row("group left, old", "iommu: Removing device 0000:01:00.0 from group 3", ["removing 0000:01:00.0"]),
    Row("group, old, cut", "iommu: Adding device 0000:01:00.0 to gro", []),
    Row("group, old, prose", "iommu: Adding device nodes to the group 3", []),
    Row("pending", "platform b2000000.codec: deferred probe pending: (reason unknown)", ["pending b2000000.codec"]),
    Row("pending, old", "platform b2000000.codec: deferred probe pending", ["pending b2000000.codec"]),
    Row("pending, a regulator", "platform b2000000.codec: deferred probe pending: platform: wait for supplier /soc/regulator-mmu", ["pending b2000000.codec regulator-mmu"]),
    Row("pending, a bus named after an IOMMU", "platform b2000000.codec: deferred probe pending: platform: wait for supplier /smmu-bus/pmic@0", ["pending b2000000.codec"]),
    Row("pending, an IOMMU", "platform b2000000.codec: deferred probe pending: platform: wait for supplier /soc@0/iommu@a1000000", ["pending b2000000.codec iommu@a1000000"]),
    Row("pending, an IOMMU's device", "platform b2000000.codec: deferred probe pending: platform: supplier a1000000.smmu not ready", ["pending b2000000.codec a1000000.smmu"]),
    Row("deferred, an IOMMU", "toycodec b2000000.codec: error -EPROBE_DEFER: wait for supplier /soc/iommu@a1000000", ["client b2000000.codec iommu@a1000000"]),
    Row("deferred, an IOMMU, old", "platform b2000000.codec: probe deferral - supplier a1000000.iommu not ready", ["client b2000000.codec a1000000.iommu"]),
    Row("deferred, a clock", "toycodec b2000000.codec: error -EPROBE_DEFER: wait for supplier /soc/clock@a1000000", []),
    Row("linked", "toyvop ff900000.vop: Linked as a consumer to ff900300.iommu", ["client ff900000.vop ff900300.iommu"]),
    Row("linked to a regulator", "toyvop ff900000.vop: Linked as a consumer to regulator.4", []),
    Row("waited for", "arm-smmu 15000000.iommu: sync_state() pending due to 5000000.gpu", ["client 5000000.gpu 15000000.iommu"]),
    Row("a clock waited for", "toyclk 15000000.clock: sync_state() pending due to 5000000.gpu", []),
    Row("card pulled", "pcieport 0000:00:02.0: pciehp: Slot(0): Card not present", ["leaves 0000:00:02.0 behind"]),
    Row("link down", "pcieport 0000:00:02.0: pciehp: Slot(0): Link Down", ["leaves 0000:00:02.0 behind"]),
    Row("button", "pcieport 0000:00:02.0: pciehp: Slot(0-1): Button press: will power off in 5 sec", ["leaves 0000:00:02.0 behind"]),
    Row("card pulled, 4.19", "pciehp 0000:00:1c.2:pcie004: Slot(2): Card not present", ["leaves 0000:00:1c.2:pcie004 behind"]),
    Row("card pulled, shpchp", "shpchp 0000:01:00.0: Card not present on Slot(1)", ["leaves 0000:01:00.0 behind"]),
    Row("powered off", "shpchp 0000:01:00.0: PCI slot #1 - powering off due to button press", ["leaves 0000:01:00.0 behind"]),
    Row("card put in", "pcieport 0000:00:02.0: pciehp: Slot(0): Card present", ["other pcieport 0000:00:02.0"]),
    Row("link up", "pcieport 0000:00:02.0: pciehp: Slot(0): Link Up", ["other pcieport 0000:00:02.0"]),
    Row("powered on", "shpchp 0000:01:00.0: PCI slot #1 - powering on due to button press", ["other shpchp 0000:01:00.0"]),
    Row("bus removed", "pci_bus 0000:01: busn_res: [bus 01] is released", ["leaves 0000:01 behind"]),
    Row("bus not removed", "pci_bus 0000:01: busn_res: [bus 01] can not be released", ["other pci_bus 0000:01"]),
    Row("host removed", "xhci_hcd 0000:01:00.0: remove, state 4", ["leaves 0000:01:00.0 itself"]),
    Row("enabling", "virtio-pci 0000:00:05.1: enabling device (0000 -> 0002)", ["enabling virtio-pci 0000:00:05.1"]),
    Row("enabling, the USB quirk", "pci 0000:00:06.0: enabling device (0000 -> 0002)", ["enabling pci 0000:00:06.0"]),
    Row("nvme", "nvme nvme4: pci function 0000:00:10.5", ["other nvme 0000:00:10.5"]),
    Row("timeout", "virtio-pci 0000:00:03.2: deferred probe timeout, ignoring dependency", ["gave up 0000:00:03.2"]),
    Row("chopped", "virtio-pci 0000:00:03.2: deferred probe timeout, ignor>", ["gave up 0000:00:03.2"]),
    Row("no module, chopped", "virtio-pci 0000:00:03.2: ignoring dependency for devi…", ["gave up 0000:00:03.2"]),
    Row("another module", "virtio-pci 0000:00:03.2: ignoring dependency of toys on toys", ["other virtio-pci 0000:00:03.2"]),
    Row("no module", "virtio-pci 0000:00:03.2: ignoring dependency for device, assuming no driver", ["gave up 0000:00:03.2"]),
    Row("timeout, no driver", "platform 3d6a000.gmu: deferred probe timeout, ignoring dependency", ["unbound, gave up 3d6a000.gmu"]),
    Row("banner", "arm-smmu-v3 9050000.smmuv3: ias 44-bit, oas 44-bit (features 0x00008305)", ["banner 9050000.smmuv3"]),
    Row("banner, smmu", "arm-smmu 5000000.iommu: probing hardware configuration...", ["banner 5000000.iommu"]),
    Row("register failed", "labiommu lab-iommu-a: Failed to register iommu", ["register failed lab-iommu-a"]),
    Row("probe failed", "labiommu lab-iommu-a: probe with driver labiommu failed with error -22", ["probe failed labiommu lab-iommu-a -22"]),
    Row("probe failed, old", "toycodec: probe of b2000000.codec failed with error -110", ["probe failed toycodec b2000000.codec -110"]),
    Row("probe failed, old, blanks", "Toy PHY: probe of stmmac-0:01 failed with error -22", ["probe failed Toy PHY stmmac-0:01 -22"]),
    Row("an error of the driver's", "toycodec b2000000.codec: error -ENXIO: no clock", ["error toycodec b2000000.codec"]),
    Row("network", "toynet 0000:00:02.0 eth0: link is up", ["in use 0000:00:02.0"]),
    Row("network, platform", "toygmac fe010000.ethernet end0: configuring", ["in use fe010000.ethernet"]),
    Row("three words", "toy driver ready.1 now: fine", []),
    Row("DRM", "[drm] Initialized toydrm 1.2.0 20180908 for fde60000.gpu on minor 0", ["in use fde60000.gpu"]),
    Row("DRM, prose", "[drm] Initialized toydrm for the first time", []),
    Row("SD host", "mmc0: SDHCI controller on fe310000.mmc [fe310000.mmc] using ADMA 64-bit", ["in use fe310000.mmc"]),
    Row("SD card", "mmc0: new HS400 MMC card at address 0001", []),
    Row("initcall_debug", "probe of 0000:00:04.2 returned -517 after 92 usecs", ["returned 0000:00:04.2 -517 92000"]),
    Row("initcall_debug, 7.3", "probe of 0000:00:04.2 with driver virtio-pci returned 0 after 92 usecs", ["returned 0000:00:04.2 0 92000"]),
    Row("dyndbg bind", "pci 0000:00:04.2: bus: 'pci': really_probe: probing driver virtio-pci with device", ["bind 0000:00:04.2 virtio-pci"]),
    Row("dyndbg bound", "virtio-pci 0000:00:04.2: driver: 'virtio-pci': driver_bound: bound to device", ["bound 0000:00:04.2"]),
    Row("dyndbg dma, walk", "pci 0000:00:04.2: device is behind an iommu", ["dma pci 0000:00:04.2 true"]),
    Row("dyndbg dma, bind", "virtio-pci 0000:00:04.2: device is not behind an iommu", ["dma virtio-pci 0000:00:04.2 false"]),
    Row("fault", "arm-smmu-v3 9050000.smmuv3: event: F_TRANSLATION client: 0000:00:05.0 sid: 0x28 ssid: 0x0 iova: 0x45972402 ipa: 0x0", ["fault 0000:00:05.0 45972402"]),
    Row("default domain", "iommu: Default domain type: Translated", ["domain true"]),
    Row("passthrough", "iommu: Default domain type: Passthrough (set via kernel command line)", ["domain false"]),
    Row("reserved memory", "OF: reserved mem: 0x000000007c000000..0x000000007effffff (49152 KiB) nomap non-reusable fb@7c000000", ["reserved 7c000000 7effffff"]),
    Row("ACPI", "ACPI: RSDP 0x000000004FFF0018 000024 (v02 BOCHS )", ["acpi"]),
    Row("double link", "sysfs: cannot create duplicate filename '/devices/platform/soc/1000.dma/iommu_group'", ["duplicate group link"]),
    Row("oops", "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000068", ["oops"]),
    Row("hung task", "INFO: task ip:171 blocked for more than 120 seconds.", ["hung"]),
    Row("core talk with a driver's prefix", "virtio-pci 0000:00:04.2: device is dma coherent", []),
    Row("prose with a colon", "this is a line: Adding to iommu group 3", []),
  ]

  @Test(arguments: rows)
  func lines(_ row: Row<[String]>) {
    #expect(Self.kinds("[    1.000000] \(row.line)\n") == row.expected)
  }

  /// What the machine is called, by each way to say so, and which of two counts.
  @Test(arguments: [
    (["Machine model: Toy Board"], "Toy Board"),
    (["OF: fdt: Machine model: Toy Board"], "Toy Board"),
    (["OF: fdt:Machine model: Toy Board"], "Toy Board"),
    (["Machine: Toy Board"], "Toy Board"),
    (["Machine: Toy Family, model: Toy Board"], "Toy Board"),
    (["Hardware name: Toy Board (DT)"], "Toy Board (DT)"),
    (["DMI: Toy Corp. Book/TB15, BIOS 1.0 01/01/2026"], "Toy Corp. Book/TB15, BIOS 1.0 01/01/2026"),
    (["DMI: Memory slots populated: 2/4"], nil),
    (["DMI: not present or invalid."], nil),
    (["Machine model:"], nil),
    (["toy 0-0: DMI: Toy Corp. Book, BIOS 1.0"], nil),
    (
      ["DMI: Memory slots populated: 2/4", "DMI: Toy Corp. Book, BIOS 1.0", "Machine: PC"],
      "Toy Corp. Book, BIOS 1.0"
    ),
    (["Machine model: Toy Board", "Hardware name: Toy Board (DT)"], "Toy Board (DT)"),
    (["Machine model: Toy Board", "Hardware name: Generic DT based system"], "Toy Board"),
    (["Machine: Toy SoC", "Hardware name: Toy Board (DT)"], "Toy Board (DT)"),
    (["Machine model: Toy Board", "Machine model: Another"], "Toy Board"),
  ])
  func hardware(_ lines: [String], _ name: String?) {
    let log = Log(lines.map { "[    0.000000] \($0)\n" }.joined() + "[    0.1] Linux version 7.3.4 (x) #1\n")
    #expect(log.boots.first?.facts.hardware == name)
  }

  /// As 7.3 prints one: a line for each piece.
  @Test func aWrappedCommandLineIsOne() {
    let log = Log(
      """
      [    0.000000] Linux version 7.3.4+deb13-arm64 (a@b)
      [    0.000000] Kernel command line: console=ttyAMA0 trace_event=iommu:add_device_to_group \\
      [    0.000000] Kernel command line: kprobe_event=p:rp,really_probe \\
      [    0.000000] Kernel command line: quiet
      [    0.000000] Kernel command line: of another kernel

      """)
    #expect(
      log.boots.first?.facts.commandLine
        == "console=ttyAMA0 trace_event=iommu:add_device_to_group kprobe_event=p:rp,really_probe quiet")
  }

  @Test func facts() {
    let log = Log(
      """
      [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x000f0510]
      [    0.000000] Linux version 6.17.13+deb13-arm64 (debian-kernel@lists.debian.org) #1 SMP
      [    0.000000] Machine model: linux,dummy-virt
      [    0.000000] Kernel command line: console=ttyAMA0 quiet

      """)
    let facts = log.boots.first?.facts
    #expect(facts?.kernel == "6.17.13+deb13-arm64")
    #expect(facts?.model == "linux,dummy-virt")
    #expect(facts?.commandLine == "console=ttyAMA0 quiet")
  }

  /// A refused boot kprobe is silent in the trace: what it would have shown is unknown.
  @Test func refusedProbesAreSaid() {
    let log = Log("[    0.100000] trace_kprobe: Failed to add event(-22): p:ipd __iommu_probe_device\n")
    #expect(log.boots.flatMap(\.losses).map(\.kind) == [.probeRefused])
  }
}

struct BootTests {
  /// Seconds in five columns, as printk prints them.
  private static func padded(_ seconds: Int) -> String {
    String(repeating: " ", count: 5 - String(seconds).count) + String(seconds)
  }

  private static func boot(_ kernel: String, lines: Int = 30) -> String {
    var text = "[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x000f0510]\n"
    text += "[    0.000000] Linux version \(kernel) (gcc) #1 SMP\n"
    for index in 0..<lines {
      text +=
        "[\(padded(index)).500000] pci 0000:00:\(String(index, radix: 16)).0: Adding to iommu group 1\n"
    }
    return text
  }

  private static func groups(_ log: Log) -> [Int] { log.boots.map(\.events.count) }

  @Test func oneBoot() {
    let log = Log(Self.boot("6.17.13"))
    #expect(log.boots.map(\.facts.kernel) == ["6.17.13"])
    #expect(Self.groups(log) == [30])
  }

  @Test func twoBootsInOneLog() {
    let log = Log(Self.boot("6.17.13") + Self.boot("7.3.4", lines: 20))
    #expect(log.boots.map(\.facts.kernel) == ["6.17.13", "7.3.4"])
    #expect(Self.groups(log) == [30, 20])
  }

  /// The second boot's first lines are lost (a ring of pstore, a late serial console).
  @Test func secondBootWithoutItsBeginning() {
    let second =
      Self.boot("7.3.4", lines: 30).split(separator: "\n").dropFirst(2).joined(separator: "\n") + "\n"
    // Its stamps start at 0.5 s again, many lines in a row.
    let dense = (0..<20).map { "[    0.6\($0 + 10)000] pci 0000:01:0\($0 % 8).0: x\n" }.joined()
    let log = Log(Self.boot("6.17.13") + dense + second)
    #expect(log.boots.count == 2)
  }

  /// The next boot has no hello, and begins late or has few lines. `added`: milliseconds of its lines; events of each boot are expected.
  @Test(arguments: [
    ([10_100, 10_200, 10_300], [31, 3]), ([10_100, 10_200], [33]),
    ([10_100, 11_200, 12_300, 40_000], [31, 4]),
    // Stamps of two machines.
    ([10_100, 10_200, 10_300, 31_000, 10_400, 10_550, 10_600, 31_100, 10_700, 10_800, 10_900], [42]),
    // A copy stands in front of them: the log shows itself.
    ([12_500, 13_100, 14_100, 15_100], [34]),
  ]) func nextBootWithoutItsHello(_ added: [Int], _ expected: [Int]) {
    let text =
      Self.boot("6.17.13")
      + "[   30.500000] virtio-pci 0000:00:03.0: deferred probe timeout, ignoring dependency\n"
      + added.map { time in
        let index = String(time / 1000, radix: 16)
        let fraction = String(1000 + time % 1000).dropFirst()
        return
          "[\(Self.padded(time / 1000)).\(fraction)000] pci 0000:00:\(index).0: Adding to iommu group 1\n"
      }.joined()
    let log = Log(text)
    #expect(Self.groups(log) == expected)
    #expect(log.boots.map(\.facts.kernel) == Array(["6.17.13", nil].prefix(expected.count)))
    #expect(log.boots.flatMap(\.losses).contains { $0.kind == .noOrder } == (expected.count == 1))
  }

  /// Lines above the hello, or above the line that shows that it is another boot, are the next boot's.
  @Test func whatStandsAboveTheHello() {
    let above = "[    0.000000] pci 0000:01:00.0: Adding to iommu group 7\n"
    #expect(Self.groups(Log(Self.boot("6.17.13") + above + Self.boot("7.3.4", lines: 20))) == [30, 21])
  }

  /// What the boot loader prints is no boot.
  @Test func bootLoaderIsNoBoot() {
    let log = Log("U-Boot 2024.01\nHit any key\n[0000.209] I> BR-BCT relocated\n" + Self.boot("6.17.13"))
    #expect(log.boots.map(\.facts.kernel) == ["6.17.13"])
  }

  @Test(arguments: [
    "[    0.000001] x", "[99999.000000] x", "[    0.000000] Booting Linux on physical CPU 0x0",
  ])
  func oneBogusStampDoesNotSplit(_ line: String) {
    var lines = Self.boot("6.17.13").split(separator: "\n").map(String.init)
    let bogus = line.hasSuffix("x") ? line : line.replacing("Booting Linux on", with: "told of")
    lines.insert(bogus, at: 20)
    let log = Log(lines.joined(separator: "\n") + "\n")
    #expect(log.boots.count == 1)
    #expect(Self.groups(log) == [30])
  }

  /// Lines of several CPUs come a little out of order.
  @Test func jitterDoesNotSplit() {
    let log = Log(Self.boot("6.17.13") + (0..<30).map { "[   28.\(900 - $0)000] x y: z\n" }.joined())
    #expect(log.boots.count == 1)
  }

  /// A warning that is open when the next boot begins belongs to the first.
  @Test func anOpenWarningStaysInItsBoot() {
    let open = WarningBlockTests.new.split(separator: "\n").prefix(15).joined(separator: "\n")
    let log = Log(Self.boot("6.17.13") + stamped(open, from: 30_000) + Self.boot("7.3.4"))
    let warnings = log.boots.map { boot in
      boot.events.count { if case .warning = $0.what { true } else { false } }
    }
    #expect(warnings == [1, 0])
  }
}
