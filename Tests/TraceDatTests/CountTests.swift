import Bytes
import Foundation
import Records
import Testing

@testable import TraceDat

/// Events of every CPU are counted, needed or not: as many as trace-cmd has.
@Suite struct CountTests {
  static let recordings = [
    "v6-function", "v6-kprobe", "v7-zstd-function", "v7-zstd-kprobe", "v7-zstd-fprobe", "v7-none-events",
    "v7-zlib-fgraph",
  ]

  /// The report beside the recording, made by the trace-cmd that recorded it.
  @Test(.enabled(if: Data.hasCaptures, Data.noCaptures), arguments: recordings)
  func besideReport(_ name: String) throws {
    let path = "\(Data.captures)/tracecmd-6.17.13/\(name)"
    let report = Data.bytes(path + ".report.txt")
    #expect(try counts(path + ".dat") == Self.lines(report))
  }

  static let files: [String] =
    (FileManager.default.enumerator(atPath: Data.root + "/../shared")?.compactMap { $0 as? String } ?? [])
    .filter { $0.hasSuffix(".dat") && !$0.contains("zlib") }.map { Data.root + "/../shared/" + $0 }.sorted()

  /// The trace-cmd of this machine, where there is one.
  @Test(
    .enabled(if: Data.hasCaptures && Data.exists("/usr/bin/trace-cmd"), "captures or trace-cmd are not here"),
    arguments: files)
  func installedTraceCmd(_ path: String) throws {
    let report = try Self.output("/usr/bin/trace-cmd", ["report", "-R", "-i", path])
    let mine = try counts(path)
    print(
      "\(path.split(separator: "/").suffix(2).joined(separator: "/")): \(mine.sorted { $0.key < $1.key })")
    #expect(mine == Self.lines(report))
  }

  private func counts(_ path: String) throws -> [Int32: Int] {
    var counts: [Int32: Int] = [:]
    for cpu in try #require(Story.dat(path).file).buffers.flatMap(\.cpus) where cpu.events > 0 {
      counts[cpu.id, default: 0] += Int(cpu.events)
    }
    return counts
  }

  /// Records per CPU: one a line, but two for the line of a function_graph leaf.
  static func lines(_ report: [UInt8]) -> [Int32: Int] {
    var counts: [Int32: Int] = [:]
    let text = report.span
    var start = 0
    while start < text.count {
      let end = text.index(of: 10, from: start) ?? text.count
      let line = text.extracting(start..<end)
      if let header = TraceHeader.parse(line) {
        let isLeaf = line.has("funcgraph_entry:", at: header.body) && line.ends(0..<line.count, with: ");")
        counts[header.cpu, default: 0] += isLeaf ? 2 : 1
      }
      start = end + 1
    }
    return counts
  }

  static func output(_ tool: String, _ arguments: [String]) throws -> [UInt8] {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: tool)
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = [UInt8](pipe.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    return bytes
  }
}
