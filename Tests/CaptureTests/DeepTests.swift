import Analysis
import Reading
import Testing
import Timelines

/// Calls nested deeper than any kernel nests them: their returns are lost, or somebody made the text.
struct DeepTests {
  private static func analyse(_ lines: [String]) -> Analysis {
    Analysis.run(texts: [Array((["# tracer: nop"] + lines).joined(separator: "\n").utf8 + [10])])
  }

  private static func binds(_ analysis: Analysis, _ device: String) -> [Bind] {
    analysis.boots.first?.timeline.devices[device]?.binds ?? []
  }

  private static func stamp(_ micros: Int) -> String {
    let digits = String(micros % 1_000_000)
    return "\(6 + micros / 1_000_000).\(String(repeating: "0", count: 6 - digits.count))\(digits)"
  }

  private static func event(_ micros: Int, _ text: String) -> String {
    "   kworker-36   [000] d....     \(stamp(micros)): \(text)"
  }

  private static func probe(_ function: String, _ device: String) -> String {
    "p: (\(function)+0x0/0x110) dev=\"\(device)\""
  }

  /// An IOMMU probe that is open, for all that follows to run in.
  private static let outer = ["iommu_probe_device", "__iommu_probe_device"]
  /// Returns are traced: without any, nothing would be taken to run in anything.
  private static let someReturn = "r: (really_probe+0xbc/0x3a0 <- platform_probe) ret=0"

  @Test(arguments: [10_000, 70_000])
  func kprobes(_ depth: Int) {
    var lines = Self.outer.enumerated().map { Self.event($0, Self.probe($1, "outer")) }
    for call in 0..<depth { lines.append(Self.event(10 + call, Self.probe("pci_dma_configure", "d\(call)"))) }
    let analysis = Self.analyse([Self.event(0, Self.someReturn)] + lines)
    #expect(analysis.boots.first?.timeline.devices["outer"]?.visits.map(\.phase.end) == [nil])
    #expect(analysis.inputs.first?.losses.contains { $0.kind == .tooMany } == (depth > 10_000))
  }

  /// Without the callers' names nothing tells which calls are over.
  @Test(arguments: [20_000, 70_000])
  func functions(_ depth: Int) {
    var lines = Self.outer.enumerated().map { Self.event($0, $1) }
    for call in 0..<depth { lines.append(Self.event(10 + call, "pci_dma_configure")) }
    #expect(Self.analyse(lines).boots.count == 1)
  }

  private static func graph(_ micros: Int, _ text: String) -> String {
    "  \(stamp(micros)) |   0)  kworker-36   |               |  \(text)"
  }

  /// Each line is as long as it is deep: a text of 20 000 levels has 200 MB. So what was given up is told by the end
  /// that it does not get.
  @Test(arguments: [100, 3000])
  func graphs(_ depth: Int) {
    let outer = "__iommu_probe_device(dev=0xffff000001)"
    var lines = ["# tracer: function_graph", Self.graph(0, outer + " {")]
    for call in 1...depth {
      // One function twice in a row would be taken for two probes on one call.
      let function = call % 2 == 0 ? "pci_dma_configure() {" : "of_iommu_configure() {"
      lines.append(Self.graph(call, String(repeating: " ", count: call) + function))
    }
    for call in (1...depth).reversed() {
      lines.append(Self.graph(2 * depth - call, String(repeating: " ", count: call) + "}"))
    }
    lines.append(Self.graph(2 * depth, "}"))
    let visits = Self.analyse(lines).boots.first?.timeline.devices["device 0xffff000001"]?.visits ?? []
    #expect(visits.count == 1 && (visits.first?.phase.end != nil) == (depth < 256))
  }

  @Test(arguments: [20_000, 70_000])
  func probesInGraphs(_ depth: Int) {
    var lines = ["# tracer: function_graph", Self.graph(0, "/* \(Self.someReturn) */")]
    for (micros, function) in Self.outer.enumerated() {
      lines.append(Self.graph(micros, "/* \(Self.probe(function, "outer")) */"))
    }
    for call in 0..<depth {
      lines.append(Self.graph(10 + call, "/* \(Self.probe("pci_dma_configure", "d\(call)")) */"))
    }
    #expect(Self.analyse(lines).boots.first?.timeline.devices["outer"]?.visits.map(\.phase.end) == [nil])
  }

  /// Only entries are probed: what is given up has no end and no result, and keeps what ran in it.
  @Test func attemptsWithoutReturns() throws {
    var lines: [String] = []
    for device in 0..<1000 {
      lines.append(Self.event(device * 10, Self.probe("really_probe", "d\(device)")))
      lines.append(Self.event(device * 10 + 1, Self.probe("platform_dma_configure", "d\(device)")))
      lines.append(Self.event(device * 10 + 2, Self.probe("platform_probe", "d\(device)")))
    }
    lines.append(
      Self.event(20_000, "r: (__driver_probe_device+0x16c/0x1e0 <- really_probe) ret=0"))
    let analysis = Self.analyse(lines)
    for device in 0..<1000 {
      let bind = try #require(Self.binds(analysis, "d\(device)").first)
      #expect(bind.dmaConfigure != nil && bind.busProbe != nil && bind.setBy != nil, "d\(device)")
      let isLast = device == 999
      #expect(bind.phase.result == (isLast ? 0 : nil) && (bind.phase.end != nil) == isLast, "d\(device)")
    }
  }
}
