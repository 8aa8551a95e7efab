// FtraceEventBundle: events of one CPU. Descriptors may stand behind the events that need them: two passes.
import Bytes
import Events
import Records

extension PerfettoRecording {
  private struct Bundle {
    var cpu: Int32 = 0
    var clock: UInt64 = 0
    var clockTime: UInt64?
    var bootTime: UInt64?
    var hasLost = false
    var hasError = false
    var compact: Range<Int>?
  }

  /// `base`: what makes an offset in `bytes` one in the document; nil for what was packed. False if it is broken.
  mutating func take(
    bundle range: Range<Int>, _ packet: Packet, _ bytes: Span<UInt8>, _ base: Int64?, _ place: Int64,
    _ names: inout NameTable
  ) -> Bool {
    counts.bundles += 1
    var bundle = Bundle()
    let isWhole = readHead(&bundle, range, bytes, &names)
    guard bundle.cpu >= 0, bundle.cpu < 8192 else { return false }
    let key = key(bundle.cpu, packet.sequence)
    if bundle.hasLost || bundle.hasError {
      cpus[key, default: CPUState()].hole = place
      cpus[key, default: CPUState()].lost += 1
      if bundle.hasError { stats.bundleErrors += 1 }
    }
    if let compact = bundle.compact { threads.take(compact: compact, bytes, &names) }
    let isOurs = bundles.note(bundle.clock, bundle.clockTime, bundle.bootTime)
    var state = cpus[key, default: CPUState()]
    state.source = source(packet.sequence)
    let before = state.events
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      guard field.number == 2, field.isBytes else { continue }
      guard isOurs else {
        counts.otherClocks += 1
        continue
      }
      let eventPlace = base.map { $0 + Int64(field.range.lowerBound) } ?? inflating.nextPlace()
      take(event: field.range, bundle.cpu, packet.sequence, bytes, eventPlace, &state, &names)
    }
    // What an error was said of may be at the bundle's end.
    if bundle.hasError { state.hole = place }
    if state.events > before { stats.noteEvents(of: packet.sequence) }
    cpus[key] = state
    return isWhole
  }

  /// Nobody has so many CPUs and sources: what comes beyond shares its place.
  private func key(_ cpu: Int32, _ sequence: UInt32) -> CPUKey {
    let key = CPUKey(cpu: cpu, sequence: sequence)
    return cpus.count < 1 << 16 || cpus[key] != nil ? key : CPUKey(cpu: cpu, sequence: 0)
  }

  /// Which of its data sources a sequence is.
  private mutating func source(_ sequence: UInt32) -> UInt8 {
    if let known = sources.firstIndex(of: sequence) { return UInt8(known) }
    if sources.count < Int(UInt8.max) { sources.append(sequence) }
    return UInt8(sources.count - 1)
  }

  private mutating func readHead(
    _ bundle: inout Bundle, _ range: Range<Int>, _ bytes: Span<UInt8>, _ names: inout NameTable
  ) -> Bool {
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      switch field.number {
      case 2: break
      case 1: bundle.cpu = field.small
      case 3: bundle.hasLost = bundle.hasLost || field.value != 0
      case 4: if field.isBytes { bundle.compact = field.range }
      case 5: bundle.clock = field.value
      case 6: bundle.clockTime = field.value
      case 7: bundle.bootTime = field.value
      case 8, 512: bundle.hasError = true
      case 11: if field.isBytes { takeDescriptor(field.range, bytes, &names) }
      default: break
      }
    }
    return !wire.isBroken
  }

  /// GenericEventDescriptor: field_id 1, event_descriptor 2 (DescriptorProto: name 1, field 2 { name 1, number 3, type 5 }),
  /// group_name 3.
  private mutating func takeDescriptor(
    _ range: Range<Int>, _ bytes: Span<UInt8>, _ names: inout NameTable
  ) {
    var (id, descriptor, group) = (0, 0..<0, 0..<0)
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      if field.number == 1, !field.isBytes { id = Int(truncatingIfNeeded: field.value) }
      if field.number == 2, field.isBytes { descriptor = field.range }
      if field.number == 3, field.isBytes { group = field.range }
    }
    guard DensePlans.isId(id) else { return }
    var event = 0..<0
    var fields: [EventPlan.NamedField] = []
    wire = Wire(descriptor)
    while let field = wire.next(bytes) {
      guard field.isBytes else { continue }
      if field.number == 1 { event = field.range }
      guard field.number == 2, fields.count < EventPlan.mostFields else { continue }
      var named = EventPlan.NamedField(name: 0..<0, number: 0, isText: false)
      var inner = Wire(field.range)
      while let part = inner.next(bytes) {
        if part.number == 1, part.isBytes { named.name = part.range }
        if part.number == 3, !part.isBytes { named.number = Int(clamping: part.value) }
        if part.number == 5 { named.isText = part.value == 9 || part.value == 12 }
      }
      fields.append(named)
    }
    dense.set(id, EventPlan(bytes, event: event, group: group, fields, &probes, &names))
  }

  // MARK: events

  /// FtraceEvent: timestamp 1, pid 2, then one of many.
  @inline(__always)
  private mutating func take(
    event range: Range<Int>, _ cpu: Int32, _ sequence: UInt32, _ bytes: Span<UInt8>, _ place: Int64,
    _ state: inout CPUState, _ names: inout NameTable
  ) {
    counts.events += 1
    state.events += 1
    var (time, tid) = (Int64(-1), Int32(-1))
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      switch field.number {
      case 1: time = Int64(exactly: field.value) ?? -1
      case 2: tid = field.small
      case 5: break
      default:
        guard field.isBytes else { continue }
        guard (0...Stamp.highest).contains(time) else {
          counts.timeless += 1
          return
        }
        let head = Held.Head(time: time, place: place, tid: tid, cpu: cpu, source: state.source)
        if state.hole != nil || state.drops != drops { addHole(before: head, &state) }
        guard holding.wants(time, place) else { return }
        take(body: field, head, sequence, bytes, &names)
        return
      }
    }
    if wire.isBroken { breakOff(place) } else { counts.empty += 1 }
  }

  /// Something was lost before this event of its CPU.
  @inline(never)
  private mutating func addHole(before event: Held.Head, _ state: inout CPUState) {
    var hole = event
    hole.tid = -1
    hole.place = state.hole ?? sequences.firstDrop ?? event.place
    holding.add(Held(hole, .lost))
    state.hole = nil
    state.drops = drops
  }

  @inline(__always)
  private mutating func take(
    body field: WireField, _ head: Held.Head, _ sequence: UInt32, _ bytes: Span<UInt8>,
    _ names: inout NameTable
  ) {
    switch field.number {
    case DensePlans.first...: takeDense(field, head, bytes, &names)
    case 327: takeGeneric(field.range, head, bytes, &names)
    case 408: takeConsole(field.range, head, bytes, &names)
    case 437, 438: takeGraph(field, head, sequence, bytes, &names)
    case 542: counts.bare += 1
    case 4: threads.take(task: field.range, pid: 6, comm: 5, bytes, &names)
    case 235: threads.take(task: field.range, pid: 1, comm: 2, bytes, &names)
    case 236: threads.take(task: field.range, pid: 1, comm: 3, bytes, &names)
    default: break
    }
  }

  @inline(__always)
  private mutating func takeDense(
    _ event: WireField, _ head: Held.Head, _ bytes: Span<UInt8>, _ names: inout NameTable
  ) {
    guard let plan = dense[event.number] else {
      counts.undescribed += 1
      return
    }
    guard plan.kind != .other else { return }
    guard let fields = dense.fields(event.number, event.range, bytes) else { return breakOff(head.place) }
    keep(fields, plan.kind, plan.probe, head, bytes, &names)
  }

  /// Makes an event of its fields and holds it.
  @inline(__always)
  mutating func keep(
    _ fields: EventFields, _ plan: EventPlan.Kind, _ probe: UInt16, _ head: Held.Head, _ bytes: Span<UInt8>,
    _ names: inout NameTable
  ) {
    guard names.hasRoom else {
      counts.hasNoRoom = true
      return
    }
    let kind: Held.Kind
    var number = fields.number
    var (name, detail) = (Name.none, Name.none)
    switch plan {
    case .other: return
    case .probeEntry:
      probes.all[Int(probe)].note(fields.address)
      kind = .enter
      number = Int64(bitPattern: fields.pointer)
      name = names.intern(bytes, fields.name)
      detail = names.intern(bytes, fields.detail)
    case .probeReturn:
      probes.all[Int(probe)].note(fields.address)
      kind = fields.hasNumber ? .leave : .leaveWithoutResult
    case .groupAdded, .groupRemoved, .domainAttached, .pageFault:
      kind =
        switch plan {
        case .groupAdded: .groupAdded
        case .groupRemoved: .groupRemoved
        case .domainAttached: .domainAttached
        default: .pageFault
        }
      name = names.intern(bytes, bytes.trimmed(Longest.name(fields.name)))
      guard name != .none else { return }
    case .console: return console(fields.name, head, bytes, &names)
    }
    holding.add(Held(head, kind, number: number, name: name, detail: detail, probe: probe))
  }

  /// ConsoleFtraceEvent: msg 1.
  private mutating func takeConsole(
    _ range: Range<Int>, _ head: Held.Head, _ bytes: Span<UInt8>, _ names: inout NameTable
  ) {
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      if field.number == 1, field.isBytes { return console(field.range, head, bytes, &names) }
    }
  }

  private mutating func console(
    _ text: Range<Int>, _ head: Held.Head, _ bytes: Span<UInt8>, _ names: inout NameTable
  ) {
    // A text trace shows the first line of a message behind the event's name.
    let text = bytes.trimmed(text)
    let end = bytes.index(of: 10, from: text.lowerBound, to: text.upperBound) ?? text.upperBound
    let line = Longest.clip(bytes.trimmed(text.lowerBound..<end), Longest.message)
    if !names.hasRoom { counts.hasNoRoom = true }
    let name = names.hasRoom ? names.intern(bytes, line) : .none
    holding.add(Held(head, .console, number: Int64(bitPattern: bytes.hash(line)), name: name))
  }

  /// funcgraph_entry: func 2; funcgraph_exit: func 3. Numbers of the sequence's symbols.
  private mutating func takeGraph(
    _ event: WireField, _ head: Held.Head, _ sequence: UInt32, _ bytes: Span<UInt8>,
    _ names: inout NameTable
  ) {
    let isReturn = event.number == 438
    var function: UInt64 = 0
    var wire = Wire(event.range)
    while let field = wire.next(bytes) {
      if field.number == (isReturn ? 3 : 2), !field.isBytes { function = field.value }
    }
    guard let symbol = sequences.symbol(function, of: sequence) else {
      counts.unnamed += 1
      return
    }
    guard let role = symbol.role, names.hasRoom,
      let probe = probes.number(
        Function(role, names.intern(symbol.name.span, 0..<symbol.name.count)), isReturn: isReturn)
    else { return }
    holding.add(Held(head, isReturn ? .leaveWithoutResult : .enter, probe: probe))
  }
}
