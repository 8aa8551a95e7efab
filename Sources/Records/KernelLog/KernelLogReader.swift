import Bytes

/// Kernel log text: lines in, records out. What wraps the kernel's lines is taken off here, whatever it is.
public struct KernelLogReader {
  public private(set) var losses: [Loss] = []
  /// Lines that carried a time stamp.
  public private(set) var stamped: Int64 = 0
  /// Lines that are a known wrapper's, whatever they hold.
  private(set) var wrapped: Int64 = 0
  private let input: Int
  private var line = 0
  /// The last run ended inside a line that is handed out in pieces.
  private var isInsideLine = false
  private var hasNewlines = false
  private var damagedLines: Int64 = 0
  private var firstDamage: Place?
  private var joiner = LineJoiner()
  private var envelope = LogEnvelope.State()
  private var cleaned: [UInt8] = []
  /// Inside a bug report's section that is not the kernel log.
  private var isElsewhere = false
  private var followsKmsg = false
  private var bootFollows = false

  /// JSON in JSON and colours in it: deeper is no log.
  private static let deepest = 4

  public init(input: Int) { self.input = input }

  public typealias Sink = (LogRecord, Span<UInt8>, Place) -> Void

  /// Reads a run of whole lines that begins at `offset` in the input.
  public mutating func read(_ text: Span<UInt8>, at offset: Int, _ sink: Sink) {
    // Looked for once in the whole run: hardly any log has them.
    let isDirty = text.index(of: 27) != nil || text.index(of: 0) != nil
    let hasReturns = text.index(of: 13) != nil
    hasNewlines = hasNewlines || text.index(of: 10) != nil
    // Where no line ends with a newline, carriage returns are the line ends.
    let counts = !hasReturns || hasNewlines
    var start = 0
    while start < text.count {
      let end = text.index(of: 10, from: start) ?? text.count
      if counts {
        if !isInsideLine { line += 1 }
        isInsideLine = end == text.count
      }
      if hasReturns {
        readParts(text, start..<end, offset, isDirty, counts: !counts, sink)
      } else if end > start {
        let place = Place(input: input, line: line, offset: offset + start)
        look(text.extracting(start..<end), place, isDirty, sink)
      }
      start = end + 1
    }
  }

  /// Hands on a line that waits for its rest; call once at the end of the input, before `finish`.
  public mutating func flush(_ sink: Sink) {
    if envelope.flush() { handMessages(Place(input: input, line: line, offset: 0), 0, sink) }
    let nothing: [UInt8] = []
    _ = joiner.release(nothing.span, 0..<0, hasPrefix: true, sink)
  }

  public mutating func finish() {
    if damagedLines > 0 {
      losses.append(
        Loss(.damaged, count: damagedLines, "lines with NUL bytes: the log is damaged there", at: firstDamage)
      )
    }
    damagedLines = 0
    firstDamage = nil
  }

  /// What was lost until now; it is forgotten here.
  public mutating func takeLosses() -> [Loss] {
    finish()
    defer { losses = [] }
    return losses
  }

  /// A line with carriage returns in it: what a terminal would write over is a line of its own.
  private mutating func readParts(
    _ text: Span<UInt8>, _ range: Range<Int>, _ offset: Int, _ isDirty: Bool, counts: Bool, _ sink: Sink
  ) {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = text.index(of: 13, from: start, to: range.upperBound) ?? range.upperBound
      if counts { line += 1 }
      if end > start {
        let place = Place(input: input, line: line, offset: offset + start)
        look(text.extracting(start..<end), place, isDirty, sink)
      }
      start = end + 1
    }
  }

  private mutating func look(_ line: Span<UInt8>, _ place: Place, _ isDirty: Bool, _ sink: Sink) {
    guard isDirty, line.index(of: 27) != nil || line.index(of: 0) != nil else {
      return look(line, place, LogPrefix(), 0, sink)
    }
    if line.index(of: 0) != nil {
      damagedLines += 1
      firstDamage = firstDamage ?? place
    }
    // Moved out and back, so that the buffer is used again without a copy.
    var text = cleaned
    cleaned = []
    text.removeAll(keepingCapacity: true)
    LineCleaner.clean(line, into: &text)
    if !text.isEmpty { look(text.span, place, LogPrefix(), 0, sink) }
    cleaned = text
  }

  private mutating func look(
    _ line: Span<UInt8>, _ place: Place, _ outer: LogPrefix, _ depth: Int, _ sink: Sink
  ) {
    // printk's lines begin with a bracket and are no JSON.
    if line[0] != UInt8(ascii: "[") || envelope.logcat.takesBracket(line), depth < Self.deepest,
      open(line, place, depth, sink)
    {
      return
    }
    let prefix = LogPrefix.parse(line, inside: outer)
    // JSON behind a CI system's time.
    if prefix.text > 0, prefix.text < line.count, prefix.stage == .outside, depth < Self.deepest,
      open(line.extracting(prefix.text...), place, depth, sink)
    {
      return
    }
    if let section = prefix.section {
      isElsewhere = !section
      envelope.logcat.enter(isKernels: section)
      wrapped += 1
    }
    if prefix.beginsBoot { bootFollows = true }
    if let count = prefix.dropped { drop(count, place) }
    guard !prefix.isForeign, !isElsewhere else { return }
    // ` SUBSYSTEM=…` behind a record of /dev/kmsg.
    if followsKmsg, line[0] == 32 { return }
    followsKmsg = prefix.isKmsg
    if prefix.hasStamp { stamped += 1 }
    hand(prefix, line, place, sink)
  }

  private mutating func hand(_ prefix: LogPrefix, _ line: Span<UInt8>, _ place: Place, _ sink: Sink) {
    let message = prefix.text..<line.count
    let record = LogRecord(prefix, message, beginsBoot: bootFollows)
    if joiner.isHolding, joiner.release(line, message, hasPrefix: record.hasPrefix, sink) { return }
    bootFollows = false
    if !joiner.hold(record, line, place) { sink(record, line, place) }
  }

  private mutating func drop(_ count: Int64, _ place: Place) {
    losses.append(
      Loss(
        .droppedPrintk, count: count, "printk messages dropped: boot with a larger log_buf_len", at: place))
  }

  /// Undoes JSON; false if the line is none that is known.
  private mutating func open(_ line: Span<UInt8>, _ place: Place, _ depth: Int, _ sink: Sink) -> Bool {
    let at = line.skipBlanks(from: 0, to: line.count)
    if at < line.count, DmesgJSON.begins(line, at) { envelope.isDmesg = true }
    // What comes out of dmesg's JSON is a message, whatever it looks like.
    guard at < line.count, envelope.mayBegin(line[at], depth: depth),
      LogEnvelope.open(line, at, &envelope, depth: depth)
    else { return false }
    if !envelope.isAnybodys { wrapped += 1 }
    handMessages(place, depth, sink)
    return true
  }

  private mutating func handMessages(_ place: Place, _ depth: Int, _ sink: Sink) {
    // Moved out and back: a message may be JSON again.
    let messages = envelope.messages
    let text = envelope.text
    envelope.text = []
    var start = 0
    for (prefix, end) in messages {
      if prefix.beginsBoot { bootFollows = true }
      lookInside(text.span.extracting(start..<end), place, prefix, depth + 1, sink)
      start = end
    }
    envelope.text = text
  }

  /// The lines of a message that came out of JSON.
  private mutating func lookInside(
    _ text: Span<UInt8>, _ place: Place, _ outer: LogPrefix, _ depth: Int, _ sink: Sink
  ) {
    if text.index(of: 27) != nil || text.index(of: 0) != nil {
      var clean: [UInt8] = []
      LineCleaner.clean(text, into: &clean)
      return lookInside(clean.span, place, outer, depth, sink)
    }
    var start = 0
    while start < text.count {
      let end = text.index(of: 10, from: start) ?? text.count
      let line = text.extracting(start..<max(start, text.trimmed(start..<end).upperBound))
      if !line.isEmpty { look(line, place, outer, depth, sink) }
      start = end + 1
    }
  }
}
