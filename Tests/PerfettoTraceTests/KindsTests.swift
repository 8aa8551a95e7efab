import Analysis
import Foundation
import Reading
import TestSupport
import Testing

@testable import PerfettoTrace

/// Captures as Perfetto records them, in every encoding and with every loss (docs/formats/perfetto.md has the table).
struct KindsTests {
  /// Of five kernels and five kinds.
  private static let captures = [
    "natural-6.16.12-1", "natural-6.17.13-4", "t10-walk-aborted-7.2.13", "f2-multi-iommu-7.3.4-2",
    "t6-harm-rng-7.3.4",
  ]

  enum Worth: Sendable {
    /// What the capture's text is worth, beside its log and alone.
    case text
    /// The same, and it holds the log.
    case textAndLog
    /// No more than its log.
    case log
    /// Something is missing: what is certain is what was certain in the whole text.
    case holed
  }

  struct Kind: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var worth: Worth
    /// What must be said of it.
    var words: String
    var bytes: @Sendable (TextRecording) -> [UInt8]

    init(
      _ name: String, _ worth: Worth, _ words: String = "",
      _ bytes: @escaping @Sendable (TextRecording) -> [UInt8]
    ) {
      (testDescription, self.worth, self.words, self.bytes) = (name, worth, words, bytes)
    }
  }

  private static func whole(_ recording: TextRecording, _ bundles: [[UInt8]]) -> [UInt8] {
    Proto.start() + bundles.flatMap { $0 } + Proto.end() + recording.tree
  }

  private static func dense(_ recording: TextRecording) -> [[UInt8]] {
    TextRecording.bundles(recording.happenings)
  }

  private static func packed(
    _ recording: TextRecording, _ field: Int, _ pack: ([UInt8]) -> [UInt8]
  ) -> [UInt8] {
    let bundles = dense(recording)
    let packets = stride(from: 0, to: bundles.count, by: 3).map { first in
      bundles[first..<min(first + 3, bundles.count)].flatMap { $0 }
    }
    return Proto.start() + packets.flatMap { Proto.bytes(1, Proto.bytes(field, pack($0))) }
      + Proto.bytes(1, Proto.bytes(field, pack(Proto.end() + recording.tree)))
  }

  /// logd's copy of the kernel's log.
  private static func androidLog(_ recording: TextRecording) -> [UInt8] {
    stride(from: 0, to: recording.messages.count, by: 100).flatMap { first in
      let part = recording.messages[first..<min(first + 100, recording.messages.count)]
      let events = part.flatMap { message -> [UInt8] in
        guard case .text(let text) = message.fields[0].value else { return [] }
        let wall = 1_764_276_000_000_000_000 + message.time
        return Proto.bytes(
          1, Proto.number(1, 7) + Proto.number(5, wall) + Proto.text(6, "") + Proto.text(8, text))
      }
      return Proto.packet(Proto.bytes(39, events), sequence: 4)
    }
  }

  private static let started = Proto.packet(
    Proto.bytes(69, Proto.number(2, 1)) + Proto.number(8, 26_000_000_000), sequence: 1)

  private static let kinds = [
    Kind("dense", .text) { whole($0, dense($0)) },
    Kind("without thread names", .text) {
      Proto.start() + dense($0).flatMap { $0 } + Proto.end()
    },
    Kind("every event names its fields", .text) { whole($0, TextRecording.bundles($0.happenings, .named)) },
    Kind("descriptors first", .text) { whole($0, TextRecording.bundles($0.happenings, .descriptorsFirst)) },
    Kind("deflate", .text) { packed($0, 50, Stored.zlib) },
    Kind("zstd", .text) { packed($0, 133, Stored.zstd) },
    Kind("gzip around it", .text) { Stored.gzip(whole($0, dense($0))) },
    Kind("cut", .holed, "ends inside the packet") {
      let bytes = whole($0, dense($0))
      return Array(bytes[..<(bytes.count * 6 / 10)])
    },
    Kind("lost events", .holed, "events lost on CPU") { recording in
      let bundles = TextRecording.bundles(recording.happenings) { _, number in
        number == 1 ? Proto.number(3, 1) : []
      }
      return whole(recording, bundles)
    },
    Kind("overrun", .holed, "beginning is missing") {
      let cpus = $0.cpus(overrun: 4711)
      return Proto.start(cpus: cpus) + dense($0).flatMap { $0 } + Proto.end(cpus: cpus) + $0.tree
    },
    Kind("a packet dropped", .holed, "packets with ftrace were dropped") {
      var bundles = dense($0)
      bundles.insert(Proto.bundle(cpu: 0, [], rest: Proto.number(42, 1)), at: min(4, bundles.count))
      return whole($0, bundles)
    },
    Kind("Perfetto's own kprobes", .log, "name neither device nor result") {
      whole($0, TextRecording.bundles($0.happenings, .perfettosProbes))
    },
    Kind("printk:console too", .textAndLog) {
      whole($0, TextRecording.bundles(($0.happenings + $0.messages).sorted { $0.time < $1.time }))
    },
    Kind("printk:console alone", .log) { whole($0, TextRecording.bundles($0.messages)) },
    Kind("android.log alone", .log) { Proto.start() + Proto.end() + androidLog($0) },
    Kind("android.log too", .text) { whole($0, dense($0)) + androidLog($0) },
    Kind("another clock", .text) { recording in
      let shifted = recording.happenings.map { happening in
        var happening = happening
        happening.time -= 577_000_000
        return happening
      }
      let pair = Proto.number(5, 3) + Proto.number(6, 25_423_000_000) + Proto.number(7, 26_000_000_000)
      return whole(recording, TextRecording.bundles(shifted) { _, _ in pair })
    },
    Kind("the boot's buffer not taken over", .log, "are older than the recording") {
      started + Proto.start(preserves: false) + dense($0).flatMap { $0 } + Proto.end() + $0.tree
    },
    Kind("another machine's events too", .text, "another machine") { recording in
      let other = TextRecording.bundles(Array(recording.happenings.prefix(20)), rest: Proto.number(98, 3))
      return whole(recording, dense(recording)) + other.flatMap { $0 }
    },
    Kind("events that could not be enabled", .log, "not recorded, though asked for") { _ in
      Proto.start()
        + Proto.end(cpus: Proto.text(6, "kprobes/none") + Proto.text(7, "iommu/add_device_to_group"))
    },
    Kind("no event", .log, "holds no event of ftrace") { _ in Proto.start() + Proto.end() },
  ]

  private struct Answer: Equatable {
    var findings: [String]
    var losses: [String]

    init(_ inputs: [[UInt8]]) {
      let analysis = Analysis.run(texts: inputs)
      findings = analysis.boots.flatMap(\.findings).map {
        "\($0.device) \($0.verdict.rawValue) \($0.cause?.id ?? "-") \($0.confidence?.rawValue ?? "-")"
      }.sorted()
      losses = analysis.inputs.flatMap(\.losses).map(\.detail)
    }

    var certain: Set<String> { Set(findings.filter { $0.hasSuffix(" certain") }) }
  }

  private static func file(_ capture: String, _ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Here.samples.appending(path: "\(capture)/\(name)")))
  }

  /// Recordings of two boots in one file are what they are in two: events that never met make no verdict. One boot's twice is one.
  @Test(arguments: [
    ("f2-multi-iommu-7.3.4-2", "t6-harm-rng-7.3.4"), ("t6-harm-rng-7.3.4", "f2-multi-iommu-7.3.4-2"),
  ])
  func recordingsInOneFile(_ first: String, _ second: String) throws {
    let recording = try TextRecording(first)
    let probes = Array(recording.definitions.sorted().joined(separator: "\n").utf8)
    let log = try Self.file(first, "dmesg.txt")
    let own = Self.whole(recording, Self.dense(recording))
    let other = try TextRecording(second)
    let others = Self.whole(other, Self.dense(other))
    let alone = Answer([probes, log, own])
    #expect(!alone.certain.isEmpty)
    let together = Answer([probes, log, own + others])
    #expect(together.findings == Answer([probes, log, own, others]).findings)
    #expect(alone.certain.isSubset(of: together.certain))
    let twice = Answer([probes, log, own + own])
    #expect(twice.findings == alone.findings)
  }

  /// As the page says, too: of each capture how many findings are certain beside its log, and how many there are.
  @Test func areWorthWhatTheyHold() throws {
    var rows = Self.kinds.map { "| \($0.testDescription) |" }
    for capture in Self.captures {
      let recording = try TextRecording(capture)
      let log = try Self.file(capture, "dmesg.txt")
      let text = try Self.file(capture, "trace.txt")
      let probes = Array(recording.definitions.sorted().joined(separator: "\n").utf8)
      let (both, alone, logged) = (Answer([log, text]), Answer([text]), Answer([log]))
      #expect(!both.certain.isEmpty)
      for (index, kind) in Self.kinds.enumerated() {
        let bytes = kind.bytes(recording)
        let beside = Answer([probes, log, bytes])
        let single = Answer([probes, bytes])
        let name = Comment(rawValue: "\(capture), \(kind.testDescription)")
        rows[index] += " \(beside.certain.count)/\(beside.findings.count) |"
        #expect(kind.words.isEmpty || beside.losses.contains { $0.contains(kind.words) }, name)
        switch kind.worth {
        case .text:
          #expect(beside.findings == both.findings, name)
          #expect(single.findings == alone.findings, name)
        case .textAndLog:
          #expect(beside.findings == both.findings, name)
          #expect(single.findings == both.findings, name)
        case .log:
          #expect(beside.findings == logged.findings, name)
          #expect(single.certain.isSubset(of: logged.certain), name)
        case .holed:
          #expect(beside.certain.isSubset(of: both.certain), name)
          #expect(single.certain.isSubset(of: both.certain), name)
        }
      }
    }
    let page = try String(
      decoding: Data(contentsOf: Here.root.appending(path: "docs/formats/perfetto.md")), as: UTF8.self)
    for row in rows { #expect(page.contains(row + "\n"), "\(row)") }
  }
}
