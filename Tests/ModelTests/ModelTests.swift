import Analysis
import Foundation
import Model
import Reading
import Testing

/// The classifier against every interleaving of the model. `PROBERACE_MODEL_DEPTH=full` (make accuracy) tries more.
struct ModelTests {
  static let isFull = ProcessInfo.processInfo.environment["PROBERACE_MODEL_DEPTH"] == "full"

  @Test(arguments: isFull ? Scenario.all + Scenario.deep : Scenario.all)
  func everyOrder(_ scenario: Scenario) throws {
    var tally = Tally(scenario: scenario.name)
    var wrongHarm = 0
    let count = Explorer.run(scenario) { execution in
      // The race is the same after any life, and behind any other IOMMU: a third of its orders does, but for `make accuracy`.
      guard Self.isFull || scenario.lives.isEmpty && !scenario.strangerFirst || execution.seed >> 16 % 3 == 0
      else { return }
      for evidence in Evidence.allCases where tries(evidence, execution) {
        let analysis = Analysis.run(texts: evidence.texts(of: execution))
        tally.add(evidence, Judge.outcomes(analysis, execution.truth), execution)
        if evidence == .full, !Judge.isHarmRight(analysis, execution.truth) { wrongHarm += 1 }
      }
    }
    print(tally.text(count))
    #expect(tally.certainWrong == 0)
    #expect(wrongHarm == 0)
    #expect(tally.likelyWrong(.log) == 0, "the log alone is right or undetermined")
    let unexplained = tally.unsettled.filter { kind in !Self.exceptions.contains { kind.hasPrefix($0.kind) } }
    let said: Comment = "full evidence, and neither certain nor an exception"
    guard scenario.name == "after it gave up and failed" else { return #expect(unexplained.isEmpty, said) }
    withKnownIssue(
      "a replay after such a life is taken for one that a second IOMMU lets through, or left open"
    ) {
      #expect(unexplained.isEmpty, said)
    }
  }

  /// Full evidence for every execution; of the reduced ones each execution gets a few.
  private func tries(_ evidence: Evidence, _ execution: Execution) -> Bool {
    if evidence == .full || Self.isFull && execution.scenario.attempts == 1 { return true }
    let index = UInt64(Evidence.allCases.firstIndex(of: evidence) ?? 0)
    return (execution.seed >> 8 &+ index) % (execution.scenario.attempts == 1 ? 6 : 40) == 0
  }

  /// What full evidence leaves open, and why it must.
  static let exceptions: [(kind: String, reason: String)] = [
    (
      "likely full: bind multi-iommu-replay-bypass",
      "that the client has two IOMMUs is in no trace, unless an earlier walk left it waiting"
    ),
    (
      "otherCause full: bind multi-iommu-replay-bypass unharmed: false-positive/skipped-by-walk-then-replayed",
      "between the walk's last step and `ready` nothing is printed: F2 and F4 show the same events"
    ),
    (
      "likely full: bind skipped-by-walk-then-replayed",
      "the same: the replay began after the walk's last step and before iommu_device_register returned"
    ),
    ("likely full: bind ungated-replay", "a vendor's version does not say whether the gate is there"),
    ("likely full: walk ungated-replay", "a vendor's version does not say whether the gate is there"),
    (
      "missed full: silent silent-late-iommu",
      "the IOMMU driver itself refused the client, which nothing prints: a client that is not behind it looks the same"
    ),
    (
      "missed full: silent acpi-missed-walk-orphan",
      "the very attempt that the walk met went on behind the registration: it never had to wait, and nothing shows that it has an IOMMU"
    ),
    (
      "likely full: silent real/silent-late-iommu/exposed likely trace on cdx",
      "whose walk it was that passed over a device of no PCI bus is in no trace"
    ),
    (
      "likely full: silent undetermined/-/unknown",
      "whose group was freed under its driver the kernel does not say, and the client was not seen again"
    ),
    (
      "undetermined full: walk - ",
      "the taxonomy has no class for it (NULL fwnode, the bind waited; a ->probe that began too early, and failed)"
    ),
  ]
}
