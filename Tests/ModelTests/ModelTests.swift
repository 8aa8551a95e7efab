import Model
import Testing

struct ModelTests {
  @Test(arguments: Scenario.all)
  func counts(_ scenario: Scenario) {
    var kinds: [String: Int] = [:]
    let count = Explorer.run(scenario) { execution in
      let truth = execution.truth
      let key =
        truth.warned.map { "\($0.side) \($0.causes)" }.joined(separator: "+") + " \(truth.harm)"
        + (truth.isLeftOut ? " leftout" : "") + (truth.isAborted ? " aborted" : "")
        + (truth.isProbedTwice ? " TWICE" : "")
      kinds[key, default: 0] += 1
    }
    print("\(scenario): \(count)")
    for (key, n) in kinds.sorted(by: { $0.value > $1.value }) { print("    \(n) \(key)") }
  }
}
