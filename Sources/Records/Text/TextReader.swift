// Text of any kind: lines in, records out, each to the reader of what it is. What stands around a line and left of it is
// undone here, once for logs and for traces of every tracer. A document may change its kind at any line: what it is, is never
// decided by its beginning alone.
import Bytes

/// Reads one text document, a run of lines at a time; what it says goes to a `TextSink`.
package struct TextReader {
  /// What `--input-format` says that the document is.
  package enum Only: Sendable { case any, logs, traces }

  /// What the text lacks, with places, beside its traces; complete after `finish`.
  package internal(set) var losses: [Loss] = []
  /// Entries of traces, needed or not.
  package internal(set) var traceEntries: Int64 = 0
  /// What the first trace is made by; nil if there is none.
  package internal(set) var form: TraceTextReader.Form?

  let input: Int
  let only: Only
  /// Lines read until now.
  package private(set) var line = 0
  /// The last run ended inside a line that is handed out in pieces.
  private var isInsideLine = false
  private var hasNewlines = false
  private var cleaned: [UInt8] = []
  var envelope = LogEnvelope.State()
  /// Where the message stands of an entry that is not over.
  var messagePlace: Place?
  var sections = Sections()
  var log = LogLines(joinsWrapped: true)
  var trace: TraceTextReader
  var hasTrace = false
  /// What stands left of its lines, besides what is known.
  var margin = TraceMargin()
  /// Lines without a stamp are the trace's: nothing of a log has come since its last entry.
  var isInTrace = false
  /// `trace-cmd report` announces itself with `cpus=N` or `version = 6`.
  var isReported = false
  /// Board facts have begun, and not ended.
  var isInFacts = false
  var dump = FtraceDumpMarks()
  var dumped: TraceTextReader
  var dumpBegan: Place?
  /// Bytes of 0 since the last line of text: what a power cut leaves.
  var hole: (bytes: Int64, place: Place)?

  /// JSON in JSON and colours in it: deeper is no log.
  static let deepest = 4
  /// Losses that are told one by one; more are put together.
  private static let keptLosses = 256

  /// `input`: the document's number, for places.
  package init(input: Int, only: Only = .any) {
    self.input = input
    self.only = only
    trace = TraceTextReader(input: input, behind: nil)
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
      var end = newlines.next(in: text) ?? text.count
      if isInTrace, !isInsideLine, !trace.isHolding {
        let passed = trace.passOver(text, &start, &end, &newlines)
        if counts { line += passed }
        guard start < text.count else { break }
      }
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
          let isWhole =
            isInTrace ? trace.begins(text, at: end + 1) : PlainLine.mayBegin(text, at: end + 1)
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
    if trace.order?.runsBackwards == true {
      losses.append(
        Loss(
          .damaged,
          "the entries of the trace stand in the wrong order, the last one first: turn the text round (tac)"))
    }
    endFacts(&sink)
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

  /// The lines read last are those of a trace. As many as its header says say nothing of the last one, which may be cut.
  package var endsInTrace: Bool { isInTrace || dump.isOpen }

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
      if isAtRest, let plain = PlainLine(line), announcesNothing(line, plain.message.lowerBound) {
        if hole == nil, line.count <= Self.longLine, log.passes(plain, line, isWhole: isWhole),
          sink.take(plain, line, place)
        {
          isInTrace = false
          return
        }
        return takeLog(line, LogPrefix(plain), place, &sink)
      }
      return open(line, place, LogPrefix(), 0, isWhole, &sink)
    }
    noteHole(line, place)
    // Moved out and back, so that the buffer is used again without a copy.
    var text = cleaned
    cleaned = []
    text.removeAll(keepingCapacity: true)
    LineCleaner.clean(line, into: &text)
    if text.span.index(of: 10) != nil {
      // The cursor was moved to another line.
      lookInside(text.span, place, LogPrefix(), 0, &sink)
    } else if !text.isEmpty {
      open(text.span, place, LogPrefix(), 0, isWhole, &sink)
    }
    cleaned = text
  }

  private mutating func noteHole(_ line: Span<UInt8>, _ place: Place) {
    let zeros = line.count(of: 0, before: line.count)
    guard zeros > 0, !sections.isElsewhere else { return }
    // The end of a string in C, which somebody has written with it, is no hole.
    let isEnd = line[0] == 0 || line[line.count - 1] == 0
    if isEnd, zeros <= 2, line.count > 8 { return }
    hole = ((hole?.bytes ?? 0) + Int64(zeros), hole?.place ?? place)
  }
}
