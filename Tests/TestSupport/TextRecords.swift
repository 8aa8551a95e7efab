import Bytes
import Records

/// What a text says, as the reader hands it out.
package struct TextRecords: TextSink {
  package var logs: [(record: LogRecord, message: String, place: Place)] = []
  package var traces: [(record: TraceRecord, line: String, place: Place)] = []
  package var parts: [TextPart] = []
  package var losses: [Loss] = []
  package private(set) var reader = TextReader(input: 0)

  package init() {}

  package init(_ text: String) {
    withBytes(text) { read($0, at: 0) }
    finish()
  }

  package mutating func read(_ text: Span<UInt8>, at offset: Int) {
    var reader = self.reader
    reader.read(text, at: offset, &self)
    self.reader = reader
  }

  package mutating func finish() {
    var reader = self.reader
    reader.finish(&self)
    losses += reader.takeLosses()
    self.reader = reader
  }
  package mutating func pass(over line: Span<UInt8>, _ place: Place) {}

  package mutating func begin(_ part: TextPart, at place: Place) {
    parts.append(part)
    losses += part.losses
  }
  package mutating func take(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) {
    logs.append((record, line.string(record.message), place))
  }
  package mutating func take(_ record: TraceRecord, _ line: Span<UInt8>, _ place: Place) {
    traces.append((record, line.string(0..<line.count), place))
  }
}
