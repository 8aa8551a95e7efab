import Bytes

/// One line of a kernel log. The message range is into the line that came with it.
public struct LogRecord: Sendable {
  public var time: Int64?
  public var caller: LogCaller
  public var message: Range<Int>
}

/// Kernel log text: lines in, records out.
public struct KernelLogReader {
  public private(set) var losses: [Loss] = []
  /// Lines that carried a time stamp.
  public private(set) var stamped: Int64 = 0
  private let input: Int
  private var line = 0
  private var damagedLines: Int64 = 0
  private var firstDamage: Place?

  public init(input: Int) { self.input = input }

  public typealias Sink = (LogRecord, Span<UInt8>, Place) -> Void

  /// Reads a run of whole lines that begins at `offset` in the input.
  public mutating func read(_ text: Span<UInt8>, at offset: Int, _ sink: Sink) {
    var start = 0
    while start < text.count {
      let end = text.index(of: 10, from: start) ?? text.count
      line += 1
      var stop = end
      while stop > start, text[stop - 1] == 13 { stop -= 1 }
      if stop > start {
        let place = Place(input: input, line: line, offset: offset + start)
        look(text.extracting(start..<stop), place, sink)
      }
      start = end + 1
    }
  }

  public mutating func finish() {
    if damagedLines > 0 {
      losses.append(
        Loss(.damaged, count: damagedLines, "lines with NUL bytes: the log is damaged there", at: firstDamage)
      )
    }
  }

  private mutating func look(_ line: Span<UInt8>, _ place: Place, _ sink: Sink) {
    let prefix = LogPrefix.parse(line)
    if prefix.hasStamp { stamped += 1 }
    if line.index(of: 0) != nil {
      damagedLines += 1
      firstDamage = firstDamage ?? place
    }
    if line.has("** ", at: prefix.text), let words = line.index(of: " printk messages dropped **") {
      let count = line.decimal(prefix.text + 3..<words)
      losses.append(
        Loss(
          .droppedPrintk, count: count, "printk messages dropped: boot with a larger log_buf_len", at: place))
    }
    sink(LogRecord(time: prefix.time, caller: prefix.caller, message: prefix.text..<line.count), line, place)
  }
}
