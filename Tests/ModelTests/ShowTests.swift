import Analysis
import Foundation
import Model
import Reading
import Testing

/// `PROBERACE_MODEL_SHOW='single:SEED:recipe' swift test --filter ShowTests` prints one execution, as the tally
/// names it, with the texts and the findings.
struct ShowTests {
  static let wanted = ProcessInfo.processInfo.environment["PROBERACE_MODEL_SHOW"]

  @Test(.enabled(if: wanted != nil))
  func show() throws {
    let parts = try #require(Self.wanted).split(separator: ":").map(String.init)
    let scenario = try #require((Scenario.all + Scenario.deep).first { $0.name == parts[0] })
    let evidence = try #require(Evidence(rawValue: parts[2]))
    Explorer.run(scenario) { execution in
      guard String(execution.seed) == parts[1] else { return }
      let texts = evidence.texts(of: execution)
      for text in texts { print(String(decoding: text, as: UTF8.self)) }
      print(execution.truth)
      for finding in Analysis.run(texts: texts).boots.flatMap(\.findings) {
        print(Judge.describe(finding), finding.summary)
        for item in finding.evidence { print("   ", item.time ?? 0, item.text) }
      }
    }
  }
}
