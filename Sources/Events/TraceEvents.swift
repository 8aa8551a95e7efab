import Bytes
import Records

/// Trace records to events: names interned, fields typed.
package enum TraceEvents {
  /// The event that `record` of `line` stands for; nil if it is malformed.
  package static func event(
    _ record: TraceRecord, _ line: Span<UInt8>, _ place: Place, _ names: inout NameTable
  ) -> Event? {
    guard let body = body(record.what, line, &names) else { return nil }
    return Event(
      time: record.time, tid: record.tid, cpu: record.cpu, comm: names.intern(line, record.task),
      place: place, body: body)
  }

  private static func body(_ what: TraceRecord.What, _ line: Span<UInt8>, _ names: inout NameTable) -> Event
    .Body?
  {
    switch what {
    case .enter(let role, let symbol, let arguments):
      return .enter(
        Function(role, base(line, symbol, &names)), subject: subject(role, line, arguments, &names),
        detail: detail(role, line, arguments, &names))
    case .leave(let role, let symbol, let caller, _, let result):
      return .leave(
        Function(role, base(line, symbol, &names)), caller: base(line, caller, &names), result: result)
    case .abandon(let role): return .abandon(role)
    case .call(let role, let symbol, let arguments, let caller):
      return .call(
        Function(role, base(line, symbol, &names)), subject: subject(role, line, arguments, &names),
        caller: base(line, caller, &names))
    case .event(let event, let fields): return traceEvent(event, line, fields, &names)
    case .lost(let count): return .lost(count: count)
    }
  }

  /// A symbol without its compiler suffix.
  private static func base(_ line: Span<UInt8>, _ symbol: Range<Int>, _ names: inout NameTable) -> Name {
    names.intern(line, Symbol.base(line, symbol))
  }

  private static func subject(
    _ role: Role, _ line: Span<UInt8>, _ arguments: Range<Int>, _ names: inout NameTable
  ) -> DeviceKey {
    guard carriesDevice(role) else { return .unknown }
    let (name, pointer) = Fields.device(line, arguments)
    return DeviceKey(name: name.map { names.intern(line, $0) } ?? .none, pointer: pointer ?? 0)
  }

  /// False for functions that take no client device as their first argument.
  package static func carriesDevice(_ role: Role) -> Bool {
    role != .registration && role != .setupDefaultDomain && role != .busWalk
  }

  /// The names of fields that hold the driver of a bind, or the IOMMU's own device of a registration.
  package static func detailKeys(_ role: Role) -> [StaticString] {
    switch role {
    case .reallyProbe: ["drv", "driver"]
    case .registration: ["hw", "hwdev", "dev", "name"]
    default: []
    }
  }

  private static func detail(
    _ role: Role, _ line: Span<UInt8>, _ arguments: Range<Int>, _ names: inout NameTable
  ) -> Name {
    for key in detailKeys(role) {
      guard let value = Fields.value(line, arguments, key), !value.isEmpty,
        !line.has("0x", at: value.lowerBound)
      else { continue }
      return names.intern(line, value)
    }
    return .none
  }

  private static func traceEvent(
    _ event: TraceEvent, _ line: Span<UInt8>, _ fields: Range<Int>, _ names: inout NameTable
  ) -> Event.Body? {
    func device() -> Name {
      // The device is the last field and may hold blanks.
      guard let key = line.index(of: "device=", from: fields.lowerBound, to: fields.upperBound) else {
        return .none
      }
      return names.intern(line, line.trimmed(key + 7..<fields.upperBound))
    }
    switch event {
    case .addDeviceToGroup:
      // The `fields` option calls it gid and prints hex.
      let group =
        Fields.value(line, fields, "groupID").flatMap { line.decimal($0) }
        ?? Fields.value(line, fields, "gid").flatMap { ReturnValue.parse(line, $0) } ?? -1
      let name = device()
      return name == .none ? nil : .groupAdded(device: name, group: Int32(truncatingIfNeeded: group))
    case .removeDeviceFromGroup: return .groupRemoved(device: device())
    case .attachDeviceToDomain:
      let name = device()
      return name == .none ? nil : .domainAttached(device: name)
    case .ioPageFault: return pageFault(line, fields, &names)
    case .console:
      var text = line.trimmed(fields)
      if line.has("msg=", at: text.lowerBound, before: text.upperBound) {
        text = text.lowerBound + 4..<text.upperBound
      }
      return .console(hash: line.hash(text), text: names.hasRoom ? names.intern(line, text) : .none)
    case .tracingDisabled: return nil
    }
  }

  /// `IOMMU:driver device iova=0x… flags=0x…`
  private static func pageFault(
    _ line: Span<UInt8>, _ fields: Range<Int>, _ names: inout NameTable
  ) -> Event.Body? {
    guard let iova = Fields.value(line, fields, "iova").flatMap({ line.hexadecimal($0) }),
      let key = line.index(of: " iova=", from: fields.lowerBound, to: fields.upperBound)
    else { return nil }
    var start = key
    while start > fields.lowerBound, line[start - 1] != 32 { start -= 1 }
    return .pageFault(device: names.intern(line, start..<key), iova: iova)
  }
}
