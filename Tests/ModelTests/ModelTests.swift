import Analysis
import Foundation
import Model
import Testing

/// The classifier against every interleaving of the model. `PROBERACE_MODEL_DEPTH=full` (make accuracy) tries more.
struct ModelTests {
  static let isFull = ProcessInfo.processInfo.environment["PROBERACE_MODEL_DEPTH"] == "full"

  @Test(arguments: Scenario.all)
  func everyOrder(_ scenario: Scenario) throws {
    var tally = Tally(scenario: scenario.name)
    let count = Explorer.run(scenario) { execution in
      for evidence in Evidence.allCases where tries(evidence, execution) {
        let analysis = Analysis.run(texts: evidence.texts(of: execution))
        tally.add(evidence, Judge.outcomes(analysis, execution.truth), execution)
      }
    }
    print(tally.text(count))
    #expect(tally.certainWrong == 0)
  }

  /// Full evidence for every execution; of the reduced ones each execution gets a few.
  private func tries(_ evidence: Evidence, _ execution: Execution) -> Bool {
    if Self.isFull || evidence == .full { return true }
    let index = UInt64(Evidence.allCases.firstIndex(of: evidence) ?? 0)
    return (execution.seed >> 8 &+ index) % 6 == 0
  }
}
