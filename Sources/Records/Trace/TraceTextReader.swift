// ftrace text of every tracer, and trace-cmd report: lines in, records out. Lines that the analysis does not need
// cost a newline search, a look at two columns and one at the name; that is the usual line of a large trace.
import Bytes

/// Reads one trace, line by line; records go to a sink as they come.
package struct TraceTextReader {
  /// What the trace lacks, with places; complete after `finish`.
  package internal(set) var losses: [Loss] = []
  /// What the time column holds, from the first line that has one.
  package internal(set) var clock: TraceClock?
  /// Lines that were events or functions, needed or not.
  package internal(set) var entries: Int64 = 0
  /// Probe events that named no function (trace-cmd report prints bare addresses).
  package internal(set) var rawAddresses: Int64 = 0
  /// Bytes per line are checked for damage only on lines that nothing else explains.
  package internal(set) var damagedLines: Int64 = 0
  var firstDamage: Place?
  /// Entries that end too early, each in its own line.
  var chopped: Int64 = 0
  var firstChopped: Place?
  /// Lines with a function that is needed, in the shape of an entry, that are none.
  var unread: Int64 = 0
  var firstUnread: Place?
  /// The kernel that a latency-format header names.
  package internal(set) var kernel: String?

  /// Losses that are told one by one; more are put together.
  var mostLosses = 1000

  let input: Int
  private var line = 0
  private var joiner = TraceJoiner()
  private var width = WrapWidth()
  /// Entries whose time is none.
  var unusableTimes: Int64 = 0
  var firstUnusable: Place?
  /// The CPU of the first entry, as digits; and whether all were of it. Of `per_cpu/cpuN/trace` they are.
  private var firstCPU: UInt32 = 0
  private var isOfOneCPU = true
  var cpus: Int64 = 0
  var hint = ColumnHint()
  var frames = GraphFrames()
  var promised: Int64?
  var promise: TracePromise?
  var counted: Int64 = 0
  var isGraph = false
  /// A header has said which tracer it is.
  var isAnnounced = false
  var contextless: Int64 = 0
  /// Nil where what steps back is no other trace.
  private(set) var order: TraceOrder?
  /// Its last line is of another trace, which must be read anew.
  private(set) var isOver = false
  /// It is one CPU's, by the times of what stands above or below it.
  private var isOneCPUs = false

  /// `input`: the document's number, for places.
  package init(input: Int) { self.input = input }

  /// Reads the traces of one document, behind `last`: each ends where its times step back.
  init(input: Int, behind last: TraceTextReader?) {
    self.input = input
    order = TraceOrder(behind: last?.order)
    guard let last, last.isOver else { return }
    // The columns tell whether a line begins, before one of this trace was read.
    (isOneCPUs, hint) = (last.isOneCPUs, last.hint)
  }

  /// What the lines are made by, as far as they told.
  package internal(set) var form: Form = .events
  /// The tracer's own, or trace-cmd's (`reported`).
  package enum Form: Sendable { case events, function, graph, reported }

  /// Where a record was seen.
  package typealias Sink = (TraceRecord, Span<UInt8>, Place) -> Void

  /// Reads a run of whole lines of a trace that stands alone, beginning at `offset` in the input.
  package mutating func read(_ text: Span<UInt8>, at offset: Int, _ sink: Sink) {
    var start = 0
    while start < text.count {
      let end = text.index(of: 10, from: start) ?? text.count
      line += 1
      let line = text.extracting(start..<(end > start && text[end - 1] == 13 ? end - 1 : end))
      let place = Place(input: input, line: self.line, offset: offset + start)
      if !take(line, place, isWhole: true, sink) { note(unexplained: line, place) }
      start = end + 1
    }
  }

  /// Whether the line `start ..< end` of a run is one that nobody needs, by its columns alone; it is counted then.
  @inline(__always)
  mutating func passesOver(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    guard let body = hint.body(text, start, end), !Interest.mayNeed(text, body, end) else { return false }
    entries += 1
    if isOfOneCPU { see(text, digits: start + hint.cpu) }
    return true
  }

  /// A line waits for its rest.
  var isHolding: Bool { joiner.isHolding }

  /// Passes over whole lines that nobody needs, up to the first that may be needed: that is `start ..< end` then, or `start` is the
  /// end of the run. Gives how many it were. In a loop of its own, for of a large trace these are nearly all.
  mutating func passOver(
    _ text: Span<UInt8>, _ start: inout Int, _ end: inout Int, _ newlines: inout BytePlaces
  ) -> Int {
    var passed = 0
    while end < text.count, passesOver(text, start, end) {
      passed += 1
      start = end + 1
      guard start < text.count else { break }
      end = newlines.next(in: text) ?? text.count
    }
    return passed
  }

  /// Whether a line of a trace begins at `start` of a run, by its columns, which are those of the lines before it: what is
  /// above it is whole.
  func begins(_ text: Span<UInt8>, at start: Int) -> Bool {
    start < text.count
      && (text[start] == UInt8(ascii: "#") || hint.fits(text, start)
        || isGraph && GraphLine.mayBegin(text, at: start))
  }

  /// Hands on what waits for its rest, if the line at `start` is none: where a run ends, it was not there to be looked at.
  @inline(__always)
  mutating func release(before text: Span<UInt8>, at start: Int, _ sink: Sink) {
    if joiner.isHolding, begins(text, at: start) { release(sink) }
  }

  /// Takes a line if it is one of a trace. `isWhole`: the next line is known to begin with columns of its own; else a mail
  /// program may have broken this one, and what follows without columns is its rest.
  package mutating func take(_ line: Span<UInt8>, _ place: Place, isWhole: Bool, _ sink: Sink) -> Bool {
    let first = line.skipBlanks(from: 0, to: line.count)
    guard first < line.count else {
      release(sink)
      return true
    }
    if line[first] == UInt8(ascii: "#") {
      release(sink)
      note(line, first, place, sink)
      return true
    }
    // A function's call that has lost its columns to the line above is one by its looks.
    if isGraph, joiner.isHolding, line.index(of: UInt8(ascii: "|"), to: min(line.count, 64)) == nil,
      joiner.join(line, first, width)
    {
      return true
    }
    if let entry = entry(line, first) {
      release(sink)
      guard goesOn(entry) else { return true }
      width.see(line)
      if !isWhole, width.mayBreak(line.count), mayBeBroken(line, entry) {
        joiner.hold(line, place, isCut: false)
      } else {
        read(entry, line, first, place, sink)
      }
      return true
    }
    if joiner.isHolding {
      // The next entry may be broken in its columns.
      let isNext = isGraph ? GraphLine.mayBegin(line, at: 0) : TraceHeader.hasOwner(line)
      if !isNext, joiner.join(line, first, width) { return true }
      release(sink)
    }
    if !isWhole, let lacks = cut(line, first) {
      joiner.hold(line, place, isCut: lacks)
      return true
    }
    return false
  }

  /// Whether the line begins a trace that nothing has announced: the columns of ftrace are like no other.
  func begins(_ line: Span<UInt8>) -> Bool {
    TraceHeader.parse(line) != nil || Self.saysLost(line) || graphEntry(line) != nil
  }

  /// `CPU:3 [LOST 220 EVENTS]`
  static func saysLost(_ line: Span<UInt8>) -> Bool {
    let first = line.skipBlanks(from: 0, to: line.count)
    return line.has("CPU:", at: first) && line.index(of: "EVENTS", from: first) != nil
  }

  /// A line of function_graph. Where no header says that it is one, its columns must: C code has calls, too.
  private func graphEntry(_ line: Span<UInt8>) -> GraphLine? {
    if isGraph { return GraphLine.parse(line) }
    guard line.index(of: UInt8(ascii: "|"), to: min(line.count, 64)) != nil,
      let graph = GraphLine.parse(line),
      graph.cpu >= 0 || graph.time != nil
    else { return nil }
    return graph
  }

  /// The CPU that all entries are of; nil if they are of several, or of none.
  var onlyCPU: Int32? {
    if isOneCPUs, let cpu = order?.onlyCPU { return cpu }
    // With all that the header promises it is the whole of a buffer in which other CPUs wrote nothing.
    guard isOfOneCPU, firstCPU != 0, cpus != 1, let promised, entries - counted < promised else { return nil }
    return Int32(firstCPU >> 16 & 15) * 100 + Int32(firstCPU >> 8 & 15) * 10 + Int32(firstCPU & 15)
  }

  /// Keeps count of whose entries there are, until there are two.
  @inline(__always)
  private mutating func see(_ text: Span<UInt8>, digits at: Int) {
    let cpu = UInt32(text[at]) << 16 | UInt32(text[at + 1]) << 8 | UInt32(text[at + 2])
    if firstCPU == 0 { firstCPU = cpu } else if firstCPU != cpu { isOfOneCPU = false }
  }

  /// Hands on what waits for its rest.
  package mutating func release(_ sink: Sink) {
    guard joiner.isHolding else { return }
    let (text, place) = joiner.take()
    let line = text.span
    let first = line.skipBlanks(from: 0, to: line.count)
    if let entry = entry(line, first) {
      read(entry, line, first, place, sink)
    } else {
      note(unexplained: line, place)
    }
  }

  private enum Entry {
    case columns(TraceHeader)
    case graph(GraphLine)
    case lost
    /// A frame of a stack, which no rule asks for.
    case frame
  }

  /// False if the entry is of another trace.
  private mutating func goesOn(_ entry: Entry) -> Bool {
    guard case .columns(let header) = entry, let step = order?.take(header) else { return true }
    isOver = step != .goesOn
    isOneCPUs = isOneCPUs || step == .nextCPU
    return !isOver
  }

  private func entry(_ line: Span<UInt8>, _ first: Int) -> Entry? {
    if line.has("=> ", at: first) { return .frame }
    if !isGraph || hint.isSet, let header = TraceHeader.parse(line) { return .columns(header) }
    if Self.saysLost(line) { return .lost }
    return graphEntry(line).map { .graph($0) }
  }

  private mutating func read(
    _ entry: Entry, _ line: Span<UInt8>, _ first: Int, _ place: Place, _ sink: Sink
  ) {
    switch entry {
    case .columns(let header):
      if entries == 0, !isAnnounced { form = Self.form(line, header) }
      entries += 1
      hint.learn(line, header)
      // Columns that the hint does not know are not of per_cpu files.
      if hint.body(line, 0, line.count) != nil { see(line, digits: hint.cpu) } else { isOfOneCPU = false }
      settle(header.isTicks ? .ticks : header.isRelative ? .relative : .nanoseconds)
      event(line, header, place, sink)
    case .graph(let graph):
      isGraph = true
      form = .graph
      self.graph(line, graph, place, sink)
    case .lost: _ = lost(line, first, place, sink)
    case .frame: break
    }
  }

  /// Whether something may be missing at the end of an entry that somebody needs.
  private func mayBeBroken(_ line: Span<UInt8>, _ entry: Entry) -> Bool {
    switch entry {
    case .columns(let header):
      header.body >= line.trimmed(0..<line.count).upperBound
        || Interest.mayNeed(line, header.body, line.count)
    // What stands behind a brace or a call is another line's only if it has columns.
    case .graph: true
    case .lost, .frame: false
    }
  }

  /// Of a line that is no entry, but begins like one; nil of others. `comm-pid [002] d....` is broken before its time, the columns of
  /// a graph before the function: that its rest is missing is certain (true). A call may be broken in its arguments.
  private func cut(_ line: Span<UInt8>, _ first: Int) -> Bool? {
    guard isGraph else { return TraceHeader.isCut(line) ? true : nil }
    guard line.index(of: UInt8(ascii: "|"), from: first) != nil else { return nil }
    return line.ends(line.trimmed(first..<line.count), with: "|")
  }

  /// What an entry is made by, where no header says it.
  private static func form(_ line: Span<UInt8>, _ header: TraceHeader) -> Form {
    line.index(of: "<-", from: header.body) != nil && line.index(of: ": (", from: header.body) == nil
      ? .function : .events
  }

  mutating func settle(_ seen: TraceClock) {
    if clock == nil { clock = seen }
  }

  func record(_ what: TraceRecord.What) -> TraceRecord {
    TraceRecord(task: 0..<0, tid: -1, cpu: -1, time: .min, what: what)
  }
}
