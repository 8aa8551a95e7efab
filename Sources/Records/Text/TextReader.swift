// Text of any kind: lines in, records out, each to the reader of what it is. What stands around a line and left of it is
// undone here, once for logs and for traces of every tracer. A document may change its kind at any line: what it is, is never
// decided by its beginning alone.
import Bytes

/// Reads one text document, a run of lines at a time; what it says goes to a `TextSink`.
package struct TextReader {
  /// What `--input-format` says that the document is.
  package enum Only: Sendable { case any, logs, traces }

  /// What the text lacks, with places; complete after `finish`.
  package private(set) var losses: [Loss] = []
  /// Entries of traces, needed or not.
  package private(set) var traceEntries: Int64 = 0
  /// What the first trace is made by; nil if there is none.
  package private(set) var form: TraceTextReader.Form?

  private let input: Int
  private let only: Only
  /// Lines read until now.
  package private(set) var line = 0
  /// The last run ended inside a line that is handed out in pieces.
  private var isInsideLine = false
  private var hasNewlines = false
  private var cleaned: [UInt8] = []
  private var envelope = LogEnvelope.State()
  /// Where the message stands of an entry that is not over.
  private var messagePlace: Place?
  private var sections = Sections()
  private var log = LogLines()
  private var trace: TraceTextReader
  private var hasTrace = false
  /// Lines without a stamp are the trace's: nothing of a log has come since its last entry.
  private var isInTrace = false
  /// `trace-cmd report` announces itself with `cpus=N` or `version = 6`.
  private var isReported = false
  private var dump = FtraceDumpMarks()
  private var dumped: TraceTextReader
  private var dumpBegan: Place?
  /// Bytes of 0 since the last line of text: what a power cut leaves.
  private var hole: (bytes: Int64, place: Place)?

  /// JSON in JSON and colours in it: deeper is no log.
  private static let deepest = 4
  /// Losses that are told one by one; more are put together.
  private static let keptLosses = 256

  /// `input`: the document's number, for places.
  package init(input: Int, only: Only = .any) {
    self.input = input
    self.only = only
    trace = TraceTextReader(input: input)
    dumped = TraceTextReader(input: input)
  }

  /// Reads a run of whole lines that begins at `offset` in the input.
  package mutating func read(_ text: Span<UInt8>, at offset: Int, _ sink: inout some TextSink) {
    // Looked for once in the whole run: hardly any text has them.
    let isDirty = text.index(of: 27) != nil || text.index(of: 0) != nil
    let hasReturns = text.index(of: 13) != nil
    hasNewlines = hasNewlines || text.index(of: 10) != nil
    // Where no line ends with a newline, carriage returns are the line ends.
    let counts = !hasReturns || hasNewlines
    var newlines = BytePlaces(of: 10)
    var returns = BytePlaces(of: 13)
    var nextReturn = hasReturns ? returns.next(in: text) ?? text.count : text.count
    var start = 0
    while start < text.count {
      let end = newlines.next(in: text) ?? text.count
      if counts {
        if !isInsideLine { line += 1 }
        isInsideLine = end == text.count
      }
      if isInTrace { trace.release(before: text, at: start) { sink.take($0, $1, $2) } }
      if !(isInTrace && trace.passesOver(text, start, end)) {
        let place = Place(input: input, line: line, offset: offset + start)
        while nextReturn < start { nextReturn = returns.next(in: text) ?? text.count }
        // Of lines that end with one it is cut off here, where nothing else can be meant.
        let isAtEnd = nextReturn == end - 1 && end - 1 > start && counts
        if nextReturn < end, !isAtEnd {
          readParts(text, start..<end, place, isDirty, counts: !counts, &sink)
        } else if end > start {
          let isWhole = isInTrace && trace.begins(text, at: end + 1)
          look(text.extracting(start..<(isAtEnd ? end - 1 : end)), place, isDirty, isWhole, &sink)
        } else if isInTrace {
          trace.release { sink.take($0, $1, $2) }
        }
      }
      start = end + 1
    }
    if losses.count > Self.keptLosses { losses.fold() }
  }

  /// To be called at the end of the input: hands on what waits, and turns what was counted into losses.
  package mutating func finish(_ sink: inout some TextSink) {
    if envelope.flush() { lookInside(Place(input: input, line: line, offset: 0), 0, &sink) }
    log.flush { sink.take($0, $1, $2) }
    endDump(isCut: dump.isInside, &sink)
    endTrace(&sink)
    losses += log.takeLosses()
    if let hole {
      losses.append(
        Loss(.openEnd, count: hole.bytes, "the log ends in NUL bytes: its end is not known", at: hole.place))
    }
    hole = nil
  }

  /// What was lost until now; it is forgotten here.
  package mutating func takeLosses() -> [Loss] {
    defer { losses = [] }
    return losses + log.takeLosses()
  }

  /// The lines read last are those of a trace, which may lack some: its header's promise is not kept, or there is none.
  package var endsInTrace: Bool { isInTrace && !trace.isAsPromised || dump.isOpen }

  /// The document is a bug report.
  package var isBugReport: Bool { sections.isBugReport }

  /// A line with carriage returns in it: what a terminal would write over is a line of its own.
  private mutating func readParts(
    _ text: Span<UInt8>, _ range: Range<Int>, _ place: Place, _ isDirty: Bool, counts: Bool,
    _ sink: inout some TextSink
  ) {
    var place = place
    let offset = Int(place.offset) - range.lowerBound
    var start = range.lowerBound
    var isEmpty = true
    while start < range.upperBound {
      let end = Self.returnEnd(text, start, range.upperBound)
      if counts { line += 1 }
      if end > start {
        isEmpty = false
        place = Place(input: input, line: line, offset: offset + start)
        // Behind a part that is not the last one there is no line, but the next part.
        let isWhole =
          isInTrace && end + 1 >= range.upperBound && trace.begins(text, at: range.upperBound + 1)
        look(text.extracting(start..<end), place, isDirty, isWhole, &sink)
      }
      start = end + 1
    }
    if isEmpty, isInTrace { trace.release { sink.take($0, $1, $2) } }
  }

  /// Where the part that begins at `start` ends: at a carriage return, but not at one that a table's quoted field ends with.
  private static func returnEnd(_ text: Span<UInt8>, _ start: Int, _ limit: Int) -> Int {
    var at = start
    while let end = text.index(of: 13, from: at, to: limit) {
      let quote = end + 1
      guard quote < limit, text[quote] == UInt8(ascii: "\""), end > start,
        quote + 1 == limit || text[quote + 1] == UInt8(ascii: ",") || text[quote + 1] == UInt8(ascii: ";")
          || text[quote + 1] == 9 || text[quote + 1] == 13
      else { return end }
      at = quote
    }
    return limit
  }

  private mutating func look(
    _ line: Span<UInt8>, _ place: Place, _ isDirty: Bool, _ isWhole: Bool, _ sink: inout some TextSink
  ) {
    guard isDirty, line.index(of: 27) != nil || line.index(of: 0) != nil else {
      // Nearly every line: what is around it and left of it need not be asked one after the other.
      if isAtRest, let prefix = LogPrefix(plain: line), isLogs(line, prefix) {
        return takeLog(line, prefix, place, &sink)
      }
      return open(line, place, LogPrefix(), 0, isWhole, &sink)
    }
    noteHole(line, place)
    // Moved out and back, so that the buffer is used again without a copy.
    var text = cleaned
    cleaned = []
    text.removeAll(keepingCapacity: true)
    LineCleaner.clean(line, into: &text)
    if !text.isEmpty { open(text.span, place, LogPrefix(), 0, isWhole, &sink) }
    cleaned = text
  }

  private mutating func noteHole(_ line: Span<UInt8>, _ place: Place) {
    let zeros = line.count(of: 0, before: line.count)
    guard zeros > 0, !sections.isElsewhere else { return }
    hole = ((hole?.bytes ?? 0) + Int64(zeros), hole?.place ?? place)
  }

  // MARK: what is around a line

  /// Undoes JSON and its like; what is in it are lines again.
  private mutating func open(
    _ line: Span<UInt8>, _ place: Place, _ outer: LogPrefix, _ depth: Int, _ isWhole: Bool,
    _ sink: inout some TextSink
  ) {
    // printk's lines begin with a bracket and are no JSON.
    if line[0] != UInt8(ascii: "[") || envelope.logcat.takesBracket(line), depth < Self.deepest,
      unwrap(line, place, depth, &sink)
    {
      return
    }
    var prefix = LogPrefix.layers(line, inside: outer)
    // JSON behind a CI system's time; a container's line, which begins with a time of its own, behind a quote mark.
    if prefix.text > 0, prefix.stage == .outside, depth < Self.deepest {
      var layer = outer
      layer.text = 0
      while layer.text < prefix.text, layer.stripOne(line), layer.text < line.count {
        if unwrap(line.extracting(layer.text...), place, depth, &sink) { return }
      }
    }
    route(line, &prefix, place, isWhole, &sink)
  }

  /// False if the line is no envelope that is known.
  private mutating func unwrap(
    _ line: Span<UInt8>, _ place: Place, _ depth: Int, _ sink: inout some TextSink
  ) -> Bool {
    let at = line.skipBlanks(from: 0, to: line.count)
    if at < line.count, DmesgJSON.begins(line, at) { envelope.isDmesg = true }
    // What comes out of dmesg's JSON is a message, whatever it looks like.
    guard at < line.count, envelope.mayBegin(line[at], depth: depth),
      LogEnvelope.open(line, at, &envelope, depth: depth)
    else { return false }
    if envelope.messages.isEmpty {
      sink.pass(over: line, place)
      // The journal's pretty form has a field a line, and the message comes at the entry's end.
      if line.has("\"MESSAGE\"", at: at) { messagePlace = place }
      return true
    }
    lookInside(messagePlace ?? place, depth, &sink)
    messagePlace = nil
    return true
  }

  /// The messages that came out of an envelope.
  private mutating func lookInside(_ place: Place, _ depth: Int, _ sink: inout some TextSink) {
    // Moved out and back: a message may be JSON again.
    let messages = envelope.messages
    let text = envelope.text
    envelope.text = []
    var start = 0
    for (prefix, end) in messages {
      lookInside(text.span.extracting(start..<end), place, prefix, depth + 1, &sink)
      start = end
    }
    envelope.text = text
  }

  /// The lines of a message that came out of an envelope.
  private mutating func lookInside(
    _ text: Span<UInt8>, _ place: Place, _ outer: LogPrefix, _ depth: Int, _ sink: inout some TextSink
  ) {
    if text.index(of: 27) != nil || text.index(of: 0) != nil {
      var clean: [UInt8] = []
      LineCleaner.clean(text, into: &clean)
      return lookInside(clean.span, place, outer, depth, &sink)
    }
    var start = 0
    while start < text.count {
      let end = text.index(of: 10, from: start) ?? text.count
      let line = text.extracting(start..<max(start, text.trimmed(start..<end).upperBound))
      if !line.isEmpty { open(line, place, outer, depth, false, &sink) }
      start = end + 1
    }
  }

  // MARK: whose line it is

  /// `prefix`: what stands left of the line's text.
  private mutating func route(
    _ line: Span<UInt8>, _ prefix: inout LogPrefix, _ place: Place, _ isWhole: Bool,
    _ sink: inout some TextSink
  ) {
    if isAtRest, isLogs(line, prefix) { return takeLog(line, prefix, place, &sink) }
    if !prefix.hasStamp, prefix.text < line.count, Sections.mayBegin(line[prefix.text]),
      let begin = sections.take(line, from: prefix.text)
    {
      log.flush { sink.take($0, $1, $2) }
      if case .log(let part) = begin { sink.begin(.log(part), at: place) }
      if begin != .heading { envelope.logcat.enter(isKernels: begin != .other) }
      return
    }
    guard !sections.isElsewhere else { return sink.pass(over: line, place) }
    guard !prefix.isForeign else {
      log.take(prefix, line, place) { sink.take($0, $1, $2) }
      return sink.pass(over: line, place)
    }
    if only != .logs, takeTrace(line, prefix, place, isWhole, &sink) { return }
    prefix.findStampIfNone(line)
    takeLog(line, prefix, place, &sink)
  }

  /// No part of the document is open in which a line with a stamp may be anything but a log's.
  private var isAtRest: Bool { !hasTrace && !sections.isElsewhere && !dump.isOpen && only != .traces }

  /// At rest: the line is a log's, for it has a stamp and announces nothing.
  @inline(__always)
  private func isLogs(_ line: Span<UInt8>, _ prefix: LogPrefix) -> Bool {
    guard prefix.hasStamp, !prefix.isForeign, prefix.text < line.count,
      !Self.mayAnnounceTrace(line, prefix.text), line[prefix.text] != UInt8(ascii: "D")
    else { return false }
    return !envelope.logcat.takesBracket(line)
  }

  /// Whether what stands at `at` may say that a trace follows.
  @inline(__always)
  private static func mayAnnounceTrace(_ line: Span<UInt8>, _ at: Int) -> Bool {
    switch line[at] {
    case UInt8(ascii: "c"), UInt8(ascii: "v"), UInt8(ascii: "#"): true
    case 32: line.has("   version = ", at: at)
    default: false
    }
  }

  /// False if the line is none of a trace.
  private mutating func takeTrace(
    _ line: Span<UInt8>, _ prefix: LogPrefix, _ place: Place, _ isWhole: Bool, _ sink: inout some TextSink
  ) -> Bool {
    var text = line.extracting(prefix.text...)
    // What looks like a layer may be a task's name.
    if prefix.text > 0, hasTrace, !trace.begins(text), trace.begins(line) { text = line }
    if !text.isEmpty, Self.mayAnnounceTrace(text, 0) {
      if text.has("cpus=", at: 0) || text.has("version = ", at: 0) || text.has("   version = ", at: 0) {
        isReported = true
      }
      if text.has("# tracer: ", at: 0) || text.has("# tracer:\t", at: 0) { beginTrace(place, &sink) }
    }
    // A stamp of printk's own tells a log's line: of a trace that was printed there, a header has told.
    guard hasTrace || !prefix.hasStamp && trace.begins(text) || only == .traces else { return false }
    if !hasTrace { beginTrace(place, &sink) }
    let isLogs = prefix.hasStamp || prefix.isKernels || prefix.hasLevel
    if isLogs || !isInTrace {
      trace.release { sink.take($0, $1, $2) }
      guard trace.begins(text) || !isLogs && (isInTrace || text.has("#", at: 0)) else { return false }
    }
    if trace.take(text, place, isWhole: isWhole, { sink.take($0, $1, $2) }) {
      isInTrace = true
      return true
    }
    guard isInTrace, !isLogs, !WarningWords.begins(text) || only == .traces else { return false }
    var glued = prefix
    glued.findStampIfNone(line)
    guard !glued.hasStamp || only == .traces else { return false }
    trace.note(unexplained: text, place)
    return true
  }

  private mutating func takeLog(
    _ line: Span<UInt8>, _ prefix: LogPrefix, _ place: Place, _ sink: inout some TextSink
  ) {
    guard only != .traces else { return }
    isInTrace = false
    if takeDump(line, prefix, place, &sink) { return }
    log.take(prefix, line, place, hole: hole) { sink.take($0, $1, $2) }
    hole = nil
  }

  private mutating func beginTrace(_ place: Place, _ sink: inout some TextSink) {
    log.flush { sink.take($0, $1, $2) }
    endTrace(&sink)
    hasTrace = true
    isInTrace = true
    sink.begin(.trace, at: place)
  }

  private mutating func endTrace(_ sink: inout some TextSink) {
    guard hasTrace else { return }
    trace.finish { sink.take($0, $1, $2) }
    traceEntries += trace.entries
    losses += trace.losses
    form = form ?? (isReported ? .reported : trace.form)
    sink.begin(
      .traceEnd(onlyCPU: trace.onlyCPU, clock: trace.clock, kernel: trace.kernel),
      at: Place(input: input, line: line, offset: 0))
    trace = TraceTextReader(input: input)
    hasTrace = false
  }

  // MARK: a dump inside the log

  private mutating func takeDump(
    _ line: Span<UInt8>, _ prefix: LogPrefix, _ place: Place, _ sink: inout some TextSink
  ) -> Bool {
    switch dump.step(line, from: prefix.text) {
    case .none: return false
    case .begins:
      endDump(isCut: false, &sink)
      dumpBegan = place
      sink.begin(.dump, at: place)
    case .ends: endDump(isCut: false, &sink)
    case .isInside:
      // Lines of other CPUs come in between: only what looks like a trace line is one.
      let text = line.extracting(prefix.text...)
      guard dumped.begins(text) || text.has("---", at: 0) || TraceTextReader.saysLost(text) else {
        return false
      }
      _ = dumped.take(text, place, isWhole: true) { sink.take($0, $1, $2) }
    }
    return true
  }

  private mutating func endDump(isCut: Bool, _ sink: inout some TextSink) {
    guard let began = dumpBegan else { return }
    dumpBegan = nil
    if isCut {
      losses.append(
        Loss(.truncated, "the ftrace dump in the log does not end: what followed is missing", at: began))
    }
    dumped.finish { sink.take($0, $1, $2) }
    losses += dumped.losses
    dumped = TraceTextReader(input: input)
    sink.begin(.dumpEnd, at: began)
  }
}
