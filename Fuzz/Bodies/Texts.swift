// Any bytes as a kernel log or as the text of a trace. In one run, or line by line as a pipe gives them: that is the same.
import Bytes
import Events
import Records
import Timelines

/// A reader's sink that goes on as the analysis does, and watches that nothing grows.
private protocol Sink: TextSink {
  init(inWords: Bool, length: Int)
  var told: Told { get set }
  /// What must not be.
  var fault: String? { get set }
  /// Losses that came with the ends of traces.
  var lost: Int { get }
  mutating func finish()
}

/// What is handed out is what came in, once: more would grow without end in a long log.
private struct Handed {
  private let length: Int
  private var bytes = 0
  private var records = 0
  init(length: Int) { self.length = length }

  mutating func add(_ line: Span<UInt8>, _ place: Place) -> String? {
    bytes += line.count
    records += 1
    if !(0...Int64(length) ~= place.offset) { return "a record stands at \(place), of \(length) bytes" }
    // A wrapped line is joined, a glued one is cut; invalid text becomes U+FFFD, three bytes for one.
    guard bytes <= 8 * length + 1024, records <= 2 * length else {
      return "\(records) records of \(bytes) bytes out of \(length) bytes"
    }
    return nil
  }
}

enum Texts {
  static func log(_ input: [UInt8]) -> String? { read(input, .logs, LogSink.self) }
  static func trace(_ input: [UInt8]) -> String? { read(input, .traces, TraceSink.self) }

  private static func read<S: Sink>(_ input: [UInt8], _ only: TextReader.Only, _: S.Type) -> String? {
    var fault: String?
    // Some inputs line by line, some in runs of a few lines.
    let lines = 1 + input.count % 3
    let difference = Told.compare("one run and runs of \(lines)") { told in
      told = read(input, linesOfRun: .max, only, S(inWords: told.isInWords, length: input.count), &fault)
    } _: { told in
      told = read(input, linesOfRun: lines, only, S(inWords: told.isInWords, length: input.count), &fault)
    }
    return fault ?? difference
  }

  private static func read(
    _ input: [UInt8], linesOfRun: Int, _ only: TextReader.Only, _ empty: some Sink, _ fault: inout String?
  ) -> Told {
    var sink = empty
    var reader = TextReader(input: 0, only: only)
    let text = input.span
    var start = 0
    while start < text.count {
      var end = start
      var left = linesOfRun
      while end < text.count, left > 0 {
        end = linesOfRun == .max ? text.count : text.index(of: 10, from: end).map { $0 + 1 } ?? text.count
        left -= 1
      }
      reader.read(text.extracting(start..<end), at: start, &sink)
      start = end
    }
    reader.finish(&sink)
    sink.finish()
    let losses = reader.losses.count + sink.lost
    if losses > 300 + input.count / 8 { sink.fault = "\(losses) losses" }
    sink.told.add(reader.takeLosses())
    sink.told.add(reader.line)
    sink.told.add(reader.traceEntries)
    sink.told.say("\(reader.line) lines, \(reader.traceEntries) entries")
    fault = fault ?? sink.fault
    return sink.told
  }
}

private struct LogSink: Sink {
  var told: Told
  var fault: String?
  private(set) var lost = 0
  private var handed: Handed
  private var events = LogEvents()
  private var names = NameTable()

  init(inWords: Bool, length: Int) {
    told = Told(inWords: inWords)
    handed = Handed(length: length)
  }
  mutating func pass(over line: Span<UInt8>, _ place: Place) {}

  mutating func begin(_ part: TextPart, at place: Place) {
    told.add(place)
    told.add(part.losses)
    lost += part.losses.count
    told.say("\(part) \(place)")
    if case .log(let part) = part { events.begin(part) }
  }

  mutating func take(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) {
    told.add(record, line, place)
    fault = fault ?? handed.add(line, place)
    events.feed(record, line, place, &names)
  }

  mutating func take(_ record: TraceRecord, _ line: Span<UInt8>, _ place: Place) {
    told.add(record, line, place)
    fault = fault ?? handed.add(line, place)
    // Of a dump: what DocumentStory does with it.
    if let event = TraceEvents.event(record, line, place, &names) { told.add(Int(event.comm.index)) }
  }

  mutating func finish() {
    events.finish()
    for boot in events.boots {
      told.add(boot.lines)
      told.add(boot.losses)
      told.add(boot.firstTime)
      told.add(boot.lastTime)
      told.add(boot.endsOpen)
      var last: Int32 = .min
      for event in boot.events {
        if event.order < last { fault = fault ?? "events of a boot out of order" }
        last = event.order
        told.add(event.order)
        told.add(event.place)
        told.add(event.time)
        told.say("\(event)")
      }
      told.say("\(boot.lines) lines")
    }
  }
}

private struct TraceSink: Sink {
  var told: Told
  var fault: String?
  private(set) var lost = 0
  private var handed: Handed
  private var tracker = ThreadTracker()
  private var names = NameTable()

  init(inWords: Bool, length: Int) {
    told = Told(inWords: inWords)
    handed = Handed(length: length)
  }
  mutating func pass(over line: Span<UInt8>, _ place: Place) {}

  mutating func begin(_ part: TextPart, at place: Place) {
    told.add(place)
    told.add(part.losses)
    lost += part.losses.count
    told.say("\(part) \(place)")
    if part == .trace { tracker = ThreadTracker() }
    if case .traceEnd = part { finish() }
  }

  mutating func take(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) {
    fault = fault ?? "a line of a log in what is only a trace"
  }

  mutating func take(_ record: TraceRecord, _ line: Span<UInt8>, _ place: Place) {
    told.add(record, line, place)
    fault = fault ?? handed.add(line, place)
    if let event = TraceEvents.event(record, line, place, &names) { tracker.feed(event) }
  }

  mutating func finish() {
    tracker.finish()
    let story = tracker.story
    for (index, call) in story.calls.enumerated() {
      if call.parent >= Int32(index) || call.parent < -1 {
        fault = fault ?? "a call inside a later one: \(call)"
      }
      told.add(call.start)
      told.add(call.end)
      told.add(call.result)
      told.add(call.parent)
      told.add(call.tid)
      told.add(Int(call.role.rawValue))
      told.say("\(call)")
    }
    for mark in story.marks {
      if mark.inside < -1 || Int(mark.inside) >= story.calls.count {
        fault = fault ?? "a mark inside no call: \(mark)"
      }
      told.add(mark.time)
      told.add(mark.inside)
      told.add(mark.place)
      told.say("\(mark)")
    }
    for gap in story.gaps {
      told.add(gap.since)
      told.add(gap.count)
      told.say("\(gap)")
    }
    told.add(story.events)
    told.add(story.folded.values.reduce(0) { $0 + $1.count })
    told.add(story.losses)
    tracker = ThreadTracker()
  }
}
