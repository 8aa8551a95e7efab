import Model

/// Counts of one scenario: per evidence how the answers stand, and an example of each that is not right.
struct Tally {
  let scenario: String
  private var counts: [Evidence: [Outcome: Int]] = [:]
  private var kinds: [String: (count: Int, example: Execution)] = [:]

  init(scenario: String) { self.scenario = scenario }

  mutating func add(_ evidence: Evidence, _ results: [(Outcome, String)], _ execution: Execution) {
    for (outcome, text) in results {
      counts[evidence, default: [:]][outcome, default: 0] += 1
      guard isWorthAnExample(outcome, evidence) else { continue }
      let key = "\(outcome.rawValue) \(evidence.rawValue): \(text)"
      kinds[key, default: (0, execution)].count += 1
      // The shortest story is the easiest to follow.
      if execution.seen.count < kinds[key]?.example.seen.count ?? 0 { kinds[key]?.example = execution }
    }
  }

  private func isWorthAnExample(_ outcome: Outcome, _ evidence: Evidence) -> Bool {
    switch outcome {
    case .certainWrong: true
    case .certain, .unprinted: false
    case .likelyWrong: true
    case .otherCause: evidence == .full || evidence == .log
    default: evidence == .full
    }
  }

  var certainWrong: Int { counts.values.reduce(0) { $0 + ($1[.certainWrong] ?? 0) } }

  /// Answers with a wrong verdict or harm that were not certain.
  func likelyWrong(_ evidence: Evidence) -> Int { counts[evidence]?[.likelyWrong] ?? 0 }

  /// Warnings whose full evidence did not lead to the right and certain answer.
  var unsettled: [String] { kinds.keys.filter { $0.contains(" full: ") }.sorted() }

  func text(_ executions: Int) -> String {
    var lines = ["\(scenario): \(executions) executions"]
    for evidence in Evidence.allCases {
      guard let row = counts[evidence] else { continue }
      let cells = Outcome.allCases.compactMap { outcome in row[outcome].map { "\(outcome.rawValue) \($0)" } }
      lines.append("  \(evidence.rawValue): " + cells.joined(separator: ", "))
    }
    for (key, value) in kinds.sorted(by: { $0.key < $1.key }) {
      lines.append("  ! \(value.count) \(key) [seed \(value.example.seed)]")
    }
    return lines.joined(separator: "\n")
  }
}
