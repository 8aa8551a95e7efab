import Bytes
import Records

/// How much of a text is a kernel's.
struct LogShare: TextSink {
  private var lines = 0
  private var ofKernel = 0
  var isMost: Bool { ofKernel * 2 > lines }
  /// A line is that of a kernel for sure, and none is one of a trace.
  var isAny: Bool { certain > 0 && !hasTrace }
  private var certain = 0
  private var hasTrace = false

  init(_ head: Span<UInt8>) {
    var reader = TextReader(input: 0)
    reader.read(head, at: 0, &self)
    lines = head.count(of: 10, before: head.count)
  }

  mutating func pass(over line: Span<UInt8>, _ place: Place) {}

  mutating func begin(_ part: TextPart, at place: Place) {}
  mutating func take(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) {
    if record.clock != .none { ofKernel += 1 }
    if record.isOfKernel { certain += 1 }
  }
  mutating func take(_ record: TraceRecord, _ line: Span<UInt8>, _ place: Place) {
    ofKernel += 1
    hasTrace = true
  }
}
