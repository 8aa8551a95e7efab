import Events
import Records

/// What to do with the records of one event id. Plain words, because it is copied for every record that is kept.
struct Plan: Sendable {
  enum Kind: UInt8, Sendable {
    case function, graphEntry, graphExit, probeEntry, probeReturn
    case groupAdded, groupRemoved, domainAttached, pageFault, console
    case print
  }
  var kind: Kind
  /// The word that says which function it is: records of other functions are passed over.
  var address: Field?
  /// `parent_ip`, `__probe_ret_ip`: the caller.
  var caller: Field?
  /// Offset of the raw argument words, which fill the rest of the record.
  var arguments: Int?
  var result: Field?
  /// Device or message of an event.
  var text: Field?
  /// Index into `Plans.probes`.
  var probe = 0
  /// Group id or iova: the one number that matters.
  var number: Field?

  /// The plan for `format`; nil if it lacks what it should have.
  init?(_ kind: Kind, _ format: RecordFormat) {
    self.kind = kind
    switch kind {
    case .function:
      address = format.field("ip")
      caller = format.field("parent_ip")
      arguments = format.field("args")?.offset
    case .graphEntry:
      address = format.field("func")
      arguments = format.field("args")?.offset
    case .graphExit:
      address = format.field("func")
      result = format.field("retval")
    case .probeEntry: address = format.field("__probe_ip")
    case .probeReturn:
      address = format.field("__probe_func")
      caller = format.field("__probe_ret_ip")
      takeResult(format)
    default: takeEventFields(format)
    }
    guard isComplete else { return nil }
  }

  private var isComplete: Bool {
    switch kind {
    case .function, .graphEntry, .graphExit, .probeEntry, .probeReturn: address?.shape == .number
    case .groupAdded, .pageFault: text != nil && number != nil
    case .groupRemoved, .domainAttached, .console, .print: text != nil
    }
  }

  private mutating func takeEventFields(_ format: RecordFormat) {
    text = format.field("device", "msg", "buf")
    number = format.field("gid", "iova")
  }

  /// As `Fields.returned`: a field with a usual name, else the first number.
  private mutating func takeResult(_ format: RecordFormat) {
    let usual = Fields.returnKeys.lazy.compactMap { format.field("\($0)") }.first
    result =
      usual ?? format.fields.first { $0.field.shape == .number && !$0.name.hasPrefix("__probe_") }?.field
    if result?.shape != .number { result = nil }
  }
}

/// The arguments of a probe: users choose the fields' names, and `Fields.device` and `TraceEvents.detailKeys` know
/// the usual ones. The likeliest come first.
struct ProbeFields: Sendable {
  /// Fields that may name the device, and those that may hold its address.
  var names: [Field]
  var pointers: [Field]
  /// Fields that may name the driver, or the IOMMU's own device.
  var drivers: [Field]
  var registrars: [Field]

  init(_ format: RecordFormat) {
    let known = Fields.deviceKeys.compactMap { format.field("\($0)") }
    names = known.filter(\.isText)
    pointers = known.filter { $0.shape == .number }
    drivers = TraceEvents.detailKeys(.reallyProbe).compactMap { format.field("\($0)") }.filter(\.isText)
    registrars = TraceEvents.detailKeys(.registration).compactMap { format.field("\($0)") }.filter(\.isText)
  }
}
