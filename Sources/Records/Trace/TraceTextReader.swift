// ftrace text of every tracer, and trace-cmd report: lines in, records out. Lines that the analysis does not need
// cost a newline search, a look at two columns and one at the name; that is the usual line of a large trace.
import Bytes

/// Reads one trace, line by line; records go to a sink as they come.
package struct TraceTextReader {
  /// What the trace lacks, with places; complete after `finish`.
  package private(set) var losses: [Loss] = []
  /// What the time column holds, from the first line that has one.
  package private(set) var clock: TraceClock?
  /// Lines that were events or functions, needed or not.
  package private(set) var entries: Int64 = 0
  /// Probe events that named no function (trace-cmd report prints bare addresses).
  package private(set) var rawAddresses: Int64 = 0
  /// Bytes per line are checked for damage only on lines that nothing else explains.
  package private(set) var damagedLines: Int64 = 0
  private var firstDamage: Place?
  /// The kernel that a latency-format header names.
  package private(set) var kernel: String?

  /// Losses that are told one by one; more are put together.
  private var mostLosses = 1000

  private let input: Int
  private var line = 0
  private var joiner = TraceJoiner()
  /// Entries whose time is none.
  private var strangeTimes: Int64 = 0
  private var firstStrange: Place?
  /// The CPU of the first entry, as digits; and whether all were of it. Of `per_cpu/cpuN/trace` they are.
  private var firstCPU: UInt32 = 0
  private var isOfOneCPU = true
  private var cpus: Int64 = 0
  private var hint = ColumnHint()
  private var frames = GraphFrames()
  private var promised: Int64?
  private var counted: Int64 = 0
  private var isGraph = false
  /// A header has said which tracer it is.
  private var isAnnounced = false
  private var contextless: Int64 = 0

  /// `input`: the document's number, for places.
  package init(input: Int) { self.input = input }

  /// What the lines are made by, as far as they told.
  package private(set) var form: Form = .events
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

  /// Whether a line of a trace begins at `start` of a run, by its columns, which are those of the lines before it: what is
  /// above it is whole.
  func begins(_ text: Span<UInt8>, at start: Int) -> Bool {
    start < text.count && (text[start] == UInt8(ascii: "#") || hint.fits(text, start))
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
    if let entry = entry(line, first) {
      release(sink)
      if !isWhole, mayBeBroken(line, entry) {
        joiner.hold(line, place)
      } else {
        read(entry, line, first, place, sink)
      }
      return true
    }
    if joiner.isHolding {
      if joiner.join(line, first) { return true }
      release(sink)
    }
    if !isWhole, isCut(line, first) {
      joiner.hold(line, place)
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
    case .columns(let header): Interest.mayNeed(line, header.body, line.count)
    case .graph(let graph):
      graph.what == .comment && line.index(of: "*/", from: graph.comment.lowerBound) == nil
    case .lost, .frame: false
    }
  }

  /// `comm-pid [002] d....`, broken before its time; or the columns of a graph, broken before the function.
  private func isCut(_ line: Span<UInt8>, _ first: Int) -> Bool {
    isGraph ? line.index(of: UInt8(ascii: "|"), from: first) != nil : TraceHeader.isCut(line)
  }

  /// To be called at the end of the input: turns what was counted into losses.
  package mutating func finish(_ sink: Sink = { _, _, _ in }) {
    release(sink)
    settlePromise()
    if strangeTimes > 0, entries == 0 {
      losses.append(
        Loss(
          .unusable, count: strangeTimes,
          "the time column is not understood (seconds with a point are): nothing in this trace can be ordered; save the file "
            + "as the kernel prints it", at: firstStrange))
    }
    if rawAddresses > 0 {
      losses.append(
        Loss(
          .noContext, count: rawAddresses,
          "probe events show only addresses (trace-cmd report has no symbols for them): give trace.dat itself"
        ))
    }
    if contextless > 0 {
      losses.append(
        Loss(
          .noContext, count: contextless,
          "events without task, CPU and time (raw, or nocontext-info): nothing in them can be ordered; "
            + "capture again with context-info on and raw off"))
    }
    if damagedLines > 0 {
      losses.append(
        Loss(.damaged, count: damagedLines, "lines with bytes that no trace prints", at: firstDamage))
    }
    if clock == .ticks {
      losses.append(
        Loss(
          .noTimes,
          "the time column holds no seconds (counter, uptime or x86-tsc clock, or none): "
            + "order only; capture with trace_clock=global"))
    }
  }

  // MARK: headers, losses

  /// What an entry is made by, where no header says it.
  private static func form(_ line: Span<UInt8>, _ header: TraceHeader) -> Form {
    line.index(of: "<-", from: header.body) != nil && line.index(of: ": (", from: header.body) == nil
      ? .function : .events
  }

  private mutating func note(_ line: Span<UInt8>, _ at: Int, _ place: Place, _ sink: Sink) {
    if line.has("# tracer: ", at: at) {
      isAnnounced = true
      settlePromise()
      isGraph = line.has("function_graph", at: at + 10)
      form = isGraph ? .graph : line.has("function", at: at + 10) ? .function : .events
      hint = ColumnHint()
    } else if let key = line.index(of: "entries-in-buffer/entries-written: ", from: at) {
      counts(line, key + 35, place, sink)
    } else if let key = line.index(of: " latency trace v", from: at),
      let on = line.index(of: " on ", from: key)
    {
      kernel = line.string(line.trimmed(on + 4..<line.count))
    }
  }

  /// `# entries-in-buffer/entries-written: 3869/3900   #P:4`
  private mutating func counts(_ line: Span<UInt8>, _ at: Int, _ place: Place, _ sink: Sink) {
    let middle = line.digitsEnd(from: at, to: line.count)
    guard middle < line.count, line[middle] == UInt8(ascii: "/") else { return }
    let end = line.digitsEnd(from: middle + 1, to: line.count)
    guard let held = line.decimal(at..<middle), let written = line.decimal(middle + 1..<end) else { return }
    promised = isGraph ? nil : held
    if let key = line.index(of: "#P:", from: end) {
      cpus = line.decimal(key + 3..<line.digitsEnd(from: key + 3, to: line.count)) ?? 0
    }
    counted = entries
    if written > held {
      losses.append(
        Loss(
          .lostEvents, count: written - held,
          "the ring buffer overwrote its oldest events: trace with a larger trace_buf_size", at: place))
      sink(record(.lost(count: written - held)), line, place)
    }
  }

  /// As many entries have come as the header said.
  var isAsPromised: Bool { promised.map { entries - counted == $0 } ?? false }

  /// The header says how many entries follow: fewer means that the text was cut between two lines.
  private mutating func settlePromise() {
    guard let promised, entries - counted < promised else { return }
    // The header of `per_cpu/cpuN/trace` counts the entries of all CPUs.
    if onlyCPU != nil { return }
    losses.append(
      Loss(
        .truncated, count: promised - (entries - counted),
        "the header promises \(promised) entries, \(entries - counted) are here: the text was cut"))
    self.promised = nil
  }

  private mutating func lost(_ line: Span<UInt8>, _ at: Int, _ place: Place, _ sink: Sink) -> Bool {
    let number = line.digitsEnd(from: at + 4, to: line.count)
    guard let open = line.index(of: UInt8(ascii: "["), from: number),
      line.index(of: "EVENTS", from: open) != nil
    else { return false }
    let digits = line.has("LOST ", at: open + 1) ? open + 6 : open + 1
    let count = line.decimal(digits..<line.digitsEnd(from: digits, to: line.count))
    let cpu = TraceHeader.cpu(line, at + 4..<number)
    losses.append(
      Loss(.lostEvents, count: count, "events lost on CPU \(cpu.map(String.init) ?? "?")", at: place))
    if losses.count > mostLosses {
      losses.fold()
      mostLosses = max(mostLosses, losses.count * 2)
    }
    var lost = record(.lost(count: count))
    lost.cpu = cpu ?? -1
    sink(lost, line, place)
    return true
  }

  /// A line that is none of a trace, and none of a log either.
  mutating func note(unexplained line: Span<UInt8>, _ place: Place) {
    if TraceHeader.hasOwner(line) {
      strangeTimes += 1
      firstStrange = firstStrange ?? place
      return
    }
    if Interest.isBareProbe(line) {
      contextless += 1
      entries += 1
      return
    }
    for at in line.indices where line[at] < 32 && line[at] != 9 && line[at] != 27 && line[at] != 13 {
      damagedLines += 1
      firstDamage = firstDamage ?? place
      return
    }
  }

  private mutating func settle(_ seen: TraceClock) {
    if clock == nil { clock = seen }
  }

  private func record(_ what: TraceRecord.What) -> TraceRecord {
    TraceRecord(task: 0..<0, tid: -1, cpu: -1, time: .min, what: what)
  }

  // MARK: events

  private mutating func event(_ line: Span<UInt8>, _ header: TraceHeader, _ place: Place, _ sink: Sink) {
    var result = TraceRecord(
      task: header.task, tid: header.tid, cpu: header.cpu, time: header.time, what: .lost(count: nil))
    let end = line.trimmed(0..<line.count).upperBound
    let nameEnd = Symbol.end(line, header.body, end)
    guard nameEnd < end else { return plainFunction(line, header.body..<nameEnd, &result, place, sink) }
    switch line[nameEnd] {
    case UInt8(ascii: ":"):
      named(
        line, header.body..<nameEnd, line.skipBlanks(from: nameEnd + 1, to: end), end, &result, place, sink)
    // `<stack trace>`
    case UInt8(ascii: "<"): break
    default:
      function(line, header.body, nameEnd, end, &result, place, sink)
    }
  }

  private mutating func named(
    _ line: Span<UInt8>, _ name: Range<Int>, _ body: Int, _ end: Int, _ result: inout TraceRecord,
    _ place: Place, _ sink: Sink
  ) {
    if body < end, line[body] == UInt8(ascii: "("), TraceEvent.named(line, name) == nil {
      probe(ProbeText.parse(line, open: body, end: end), line, &result, place, sink)
    } else if line.has("__probe_", at: body) {
      probe(ProbeText.parseFields(line, body..<end), line, &result, place, sink)
    } else if line.equals(name, "funcgraph_entry") || line.equals(name, "funcgraph_exit") {
      reportedGraph(line, body, end, result, place, sink)
    } else if line.equals(name, "function") {
      function(line, body, Symbol.end(line, body, end), end, &result, place, sink)
    } else if let event = TraceEvent.named(line, name) {
      result.what = .event(event, fields: body..<end)
      if event == .tracingDisabled { stopped(place) }
      sink(result, line, place)
    } else if line.index(of: "Disabling tracing due to warning", from: body, to: end) != nil {
      stopped(place)
    }
  }

  private mutating func probe(
    _ parsed: ProbeText.Parsed, _ line: Span<UInt8>, _ result: inout TraceRecord, _ place: Place, _ sink: Sink
  ) {
    switch parsed {
    case .record(let what):
      result.what = what
      sink(result, line, place)
    case .rawAddress: rawAddresses += 1
    case .other: break
    }
  }

  private mutating func stopped(_ place: Place) {
    losses.append(
      Loss(
        .tracingStopped,
        "traceoff_on_warning stopped the trace at the first warning: what came later is missing",
        at: place))
  }

  /// `really_probe <-__driver_probe_device`, `really_probe(dev=…) <-…`, `really_probe <-- …` (trace-cmd).
  private mutating func function(
    _ line: Span<UInt8>, _ start: Int, _ nameEnd: Int, _ end: Int, _ result: inout TraceRecord,
    _ place: Place, _ sink: Sink
  ) {
    guard let role = Role.of(line, start..<nameEnd) else { return }
    guard let arrow = line.index(of: "<-", from: nameEnd, to: end) else {
      return plainFunction(line, start..<nameEnd, &result, place, sink)
    }
    var arguments = nameEnd..<nameEnd
    if nameEnd < end, line[nameEnd] == UInt8(ascii: "("),
      let close = line.index(of: UInt8(ascii: ")"), from: nameEnd, to: arrow)
    {
      arguments = nameEnd + 1..<close
    }
    let from = line.has("<-- ", at: arrow) ? arrow + 4 : arrow + 2
    let caller = from..<Symbol.end(line, from, end)
    result.what = .call(role, symbol: start..<nameEnd, arguments: arguments, caller: caller)
    sink(result, line, place)
  }

  /// print-parent off: the function alone.
  private func plainFunction(
    _ line: Span<UInt8>, _ name: Range<Int>, _ result: inout TraceRecord, _ place: Place, _ sink: Sink
  ) {
    guard let role = Role.of(line, name) else { return }
    result.what = .call(role, symbol: name, arguments: 0..<0, caller: 0..<0)
    sink(result, line, place)
  }

  // MARK: function_graph

  private mutating func reportedGraph(
    _ line: Span<UInt8>, _ start: Int, _ end: Int, _ base: TraceRecord, _ place: Place, _ sink: Sink
  ) {
    var graph = GraphLine(what: .close)
    graph.time = base.time
    graph.cpu = base.cpu
    graph.tid = base.tid
    graph.task = base.task
    var at = start
    if let bar = line.index(of: UInt8(ascii: "|"), from: start, to: min(end, start + 40)) {
      graph.duration = GraphLine.duration(line, line.trimmed(start..<bar))
      at = bar + 1
    }
    guard GraphLine.body(line, at, end, &graph, true) else { return }
    emit(line, graph, base.tid, base, place, sink)
  }

  private mutating func graph(_ line: Span<UInt8>, _ graph: GraphLine, _ place: Place, _ sink: Sink) {
    let thread = frames.thread(of: graph)
    guard graph.what != .switched else { return }
    entries += 1
    settle(graph.time == nil ? .ticks : .nanoseconds)
    let base = TraceRecord(
      task: graph.task, tid: thread, cpu: graph.cpu, time: graph.time ?? Int64(place.line),
      what: .lost(count: nil))
    emit(line, graph, thread, base, place, sink)
  }

  private mutating func emit(
    _ line: Span<UInt8>, _ graph: GraphLine, _ thread: Int32, _ base: TraceRecord, _ place: Place,
    _ sink: Sink
  ) {
    var result = base
    func send(_ what: TraceRecord.What) {
      result.what = what
      sink(result, line, place)
    }
    switch graph.what {
    case .open, .leaf:
      let role = Role.of(line, graph.symbol)
      for gone in frames.open(thread, graph.indent, graph.what == .open ? role : nil) { send(.abandon(gone)) }
      guard let role else { return }
      send(.enter(role, symbol: graph.symbol, arguments: graph.arguments))
      guard graph.what == .leaf else { return }
      if clock == .nanoseconds { result.time += graph.duration ?? 0 }
      send(.leave(role, symbol: graph.symbol, caller: graph.caller, arguments: 0..<0, result: graph.result))
    case .close:
      let (closed, gone) = frames.close(thread, graph.indent)
      for role in gone { send(.abandon(role)) }
      guard let closed else { return }
      send(.leave(closed, symbol: graph.symbol, caller: 0..<0, arguments: 0..<0, result: graph.result))
    case .comment:
      let nameEnd = Symbol.end(line, graph.comment.lowerBound, graph.comment.upperBound)
      guard nameEnd < graph.comment.upperBound, line[nameEnd] == UInt8(ascii: ":") else { return }
      let body = line.skipBlanks(from: nameEnd + 1, to: graph.comment.upperBound)
      named(line, graph.comment.lowerBound..<nameEnd, body, graph.comment.upperBound, &result, place, sink)
    case .switched: break
    }
  }
}
