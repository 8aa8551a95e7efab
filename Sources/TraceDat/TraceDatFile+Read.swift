// The steps of `TraceDatFile.read`.
import Bytes
import Events
import Records

extension TraceDatFile {
  /// Reads all CPUs and hands out their events by time.
  mutating func readStreams(
    _ bytes: Span<UInt8>, _ mapped: MappedFile, _ names: inout NameTable, _ sink: (Event, Int) -> Bool
  ) {
    let symbols = container.readSymbols(mapped)
    let plans = container.plans(bytes)
    let layout = Layout(
      walk: PageWalk(order: container.order, commitSize: plans.commitSize), plans: plans,
      roles: symbols.roles,
      times: TimeBase(container.options, appliesDate: appliesDate))
    let source = ParallelRead(container, layout, mapped)
    var decoder = RecordDecoder(layout, container.readComms(bytes), symbols, input: input, &names)
    var merge = Merge(source)
    merge.run { batch, run, stream in
      let origin = source.readers[stream].stream
      for kept in batch.kept[run] where kept.plan != Kept.lost && plans.all[Int(kept.plan)].kind == .print {
        noteStop(kept)
      }
      return decoder.decode(batch.kept[run], origin, batch.copied.span, &names, sink)
    }
    for reader in source.readers { count(reader) }
    noteOverruns()
    noteHiddenSymbols(source.readers, symbols.roles)
  }

  /// Takes over counts and losses of one CPU.
  private mutating func count(_ reader: StreamReader) {
    let stream = reader.stream
    let found = reader.collector
    let lost = found.lostUnknown > 0 ? nil : found.lostCount
    buffers[stream.buffer].cpus.append(
      CPU(id: stream.cpu, events: found.events, lost: lost, lostUnknown: found.lostUnknown))
    container.losses.append(contentsOf: reader.losses)
    guard found.lostCount > 0 || found.lostUnknown > 0 else { return }
    let name = buffers[stream.buffer].name
    container.losses.append(
      Loss(
        .lostEvents, count: lost,
        "events lost on CPU \(stream.cpu)\(name.isEmpty ? "" : " of \(name)"): record with a larger buffer (-b)",
        at: Place(input: input, line: 0, offset: stream.range.lowerBound)))
  }

  /// What a CPU overwrote before anybody read it, where its pages have no mark of it.
  private mutating func noteOverruns() {
    let marked = Set(buffers.flatMap(\.cpus).filter { $0.lost != 0 }.map(\.id))
    for (cpu, count) in container.options.overruns.sorted(by: { $0.key < $1.key }) where !marked.contains(cpu)
    {
      lacksBeginning = true
      container.losses.append(
        Loss(
          .lostEvents, count: count,
          "events of CPU \(cpu) were overwritten before they were read: its beginning is missing; record with a larger buffer (-b)",
          at: Place(input: input, line: 0, offset: 0)))
    }
  }

  /// Without addresses of functions no record of one can be told from another.
  private mutating func noteHiddenSymbols(_ readers: [StreamReader], _ roles: RoleTable) {
    let count = readers.reduce(0) { $0 + $1.collector.unnamed }
    guard count > 0, roles.isEmpty else { return }
    container.losses.append(
      Loss(
        .noContext, count: count,
        "the file's kernel symbols have no addresses: no function or probe can be told; record as root with "
          + "kernel.kptr_restrict=0"))
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
    _ text: Container.Text, _ bytes: Span<UInt8>, _ names: inout NameTable, _ sink: (Event, Int) -> Bool
  ) {
    let input = input
    let start = text.region.isCompressed ? nil : text.region.range.lowerBound
    var reader = TraceTextReader(input: input)
    var table = names
    var wantsMore = true
    _ = container.open(text.region, "a text buffer", bytes) { plain in
      reader.read(plain, at: start ?? 0) { record, line, place in
        if wantsMore, let event = TraceEvents.event(record, line, place, &table) {
          wantsMore = sink(event, text.buffer)
        }
      }
    }
    names = table
    reader.finish()
    container.losses.append(contentsOf: reader.losses)
  }
}
