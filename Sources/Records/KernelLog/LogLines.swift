import Bytes

/// Lines of a kernel log to records: what a line says of those beside it is settled here.
package struct LogLines {
  private var losses: [Loss] = []
  private var joiner = LineJoiner()
  private var followsKmsg = false
  private var bootFollows = false
  private var isReplayed = false

  /// A line waits for its rest.
  package var isHolding: Bool { joiner.isHolding }

  /// Gets a record, the line that its ranges are of, lent for the call, and where that line stands.
  package typealias Sink = (LogRecord, Span<UInt8>, Place) -> Void

  package init() {}

  /// Takes a line of which `prefix` was taken off. `hole`: NUL bytes that stand in front of it.
  package mutating func take(
    _ prefix: LogPrefix, _ line: Span<UInt8>, _ place: Place, hole: (bytes: Int64, place: Place)? = nil,
    _ sink: Sink
  ) {
    if prefix.beginsBoot { bootFollows = true }
    if let count = prefix.dropped { drop(count, place) }
    if prefix.isReplay {
      // What was held is the broken beginning of the line that comes now.
      joiner.drop()
      isReplayed = true
      return
    }
    guard !prefix.isForeign else { return }
    // ` SUBSYSTEM=…` behind a record of /dev/kmsg.
    if followsKmsg, line[0] == 32 { return }
    followsKmsg = prefix.isKmsg
    let message = prefix.text..<line.count
    var record = LogRecord(prefix, message, beginsBoot: bootFollows)
    record.isOfKernel = prefix.isOfKernel(line)
    record.isReplayed = isReplayed
    record.hole = hole
    isReplayed = false
    if joiner.isHolding, joiner.release(line, message, hasPrefix: record.hasPrefix, sink) { return }
    bootFollows = false
    if !joiner.hold(record, line, place) { sink(record, line, place) }
  }

  /// Whether the line says nothing of those beside it, nor they of it: it is a record by itself then, and need not come here.
  @inline(__always)
  mutating func passes(_ plain: PlainLine, _ line: Span<UInt8>) -> Bool {
    guard !joiner.isHolding, !bootFollows, !isReplayed, !LineJoiner.mayGoOn(line, plain.message) else {
      return false
    }
    followsKmsg = false
    return true
  }

  /// Hands on a line that waits for its rest.
  package mutating func flush(_ sink: Sink) {
    guard joiner.isHolding else { return }
    let nothing: [UInt8] = []
    _ = joiner.release(nothing.span, 0..<0, hasPrefix: true, sink)
  }

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
