// Whose line it is: a section's heading, a trace's, a dump's, or the log's.
import Bytes

extension TextReader {
  /// `prefix`: what stands left of the line's text.
  mutating func route(
    _ line: Span<UInt8>, _ prefix: inout LogPrefix, _ place: Place, _ isWhole: Bool,
    _ sink: inout some TextSink
  ) {
    if isAtRest, isLogs(line, prefix) { return takeLog(line, prefix, place, &sink) }
    if !prefix.hasStamp, prefix.text < line.count, sections.mayBegin(line[prefix.text]),
      let begin = sections.take(line, from: prefix.text)
    {
      log.flush { sink.take($0, $1, $2) }
      if case .log(let part) = begin { sink.begin(.log(part), at: place) }
      if begin != .heading {
        envelope.logcat.enter(isKernels: begin != .other && begin != .log(.apart))
      }
      return
    }
    if sections.isElsewhere {
      guard prefix.clock == .boot, LogPrefix.saysHello(line, prefix.text) else {
        return sink.pass(over: line, place)
      }
      sections.leave()
      envelope.logcat.enter(isKernels: false)
      log.flush { sink.take($0, $1, $2) }
      sink.begin(.log(.apart), at: place)
    }
    if only == .any, takeFacts(line, prefix, place, &sink) { return }
    guard !prefix.isForeign else {
      log.take(prefix, line, place) { sink.take($0, $1, $2) }
      return sink.pass(over: line, place)
    }
    if only != .logs, takeTrace(line, prefix, place, isWhole, &sink) { return }
    prefix.findStampIfNone(line)
    takeLog(line, prefix, place, &sink)
  }

  /// No part of the document is open in which a line with a stamp may be anything but a log's.
  var isAtRest: Bool { !hasTrace && !sections.isElsewhere && !dump.isOpen && only != .traces }

  /// At rest: the line is a log's, for it has a stamp and announces nothing.
  @inline(__always)
  func isLogs(_ line: Span<UInt8>, _ prefix: LogPrefix) -> Bool {
    prefix.hasStamp && !prefix.isForeign && announcesNothing(line, prefix.text)
  }

  /// No message at `text` of a stamped line says that a trace or a dump follows, and no logcat's header.
  @inline(__always)
  func announcesNothing(_ line: Span<UInt8>, _ text: Int) -> Bool {
    text < line.count && !Self.mayAnnounceTrace(line, text) && !FtraceDumpMarks.announces(line, text)
      && !envelope.logcat.takesBracket(line)
  }

  /// Whether what stands at `at` may say that a trace follows.
  @inline(__always)
  static func mayAnnounceTrace(_ line: Span<UInt8>, _ at: Int) -> Bool {
    switch line[at] {
    case UInt8(ascii: "c"): line.has("cpus=", at: at)
    case UInt8(ascii: "v"): line.has("version = ", at: at)
    case UInt8(ascii: "#"): true
    case 32: line.has("   version = ", at: at)
    default: false
    }
  }

  /// False if the line is none of a trace.
  mutating func takeTrace(
    _ line: Span<UInt8>, _ prefix: LogPrefix, _ place: Place, _ isWhole: Bool, _ sink: inout some TextSink
  ) -> Bool {
    // Outside of a trace that was asked of a log's lines.
    let isWhole = isWhole && isInTrace
    var text = line.extracting(prefix.text...)
    // What looks like a layer may be a task's name.
    if prefix.text > 0, hasTrace, !trace.begins(text), trace.begins(line) { text = line }
    if !text.isEmpty, Self.mayAnnounceTrace(text, 0) {
      if text.has("cpus=", at: 0) || text.has("version = ", at: 0) || text.has("   version = ", at: 0) {
        isReported = true
      }
      if text.has("# tracer: ", at: 0) || text.has("# tracer:\t", at: 0) { beginTrace(place, &sink) }
    }
    if let margin = TraceMargin(header: line), let end = margin.end(in: line) {
      // What is known needs none: its numbers could be those of what is around it.
      self.margin = end == prefix.text ? TraceMargin() : margin
      if end != prefix.text {
        text = line.extracting(end...)
        beginTrace(place, &sink)
      }
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
      guard trace.isOver else { return true }
      beginTrace(place, &sink)
      return trace.take(text, place, isWhole: isWhole) { sink.take($0, $1, $2) }
    }
    guard isInTrace, !isLogs, !WarningWords.begins(text) || only == .traces else { return false }
    var glued = prefix
    glued.findStampIfNone(line)
    guard !glued.hasStamp || only == .traces else { return false }
    trace.note(unexplained: text, place)
    return true
  }

  mutating func takeLog(
    _ line: Span<UInt8>, _ prefix: LogPrefix, _ place: Place, _ sink: inout some TextSink
  ) {
    guard only != .traces else { return }
    isInTrace = false
    if line.count > Self.longLine { noteLines(in: line, prefix, place) }
    if takeDump(line, prefix, place, &sink) { return }
    log.take(prefix, line, place, hole: hole) { sink.take($0, $1, $2) }
    hole = nil
  }

  mutating func beginTrace(_ place: Place, _ sink: inout some TextSink) {
    log.flush { sink.take($0, $1, $2) }
    endTrace(&sink)
    hasTrace = true
    isInTrace = true
    sink.begin(.trace, at: place)
  }

  mutating func endTrace(_ sink: inout some TextSink) {
    guard hasTrace else { return }
    trace.finish { sink.take($0, $1, $2) }
    traceEntries += trace.entries
    form = form ?? (isReported ? .reported : trace.form)
    sink.begin(
      .traceEnd(
        onlyCPU: trace.onlyCPU, clock: trace.clock, kernel: trace.kernel, promise: trace.promise,
        losses: trace.losses),
      at: Place(input: input, line: line, offset: 0))
    trace = TraceTextReader(input: input, behind: trace)
    hasTrace = false
  }

  // MARK: a dump inside the log

  mutating func takeDump(
    _ line: Span<UInt8>, _ prefix: LogPrefix, _ place: Place, _ sink: inout some TextSink
  ) -> Bool {
    switch dump.step(line, from: prefix.text) {
    case .none: return false
    case .begins:
      log.flush { sink.take($0, $1, $2) }
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

  mutating func endDump(isCut: Bool, _ sink: inout some TextSink) {
    guard let began = dumpBegan else { return }
    dumpBegan = nil
    dumped.finish { sink.take($0, $1, $2) }
    var losses = dumped.losses
    if isCut {
      losses.append(
        Loss(.truncated, "the ftrace dump in the log does not end: what followed is missing", at: began))
    }
    dumped = TraceTextReader(input: input)
    sink.begin(.dumpEnd(losses: losses), at: began)
  }
}
