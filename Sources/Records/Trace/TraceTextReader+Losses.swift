// What a trace says of itself in comments, and what it lacks.
import Bytes

/// What a trace's header says of the buffer, which may be spread over the files of `per_cpu/cpuN/trace`: each has the header of all.
package struct TracePromise: Sendable, Equatable {
  /// Entries in the buffer.
  package var entries: Int64
  /// Those that followed the header.
  package var here: Int64
}

extension TraceTextReader {
  /// To be called at the end of the input: turns what was counted into losses.
  package mutating func finish(_ sink: Sink = { _, _, _ in }) {
    release(sink)
    settlePromise()
    if unusableTimes > 0, entries == 0 {
      losses.append(
        Loss(
          .unusable, count: unusableTimes,
          "the time column is not understood (seconds with a point are): nothing in this trace can be ordered; save the file "
            + "as the kernel prints it", at: firstUnusable))
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
    // The last line of all may be cut anywhere.
    if chopped > 1 {
      losses.append(
        Loss(
          .damaged, count: chopped,
          "entries end inside their parentheses or quotes: the lines were chopped; save the file itself, not what a pager shows",
          at: firstChopped))
    }
    if unread > 1 {
      losses.append(
        Loss(
          .damaged, count: unread,
          "entries that could not be read: something stands around or inside them; save the trace as the kernel prints it",
          at: firstUnread))
    }
    if let jumps = order?.jumps, jumps > 0 {
      losses.append(
        Loss(
          .damaged, count: jumps,
          "entries stand in another order than that of time: save the trace as the kernel prints it"))
    }
    if clock == .ticks {
      losses.append(
        Loss(
          .noTimes,
          "the time column holds no seconds (counter, uptime or x86-tsc clock, or none): "
            + "order only; capture with trace_clock=global"))
    }
  }

  mutating func note(_ line: Span<UInt8>, _ at: Int, _ place: Place, _ sink: Sink) {
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
  mutating func counts(_ line: Span<UInt8>, _ at: Int, _ place: Place, _ sink: Sink) {
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

  /// The header says how many entries follow: fewer means that the text was cut between two lines.
  mutating func settlePromise() {
    promise = promised.map { TracePromise(entries: $0, here: entries - counted) }
    guard let promised, entries - counted < promised else { return }
    // The header of `per_cpu/cpuN/trace` counts the entries of all CPUs.
    if onlyCPU != nil { return }
    losses.append(
      Loss(
        .truncated, count: promised - (entries - counted),
        "the header promises \(promised) entries, \(entries - counted) are here: the text was cut"))
    self.promised = nil
  }

  mutating func lost(_ line: Span<UInt8>, _ at: Int, _ place: Place, _ sink: Sink) -> Bool {
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

  mutating func noteChopped(_ place: Place) {
    chopped += 1
    firstChopped = firstChopped ?? place
  }

  /// A line that is none of a trace, and none of a log either.
  mutating func note(unexplained line: Span<UInt8>, _ place: Place) {
    if TraceHeader.hasOwner(line) {
      unusableTimes += 1
      firstUnusable = firstUnusable ?? place
      return
    }
    if Interest.isBareProbe(line) {
      contextless += 1
      entries += 1
      return
    }
    if isGraph, GraphLine.isChopped(line) { return noteChopped(place) }
    if Interest.wasEntry(line) {
      unread += 1
      firstUnread = firstUnread ?? place
      return
    }
    for at in line.indices where line[at] < 32 && line[at] != 9 && line[at] != 27 && line[at] != 13 {
      damagedLines += 1
      firstDamage = firstDamage ?? place
      return
    }
  }
}
