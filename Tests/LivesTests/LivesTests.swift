import Analysis
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

/// Devices that live more than once, at random, and what is said of their last race: an earlier life must not be taken for
/// the proof of this one, nor this one for the innocence of an earlier.
/// PROBERACE_LIVES=100000 (`make lives`) looks further than an ordinary run; PROBERACE_FIRST_SEED begins elsewhere, and
/// PROBERACE_KEEP names a folder for the inputs of what is wrong.
struct LivesTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let count = environment["PROBERACE_LIVES"].flatMap { Int($0) } ?? 400
  private static let first = environment["PROBERACE_FIRST_SEED"].flatMap { Int($0) } ?? 0
  private static let kept = environment["PROBERACE_KEEP"]

  @Test func noEarlierLifeMakesAWrongVerdictCertain() throws {
    var tally = Tally()
    for seed in Self.first..<Self.first + Self.count {
      let story = Story(seed: UInt64(seed))
      for view in View.allCases {
        var random = story.random
        let texts = view.texts(of: story, &random)
        let analysis = Analysis.run(texts: texts)
        let wrong = tally.add(story, view, analysis.boots.flatMap(\.findings))
        if let wrong, let kept = Self.kept {
          for (index, text) in texts.enumerated() {
            let name = "\(wrong)-\(seed)-\(view.rawValue)-\(index).txt".replacing(" ", with: "-")
            try Data(text).write(to: URL(filePath: "\(kept)/\(name)"))
          }
        }
      }
    }
    print(tally)
    #expect(tally.certainAndWrong.isEmpty)
    #expect(tally.cleanAndReal.isEmpty)
    #expect(tally.share(.likelyAndWrong) <= 0.03)
    #expect(tally.share(.certainAndRight, in: .both) >= 0.6)
  }

  /// The stories come by every race and every life, or their answers prove little.
  @Test func theStoriesAreDiverse() {
    let stories = (0..<400).map { Story(seed: UInt64($0)) }
    #expect(Set(stories.map(\.race)) == Set(Race.allCases))
    #expect(Set(stories.flatMap(\.lives)) == Set(Life.allCases))
    #expect(stories.contains { $0.lives.count == 3 })
  }
}

/// How the answers stand to the truth.
struct Tally: CustomStringConvertible {
  enum Outcome: String, CaseIterable {
    case certainAndRight = "certain and right"
    case likelyAndRight = "likely and right"
    case undetermined
    case nothing = "no finding"
    case likelyAndWrong = "likely and wrong"
    case certainAndWrong = "certain and wrong"
  }

  private var counts: [View: [Outcome: Int]] = [:]
  private var warned: [View: [Outcome: Int]] = [:]
  private var kinds: [String: (count: Int, example: String)] = [:]
  private(set) var certainAndWrong: [String] = []
  /// Nothing was said of a race that is real and that the inputs show.
  private(set) var cleanAndReal: [String] = []

  /// Returns a name for what is wrong.
  mutating func add(_ story: Story, _ view: View, _ findings: [Finding]) -> String? {
    let own = findings.filter { $0.device == story.client.name }
    var outcome = Outcome.nothing
    for finding in findings { outcome = max(outcome, judge(finding, story)) }
    counts[view, default: [:]][outcome, default: 0] += 1
    if story.race.warns { warned[view, default: [:]][outcome, default: 0] += 1 }
    let said = findings.map {
      "\($0.device == story.client.name ? "" : "NEIGHBOUR ")\($0.verdict.rawValue)/\($0.cause?.id ?? "-")/\($0.confidence?.rawValue ?? "-")"
    }.sorted().joined(separator: " ")
    let text = "\(view.rawValue): \(story): \(said)"
    // Of an x86 kernel's trace alone nobody knows whether that kernel warns.
    let isShown = view.isWhole && (story.race.warns || view != .log) && (story.race != .t3 || view != .trace)
    let isClean = own.isEmpty && story.race.isReal && isShown
    if outcome == .certainAndWrong {
      certainAndWrong.append(text)
    } else if isClean {
      cleanAndReal.append(text)
    }
    guard isClean || outcome == .certainAndWrong || outcome == .likelyAndWrong else { return nil }
    let kind = isClean ? "clean and real" : outcome.rawValue
    let key = "\(kind): \(story.race.rawValue): \(view.rawValue): \(said)"
    kinds[key, default: (0, "\(story)")].count += 1
    // The shortest story is the easiest to follow.
    if "\(story)".count < kinds[key]?.example.count ?? 0 { kinds[key]?.example = "\(story)" }
    return kind
  }

  private func judge(_ finding: Finding, _ story: Story) -> Outcome {
    guard finding.verdict != .undetermined else { return .undetermined }
    // Its neighbours and the IOMMUs are in order.
    let isRight =
      finding.device == story.client.name
      && (finding.verdict == .real) == story.isReal && (story.race != .clean || story.isReal)
    if finding.confidence == .certain { return isRight ? .certainAndRight : .certainAndWrong }
    return isRight ? .likelyAndRight : .likelyAndWrong
  }

  private func max(_ a: Outcome, _ b: Outcome) -> Outcome {
    // A wrong answer is not mended by a right one beside it.
    let order: [Outcome] = [
      .nothing, .undetermined, .likelyAndRight, .certainAndRight, .likelyAndWrong, .certainAndWrong,
    ]
    return (order.firstIndex(of: a) ?? 0) > (order.firstIndex(of: b) ?? 0) ? a : b
  }

  func share(_ outcome: Outcome) -> Double {
    let all = counts.values.flatMap { $0 }
    return Double(all.filter { $0.key == outcome }.reduce(0) { $0 + $1.value })
      / Double(all.reduce(0) { $0 + $1.value })
  }

  /// Of those that warned.
  func share(_ outcome: Outcome, in view: View) -> Double {
    let row = warned[view] ?? [:]
    return Double(row[outcome] ?? 0) / Double(row.values.reduce(0, +))
  }

  var description: String {
    var lines = View.allCases.map { view in
      "\(view.rawValue): "
        + Outcome.allCases.compactMap { outcome in
          counts[view]?[outcome].map { "\($0) \(outcome.rawValue)" }
        }.joined(separator: ", ")
    }
    for (kind, seen) in kinds.sorted(by: { $0.key < $1.key }) {
      lines.append("  ! \(seen.count) \(kind) [\(seen.example)]")
    }
    return lines.joined(separator: "\n")
  }
}
