import Statistics
import Verdicts

/// A rate that rose from one kernel on.
package struct Regression: Sendable, Equatable {
  /// A cause's id, or the signature of what is undetermined.
  package var topic: String
  /// Whose boots they are.
  package var board: String
  /// The last kernel with the old rate.
  package var good: String
  /// The first with the new one.
  package var kernel: String
  /// From the rate's last change to `good`.
  package var before: Rate
  /// From `kernel` to the rate's next change.
  package var after: Rate
  /// That findings dealt out at random would show so large a change at any kernel, times the number of boards and causes looked at: at most 1.
  package var p: Double

  /// Those of the cause's commits that one of the two kernels has and the other not, as far as their versions say.
  package var commits: [Cause.Change] { Cause.named(topic)?.changes(from: good, to: kernel) ?? [] }

  /// With this probability a farm without a change is said to have one.
  package static let level = 0.02

  /// All rises, the least probable by chance first.
  package static func all(_ farm: FarmCounts) -> [Regression] {
    let kernels = farm.orderedKernels
    let topics = farm.topics.map { topic in
      Set(farm.seen[topic, default: [:]].keys.map(\.board)).sorted().map { board in
        BoardSeries(topic, board, kernels, farm)
      }
    }
    let tests = FamilyWise.tests(topics.joined().map(\.rates.least), level: level)
    return topics.flatMap { TopicRises($0, tests).regressions }
      .sorted { ($0.p, $0.topic, $0.board) < ($1.p, $1.topic, $1.board) }
  }
}
