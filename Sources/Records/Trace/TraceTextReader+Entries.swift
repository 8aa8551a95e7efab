// From a line that is an entry, by its columns, to a record.
import Bytes

extension TraceTextReader {
  mutating func event(_ line: Span<UInt8>, _ header: TraceHeader, _ place: Place, _ sink: Sink) {
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

  mutating func named(
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

  mutating func probe(
    _ parsed: ProbeText.Parsed, _ line: Span<UInt8>, _ result: inout TraceRecord, _ place: Place, _ sink: Sink
  ) {
    switch parsed {
    case .record(let what):
      result.what = what
      // Names are quoted.
      if case .enter(_, _, let arguments) = what,
        line.extracting(arguments).count(of: 34, before: arguments.count) & 1 != 0
      {
        noteChopped(place)
      }
      sink(result, line, place)
    case .rawAddress: rawAddresses += 1
    case .chopped: noteChopped(place)
    case .other: break
    }
  }

  mutating func stopped(_ place: Place) {
    losses.append(
      Loss(
        .tracingStopped,
        "traceoff_on_warning stopped the trace at the first warning: what came later is missing",
        at: place))
  }

  /// `really_probe <-__driver_probe_device`, `really_probe(dev=…) <-…`, `really_probe <-- …` (trace-cmd).
  mutating func function(
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
  func plainFunction(
    _ line: Span<UInt8>, _ name: Range<Int>, _ result: inout TraceRecord, _ place: Place, _ sink: Sink
  ) {
    guard let role = Role.of(line, name) else { return }
    result.what = .call(role, symbol: name, arguments: 0..<0, caller: 0..<0)
    sink(result, line, place)
  }

  // MARK: function_graph

  mutating func reportedGraph(
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

  mutating func graph(_ line: Span<UInt8>, _ graph: GraphLine, _ place: Place, _ sink: Sink) {
    let thread = frames.thread(of: graph)
    guard graph.what != .switched else { return }
    entries += 1
    settle(graph.time == nil ? .ticks : .nanoseconds)
    let base = TraceRecord(
      task: graph.task, tid: thread, cpu: graph.cpu, time: graph.time ?? Int64(place.line),
      what: .lost(count: nil))
    emit(line, graph, thread, base, place, sink)
  }

  mutating func emit(
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
      let indent = frames.indent(thread, graph)
      for gone in frames.open(thread, indent, graph.what == .open ? role : nil) { send(.abandon(gone)) }
      guard let role else { return }
      send(.enter(role, symbol: graph.symbol, arguments: graph.arguments))
      guard graph.what == .leaf else { return }
      if clock == .nanoseconds { result.time += graph.duration ?? 0 }
      send(.leave(role, symbol: graph.symbol, caller: graph.caller, arguments: 0..<0, result: graph.result))
    case .close:
      let (closed, gone) = frames.close(thread, frames.indent(thread, graph))
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
