import Bytes
import Events
import Records
import TestSupport

/// A kernel log as the analysis reads it.
struct Log {
  var boots: [LogEvents.Boot]
  var names: NameTable

  init(_ text: String) {
    var sink = Sink()
    var reader = TextReader(input: 0)
    withBytes(text) { reader.read($0, at: 0, &sink) }
    reader.finish(&sink)
    sink.events.finish()
    boots = sink.events.boots
    names = sink.names
  }

  private struct Sink: TextSink {
    var events = LogEvents()
    var names = NameTable()
    mutating func pass(over line: Span<UInt8>, _ place: Place) {}
    mutating func begin(_ part: TextPart, at place: Place) {
      if case .log(let part) = part { events.begin(part) }
    }
    mutating func take(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) {
      events.feed(record, line, place, &names)
    }
    mutating func take(_ record: TraceRecord, _ line: Span<UInt8>, _ place: Place) {}
  }

  var events: [LogEvent] { boots.flatMap(\.events) }

  var warnings: [WarningBlock] {
    events.compactMap { if case .warning(let block) = $0.what { block } else { nil } }
  }

  /// `driver device @time cpu tid comm line function: frames`, `-` for what the block does not say.
  var described: [String] { warnings.map(describe) }

  func describe(_ block: WarningBlock) -> String {
    func name(_ name: Name) -> String { name == .none ? "-" : names[name] }
    let time = block.time.map { String($0 / 1000) } ?? "-"
    let who =
      "cpu \(block.cpu) tid \(block.tid) \(name(block.comm)) line \(block.sourceLine) \(name(block.function))"
    let frames = block.frames.map { names[$0] }.joined(separator: " ")
    return "\(name(block.driver)) \(name(block.device)) @\(time) \(who): \(frames)"
  }
}

/// Log lines with stamps counted up by a millisecond and an optional caller id.
func stamped(_ lines: String, from start: Int = 2000, caller: String = "") -> String {
  lines.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
    let milliseconds = start + index
    let seconds = String(milliseconds / 1000)
    let fraction = String(milliseconds % 1000 + 1000).dropFirst() + "000"
    return "[" + String(repeating: " ", count: 5 - seconds.count)
      + "\(seconds).\(fraction)]\(caller) \(line)\n"
  }.joined()
}
