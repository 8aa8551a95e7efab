import Analysis
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

/// What a finding says besides its verdict holds for its own case: the advice helps, the candidates are not excluded, the evidence is in
/// the inputs.
struct WordingTests {
  private static func findings(_ paths: [String]) -> [Finding] {
    Analysis.run(paths).boots.flatMap(\.findings)
  }

  private static func sample(_ name: String, _ files: String...) -> [Finding] {
    findings(files.map { Here.sample("\(name)/\($0)") })
  }

  private static func hunted(_ names: String...) -> [Finding] {
    findings(names.map { Here.root.appending(path: "Tests/Hunted/\($0)").path(percentEncoded: false) })
  }

  /// No timeout brings back an IOMMU that was taken away.
  @Test func whereTheIOMMUWasTakenAway() {
    let taken = Self.sample("toy-reload-7.3.4", "dmesg.txt", "trace.txt")
    #expect(Set(taken.compactMap(\.cause?.id)) == ["rebound-after-late-iommu", "silent-late-iommu"])
    #expect(taken.allSatisfy { $0.advice?.hasPrefix("Unbind the clients before their IOMMU") == true })
    let late = Self.sample("late-rebind-7.3.4", "dmesg.txt", "trace.txt")
    #expect(Set(late.compactMap(\.cause?.id)) == ["rebound-after-late-iommu", "silent-late-iommu"])
    #expect(late.allSatisfy { $0.advice?.contains("deferred_probe_timeout") == true })
  }

  /// fw_devlink.strict=1 is nothing to ACPI.
  @Test func firmwareLinksAreTheDeviceTrees() throws {
    let acpi = Self.sample("no-async-x86-6.17.13-2", "dmesg.txt", "trace.txt")
    let tree = Self.sample("natural-6.17.13-4", "dmesg.txt", "trace.txt")
    for (findings, isTree) in [(acpi, false), (tree, true)] {
      let found = try #require(findings.first { $0.cause?.id == "probe-before-domain" })
      #expect(found.advice?.contains("fw_devlink.strict=1") == isTree)
      #expect(found.advice?.contains("load the client's driver later") == true)
    }
  }

  /// Where the message is lost, nobody quotes it.
  @Test func aWarningWithoutItsMessage() throws {
    let found = try #require(Self.hunted("other-warn-6.12.40-D.txt").first)
    #expect(found.evidence.contains { $0.text == "a WARNING of __iommu_probe_device()" })
    #expect(!found.evidence.contains { $0.text.contains("late IOMMU probe") })
  }

  /// A kernel without the gate has none to slip past.
  @Test func withoutAGateNothingSlipsPastIt() throws {
    let found = try #require(Self.hunted("f3w-gave-up.txt", "f3w-gave-up.trace").first)
    let candidates = found.candidates.map(\.id)
    #expect(found.verdict == .undetermined && candidates.contains("ungated-replay"))
    #expect(!candidates.contains("multi-iommu-replay-bypass"))
  }

  /// A walk that left the device alone is told of; who was not asked did not refuse. Without of_iommu_configure()'s -517 nothing shows that
  /// the device had lost its first group before that walk.
  @Test func aVisitThatIsTracedIsTold() throws {
    let texts = try ["dmesg.txt", "trace.txt"].map { file in
      let path = Here.sample("reload-race-late-trace-6.17.13/\(file)")
      return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        .filter { !$0.contains("of_dma_configure_id+0x0") && !$0.contains("of_iommu_configure") }
        .joined(separator: "\n")
    }
    let found = try #require(
      Analysis.run(texts: texts.map { Array($0.utf8) }).boots.flatMap(\.findings).first)
    #expect(found.verdict == .undetermined)
    #expect(found.summary.contains("a walk had left alone"))
    #expect(found.evidence.contains { $0.text == "a walk leaves it alone without dma_configure" })
    #expect(!found.candidates.map(\.id).contains("iommu-registered-too-early"))
  }

  /// Whether a driver manages its DMA itself is said of those that are known to; what a commit means, where the kernel is not known to
  /// have it, or to lack it.
  @Test func whoManagesHisDMA() throws {
    let unknown = try #require(
      Self.hunted("group-first-unknown-driver.txt", "group-first-unknown-driver.trace").first)
    #expect(unknown.summary.contains("which this kernel lets only those do that manage their DMA themselves"))
    #expect(unknown.summary.contains("whether toynic is one is not known here"))
    #expect(unknown.candidates.map(\.id) == ["managed-dma-before-domain", "probe-before-domain"])
    let files = ["txt", "trace"].map {
      Here.root.appending(path: "Tests/Hunted/group-first-6.6-backport.\($0)").path(percentEncoded: false)
    }
    func found(_ claims: KernelClaims) throws -> Finding {
      let found = Analysis.run(files, claims: claims).boots.flatMap(\.findings)
      #expect(found.map(\.cause?.id) == ["probe-before-domain"])
      return try #require(found.first)
    }
    let open = try found(KernelClaims())
    #expect(
      open.confidence == .likely && open.missing.joined().contains("whether the kernel has b46064a18810"))
    let settled = try found(KernelClaims(lacks: ["b46064a18810"]))
    #expect(settled.confidence == .certain && !settled.missing.joined().contains("b46064a18810"))
  }

  /// What is not in the log has no line of it.
  @Test func anAbsenceHasNoPlace() throws {
    let found = Self.sample("late-silent-7.3.4", "dmesg.txt").filter { $0.cause?.id == "silent-late-iommu" }
    #expect(!found.isEmpty)
    for finding in found {
      let never = try #require(finding.evidence.first { $0.text == "the client is never added to a group" })
      #expect(never.place == nil && never.time == nil)
    }
  }

  /// What is open of a certain one is its harm, and is called that.
  @Test func whatTellsTheHarm() {
    let certain = Self.sample("natural-6.17.13-4", "dmesg.txt", "trace.txt").filter {
      $0.confidence == .certain && !$0.missing.isEmpty
    }
    #expect(!certain.isEmpty && certain.allSatisfy { $0.missing.allSatisfy($0.tellsHarm) })
    let likely = Self.sample("natural-6.17.13-4", "dmesg.txt").filter { $0.confidence == .likely }
    #expect(likely.contains { finding in finding.missing.contains { !finding.tellsHarm($0) } })
  }
}
