import Bytes
import Events
import Foundation
import Records
import TestSupport
import Testing

/// A line that is like nearly all is taken without a record: nothing of a boot may come out otherwise by that.
struct PlainLineTests {
  private struct Sink: TextSink {
    var events = LogEvents()
    var names = NameTable()
    var isPlain: Bool
    var plainLines = 0
    mutating func begin(_ part: TextPart, at place: Place) {}
    mutating func pass(over line: Span<UInt8>, _ place: Place) {}
    mutating func take(_ record: TraceRecord, _ line: Span<UInt8>, _ place: Place) {}
    mutating func take(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) {
      events.feed(record, line, place, &names)
    }
    mutating func take(_ plain: PlainLine, _ line: Span<UInt8>, _ place: Place) -> Bool {
      guard isPlain, events.take(plain, line, place, &names) else { return false }
      plainLines += 1
      return true
    }
  }

  /// All that a log says, and how many of its lines were plain ones.
  private func read(_ text: String, plainly isPlain: Bool) -> (said: [String], plainLines: Int) {
    var sink = Sink(isPlain: isPlain)
    var reader = TextReader(input: 0)
    withBytes(text) { reader.read($0, at: 0, &sink) }
    reader.finish(&sink)
    sink.events.finish()
    var said = sink.events.takeExplained().map { "explained \($0.line)" }
    for boot in sink.events.boots {
      said.append(
        "boot \(String(describing: boot.begins)) \(boot.lines) \(String(describing: boot.firstTime)) "
          + "\(String(describing: boot.lastTime)) \(boot.isLog) \(boot.keepsOrder) \(boot.coarse) \(boot.anchors.count)"
      )
      said.append("\(boot.facts)")
      said += boot.losses.map { "\($0)" }
      said += boot.events.map { "\($0.time ?? -1) \($0.order) \($0.place.line) \($0.what)" }
    }
    return (said, sink.plainLines)
  }

  private static let samples = [
    "natural-6.17.13-4", "race-bind-6.17.13-plain", "real-misuse-7.2.13-kprobe", "bind-loops-6.17.13-dump",
  ]

  @Test(arguments: samples) func samplesSayTheSame(_ sample: String) throws {
    let log = try String(contentsOfFile: Here.sample("\(sample)/dmesg.txt"), encoding: .utf8)
    let plain = read(log, plainly: true)
    #expect(plain.said == read(log, plainly: false).said)
    #expect(plain.plainLines > 300)
    // Another boot behind it, every line twice, and the lines of two consoles in turn.
    let lines = log.split(separator: "\n")
    for text in [log + log, lines.map { "\($0)\n\($0)\n" }.joined(), lines.map { "\($0) \n" }.joined()] {
      #expect(read(text, plainly: true).said == read(text, plainly: false).said)
    }
  }

  /// Every word of the kernel's, what a vendor or a daemon may put in front, and a clock that goes back.
  @Test func everyWordSaysTheSame() {
    let fronts = [
      "", "toy 1.toy: ", " ", "c1    119 ", "[    T1] ", "-(0)[74:toy]", "host kernel: ", "toyd[811]: ",
    ]
    let messages = KernelWord.allCases.flatMap { word in fronts.map { $0 + word.sample } }
    let hello = "Linux version 6.17.13 (x@y)\n"
    for texts in [messages, messages.reversed()] {
      let log = stamped(hello + texts.joined(separator: "\n"))
      let twice = log + stamped(texts.joined(separator: "\n"), from: 10)
      #expect(read(log, plainly: true).said == read(log, plainly: false).said)
      #expect(read(twice, plainly: true).said == read(twice, plainly: false).said)
    }
  }
}
