// ftrace text of every tracer, and trace-cmd report: lines in, records out. Lines that the analysis does not need
// cost a newline search, a look at two columns and one at the name; that is the usual line of a large trace.
import Bytes

public struct TraceTextReader {
  public private(set) var losses: [Loss] = []
  /// What the time column holds, from the first line that has one.
  public private(set) var clock: TraceClock?
  /// Lines that were events or functions, needed or not.
  public private(set) var entries: Int64 = 0
  /// Probe events that named no function (trace-cmd report prints bare addresses).
  public private(set) var rawAddresses: Int64 = 0
  /// Bytes per line are checked for damage only on lines that nothing else explains.
  public private(set) var damagedLines: Int64 = 0
  private var firstDamage: Place?
  /// The kernel that a latency-format header names.
  public private(set) var kernel: String?

  /// Losses that are told one by one; more are put together.
  private var mostLosses = 1000

  private let input: Int
  private var line = 0
  /// The last run ended inside a line that is handed out in pieces.
  private var isInsideLine = false
  private var hint = ColumnHint()
  private var frames = GraphFrames()
  private var promised: Int64?
  private var counted: Int64 = 0
  private var isGraph = false
  private var contextless: Int64 = 0

  public init(input: Int) { self.input = input }

  /// Where a record was seen.
  public typealias Sink = (TraceRecord, Span<UInt8>, Place) -> Void

  /// Reads a run of whole lines that begins at `offset` in the input.
  public mutating func read(_ text: Span<UInt8>, at offset: Int, _ sink: Sink) {
    var start = 0
    var newlines = BytePlaces(of: 10)
    while start < text.count {
      let end = newlines.next(in: text) ?? text.count
      if !isInsideLine { line += 1 }
      isInsideLine = end == text.count
      if let body = hint.body(text, start, end), !Interest.mayNeed(text, body, end) {
        entries += 1
      } else {
        var stop = end
        if stop > start, text[stop - 1] == 13 { stop -= 1 }
        let place = Place(input: input, line: line, offset: offset + start)
        look(text.extracting(start..<stop), place, sink)
      }
      start = end + 1
    }
  }

  /// Reads one line that was taken out of something else: a dump of the trace inside a kernel log.
  public mutating func read(line: Span<UInt8>, at place: Place, _ sink: Sink) { look(line, place, sink) }

  /// To be called at the end of the input: turns what was counted into losses.
  public mutating func finish() {
    settlePromise()
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

  private mutating func look(_ line: Span<UInt8>, _ place: Place, _ sink: Sink) {
    guard !line.isEmpty else { return }
    let first = line.skipBlanks(from: 0, to: line.count)
    guard first < line.count else { return }
    if line[first] == UInt8(ascii: "#") { return note(line, first, place, sink) }
    // A frame of a stack, which no rule asks for.
    if line.has("=> ", at: first) { return }
    if !isGraph || hint.isSet, let header = TraceHeader.parse(line) {
      entries += 1
      hint.learn(line, header)
      settle(header.isTicks ? .ticks : header.isRelative ? .relative : .nanoseconds)
      return event(line, header, place, sink)
    }
    if line.has("CPU:", at: first), lost(line, first, place, sink) { return }
    if let graph = GraphLine.parse(line) {
      return self.graph(line, graph, place, sink)
    }
    unexplained(line, place)
  }

  // MARK: headers, losses

  private mutating func note(_ line: Span<UInt8>, _ at: Int, _ place: Place, _ sink: Sink) {
    if line.has("# tracer: ", at: at) {
      settlePromise()
      isGraph = line.has("function_graph", at: at + 10)
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
    counted = entries
    if written > held {
      losses.append(
        Loss(
          .lostEvents, count: written - held,
          "the ring buffer overwrote its oldest events: trace with a larger trace_buf_size", at: place))
      sink(record(.lost(count: written - held)), line, place)
    }
  }

  /// The header says how many entries follow: fewer means that the text was cut between two lines.
  private mutating func settlePromise() {
    guard let promised, entries - counted < promised else { return }
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

  private mutating func unexplained(_ line: Span<UInt8>, _ place: Place) {
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
