import Analysis
import Bytes
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

@testable import PerfettoTrace

/// Recordings of one boot of a 7.3.4 kernel by Perfetto 56, in every encoding it has.
struct SampleTests {
  private static func path(_ file: String) -> String { Here.sample("perfetto/\(file)") }

  private static func findings(_ files: String...) -> [String] {
    Analysis.run(files.map(path)).boots.flatMap(\.findings).map {
      "\($0.device) \($0.verdict.rawValue) \($0.cause?.id ?? "-") \($0.confidence?.rawValue ?? "-")"
    }.sorted()
  }

  @Test func theRecordingBesideItsLogIsCertain() {
    #expect(
      Self.findings("dmesg.txt", "preserve.pftrace") == [
        "0000:00:03.7 false-positive skipped-by-walk-then-replayed certain",
        "0000:00:04.4 real probe-before-domain certain",
      ])
    #expect(
      Self.findings("preserve.pftrace", "dmesg.txt") == Self.findings("dmesg.txt", "preserve.pftrace"))
  }

  /// What it says of the log's own lines it needs no log for.
  @Test func aloneItIsTheLogToo() {
    #expect(
      Self.findings("preserve.pftrace") == [
        "0000:00:03.7 false-positive skipped-by-walk-then-replayed likely",
        "0000:00:04.4 real probe-before-domain certain",
      ])
  }

  /// Events as the protobuf schema of Perfetto reads them: how many, and which losses are said.
  @Test(arguments: [
    ("preserve", 7606, ""), ("dense-deflate", 638, ""), ("oldgeneric", 454, ""),
    ("preserve-local", 400, "CPU 0 were overwritten"), ("fgraph", 384, "kprobes that Perfetto made"),
    ("fgraph-nosyms", 54, "symbolize_ksyms"), ("missing-event", 16, "nosuch/event"),
    ("ring-lost", 267, "lost on CPU 1"),
  ])
  func everyEventIsSeen(_ name: String, _ events: Int64, _ words: String) throws {
    let told = Told(try Samples.bytes(name))
    #expect(told.seen == events)
    #expect(told.losses.isEmpty == words.isEmpty, "\(told.losses)")
    #expect(words.isEmpty || told.says(words))
  }

  @Test func theEvidenceHasItsPlace() throws {
    let boots = Analysis.run([Self.path("dmesg.txt"), Self.path("preserve.pftrace")]).boots
    let places = boots.flatMap(\.findings).flatMap(\.evidence).compactMap(\.place).filter { $0.input == 1 }
    #expect(!places.isEmpty && places.allSatisfy { $0.line == 0 && $0.offset > 0 && $0.offset < 331_211 })
  }

  /// An event as text, for the page: of each piece of evidence its own, in packed packets too.
  @Test func theEvidenceHasItsText() throws {
    let folder = try TemporaryFolder()
    let bytes = try Samples.bytes("preserve")
    let packed = try folder.file("packed.pftrace", Proto.bytes(1, Proto.bytes(50, Stored.zlib(bytes))))
    for recording in [Self.path("preserve.pftrace"), packed] {
      let analysis = Analysis.run([Self.path("dmesg.txt"), recording])
      let evidence = analysis.boots.flatMap(\.findings).flatMap(\.evidence).filter { $0.place?.input == 1 }
      let lines = RawLines.read(analysis.inputs, evidence.compactMap(\.place), 100_000)
      let clock = try #require(analysis.boots.first?.timeline.traces.first?.clock)
      #expect(evidence.count > 8)
      for piece in evidence {
        let (place, time) = (try #require(piece.place), try #require(piece.time))
        let text = try #require(lines.text(place), "\(piece.text)")
        let stamp = clock.trace(time)
        let fraction = String(1_000_000_000 + stamp % 1_000_000_000).dropFirst()
        #expect(text.contains("] \(stamp / 1_000_000_000).\(fraction): "), "\(piece.text): \(text)")
        #expect(lines.has(place) && place.offset < 332_000)
      }
      #expect(lines.inputs[1].reason == nil)
    }
  }

  @Test func kprobeEventsAreAnInput() {
    let inputs = Analysis.run([Self.path("kprobe_events.txt"), Self.path("preserve.pftrace")]).inputs
    #expect(inputs.map { $0.format?.id } == ["kprobe-events", "perfetto-trace"])
    #expect(inputs.allSatisfy { $0.losses.isEmpty })
  }

  /// Packed from outside, and cut.
  @Test func whatIsCutIsDamaged() throws {
    let bytes = try Samples.bytes("preserve")
    let analysis = Analysis.run(texts: [Array(bytes[..<200_000])])
    #expect(analysis.isDamaged)
    #expect(analysis.inputs[0].losses.contains { $0.kind == .truncated && $0.place?.offset ?? 0 > 0 })
  }
}
