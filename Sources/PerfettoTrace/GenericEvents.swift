// GenericFtraceEvent, the encoding of before v53: every event brings the names of its fields along.
import Bytes
import Events

/// What to do with the events of one name, learned from the first of them.
struct NamedPlan: Sendable {
  var plan: EventPlan
  /// The names of its fields, in their order.
  var fields: [[UInt8]]
}

extension PerfettoRecording {
  /// A kernel has some 2000 events; what no rule reads counts no bytes.
  private static let mostNamed = 4096
  private static let mostNamedBytes = 1 << 20

  /// event_name 1, field 2 { name 1, str 3, int 4, uint 5 }
  mutating func takeGeneric(
    _ range: Range<Int>, _ head: Held.Head, _ bytes: Span<UInt8>, _ names: inout NameTable
  ) {
    guard let event = Self.eventName(range, bytes), event.count <= Longest.name else { return }
    guard names.hasRoom else {
      counts.hasNoRoom = true
      return
    }
    let name = names.intern(bytes, event)
    guard let known = named[name] ?? learn(name, event, range, bytes, &names) else {
      counts.hasNoRoom = true
      return
    }
    guard known.plan.kind != .other else { return }
    var fields = EventFields()
    var index = 0
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      guard field.number == 2, field.isBytes else { continue }
      index += 1
      guard var value = Self.value(field.range, bytes) else { continue }
      let number = known.number(of: value.name, at: index, bytes)
      guard let number, number < known.plan.actions.count else { continue }
      value.field.number = number
      fields.take(known.plan.actions[number], value.field, bytes)
    }
    guard !wire.isBroken else { return breakOff(head.place) }
    keep(fields, known.plan.kind, known.plan.probe, head, bytes, &names)
  }

  private static func eventName(_ range: Range<Int>, _ bytes: Span<UInt8>) -> Range<Int>? {
    var wire = Wire(range)
    while let field = wire.next(bytes) { if field.number == 1, field.isBytes { return field.range } }
    return nil
  }

  /// A field's name, and its value; `isText` where that is a string.
  private static func value(
    _ range: Range<Int>, _ bytes: Span<UInt8>
  ) -> (name: Range<Int>, field: WireField, isText: Bool)? {
    var name = 0..<0
    var value: WireField?
    var wire = Wire(range)
    while let part = wire.next(bytes) {
      switch part.number {
      case 1: name = part.range
      case 3, 4, 5: value = part
      default: break
      }
    }
    return value.map { (name, $0, $0.isBytes) }
  }

  private mutating func learn(
    _ name: Name, _ event: Range<Int>, _ range: Range<Int>, _ bytes: Span<UInt8>, _ names: inout NameTable
  ) -> NamedPlan? {
    guard named.count < Self.mostNamed, namedBytes < Self.mostNamedBytes else { return nil }
    var fields: [EventPlan.NamedField] = []
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      guard field.number == 2, field.isBytes, fields.count < EventPlan.mostFields - 1,
        let value = Self.value(field.range, bytes), value.name.count <= Longest.name
      else { continue }
      fields.append(.init(name: value.name, number: fields.count + 1, isText: value.isText))
    }
    let plan = EventPlan(bytes, event: event, group: 0..<0, fields, &probes, &names)
    // What no rule reads needs no names.
    let known = NamedPlan(
      plan: plan, fields: plan.kind == .other ? [] : fields.map { bytes.extracting($0.name).array })
    namedBytes += known.fields.reduce(0) { $0 + $1.count }
    named[name] = known
    return known
  }
}

extension NamedPlan {
  /// The field's number, from 1: nearly always its place.
  func number(of name: Range<Int>, at place: Int, _ bytes: Span<UInt8>) -> Int? {
    if place <= fields.count, Self.isSame(fields[place - 1], bytes, name) { return place }
    return fields.firstIndex { Self.isSame($0, bytes, name) }.map { $0 + 1 }
  }

  private static func isSame(_ known: [UInt8], _ bytes: Span<UInt8>, _ name: Range<Int>) -> Bool {
    guard known.count == name.count else { return false }
    for at in known.indices where known[at] != bytes[name.lowerBound + at] { return false }
    return true
  }
}
