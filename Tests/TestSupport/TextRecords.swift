import Bytes
import Records

/// What a text says, as the reader hands it out.
public struct TextRecords: TextSink {
  public var logs: [(record: LogRecord, message: String, place: Place)] = []
  public var traces: [(record: TraceRecord, line: String, place: Place)] = []
  public var parts: [TextPart] = []
  public var losses: [Loss] = []
  public private(set) var reader = TextReader(input: 0)

  public init() {}

  public init(_ text: String) {
    withBytes(text) { read($0, at: 0) }
    finish()
  }

  public mutating func read(_ text: Span<UInt8>, at offset: Int) {
    var reader = self.reader
    reader.read(text, at: offset, &self)
    self.reader = reader
  }

  public mutating func finish() {
    var reader = self.reader
    reader.finish(&self)
    losses = reader.takeLosses()
    self.reader = reader
  }
  public mutating func pass(over line: Span<UInt8>, _ place: Place) {}

  public mutating func begin(_ part: TextPart, at place: Place) { parts.append(part) }
  public mutating func take(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) {
    logs.append((record, line.string(record.message), place))
  }
  public mutating func take(_ record: TraceRecord, _ line: Span<UInt8>, _ place: Place) {
    traces.append((record, line.string(0..<line.count), place))
  }
}
