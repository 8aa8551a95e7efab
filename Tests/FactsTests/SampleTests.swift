import Analysis
import Facts
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

/// Facts of real boots (the lab's), alone and beside their log and trace.
struct SampleTests {
  private static let samples = Capture.samples.filter { $0.name.hasPrefix("facts-") }

  private static func path(_ capture: Capture, _ file: String) -> String { Here.sample("\(capture)/\(file)") }

  @Test func theyAreHere() {
    #expect(
      Set(Self.samples.map(\.name)).isSuperset(of: ["facts-late-silent-7.3.4", "facts-no-async-x86-7.3.4"]))
  }

  @Test(arguments: samples)
  func nothingOfThemIsLost(_ capture: Capture) throws {
    let found = Analysis.run([Self.path(capture, "facts.txt")])
    #expect(found.inputs[0].format?.id == "board-facts" && found.inputs[0].losses.isEmpty)
    let facts = try #require(found.boots.first?.timeline.facts)
    #expect(
      facts.whole.isSuperset(of: [
        .device, .symbol, .traceable, .event, .interrupt, .iommuDevice, .node, .deferred,
      ]))
    #expect(facts.units.count == 1 && facts.devices.contains { $0.group != nil })
    #expect(facts.release?.hasPrefix("7.3.4") == true)
  }

  /// Facts alone know who is left out, and neither why nor since when.
  @Test(arguments: samples)
  func aloneTheyNameWhoIsLeftOut(_ capture: Capture) {
    let found = Analysis.run([Self.path(capture, "facts.txt")]).boots.flatMap(\.findings)
    let expected = capture.expected.findings.filter { $0.side == "none" }
    #expect(Set(found.map(\.device)) == Set(expected.map(\.device)))
    for finding in found {
      #expect(finding.verdict == .undetermined && finding.confidence == nil)
      let cause = expected.first { $0.device == finding.device }?.cause
      #expect(finding.candidates.contains { $0.id == cause })
    }
  }

  /// With log and trace the finding is the one that these make, and it has the facts' line.
  @Test(arguments: samples)
  func besideLogAndTraceTheyConfirm(_ capture: Capture) {
    let paths = capture.texts.map(\.path) + [Self.path(capture, "facts.txt")]
    let found = Analysis.run(paths)
    #expect(found.boots.count == 1 && found.boots[0].timeline.losses.allSatisfy { $0.kind != .anotherBoot })
    for expected in capture.expected.findings {
      let own = found.boots.flatMap(\.findings).filter { $0.device == expected.device }
      #expect(
        own.map { $0.cause?.id } == [expected.cause] && own.first?.confidence == .certain,
        "\(expected.device)")
      if expected.side == "none" {
        #expect(own.first?.evidence.contains { $0.place?.input == 2 } == true, "\(expected.device)")
      }
    }
    #expect(found.boots.flatMap(\.findings).count == capture.expected.findings.count)
  }

  /// A trace alone cannot say that no group came after all: the facts do, but only the log says whether it had given up on another IOMMU.
  @Test func theOrphanIsCertainWithTheLog() throws {
    let capture = try #require(Self.samples.first { $0.name == "facts-no-async-x86-7.3.4" })
    func orphans(_ paths: [String]) -> [Confidence?] {
      Analysis.run(paths).boots.flatMap(\.findings).filter { $0.cause?.id == "acpi-missed-walk-orphan" }.map(
        \.confidence)
    }
    let trace = Self.path(capture, "trace.txt")
    #expect(orphans([trace]).allSatisfy { $0 == .likely })
    let facts = Self.path(capture, "facts.txt")
    #expect(orphans([trace, facts]) == [.likely])
    #expect(orphans([trace, Self.path(capture, "dmesg.txt"), facts]) == [.certain])
  }

  /// Facts of one boot beside the log of another: said, and not used.
  @Test func ofAnotherBootTheyAreNotUsed() throws {
    let x86 = try #require(Self.samples.first { $0.name == "facts-no-async-x86-7.3.4" })
    let arm = try #require(Self.samples.first { $0.name == "facts-late-silent-7.3.4" })
    for (log, facts) in [(x86, arm), (arm, x86)] {
      let paths = log.texts.map(\.path)
      let found = Analysis.run(paths + [Self.path(facts, "facts.txt")])
      #expect(said(found) == said(Analysis.run(paths)))
      #expect(
        found.boots.flatMap(\.timeline.losses).contains { $0.kind == .anotherBoot && $0.place?.input == 2 })
    }
    // The same kernel, scenario and command line, on another day: the clock tells.
    let other = Analysis.run([Here.sample("late-silent-7.3.4/dmesg.txt"), Self.path(arm, "facts.txt")])
    #expect(other.boots.flatMap(\.timeline.losses).contains { $0.kind == .anotherBoot })
  }
}
