import Bytes
import Events
import Records

/// Turns kept records into events, with the same meaning as `TraceEvents` gives the text of the same record.
struct RecordDecoder {
  private let order: ByteOrder
  private let plans: Plans
  private let roles: RoleTable
  private let long: Int
  private let input: Int
  private var comms: Comms
  private var symbols: Kallsyms
  /// Names of callers and of stack frames that were asked for.
  private var callers: [UInt64: Name] = [:]
  /// Names of the functions with a role, by their index in the table.
  private var functions: [Name] = []

  init(_ layout: Layout, _ comms: Comms, _ symbols: Kallsyms, input: Int, _ names: inout NameTable) {
    order = layout.walk.order
    plans = layout.plans
    roles = layout.roles
    long = layout.walk.commitSize
    self.input = input
    self.comms = comms
    self.symbols = symbols
    for symbol in roles.symbols { functions.append(symbols.name(of: symbol, &names)) }
  }

  private mutating func name(of address: UInt64, _ names: inout NameTable) -> Name {
    if let known = callers[address] { return known }
    let name = symbols.name(of: address, &names)
    callers[address] = name
    return name
  }

  /// Hands the events of `run`, records of one stream, to `sink`; false once that wants no more.
  mutating func decode(
    _ run: ArraySlice<Kept>, _ stream: Container.Stream, _ bytes: Span<UInt8>, _ names: inout NameTable,
    _ sink: (Event, Int) -> Bool
  ) -> Bool {
    var wantsMore = true
    for kept in run where wantsMore {
      decode(kept, stream.cpu, bytes, &names) { wantsMore = sink($0, stream.buffer) }
    }
    return wantsMore
  }

  /// One event, or one for each frame of a stack.
  @inline(__always)
  private mutating func decode(
    _ kept: Kept, _ cpu: Int32, _ bytes: Span<UInt8>, _ names: inout NameTable, _ sink: (Event) -> Void
  ) {
    let place = Place(input: input, line: 0, offset: kept.place)
    guard kept.plan != Kept.lost else {
      let count = kept.start < 0 ? nil : Int64(kept.start)
      return sink(
        Event(time: kept.time, tid: -1, cpu: cpu, comm: .none, place: place, body: .lost(count: count)))
    }
    let plan = plans.all[Int(kept.plan)]
    let record = RecordBytes(kept, order)
    let tid = Int32(truncatingIfNeeded: record.signed(plans.thread, bytes) ?? -1)
    let comm = comms.name(of: tid, &names)
    let body =
      plan.address != nil
      ? function(record, plan, Int(kept.symbol), bytes, &names) : event(record, plan, bytes, &names)
    if let body {
      sink(Event(time: kept.time, tid: tid, cpu: cpu, comm: comm, place: place, body: body))
    }
  }

  private mutating func function(
    _ record: RecordBytes, _ plan: Plan, _ index: Int, _ bytes: Span<UInt8>, _ names: inout NameTable
  ) -> Event.Body? {
    guard index < roles.symbols.count else { return nil }
    let symbol = roles.symbols[index]
    let function = Function(symbol.role, functions[index])
    let from = plan.caller.flatMap { record.unsigned($0, bytes) }
    let caller = from.map { name(of: $0, &names) } ?? .none
    switch plan.kind {
    case .function: return .call(function, subject: argument(record, plan, symbol, bytes), caller: caller)
    case .graphEntry: return .enter(function, subject: argument(record, plan, symbol, bytes), detail: .none)
    case .graphExit, .probeReturn:
      return .leave(
        function, caller: caller, result: plan.result.flatMap { Self.returned(record, $0, bytes) })
    case .probeEntry:
      return probeEntry(record, plans.probes[plan.probe], function, bytes, &names)
    default: return nil
    }
  }

  /// As text spells and reads it: what fits 32 bits is taken for an int.
  private static func returned(_ record: RecordBytes, _ field: Field, _ bytes: Span<UInt8>) -> Int64? {
    guard let value = record.signed(field, bytes) else { return nil }
    return value < 0 ? value : ReturnValue.signed(UInt64(value))
  }

  /// The device among the raw argument words.
  private func argument(
    _ record: RecordBytes, _ plan: Plan, _ symbol: RoleTable.Symbol, _ bytes: Span<UInt8>
  ) -> DeviceKey {
    guard let offset = plan.arguments, let index = symbol.client else { return .unknown }
    return DeviceKey(pointer: record.word(offset + index * long, size: long, bytes) ?? 0)
  }

  private func probeEntry(
    _ record: RecordBytes, _ fields: ProbeFields, _ function: Function, _ bytes: Span<UInt8>,
    _ names: inout NameTable
  ) -> Event.Body {
    var subject = DeviceKey.unknown
    if TraceEvents.carriesDevice(function.role) {
      subject.name = Self.text(record, fields.names, bytes).map { names.intern(bytes, $0) } ?? .none
      subject.pointer = fields.pointers.first.flatMap { record.unsigned($0, bytes) } ?? 0
    }
    let details =
      function.role == .reallyProbe ? fields.drivers : function.role == .registration ? fields.registrars : []
    let detail = Self.text(record, details, bytes).map { names.intern(bytes, $0) } ?? .none
    return .enter(function, subject: subject, detail: detail)
  }

  /// The first of `fields` that holds text; what could not be read from memory is empty.
  private static func text(_ record: RecordBytes, _ fields: [Field], _ bytes: Span<UInt8>) -> Range<Int>? {
    for field in fields {
      if let text = record.text(field, bytes), !text.isEmpty, !bytes.equals(text, "(fault)") { return text }
    }
    return nil
  }

  // MARK: trace events

  private func event(
    _ record: RecordBytes, _ plan: Plan, _ bytes: Span<UInt8>, _ names: inout NameTable
  ) -> Event.Body? {
    let number = plan.number.flatMap { record.signed($0, bytes) }
    let text = bytes.trimmed(plan.text.flatMap { record.text($0, bytes) } ?? 0..<0)
    switch plan.kind {
    case .groupAdded:
      guard !text.isEmpty, let number else { return nil }
      return .groupAdded(device: names.intern(bytes, text), group: Int32(truncatingIfNeeded: number))
    case .groupRemoved: return .groupRemoved(device: names.intern(bytes, text))
    case .domainAttached: return text.isEmpty ? nil : .domainAttached(device: names.intern(bytes, text))
    case .pageFault:
      return number.map { .pageFault(device: names.intern(bytes, text), iova: UInt64(bitPattern: $0)) }
    case .console:
      // A text trace shows the first line of a message behind the event's name.
      let end = bytes.index(of: 10, from: text.lowerBound, to: text.upperBound) ?? text.upperBound
      let line = bytes.trimmed(text.lowerBound..<end)
      return .console(hash: bytes.hash(line), text: names.hasRoom ? names.intern(bytes, line) : .none)
    default: return nil
    }
  }
}
