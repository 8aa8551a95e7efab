import Analysis
import Foundation
import TestSupport
import Testing

/// Damaged captures: nothing crashes or hangs, and damage never makes a wrong verdict a certain one.
struct MutationTests {
  /// Small samples of every kind; the larger ones would take the time of all the others together.
  private static let samples = Capture.samples.filter { capture in
    capture.texts.allSatisfy { ((try? Data(contentsOf: URL(filePath: $0.path)).count) ?? 0) < 470_000 }
  }

  /// PROBERACE_MUTATIONS=5000 looks further than an ordinary run.
  private static let count =
    ProcessInfo.processInfo.environment["PROBERACE_MUTATIONS"].flatMap { Int($0) } ?? 200
  private static let first =
    ProcessInfo.processInfo.environment["PROBERACE_FIRST_SEED"].flatMap { Int($0) } ?? 0

  /// PROBERACE_KEEP names a folder for the inputs that led to a wrong verdict.
  private static let kept = ProcessInfo.processInfo.environment["PROBERACE_KEEP"]
  private static func name(_ path: String) -> String { URL(filePath: path).lastPathComponent }

  /// The capture, mutation and files of a seed.
  private static func make(_ seed: Int, _ folder: TemporaryFolder) throws -> (Capture, String, [String]) {
    var random = Random(UInt64(seed))
    let capture = samples[seed % samples.count]
    var names: [String] = []
    var paths: [String] = []
    for (key, path) in capture.texts {
      var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
      // One input may stay whole.
      if Int.random(in: 0..<3, using: &random) > 0 {
        for _ in 0..<Int.random(in: 1...2, using: &random) {
          let mutation = Mutation.allCases.randomElement(using: &random) ?? .cut
          mutation.apply(&bytes, &random)
          names.append("\(key) \(mutation)")
        }
      }
      paths.append(try folder.file("\(key)-\(seed).txt", bytes))
    }
    return (capture, names.joined(separator: ", "), paths)
  }

  @Test func damageNeverMakesAWrongVerdictCertain() throws {
    #expect(Self.samples.count >= 8)
    for seed in Self.first..<Self.first + Self.count {
      let folder = try TemporaryFolder()
      let (capture, what, paths) = try Self.make(seed, folder)
      let judge = Judge(capture: capture, key: "both", analysis: Analysis.run(paths))
      // A flipped bit or two joined lines make another device; what is said of that one is not held against the truth.
      let devices = Set(capture.expected.clientsWithGroup ?? []).union(
        capture.expected.findings.map(\.device))
      let wrong = judge.certainAndWrong().filter { line in devices.contains { line.hasPrefix($0 + ": ") } }
      if !wrong.isEmpty, let kept = Self.kept {
        for path in paths {
          try? FileManager.default.copyItem(atPath: path, toPath: "\(kept)/\(Self.name(path))")
        }
      }
      #expect(wrong.isEmpty, "seed \(seed), \(capture), \(what)")
    }
  }
}
