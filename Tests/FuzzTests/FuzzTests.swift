import Foundation
import FuzzBodies
import TestSupport
import Testing

/// The short form of `make fuzz`: its bodies read what once made them fail, the seeds, and what a few mutations make of those.
struct FuzzTests {
  /// PROBERACE_FUZZ=50 reads fifty times as many.
  private static let times =
    ProcessInfo.processInfo.environment["PROBERACE_FUZZ"].flatMap { Int($0) } ?? 1
  private static let fuzz = Here.root.appending(path: "Fuzz")
  private static let found = Here.root.appending(path: "Tests/FuzzTests/Found")

  private static func inputs(_ folder: URL) throws -> [(name: String, bytes: [UInt8])] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .sorted { $0.path < $1.path }
      .map { ($0.lastPathComponent, [UInt8](try Data(contentsOf: $0))) }
  }

  /// `Found/TARGET-WHAT`
  @Test(arguments: FuzzTarget.allCases)
  func readsWhatOnceMadeItFail(_ target: FuzzTarget) throws {
    for (name, bytes) in try Self.inputs(Self.found) where name.hasPrefix("\(target)-") {
      // What hangs on the order of a hash table goes well now and then.
      for _ in 0..<20 { #expect(target.read(bytes) == nil, "\(name)") }
    }
  }

  @Test(arguments: FuzzTarget.allCases)
  func readsAnything(_ target: FuzzTarget) throws {
    let folder = try TemporaryFolder()
    let make = try Process.run(
      URL(filePath: "/usr/bin/env"),
      arguments: ["python3", Self.fuzz.appending(path: "seeds.py").path, target.rawValue, folder.path])
    make.waitUntilExit()
    #expect(make.terminationStatus == 0)
    let seeds = try Self.inputs(folder.url)
    #expect(!seeds.isEmpty)
    for (name, bytes) in seeds { #expect(target.read(bytes) == nil, "seed \(name)") }
    let words = try Self.words()
    for seed in 0..<Self.count(target) * Self.times {
      var random = Random(UInt64(seed))
      let bytes = Self.mutated(seeds.map(\.bytes), words, &random)
      if let fault = target.read(bytes) {
        Issue.record("\(target), mutation \(seed): \(fault)")
        return
      }
    }
  }

  private static func count(_ target: FuzzTarget) -> Int {
    switch target {
    case .door: 1500
    case .log, .trace: 4000
    case .container: 400
    case .pages, .perfetto, .facts: 2000
    }
  }

  private static func mutated(_ seeds: [[UInt8]], _ words: [[UInt8]], _ random: inout Random) -> [UInt8] {
    var bytes = seeds.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let at = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes.insert(contentsOf: words.randomElement(using: &random) ?? [], at: at)
      case 1:
        let word = words.randomElement(using: &random) ?? []
        bytes.replaceSubrange(at..<min(bytes.count, at + word.count), with: word)
      case 2:
        let other = seeds.randomElement(using: &random) ?? []
        bytes.replaceSubrange(at..., with: other.suffix(other.count / 2))
      default: Mutation.allCases.randomElement(using: &random)?.apply(&bytes, &random)
      }
    }
    return bytes
  }

  /// The dictionary that libFuzzer gets.
  private static func words() throws -> [[UInt8]] {
    let text = try String(contentsOf: fuzz.appending(path: "words.dict"), encoding: .utf8)
    return text.split(separator: "\n").filter { $0.first == "\"" }.map { line in
      var word: [UInt8] = []
      var rest = line.utf8.dropFirst().dropLast()
      while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "\\"), let next = rest.popFirst() else {
          word.append(byte)
          continue
        }
        if next == UInt8(ascii: "x") {
          word.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
          rest = rest.dropFirst(2)
        } else {
          word.append(next)
        }
      }
      return word
    }
  }
}
