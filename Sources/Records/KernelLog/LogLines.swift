import Bytes

/// Lines of a kernel log to records: what a line says of those beside it is settled here.
package struct LogLines {
  private var losses: [Loss] = []
  private var joiner = LineJoiner()
  private var width: WrapWidth
  /// The line before, if it is a kernel's with a prefix and the next one may have none: programs draw on a console beside theirs.
  private var row = WrapWidth.Row()
  private var followsKmsg = false
  private var bootFollows = false
  private var isReplayed = false

  /// A line waits for its rest.
  package var isHolding: Bool { joiner.isHolding }

  /// Gets a record, the line that its ranges are of, lent for the call, and where that line stands.
  package typealias Sink = (LogRecord, Span<UInt8>, Place) -> Void

  /// `joinsWrapped`: the lines are all of a document, so that their width tells what was wrapped.
  package init(joinsWrapped: Bool = false) { width = WrapWidth(isOpen: joinsWrapped) }

  /// Takes a line of which `prefix` was taken off. `hole`: NUL bytes that stand in front of it.
  package mutating func take(
    _ prefix: LogPrefix, _ line: Span<UInt8>, _ place: Place, hole: (bytes: Int64, place: Place)? = nil,
    _ sink: Sink
  ) {
    if prefix.beginsBoot { bootFollows = true }
    if let count = prefix.dropped { drop(count, place) }
    if prefix.isReplay {
      // What was held is the broken beginning of the line that comes now, if it lacks something.
      if joiner.holdsForWidth { joiner.flush(sink) } else { joiner.drop() }
      isReplayed = true
      return
    }
    guard !prefix.isForeign else {
      if joiner.holdsForWidth { joiner.flush(sink) }
      return
    }
    // ` SUBSYSTEM=…` behind a record of /dev/kmsg.
    if followsKmsg, line[0] == 32 { return }
    followsKmsg = prefix.isKmsg
    let message = prefix.text..<line.count
    var record = LogRecord(prefix, message, beginsBoot: bootFollows)
    record.isOfKernel = prefix.isOfKernel(line)
    record.isReplayed = isReplayed
    record.hole = hole
    isReplayed = false
    if joiner.isHolding, joiner.release(line, message, hasPrefix: record.hasPrefix, &width, sink) { return }
    bootFollows = false
    if record.hasPrefix {
      width.see(line)
    } else if !width.isOpen, !LineJoiner.isDrawn(line, line.trimmed(message)) {
      width.doubt(row, before: line, line.trimmed(message))
    }
    row = record.hasPrefix && record.isOfKernel ? WrapWidth.Row(line) : WrapWidth.Row()
    if !joiner.hold(record, line, place, width) { sink(record, line, place) }
  }

  /// Whether the line says nothing of those beside it, nor they of it: it is a record by itself then, and need not come here.
  /// `isWhole`: the next line is known to have a stamp of its own.
  @inline(__always)
  mutating func passes(_ plain: PlainLine, _ line: Span<UInt8>, isWhole: Bool) -> Bool {
    width.see(line)
    if !isWhole { row = WrapWidth.Row() }
    guard !joiner.isHolding, !bootFollows, !isReplayed, isWhole || !width.matters(line.count),
      !LineJoiner.mayGoOn(line, plain.message)
    else { return false }
    followsKmsg = false
    return true
  }

  /// Hands on a line that waits for its rest.
  package mutating func flush(_ sink: Sink) { joiner.flush(sink) }

  /// What was lost until now; it is forgotten here.
  mutating func takeLosses() -> [Loss] {
    defer { losses = [] }
    return losses
  }

  private mutating func drop(_ count: Int64, _ place: Place) {
    losses.append(
      Loss(
        .droppedPrintk, count: count, "printk messages dropped: boot with a larger log_buf_len", at: place))
  }
}

/// How the kernel's reports of trouble begin, where no stamp tells a log's line.
enum WarningWords {
  static func begins(_ text: Span<UInt8>) -> Bool {
    let at = text.skipBlanks(from: 0, to: text.count)
    return text.has("WARNING: ", at: at) || text.has("------------[ cut here", at: at)
      || text.index(of: ": late IOMMU probe", from: at) != nil
  }
}
