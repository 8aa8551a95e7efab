import Bytes
import Events
import Records

/// A text of which no line is a kernel's or a trace's: folders and archives are full of them (configurations, dumps of
/// registers, scripts). Only lines that may be one are read.
struct Prose: TextSink {
  private var events = LogEvents()
  private var names = NameTable()
  /// A line that only a kernel's log or a trace has.
  private var isFound = false

  /// Every stamp, level, tag and column, what may be around a line, and a section's heading has one of these.
  private static let marks: StaticString = "[<:|;{}\"("

  /// Whether `text` is nothing else.
  static func isAll(of text: Span<UInt8>) -> Bool {
    var prose = Prose()
    var reader = TextReader(input: 0)
    var start = 0
    while let mark = text.index(ofAny: marks, from: start) {
      let begin = text.lineStart(of: mark, notBefore: start)
      let end = text.index(of: 10, from: mark).map { $0 + 1 } ?? text.count
      guard max(mark - start, end - begin) <= LineSource.longestLine else { return false }
      reader.read(text.extracting(begin..<end), at: begin, &prose)
      guard !prose.isFound else { return false }
      start = end
    }
    reader.finish(&prose)
    return text.count - start <= LineSource.longestLine && !prose.isFound
      && !prose.events.boots.contains(where: \.isLog)
  }

  mutating func begin(_ part: TextPart, at place: Place) {
    if part == .trace || part == .dump { isFound = true }
  }
  mutating func pass(over line: Span<UInt8>, _ place: Place) {}
  mutating func take(_ record: TraceRecord, _ line: Span<UInt8>, _ place: Place) { isFound = true }
  mutating func take(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) {
    isFound = isFound || record.isOfKernel
    events.feed(record, line, place, &names)
  }
}
