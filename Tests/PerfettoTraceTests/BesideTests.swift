import Analysis
import Events
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

@testable import PerfettoTrace

/// Recordings beside logs, facts and other recordings: of which boot each is, and that nothing is lost which stands in one alone.
struct BesideTests {
  private static let second: Int64 = 1_000_000_000
  /// 2026, when the boot began by the wall's clock.
  private static let began: Int64 = 1_795_864_482

  /// Of f2-multi-iommu-7.3.4-2: eight warnings.
  private let recording: TextRecording
  private let log: String

  init() throws {
    recording = try TextRecording("f2-multi-iommu-7.3.4-2")
    log = try Self.text("f2-multi-iommu-7.3.4-2", "dmesg.txt")
  }

  private static func text(_ capture: String, _ name: String) throws -> String {
    try String(contentsOf: Here.samples.appending(path: "\(capture)/\(name)"), encoding: .utf8)
  }

  private var probes: [UInt8] { Array(recording.definitions.sorted().joined(separator: "\n").utf8) }

  /// `began`: in ns since 1970.
  private static func clocks(at time: Int64, began: Int64) -> [UInt8] {
    func clock(_ id: Int64, _ time: Int64) -> [UInt8] {
      Proto.bytes(1, Proto.number(1, id) + Proto.number(2, time))
    }
    return Proto.packet(Proto.bytes(6, clock(6, time) + clock(1, began + time)), sequence: 1)
  }

  private static func whole(
    _ happenings: [TextRecording.Happening], preserves: Bool = true, began: Int64? = nil
  ) -> [UInt8] {
    let last = happenings.map(\.time).max() ?? 0
    return (began.map { clocks(at: last + second, began: $0) } ?? []) + Proto.start(preserves: preserves)
      + TextRecording.bundles(happenings.sorted { $0.time < $1.time }).flatMap { $0 } + Proto.end()
  }

  private static func moved(
    _ happenings: [TextRecording.Happening], by offset: Int64
  ) -> [TextRecording.Happening] {
    happenings.map { happening in
      var happening = happening
      happening.time += offset
      return happening
    }
  }

  private static func androidLog(_ messages: [TextRecording.Happening], dropped: Bool = false) -> [UInt8] {
    messages.enumerated().flatMap { number, message -> [UInt8] in
      guard case .text(let text) = message.fields[0].value else { return [] }
      let event = Proto.bytes(1, Proto.number(1, 7) + Proto.number(5, message.time) + Proto.text(8, text))
      return Proto.packet(
        Proto.bytes(39, event) + (dropped && number == 40 ? Proto.number(42, 1) : []), sequence: 4)
    }
  }

  private static func said(_ inputs: [[UInt8]]) -> [String] {
    Analysis.run(texts: inputs).boots.flatMap(\.findings).map {
      "\($0.device) \($0.verdict.rawValue) \($0.cause?.id ?? "-") \($0.confidence?.rawValue ?? "-")"
    }.sorted()
  }

  // MARK: messages

  /// Where the last of the warnings is over among the messages.
  private var warned: Int {
    (recording.messages.lastIndex { message in
      if case .text(let text) = message.fields[0].value {
        text.contains("something fishy here")
      } else {
        false
      }
    } ?? 0) + 60
  }

  enum Beside: CaseIterable {
    case lateLog, lateLogOnAnotherClock, androidLog, lateConsole, textTrace, shorterPart, otherBoot,
      otherBootsTrace
  }

  /// Warnings that stand only among a recording's messages are found, whatever log is beside it, and of how many boots all is.
  @Test(arguments: Beside.allCases) func noWarningIsLost(_ beside: Beside) throws {
    let expected = Set(Analysis.run(texts: [Array(log.utf8)]).boots.flatMap(\.findings).map(\.device))
    #expect(expected.count == 8)
    let lines = log.split(separator: "\n")
    let last = lines.lastIndex { $0.contains("something fishy here") } ?? 0
    let late = Array((lines[(last + 60)...].joined(separator: "\n") + "\n").utf8)
    let clean = Array(try Self.text("clean-7.3.4", "dmesg.txt").utf8)
    let (messages, start) = (recording.messages, warned)
    let (inputs, boots): ([[UInt8]], Int) =
      switch beside {
      case .lateLog: ([late, Self.whole(messages)], 1)
      case .lateLogOnAnotherClock: ([late, Self.whole(Self.moved(messages, by: 180_000_000))], 1)
      case .androidLog: ([late, Proto.start() + Proto.end() + Self.androidLog(messages)], 1)
      case .lateConsole: ([Self.whole(Array(messages[start...])) + Self.androidLog(messages)], 1)
      case .textTrace: ([late, Array(Self.text(messages).utf8)], 1)
      // Of one boot, but nothing shows it.
      case .shorterPart:
        ([Self.whole(Array(messages[(start - 500)..<start])) + Self.whole(Array(messages[start...]))], 2)
      case .otherBoot: ([clean, Self.whole(messages)], 2)
      case .otherBootsTrace: ([probes, clean, Self.whole(recording.happenings + messages)], 2)
      }
    for inputs in [inputs, inputs.reversed()] {
      let analysis = Analysis.run(texts: inputs)
      #expect(Set(analysis.boots.flatMap(\.findings).map(\.device)).isSuperset(of: expected))
      #expect(analysis.boots.count == boots)
    }
  }

  private static func text(_ messages: [TextRecording.Happening]) -> String {
    "# tracer: nop\n#\n"
      + messages.map { message in
        guard case .text(let text) = message.fields[0].value else { return "" }
        let fraction = String(1_000_000 + message.time / 1000 % 1_000_000).dropFirst()
        return "  t-1 [000] d..1. \(message.time / second).\(fraction): console: \(text)\n"
      }.joined()
  }

  /// A few last lines of the log take nothing from what a recording proves alone.
  @Test(arguments: ["late-rebind-7.3.4", "late-silent-7.3.4"]) func theEndOfTheLogHidesNothing(
    _ capture: String
  ) throws {
    let own = try TextRecording(capture)
    let definitions = Array(own.definitions.sorted().joined(separator: "\n").utf8)
    let trace = Self.whole(own.happenings + own.messages)
    let lines = try Self.text(capture, "dmesg.txt").split(separator: "\n")
    let alone = Self.said([definitions, trace])
    #expect(alone.contains { $0.hasSuffix(" silent-late-iommu certain") })
    for count in [3, 20] {
      let end = Array((lines.suffix(count).joined(separator: "\n") + "\n").utf8)
      #expect(Self.said([definitions, end, trace]) == alone)
    }
  }

  /// What the log tells already is told once.
  @Test func theLogIsTheBetterOne() {
    let both = Self.whole(recording.happenings + recording.messages) + Self.androidLog(recording.messages)
    let alone = Self.said([Array(log.utf8), probes, Self.whole(recording.happenings)])
    #expect(alone.count == 8 && Self.said([Array(log.utf8), probes, both]) == alone)
  }

  /// Lines may be missing: then none proves anything by not being there.
  @Test(arguments: [false, true]) func whatAndroidLogLost(_ hasDropped: Bool) throws {
    let log = Self.androidLog(recording.messages, dropped: hasDropped)
    let analysis = Analysis.run(texts: [Proto.start() + Proto.end() + log])
    #expect(try #require(analysis.boots.first).timeline.logHasDropped == hasDropped)
    #expect(
      analysis.inputs[0].losses.contains { $0.detail.contains("packets with android.log") } == hasDropped)
    let lost = Proto.packet(Proto.bytes(35, Proto.bytes(1, Proto.number(3, 7))), sequence: 1)
    let chunks = Analysis.run(texts: [Proto.start() + Proto.end() + log + lost])
    #expect(try #require(chunks.boots.first).timeline.logHasDropped)
  }

  // MARK: recordings

  /// Two ring buffers of one recording: the kernel stamps an event in each.
  @Test func twoSourcesAreOne() {
    let own = Self.whole(recording.happenings)
    let second = TextRecording.bundles(Self.moved(recording.happenings, by: 700), sequence: 7).flatMap { $0 }
    let both = own + Proto.start(sequence: 7) + second + Proto.end(sequence: 7)
    #expect(Self.said([Array(log.utf8), probes, both]) == Self.said([Array(log.utf8), probes, own]))
  }

  /// Later recordings of the boot, in which nothing ties their clock to the log's, and devices get groups again.
  @Test(arguments: [[0, 1, 2, 3], [1, 2, 3, 0], [3, 0, 2, 1]]) func laterRecordingsAreOfTheBoot(
    _ order: [Int]
  ) {
    let began = Self.began * Self.second
    let groups = recording.happenings.filter { $0.event == "add_device_to_group" }.suffix(3)
    let files = (0...3).map { number -> [UInt8] in
      guard number > 0 else { return Self.whole(recording.happenings, began: began) }
      let again = Self.moved(Array(groups), by: Int64(60 * number) * Self.second).map { happening in
        var happening = happening
        happening.fields[0].value = .number(Int64(40 + number))
        return happening
      }
      return Self.whole(again, preserves: false, began: began + Int64(number) * 3_000_000)
    }
    let alone = Analysis.run(texts: [probes] + order.map { files[$0] })
    #expect(alone.boots.count == 1)
    let beside = [Array(log.utf8), probes] + order.map { files[$0] }
    #expect(Analysis.run(texts: beside).boots.count == 1)
    #expect(Self.said(beside) == Self.said([Array(log.utf8), probes, files[0]]))
    // By another wall's clock they are of another boot.
    let other = Self.whole(
      Self.moved(Array(groups), by: 60 * Self.second), preserves: false, began: began + 9 * Self.second)
    #expect(Analysis.run(texts: [probes, files[0], files[1], other]).boots.count == 2)
  }

  // MARK: facts

  /// Seconds by which the boot began earlier than the facts say: the clock is set while a board runs, by a little.
  @Test(arguments: [(0, true), (100, true), (7200, false), (-7200, false)])
  func factsAreOfTheBootOfTheRecordingsClock(_ earlier: Int64, _ isOurs: Bool) throws {
    let own = try TextRecording("facts-late-silent-7.3.4")
    let definitions = Array(own.definitions.sorted().joined(separator: "\n").utf8)
    let facts = Array(try Self.text("facts-late-silent-7.3.4", "facts.txt").utf8)
    let trace = Self.whole(own.happenings, began: (Self.began - earlier) * Self.second)
    let analysis = Analysis.run(texts: [definitions, trace, facts])
    #expect((analysis.boots[0].timeline.facts != nil) == isOurs)
    let evidence = analysis.boots[0].findings.flatMap(\.evidence).compactMap(\.place)
    #expect(evidence.contains { $0.input == 2 } == isOurs)
    #expect(analysis.boots[0].timeline.losses.contains { $0.detail.contains("wall clock") } == !isOurs)
  }

  /// Facts of the boot know which function a probe is on; those of another one may know others.
  @Test(arguments: [(0, true), (7200, false)]) func factsNameProbes(_ earlier: Int64, _ isOurs: Bool) throws {
    let own = try TextRecording("facts-late-silent-7.3.4")
    let facts = Array(try Self.text("facts-late-silent-7.3.4", "facts.txt").utf8)
    let trace = Self.whole(own.happenings, began: (Self.began - earlier) * Self.second)
    for inputs in [[trace, facts], [facts, trace]] {
      let analysis = Analysis.run(texts: inputs)
      let hasUnknown = analysis.inputs.flatMap(\.losses).contains {
        $0.detail.contains("function is not known")
      }
      #expect(hasUnknown == !isOurs)
    }
  }
}
