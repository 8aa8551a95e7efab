// What the fields of a generic event mean: from its descriptor, or from the names that each event brings along.
import Bytes
import Events
import Records

/// What is done with one field of an event.
struct Action: Sendable {
  enum Kind: UInt8, Sendable {
    case nothing, address, name, pointer, driver, registrar, result, number, text
  }
  var kind = Kind.nothing
  /// Of several fields of one kind the lowest counts.
  var rank: UInt8 = 0
}

/// What to do with the events of one kind.
struct EventPlan: Sendable {
  enum Kind: UInt8, Sendable {
    case other, probeEntry, probeReturn
    case groupAdded, groupRemoved, domainAttached, pageFault, console
  }
  var kind = Kind.other
  var probe: UInt16 = 0
  /// By the field's number.
  var actions: [Action] = []

  /// No event that is needed has more fields.
  static let mostFields = 64

  struct NamedField {
    var name: Range<Int>
    var number: Int
    var isText: Bool
  }

  /// `fields`: names are ranges into `bytes`.
  init(
    _ bytes: Span<UInt8>, event: Range<Int>, group: Range<Int>, _ fields: [NamedField],
    _ probes: inout Probes,
    _ names: inout NameTable
  ) {
    kind = Self.kind(bytes, event, group, fields)
    guard kind != .other, event.count <= Longest.name, group.count <= Longest.name else {
      kind = .other
      return
    }
    for field in fields where field.number < Self.mostFields {
      while actions.count <= field.number { actions.append(Action()) }
      actions[field.number] = action(bytes, field)
    }
    guard kind == .probeEntry || kind == .probeReturn else { return }
    if kind == .probeReturn { takeResult(bytes, fields) }
    guard
      let number = probes.number(
        names.intern(bytes, event), names.intern(bytes, group), isReturn: kind == .probeReturn)
    else {
      kind = .other
      return
    }
    probe = number
  }

  private static func kind(
    _ bytes: Span<UInt8>, _ event: Range<Int>, _ group: Range<Int>, _ fields: [NamedField]
  ) -> Kind {
    for field in fields {
      if bytes.equals(field.name, "__probe_func") { return .probeReturn }
      if bytes.equals(field.name, "__probe_ip") { return .probeEntry }
    }
    if bytes.equals(event, "console") { return .console }
    guard group.isEmpty || bytes.equals(group, "iommu") else { return .other }
    if bytes.equals(event, "add_device_to_group") { return .groupAdded }
    if bytes.equals(event, "remove_device_from_group") { return .groupRemoved }
    if bytes.equals(event, "attach_device_to_domain") { return .domainAttached }
    return bytes.equals(event, "io_page_fault") ? .pageFault : .other
  }

  private func action(_ bytes: Span<UInt8>, _ field: NamedField) -> Action {
    func rank(_ keys: [StaticString]) -> UInt8? {
      keys.firstIndex { bytes.equals(field.name, $0) }.map { UInt8($0) }
    }
    switch kind {
    case .probeEntry:
      if bytes.equals(field.name, "__probe_ip") { return Action(kind: .address) }
      if field.isText, let rank = rank(TraceEvents.detailKeys(.reallyProbe)) {
        return Action(kind: .driver, rank: rank)
      }
      // What names the IOMMU's own device in a registration names the device everywhere else.
      if field.isText, let rank = rank(["hw", "hwdev"]) { return Action(kind: .registrar, rank: rank) }
      return rank(Fields.deviceKeys).map { Action(kind: field.isText ? .name : .pointer, rank: $0) }
        ?? Action()
    case .probeReturn: return bytes.equals(field.name, "__probe_func") ? Action(kind: .address) : Action()
    default:
      if field.isText { return Action(kind: rank(["device", "msg"]) == nil ? .nothing : .text) }
      return Action(kind: rank(["gid", "iova"]) == nil ? .nothing : .number)
    }
  }

  /// A field with a usual name, else the first number.
  private mutating func takeResult(_ bytes: Span<UInt8>, _ fields: [NamedField]) {
    let numbers = fields.filter { !$0.isText && !bytes.has("__probe_", at: $0.name.lowerBound) }
    var usual: NamedField?
    for key in Fields.returnKeys where usual == nil {
      for number in numbers where usual == nil && bytes.equals(number.name, key) { usual = number }
    }
    guard let result = usual ?? numbers.first, actions.indices.contains(result.number) else { return }
    actions[result.number] = Action(kind: .result)
  }
}

/// What an event's fields hold, as far as it is wanted.
struct EventFields {
  var address: UInt64 = 0
  var pointer: UInt64 = 0
  var number: Int64 = 0
  var hasNumber = false
  var name = 0..<0
  var detail = 0..<0
  private var ranks: (name: UInt8, pointer: UInt8, detail: UInt8) = (.max, .max, .max)

  @inline(__always)
  mutating func take(_ action: Action, _ field: WireField, _ bytes: Span<UInt8>) {
    switch action.kind {
    case .nothing: break
    case .address: address = field.value
    case .name: if field.isBytes { Self.text(field.range, action.rank, &ranks.name, &name, bytes) }
    case .driver, .registrar:
      if field.isBytes { Self.text(field.range, action.rank, &ranks.detail, &detail, bytes) }
    case .text: if field.isBytes { name = Longest.clip(field.range, Longest.message) }
    case .pointer:
      guard !field.isBytes, action.rank < ranks.pointer else { return }
      ranks.pointer = action.rank
      pointer = field.value
    case .result, .number:
      guard !field.isBytes else { return }
      number = field.signed
      hasNumber = true
    }
  }

  /// What could not be read from memory is `(fault)`.
  @inline(__always)
  private static func text(
    _ value: Range<Int>, _ rank: UInt8, _ best: inout UInt8, _ kept: inout Range<Int>, _ bytes: Span<UInt8>
  ) {
    guard rank < best, !value.isEmpty, value.count <= Longest.name,
      bytes[value.lowerBound] != UInt8(ascii: "(")
    else { return }
    best = rank
    kept = value
  }
}

/// Plans by the trace's own ids, which count up from 65536.
struct DensePlans: Sendable {
  static let first = 65_536
  private static let most = 65_536
  struct Plan: Sendable {
    var kind: EventPlan.Kind
    var probe: UInt16
  }
  private var plans: [Plan?] = []
  /// `EventPlan.mostFields` of each plan: an array of its own would have to be retained for every event.
  private var actions: [Action] = []

  @inline(__always)
  subscript(_ id: Int) -> Plan? {
    let index = id - Self.first
    return index < plans.count ? plans[index] : nil
  }

  /// The fields of an event that has a plan; nil if it is broken.
  @inline(__always)
  func fields(_ id: Int, _ range: Range<Int>, _ bytes: Span<UInt8>) -> EventFields? {
    var fields = EventFields()
    let first = (id - Self.first) * EventPlan.mostFields
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      guard field.number < EventPlan.mostFields else { continue }
      fields.take(actions[first + field.number], field, bytes)
    }
    return wire.isBroken ? nil : fields
  }

  static func isId(_ id: Int) -> Bool { id >= first && id < first + most }

  mutating func set(_ id: Int, _ plan: EventPlan) {
    guard Self.isId(id) else { return }
    let index = id - Self.first
    while plans.count <= index {
      plans.append(nil)
      actions.append(contentsOf: repeatElement(Action(), count: EventPlan.mostFields))
    }
    plans[index] = Plan(kind: plan.kind, probe: plan.probe)
    for number in 0..<EventPlan.mostFields {
      actions[index * EventPlan.mostFields + number] =
        number < plan.actions.count ? plan.actions[number] : Action()
    }
  }
}

/// How long what is kept may be: a hostile file's texts are of any length.
enum Longest {
  static let name = 256
  static let message = 2048

  static func name(_ range: Range<Int>) -> Range<Int> { clip(range, name) }
  static func clip(_ range: Range<Int>, _ length: Int) -> Range<Int> {
    range.lowerBound..<min(range.upperBound, range.lowerBound + length)
  }
}
