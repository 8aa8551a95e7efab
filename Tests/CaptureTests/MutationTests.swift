import Analysis
import Foundation
import Reading
import TestSupport
import Testing

/// Damaged captures: nothing crashes or hangs, and damage never makes a wrong verdict a certain one.
struct MutationTests {
  /// Small samples of every kind. The list is written down because a seed means a place in it: add at the end.
  private static let samples = [
    "clean-fgraph-6.17.13",
    "clean-function-6.17.13",
    "dyndbg-natural-6.17.13",
    "f2-multi-iommu-7.3.4-2",
    "late-smmu-rebind-6.17.13-kprobe",
    "natural-6.17.13-4",
    "race-bind-6.17.13-kprobe",
    "race-bind-6.17.13-plain",
    "race-bind-7.2.13-fgraph",
    "race-bind-7.2.13-kprobe",
    "real-misuse-7.2.13-kprobe",
    "t10-walk-aborted-7.2.13",
    "t2-registered-too-early-7.2.13",
    "t4-silent-late-smmu-7.3.4",
  ].compactMap { try? Capture(Here.samples.appending(path: $0)) }

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
    #expect(Self.samples.count == 14)
    for seed in Self.first..<Self.first + Self.count { try Self.check(seed) }
  }

  private static func check(_ seed: Int) throws {
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
