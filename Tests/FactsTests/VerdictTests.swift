import Analysis
import Bytes
import Facts
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

/// What board facts settle, beside a log or a trace and alone.
struct VerdictTests {
  static let gpu = "5000000.gpu"
  static let left = FactsText(
    FactsText.platform(gpu, "toygpu", iommus: FactsText.own)
      + FactsText.platform("6000000.vpu", "toyvpu", group: 0, iommus: FactsText.own),
    units: [FactsText.unit], nodes: [FactsText.node])

  static let gaveUp = "toygpu \(gpu): deferred probe timeout, ignoring dependency"
  static let ready = "toygpu \(gpu): ready"
  static let came = [
    "arm-smmu a1000000.iommu: probing hardware configuration...",
    "platform 6000000.vpu: Adding to iommu group 0",
  ]
  private static let otherCame = "arm-smmu b1000000.iommu: probing hardware configuration..."

  static func log(
    _ lines: [String], release: String = "7.3.4", commandLine: String = "console=ttyS0 quiet"
  )
    -> String
  {
    var text = """
      [    0.000000] Linux version \(release) (x@y) (gcc) #1 SMP
      [    0.000000] Kernel command line: \(commandLine)

      """
    for (index, line) in lines.enumerated() { text += "[   \(11 + index).500000] \(line)\n" }
    return text + "[   40.000000] Run /init as init process\n"
  }

  // MARK: facts alone

  @Test func boundWithoutAGroupIsAFindingAndNeverClean() throws {
    let found = analysis(Self.left.text)
    #expect(said(found) == ["\(Self.gpu) - -"])
    let finding = try #require(found.boots[0].findings.first)
    #expect(finding.verdict == .undetermined && finding.kind == .silent && finding.tier == .boardFacts)
    #expect(finding.candidates.map(\.id) == ["silent-late-iommu"] && finding.driver == "toygpu")
    #expect(finding.recipe?.contains("kprobe_event=") == true && !finding.missing.isEmpty)
    // The device's driver, whose IOMMU, and that it is there: each with its line.
    let text = Self.left.text.split(separator: "\n", omittingEmptySubsequences: false)
    let lines = finding.evidence.compactMap { $0.place.map { String(text[Int($0.line) - 1]) } }
    #expect(
      lines == [
        "driver platform/\(Self.gpu)/toygpu", "iommus platform/\(Self.gpu)/\(FactsText.own)",
        "iommu-device \(FactsText.unit)",
      ])
    #expect(found.answer == .findings && !found.isDamaged)
  }

  @Test func anIOMMUThatIsNotThereMakesANote() {
    let facts = FactsText(
      FactsText.platform(Self.gpu, "toygpu", iommus: FactsText.own), nodes: [FactsText.node])
    #expect(said(analysis(facts.text)) == ["\(Self.gpu) note"])
    #expect(analysis(facts.text).answer == .incomplete(.suspects(1)))
    // Beside a log that is clean, too.
    #expect(said(analysis(Self.log([]), facts.text)) == ["\(Self.gpu) note"])
  }

  @Test func nobodyLeftOutIsNoCleanBill() {
    let facts = FactsText(
      FactsText.platform(Self.gpu, "toygpu", group: 1, iommus: FactsText.own)
        + FactsText.platform("a.uart", "toyuart"),
      units: [FactsText.unit], nodes: [FactsText.node])
    #expect(said(analysis(facts.text)).isEmpty && analysis(facts.text).answer == .notVisible)
    #expect(analysis(Self.log([]), facts.text).answer == .clean)
  }

  @Test func withACPINeighboursTell() throws {
    let link = "devices/pci0000:00/0000:00:01.0/virtio0/iommu/0000:00:01.0"
    let devices =
      FactsText.function("0000:00:01.0", "virtio-pci")
      + FactsText.function("0000:00:02.0", "nvme", group: 0, iommu: link)
      + FactsText.function("0000:00:03.0", "nvme") + FactsText.function("0000:05:00.0", "nvme")
    let facts = FactsText(devices, units: ["virtio_iommu/virtio_iommu/\(link)"], acpi: ["VIOT"])
    // Not the IOMMU's own function, nor one of a bus where nobody has a group.
    #expect(said(analysis(facts.text)) == ["0000:00:03.0 - -"])
    let finding = try #require(analysis(facts.text).boots[0].findings.first)
    #expect(finding.candidates.map(\.id) == ["acpi-missed-walk-orphan", "silent-late-iommu"])
  }

  @Test func splitGroupsBehindABridge() throws {
    func port(_ slot: String, _ group: Int, _ functions: [(String, Int)]) -> [String] {
      FactsText.function(slot, "pcieport", group: group, iommu: "devices/virtual/iommu/x")
        + functions.flatMap {
          FactsText.function(
            $0.0, "nvme", group: $0.1, iommu: "devices/virtual/iommu/x", below: "pci0000:00/\(slot)")
        }
    }
    let shared = port("0000:00:02.0", 1, [("0000:01:00.0", 1), ("0000:01:00.1", 1)])
    let split = port("0000:00:03.0", 9, [("0000:02:00.0", 4), ("0000:02:00.1", 5)])
    let ordered = port("0000:00:03.0", 3, [("0000:02:00.0", 4), ("0000:02:00.1", 5)])
    let found = analysis(FactsText(shared + split).text)
    #expect(said(found) == ["0000:00:03.0 - -"])
    #expect(found.boots[0].findings[0].candidates.map(\.id) == ["skipped-bridge-split-groups"])
    // A port with ACS got its group before what is behind it; and without a neighbour nothing can be said.
    #expect(said(analysis(FactsText(shared + ordered).text)).isEmpty)
    #expect(said(analysis(FactsText(split).text)).isEmpty)
  }

  @Test func aDeferredIOMMUIsNamedWithWhatItWaitsFor() throws {
    var facts = FactsText(
      FactsText.platform(Self.gpu, "toygpu", iommus: FactsText.own), nodes: [FactsText.node])
    facts.parts[4].1 = ["deferred a1000000.iommu\tplatform: wait for supplier /soc/regulator"]
    let suspect = try #require(analysis(facts.text).boots[0].suspects.first)
    #expect(suspect.text.contains("still deferred (platform: wait for supplier /soc/regulator)"))
  }

  // MARK: with the log

  /// The log alone cannot say what it waited for, nor whose IOMMU came.
  @Test func theFactsTellWhoseIOMMUItIs() throws {
    let lines = [Self.gaveUp, Self.ready] + Self.came
    #expect(said(analysis(Self.log(lines))) == ["\(Self.gpu) note"])
    let found = analysis(Self.log(lines), Self.left.text)
    #expect(said(found) == ["\(Self.gpu) silent-late-iommu certain"])
    let finding = try #require(found.boots[0].findings.first)
    #expect(finding.verdict == .real && Set(finding.evidence.compactMap(\.place?.input)) == [0, 1])
    #expect(said(analysis(Self.left.text, Self.log(lines))) == said(found))
  }

  /// No line shows that it ran before its IOMMU came.
  @Test func withoutItsDriversLineItIsLikely() {
    #expect(
      said(analysis(Self.log([Self.gaveUp] + Self.came), Self.left.text)) == [
        "\(Self.gpu) silent-late-iommu likely"
      ])
    #expect(
      said(analysis(Self.log([Self.gaveUp] + Self.came + [Self.ready]), Self.left.text)) == [
        "\(Self.gpu) silent-late-iommu likely"
      ])
  }

  /// Another IOMMU announced itself: its own is one of which the log has nothing.
  @Test func anotherIOMMUIsNotItsOwn() {
    var facts = Self.left
    facts.parts[1].1 = ["iommu-device \(FactsText.unit.replacing("a1000000", with: "b1000000"))"]
    facts.parts[2].1.append("node \(FactsText.other)")
    let found = analysis(Self.log([Self.gaveUp, Self.ready, Self.otherCame, Self.came[1]]), facts.text)
    #expect(said(found) == ["\(Self.gpu) note"])
  }

  /// Its node names no IOMMU: it had waited for a power domain.
  @Test func whoHasNoIOMMUIsNoSuspect() {
    let facts = FactsText(
      FactsText.platform(Self.gpu, "toygpu")
        + FactsText.platform("6000000.vpu", "toyvpu", group: 0, iommus: FactsText.own),
      units: [FactsText.unit], nodes: [FactsText.node])
    #expect(said(analysis(Self.log([Self.gaveUp, Self.ready] + Self.came), facts.text)).isEmpty)
  }

  // MARK: another boot

  @Test func factsOfAnotherBootAreNotUsed() {
    let lines = [Self.gaveUp, Self.ready] + Self.came
    let clock = "rtc-x rtc: setting system clock to 2023-11-14T22:13:31 UTC (1700000011)"
    var others: [FactsText] = Array(repeating: Self.left, count: 3)
    others[0].release = "7.3.5"
    others[1].commandLine = "console=ttyS0"
    others[2].bootTime = 1_700_009_000
    for facts in others {
      let log = Self.log([clock] + lines)
      let found = analysis(log, facts.text)
      #expect(said(found) == said(analysis(log)))
      let losses = found.boots.flatMap(\.timeline.losses).filter { $0.kind == .anotherBoot }
      #expect(losses.count == 1 && losses.first?.place?.input == 1)
    }
    #expect(
      said(analysis(Self.log([clock] + lines), Self.left.text)) == ["\(Self.gpu) silent-late-iommu certain"])
    // A long line is printed in pieces.
    let wrapped = Self.log(lines, commandLine: "console=ttyS0 \\")
    #expect(said(analysis(wrapped, Self.left.text)) == ["\(Self.gpu) silent-late-iommu certain"])
  }

  @Test func otherGroupsAreAnotherBoot() {
    var facts = Self.left
    facts.parts[3].1 = facts.parts[3].1.map { $0.replacing("/0/DMA", with: "/7/DMA") }
    let found = analysis(Self.log([Self.gaveUp, Self.ready] + Self.came), facts.text)
    #expect(said(found) == ["\(Self.gpu) note"])
    #expect(found.boots[0].timeline.facts == nil)
  }

  // MARK: contrary proofs

  @Test func aGroupInTheFactsContradictsTheLog() throws {
    let lines = [
      "platform \(Self.gpu): deferred probe pending: platform: wait for supplier /soc/iommu@a1000000",
      Self.gaveUp,
      Self.ready,
    ]
    let facts = FactsText(
      FactsText.platform(Self.gpu, "toygpu", group: 5, iommus: FactsText.own), units: [FactsText.unit],
      nodes: [FactsText.node])
    let found = analysis(Self.log(lines + Self.came), facts.text)
    let finding = try #require(found.boots[0].findings.first)
    #expect(finding.verdict == .undetermined && finding.cause == nil && finding.confidence == nil)
    #expect(finding.candidates.map(\.id) == ["silent-late-iommu"])
    #expect(finding.evidence.contains { $0.text.contains("group 5") && $0.place?.input == 1 })
    #expect(finding.evidence.contains { $0.place?.input == 0 })
  }

  @Test func noGroupInTheFactsContradictsTheLog() throws {
    let found = analysis(
      Self.log([
        "platform \(Self.gpu): Adding to iommu group 3", "platform 6000000.vpu: Adding to iommu group 0",
      ]),
      Self.left.text)
    let finding = try #require(found.boots[0].findings.first)
    #expect(finding.verdict == .undetermined && finding.summary.contains("contradict"))
    #expect(Set(finding.evidence.compactMap(\.place?.input)) == [0, 1])
    // What came after the facts contradicts nothing.
    var early = Self.left
    early.uptime = "5.00 1.00"
    let later = analysis(Self.log(["platform \(Self.gpu): Adding to iommu group 3"]), early.text)
    #expect(said(later).isEmpty)
  }

  /// The log says that an IOMMU failed to register, the board has it.
  @Test func anIOMMUThatIsThereContradictsAFailure() throws {
    let failed = [
      "arm-smmu a1000000.iommu: Failed to register iommu",
      "arm-smmu a1000000.iommu: probe with driver arm-smmu failed with error -22",
    ]
    let plain = analysis(Self.log(failed))
    #expect(said(plain) == ["a1000000.iommu walk-aborted-registration certain"])
    let facts = FactsText(FactsText.platform("a1000000.iommu", "arm-smmu"), units: [FactsText.unit])
    let found = try #require(analysis(Self.log(failed), facts.text).boots[0].findings.first)
    #expect(found.verdict == .undetermined && Set(found.evidence.compactMap(\.place?.input)) == [0, 1])
    // Its clients wait for it still.
    var waits = FactsText(
      ["device platform/devices/platform/\(Self.gpu)", "iommus platform/\(Self.gpu)/\(FactsText.own)"],
      nodes: [FactsText.node])
    waits.parts[4].1 = ["deferred \(Self.gpu)\t"]
    let told = try #require(analysis(Self.log(failed), waits.text).boots[0].findings.first)
    #expect(told.confidence == .certain && told.evidence.contains { $0.place?.input == 1 })
  }

  // MARK: interrupts

  /// Port drivers set up their interrupts without the domain: none comes, where a neighbour's do.
  @Test func interruptsThatNeverCameAreHarm() throws {
    func sample(_ file: String) throws -> String {
      try String(contentsOfFile: Here.sample("natural-6.17.13-4/\(file)"), encoding: .utf8)
        .replacing("virtio-pci", with: "pcieport").split(separator: "\n")
        .filter { !$0.contains("entries-in-buffer") }.joined(separator: "\n") + "\n"
    }
    let texts = try [sample("dmesg.txt"), sample("trace.txt")]
    func harm(_ counts: (Int, Int)) -> [Harm] {
      func port(_ name: String, _ irq: Int) -> [String] {
        FactsText.function(name, "pcieport", group: irq, iommu: "devices/virtual/iommu/x") + [
          "irq pci/\(name)/\(irq)"
        ]
      }
      var facts = FactsText(port("0000:00:05.1", 4) + port("0000:09:00.0", 90))
      facts.release = "6.17.13+deb13-arm64"
      facts.parts.append(
        ("interrupt", ["interrupt 4 \(counts.0) MSI PCIe PME", "interrupt 90 \(counts.1) MSI PCIe PME"]))
      // The sample's command line and clock are its own.
      let text =
        facts.text.split(separator: "\n").filter {
          !$0.hasSuffix("cmdline 1") && !$0.hasPrefix("cmdline ") && !$0.hasPrefix("btime ")
            && $0 != "read btime 1"
        }.joined(separator: "\n") + "\n"
      let found = Analysis.run(texts: (texts + [text]).map { Array($0.utf8) })
      return found.boots.flatMap(\.findings).filter {
        $0.device == "0000:00:05.1" && $0.cause?.id == "managed-dma-before-domain"
      }.map(\.harm)
    }
    #expect(harm((0, 3)) == [.harmed])
    #expect(harm((1, 3)) == [.exposed])
    // No port's came: nothing happened that would make one.
    #expect(harm((0, 0)) == [.exposed])
  }
}
