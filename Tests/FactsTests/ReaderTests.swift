import Analysis
import Bytes
import Facts
import Foundation
import Reading
import TestSupport
import Testing

/// The format (docs/formats/board-facts.md): what is read of it, and what is lost of it is said.
struct ReaderTests {
  private static func read(_ text: String) -> BoardFacts {
    var reader = FactsReader(input: 3)
    withBytes(text) { reader.read($0, at: 0) }
    reader.finish(isCut: text.utf8.last != 10)
    return reader.facts
  }

  private static let whole = FactsText(
    FactsText.platform("5000000.gpu", "toygpu", group: 4, iommus: FactsText.own)
      + FactsText.platform("Fixed MDIO bus.0", "mdio")
      + FactsText.function(
        "0000:00:05.1", "nvme", iommu: "devices/pci0000:00/0000:00:01.0/virtio3/iommu/0000:00:01.0"),
    units: [FactsText.unit], nodes: [FactsText.node], acpi: ["VIOT"])

  /// As it comes from a terminal: line ends of two of them, and the shell again.
  @Test func whatTheTerminalAdds() {
    let facts = Self.read(Self.whole.text)
    let copied = Self.read(
      Self.whole.text.replacing("\n", with: "\r\r\n") + "root@board:~# \r\n[me@b ~]$ exit\r\n")
    #expect(copied.losses.isEmpty && copied.release == facts.release)
    #expect(copied.devices.map(\.name) == facts.devices.map(\.name) && copied.whole == facts.whole)
    #expect(!Self.read(Self.whole.text + "[    1.000000] iommu: a log behind it\n").losses.isEmpty)
  }

  @Test func everyLineIsRead() throws {
    var text = Self.whole
    text.parts += [
      ("config", ["config CONFIG_KPROBE_EVENTS=y", "config # CONFIG_BOOT_CONFIG is not set"]),
      ("symbol", ["symbol t really_probe", "symbol T iommu_probe_device\t[iommu]"]),
      ("deferred", ["deferred a.gpu\tplatform: wait for supplier /soc/x"]),
      ("interrupt", ["interrupt 24 17 ITS-PCI-MSI-0000:00:05.1 0 Edge nvme0q0"]),
    ]
    let facts = Self.read(text.text)
    #expect(facts.losses.isEmpty)
    #expect(facts.release == "7.3.4" && facts.machine == "aarch64" && facts.user == 0)
    #expect(facts.uptime?.value == 60_000_000_000 && facts.bootTime?.value == 1_700_000_000)
    #expect(facts.config["KPROBE_EVENTS"] == "y" && facts.config["BOOT_CONFIG"] == "n")
    #expect(facts.symbols.map(\.module) == ["", "iommu"])
    #expect(facts.deferred.first?.value.reason == "platform: wait for supplier /soc/x")
    #expect(facts.interrupts[24]?.count == 17)
    let gpu = try #require(facts.device("5000000.gpu"))
    #expect(gpu.driver?.value == "toygpu" && gpu.group?.value == 4 && gpu.groupType == "DMA")
    #expect(facts.owners(of: gpu).map(\.name) == ["iommu@a1000000"])
    #expect(facts.owners(of: gpu).first.map { $0.isDevice("a1000000.iommu") } == true)
    #expect(facts.device("Fixed MDIO bus.0")?.driver?.value == "mdio")
    let nvme = try #require(facts.device("0000:00:05.1"))
    // A registration names the function that the virtio device sits on.
    #expect(facts.owners(of: nvme).first.map { $0.isDevice("0000:00:01.0") } == true)
    // Each has its line.
    #expect(gpu.place.input == 3 && gpu.place.line > 1 && gpu.driver?.place.line == gpu.place.line + 1)
  }

  @Test func theHostBridgeMapsItsFunctions() throws {
    let bridge = "4010000000.pcie"
    let facts = Self.read(
      FactsText(
        FactsText.platform(bridge, "pci-host-generic")
          + ["iommu-map platform/\(bridge)/00000000000000070000000000000100"]
          + FactsText.function("0000:00:03.0", "nvme", below: "platform/\(bridge)/pci0000:00")
          + FactsText.function("0000:01:03.0", "nvme", below: "platform/\(bridge)/pci0000:00/0000:00:02.0"),
        units: [FactsText.unit], nodes: [FactsText.node]
      ).text)
    let inside = try #require(facts.device("0000:00:03.0"))
    #expect(facts.owners(of: inside).map(\.name) == ["iommu@a1000000"])
    // Bus 1 is beyond the map's length.
    #expect(try facts.owners(of: #require(facts.device("0000:01:03.0"))).isEmpty)
    #expect(facts.leftOut.map(\.device.name) == ["0000:00:03.0"])
  }

  @Test func aNodeThatIsOffServesNobody() throws {
    let facts = Self.read(
      FactsText(
        FactsText.platform("5000000.gpu", "toygpu", iommus: FactsText.own),
        nodes: [FactsText.node.replacing("okay", with: "disabled")]
      ).text)
    #expect(try facts.owners(of: #require(facts.device("5000000.gpu"))).isEmpty && facts.leftOut.isEmpty)
  }

  @Test func carriageReturnsAreTakenOff() {
    let facts = Self.read(Self.whole.text.replacing("\n", with: "\r\n"))
    #expect(facts.losses.isEmpty && facts.device("5000000.gpu")?.driver?.value == "toygpu")
  }

  /// Whatever the end is cut off, it is said, and nobody is left out by a line that is not there.
  @Test func aCutIsSaidAnywhere() {
    let lines = Self.whole.text.split(separator: "\n").map(String.init)
    for count in 1..<lines.count {
      let facts = Self.read(lines[..<count].joined(separator: "\n") + "\n")
      #expect(facts.losses.contains { $0.kind == .truncated }, "\(count)")
      #expect(facts.leftOut.allSatisfy { _ in facts.whole.contains(.device) }, "\(count)")
    }
  }

  /// A lost line is no missing group.
  @Test func aLostLineIsSaidAndProvesNothing() {
    let text = FactsText(
      FactsText.platform("5000000.gpu", "toygpu", group: 4, iommus: FactsText.own), units: [FactsText.unit],
      nodes: [FactsText.node]
    ).text
    let lines = text.split(separator: "\n").map(String.init)
    for lost in 1..<lines.count - 1 {
      let facts = Self.read((lines[..<lost] + lines[(lost + 1)...]).joined(separator: "\n") + "\n")
      #expect(facts.leftOut.isEmpty, "\(lines[lost])")
      #expect(lines[lost].hasPrefix("read ") || !facts.losses.isEmpty, "\(lines[lost])")
    }
  }

  static let rubbish = [
    "group platform/5000000.gpu/4294967296/DMA", "group platform/5000000.gpu/-1/DMA",
    "driver platform/unknown/x",
    "driver platform/5000000.gpu/", "device platform/devices/platform/5000000.gpu", "device usb/devices/usb1",
    "device platform/", "iommus platform/5000000.gpu/123", "iommus platform/5000000.gpu/zzzzzzzz",
    "irq platform/5000000.gpu/x",
    "node 7/1", "node 7/ffffffff/okay/x", "iommu-device a/b", "interrupt 1", "interrupt x 1 y", "btime soon",
    "uptime x", "symbol really_probe", "config FOO", "unknown 1", "read nothing 1", "read device many",
    "\u{1}", "group",
    "driver platform/5000000.gpu/a\u{7f}b",
  ]

  @Test(arguments: rubbish)
  func rubbishIsSaidWithItsPlace(_ line: String) throws {
    let text = FactsText(FactsText.platform("5000000.gpu", "toygpu", iommus: FactsText.own)).text
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let at = try #require(lines.lastIndex { $0.hasPrefix("iommus") })
    lines.insert(line, at: at + 1)
    let facts = Self.read(lines.joined(separator: "\n"))
    #expect(facts.losses.contains { $0.kind == .damaged && Int($0.place?.line ?? 0) == at + 2 })
    // The rest is used.
    #expect(facts.device("5000000.gpu")?.driver?.value == "toygpu")
  }

  @Test(arguments: ["proberace board-facts 2", "proberace board-facts ", "proberace board-facts 12"])
  func anotherVersionIsRefused(_ head: String) {
    let text = Self.whole.text.replacing("proberace board-facts 1", with: head)
    let found = Analysis.run(texts: [Array(text.utf8)])
    #expect(found.inputs[0].format?.id == "board-facts" && found.isDamaged && found.boots.isEmpty)
  }

  @Test func nothingOverflows() {
    let line = "interrupt 1 9223372036854775807 x"
    let text =
      "proberace board-facts 1\n" + line + "\nuptime 99999999999999999999.0\nbtime 9223372036854775807\nend\n"
    #expect(!Self.read(text).losses.isEmpty)
    let many = FactsText((0..<3000).flatMap { FactsText.platform("\($0).x", "d", iommus: FactsText.own) })
    #expect(Self.read(many.text).devices.count == 3000)
    // Any bytes behind the head.
    var random = Random(9)
    for round in 0..<300 {
      var bytes = Array(Self.whole.text.utf8)
      Mutation.allCases[round % Mutation.allCases.count].apply(&bytes, &random)
      var reader = FactsReader(input: 0)
      reader.read(bytes.span, at: 0)
      reader.finish(isCut: false)
      #expect(reader.facts.devices.count <= 4)
      _ = reader.facts.leftOut
    }
  }
}
