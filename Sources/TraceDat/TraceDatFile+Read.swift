// The steps of `TraceDatFile.read`.
import Bytes
import Events
import Records

extension TraceDatFile {
  /// What the workers need to know: page layout, formats, functions of interest, clock.
  mutating func layout(_ bytes: Span<UInt8>) -> Layout {
    let plans = container.plans(bytes)
    let roles = container.symbols(bytes) { Kallsyms.roles($0) } ?? RoleTable([])
    return Layout(
      walk: PageWalk(order: container.order, commitSize: plans.commitSize), plans: plans, roles: roles,
      times: TimeBase(container.options, appliesDate: appliesDate))
  }

  /// Takes over counts and losses of the streams.
  mutating func count(_ results: [StreamResult], _ layout: Layout) {
    for result in results {
      let lost = result.lostUnknown > 0 ? nil : result.lost
      buffers[result.stream.buffer].cpus.append(
        CPU(id: result.stream.cpu, events: result.events, lost: lost, lostUnknown: result.lostUnknown))
      container.losses.append(contentsOf: result.losses)
      guard result.lost > 0 || result.lostUnknown > 0 else { continue }
      let name = buffers[result.stream.buffer].name
      let place = Place(input: input, line: 0, offset: result.stream.range.lowerBound)
      container.losses.append(
        Loss(
          .lostEvents, count: lost,
          "events lost on CPU \(result.stream.cpu)\(name.isEmpty ? "" : " of \(name)"): record with a larger buffer (-b)",
          at: place))
    }
    let probes = results.reduce(0) { $0 + $1.otherProbes }
    if probes > 0, layout.roles.isEmpty {
      container.losses.append(
        Loss(
          .noContext, count: probes,
          "the file's kernel symbols have no addresses: no function or probe can be told; record as root with "
            + "kernel.kptr_restrict=0"))
    }
  }

  /// Merges the streams and hands out their events.
  mutating func emit(
    _ results: [StreamResult], _ layout: Layout, _ bytes: Span<UInt8>, _ names: inout NameTable,
    _ sink: (Event, Int) -> Void
  ) {
    let wanted = Wanted(results, layout, bytes)
    let comms = container.comms(wanted.threads, bytes, &names)
    let addresses = wanted.addresses.sorted()
    var table = names
    let callers =
      addresses.isEmpty ? [:] : container.symbols(bytes) { Kallsyms.names(of: addresses, $0, &table) } ?? [:]
    names = table
    let decoder = Decoder(layout, input: input, comms: comms, callers: callers, &names)
    var merge = Merge(results)
    while let (stream, index) = merge.next(results) {
      let origin = results[stream].stream
      let kept = results[stream].kept[index]
      if kept.plan != Kept.lost, layout.plans.all[Int(kept.plan)].kind == .print { noteStop(kept) }
      if origin.isCompressed {
        let copied = results[stream].copied
        decoder.decode(kept, origin.cpu, copied.span, &names) { sink($0, origin.buffer) }
      } else {
        decoder.decode(kept, origin.cpu, bytes, &names) { sink($0, origin.buffer) }
      }
    }
  }

  /// `Disabling tracing due to warning`, printed into the trace by traceoff_on_warning.
  private mutating func noteStop(_ kept: Kept) {
    container.losses.append(
      Loss(
        .tracingStopped,
        "traceoff_on_warning stopped the trace at the first warning: what came later is missing",
        at: Place(input: input, line: 0, offset: kept.place)))
  }

  /// A buffer that was recorded as text: the same reader as for ftrace text.
  mutating func read(
    _ text: Container.Text, _ bytes: Span<UInt8>, _ names: inout NameTable, _ sink: (Event, Int) -> Void
  ) {
    let input = input
    let start = text.region.isCompressed ? nil : text.region.range.lowerBound
    var reader = TraceTextReader(input: input)
    var table = names
    _ = container.open(text.region, "a text buffer", bytes) { plain in
      reader.read(plain, at: start ?? 0) { record, line, place in
        if let event = TraceEvents.event(record, line, place, &table) { sink(event, text.buffer) }
      }
    }
    names = table
    reader.finish()
    container.losses.append(contentsOf: reader.losses)
  }
}
