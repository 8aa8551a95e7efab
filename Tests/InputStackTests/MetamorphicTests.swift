import Analysis
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

/// Samples with something taken away or put beside: what is left may decide less, but nothing else.
/// `make metamorphic` tries every sample and change many times; an ordinary run a few that the seed chooses.
/// PROBERACE_KEEP names a folder for the inputs of what is wrong.
struct MetamorphicTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let count = environment["PROBERACE_METAMORPHIC"].flatMap { Int($0) } ?? 250
  private static let first = environment["PROBERACE_FIRST_SEED"].flatMap { Int($0) } ?? 0

  typealias Lines = [ArraySlice<UInt8>]

  /// The texts of a sample.
  struct Sample: Sendable {
    var name: String
    var log: Lines
    var trace: Lines
    var answer: [Finding]

    init?(_ capture: Capture) {
      let texts = Dictionary(uniqueKeysWithValues: capture.texts.map { ($0.key, $0.path) })
      guard let log = texts["dmesg"].flatMap({ try? Files.bytes($0) }), capture.open == nil else {
        return nil
      }
      let trace = texts["trace"].flatMap { try? Files.bytes($0) } ?? []
      name = capture.name
      self.log = MetamorphicTests.lines(log)
      self.trace = MetamorphicTests.lines(trace)
      answer = MetamorphicTests.findings([self.log, self.trace])
    }
  }

  static let samples = Capture.samples.compactMap(Sample.init)
  private static let clean = samples.first { $0.name == "clean-7.3.4" }

  enum Change: String, CaseIterable, Sendable {
    case cut, lineRemoved, blockDoubled, cleanBootBefore, cleanBootAfter, foreignTrace
    case withoutFunction, withoutThread, withoutCPU, withoutStarts, withoutEnds

    /// The log and the trace.
    func apply(_ sample: Sample, _ random: inout Random) -> (log: Lines, trace: Lines, more: [Lines]) {
      var (log, trace, more) = (sample.log, sample.trace, [Lines]())
      /// Changes one of the two.
      func edit(_ change: (inout Lines) -> Void) {
        if trace.count > 1, Bool.random(using: &random) { change(&trace) } else { change(&log) }
      }
      switch self {
      case .cut: edit { $0.removeLast(Int.random(in: 0..<$0.count, using: &random)) }
      case .lineRemoved: edit { $0.remove(at: Int.random(in: $0.indices, using: &random)) }
      case .blockDoubled:
        edit { lines in
          let start = Int.random(in: lines.indices, using: &random)
          let block = lines[start..<min(lines.count, start + Int.random(in: 1...60, using: &random))]
          lines.insert(contentsOf: block, at: block.endIndex)
        }
      case .cleanBootBefore: log = (clean?.log ?? []) + log
      case .cleanBootAfter: log += clean?.log ?? []
      case .foreignTrace: more = [clean?.trace ?? []]
      case .withoutFunction, .withoutStarts, .withoutEnds:
        // A probe's name: `rp: (really_probe+0x0/0x3f8)`, `rp_ret: (… <- really_probe)`.
        let names = Set(trace.compactMap(Self.function)).sorted()
        guard let name = names.randomElement(using: &random) else { break }
        let isEnd = Array("<- ".utf8)
        trace.removeAll { line in
          guard Self.function(line) == name else { return false }
          let ends = line.firstRange(of: isEnd) != nil
          return self == .withoutFunction || ends == (self == .withoutEnds)
        }
      case .withoutThread, .withoutCPU:
        let key = self == .withoutCPU ? Self.cpu : Self.thread
        guard let one = Set(trace.compactMap(key)).sorted().randomElement(using: &random) else { break }
        trace.removeAll { key($0) == one }
      }
      return (log, trace, more)
    }

    private static func text(_ line: ArraySlice<UInt8>) -> Substring? {
      guard line.first != UInt8(ascii: "#") else { return nil }
      return Substring(String(decoding: line, as: UTF8.self))
    }
    private static func function(_ line: ArraySlice<UInt8>) -> String? {
      guard let text = text(line), let open = text.firstIndex(of: "(") else { return nil }
      let inside = text[open...].dropFirst().prefix { $0 != ")" }
      if let from = inside.range(of: "<- ") { return String(inside[from.upperBound...]) }
      return String(inside.prefix { $0 != "+" })
    }
    private static func cpu(_ line: ArraySlice<UInt8>) -> String? {
      guard let text = text(line), let open = text.firstIndex(of: "[") else { return nil }
      return String(text[open...].prefix { $0 != "]" })
    }
    private static func thread(_ line: ArraySlice<UInt8>) -> String? {
      guard let text = text(line), let open = text.firstIndex(of: "[") else { return nil }
      return text[..<open].split(separator: "-").last.map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  // MARK: what must hold

  static func lines(_ bytes: [UInt8]) -> Lines {
    bytes.split(separator: 10, omittingEmptySubsequences: false).dropLast()
  }
  static func bytes(_ lines: Lines) -> [UInt8] { Array(lines.joined(separator: [10])) + [10] }

  /// The header's count would say that lines are missing.
  private static func texts(_ all: [Lines]) -> [[UInt8]] {
    let count = Array("entries-in-buffer".utf8)
    return all.filter { !$0.isEmpty }.map { lines in
      bytes(lines.filter { $0.first != UInt8(ascii: "#") || $0.firstRange(of: count) == nil })
    }
  }
  static func findings(_ all: [Lines]) -> [Finding] {
    Analysis.run(texts: texts(all)).boots.flatMap(\.findings)
  }

  private static func say(_ finding: Finding) -> String {
    "\(finding.device) \(finding.verdict.rawValue)/\(finding.cause?.id ?? "-")/\(finding.confidence?.rawValue ?? "-")"
  }

  @Test func lessIsNeverCertainOfSomethingElse() throws {
    #expect(Self.samples.count > 40 && Self.clean != nil)
    let folder = try TemporaryFolder()
    var certain = 0
    for seed in Self.first..<Self.first + Self.count { certain += try Self.check(seed, folder) }
    #expect(certain > Self.count / 4, "where nothing is certain, nothing is tried")
  }

  /// Returns how many findings were certain.
  private static func check(_ seed: Int, _ folder: TemporaryFolder) throws -> Int {
    var random = Random(UInt64(seed))
    let sample = samples[Int.random(in: samples.indices, using: &random)]
    let change = Change.allCases[Int.random(in: Change.allCases.indices, using: &random)]
    let (log, trace, more) = change.apply(sample, &random)
    // The log by itself, or both.
    let isLogAlone = more.isEmpty && (trace.isEmpty || Int.random(in: 0..<4, using: &random) == 0)
    let whole = isLogAlone ? findings([sample.log]) : sample.answer
    let all = isLogAlone ? [log] : [log, trace] + more
    let found = findings(all)
    let certain = found.filter { finding in
      finding.confidence == .certain && finding.verdict != .undetermined
        && !whole.contains {
          // An oops whose visit is not in the trace names no device.
          $0.verdict == finding.verdict && [$0.device, "(unknown device)"].contains(finding.device)
        }
    }
    let name = "seed \(seed), \(sample.name)\(isLogAlone ? " (log)" : ""), \(change)"
    #expect(certain.isEmpty, "\(name): \(certain.map(say)), whole \(whole.map(say))")
    let text = String(decoding: bytes(log), as: UTF8.self)
    let silent = Set(whole.filter { $0.kind == .lateIOMMUProbe }.map(\.device)).filter { device in
      text.contains(" \(device): late IOMMU probe at driver bind") && !found.contains { $0.device == device }
    }
    #expect(silent.isEmpty, "\(name): nothing of \(silent)")
    if !(certain.isEmpty && silent.isEmpty), let kept = environment["PROBERACE_KEEP"] {
      for (index, text) in texts(all).enumerated() {
        try Data(text).write(to: URL(filePath: "\(kept)/meta-\(seed)-\(index).txt"))
      }
    }
    let count = found.count { $0.confidence == .certain }
    guard isLogAlone else { return count }
    let scan = try Answer.scan(bytes(log), in: folder)
    #expect(scan == Answer.report(bytes(log)), "\(name)")
    return count
  }

  /// Files are of one boot in any order, and in one file too.
  @Test func orderDoesNotMatter() throws {
    let chosen = samplesOfThisRun()
    for sample in chosen where !sample.trace.isEmpty {
      let (log, trace) = (Self.bytes(sample.log), Self.bytes(sample.trace))
      let answer = Answer.report(log, trace)
      #expect(Answer.report(trace, log) == answer, "\(sample.name)")
      #expect(Answer.report(log + trace) == answer, "\(sample.name): one file")
    }
  }

  private func samplesOfThisRun() -> [Sample] {
    guard Self.environment["PROBERACE_METAMORPHIC"] == nil else { return Self.samples }
    return Self.samples.enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
  }
}
