// Which kprobes a recording has, and which functions they are on: an event has no more than the probe's name and an address.
import Bytes
import Events
import Records

/// A kprobe or kretprobe, as the recording knows it; or a function of the graph tracer, which says itself what it is.
struct Probe: Sendable {
  var event: Name
  /// Empty in the old encoding, which has none.
  var group: Name
  var isReturn: Bool
  /// `__probe_ip`, or `__probe_func` of a return: where the function begins.
  var address: UInt64 = 0
  /// Events of one name with several addresses: no telling which function one is of.
  var hasSeveral = false
  var events: Int64 = 0
  /// Known from the event itself.
  var function: Function?

  /// A kprobe stands on the first instruction, an fprobe a few bytes further in.
  static let slack: UInt64 = 16

  @inline(__always)
  mutating func note(_ ip: UInt64) {
    events += 1
    if address == 0 { address = ip }
    if ip != address { hasSeveral = hasSeveral || ip == 0 || !Self.isNear(ip, address) }
  }

  static func isNear(_ a: UInt64, _ b: UInt64) -> Bool { (a > b ? a - b : b - a) <= slack }
}

struct Probes: Sendable {
  private struct Key: Hashable {
    var event: Name
    var group: Name
    var isReturn: Bool
  }
  /// Nobody sets so many.
  private static let most = 2048

  var all: [Probe] = []
  private var index: [Key: UInt16] = [:]

  /// Nil if there are too many.
  mutating func number(_ event: Name, _ group: Name, isReturn: Bool) -> UInt16? {
    let key = Key(event: event, group: group, isReturn: isReturn)
    if let known = index[key] { return known }
    return add(Probe(event: event, group: group, isReturn: isReturn), key)
  }

  /// The same for a function of the graph tracer.
  mutating func number(_ function: Function, isReturn: Bool) -> UInt16? {
    let key = Key(event: function.name, group: .none, isReturn: isReturn)
    if let known = index[key], all[Int(known)].function == function { return known }
    var probe = Probe(event: function.name, group: .none, isReturn: isReturn)
    probe.function = function
    return add(probe, key)
  }

  private mutating func add(_ probe: Probe, _ key: Key) -> UInt16? {
    guard all.count < Self.most else { return nil }
    index[key] = UInt16(all.count)
    all.append(probe)
    return UInt16(all.count - 1)
  }

  // MARK: functions

  /// What each probe comes to: a function that matters, one that does not, or none that is known.
  enum Known: Sendable {
    case function(Function)
    case other, unknown
  }

  func resolved(_ definitions: ProbeDefinitions, _ names: inout NameTable) -> [Known] {
    let trusted = ownGroups(names)
    var symbols: [String?] = []
    for probe in all {
      symbols.append(probe.function == nil ? symbol(probe, definitions, trusted, names) : nil)
    }
    let doubtful = contradicted(symbols)
    return all.indices.map { index in
      if let function = all[index].function { return .function(function) }
      guard let symbol = symbols[index], !doubtful.contains(symbol), !all[index].hasSeveral else {
        return .unknown
      }
      return Self.function(symbol, &names).map { .function($0) } ?? .other
    }
  }

  private static func function(_ symbol: String, _ names: inout NameTable) -> Function? {
    let bytes = Array(symbol.utf8)
    guard let role = KernelFunction.of(bytes.span, 0..<bytes.count)?.role else { return nil }
    return Function(role, names.intern(bytes.span, Symbol.base(bytes.span, 0..<bytes.count)))
  }

  private func symbol(
    _ probe: Probe, _ definitions: ProbeDefinitions, _ trusted: Set<Name>, _ names: NameTable
  ) -> String? {
    let (event, group) = (names[probe.event], names[probe.group])
    switch definitions.function(of: event, group, isReturn: probe.isReturn) {
    case .known(let symbol): return symbol
    case .disputed: return nil
    case .undefined: break
    }
    if let symbol = ProbeDefinitions.automatic(event, isReturn: probe.isReturn) { return symbol }
    return trusted.contains(probe.group) ? ProbeDefinitions.ours(event, isReturn: probe.isReturn) : nil
  }

  /// Groups whose names are those of our recipes. In the kernel's own group anybody's may stand: one name that is not ours says
  /// that none is.
  private func ownGroups(_ names: NameTable) -> Set<Name> {
    var groups: [Name: Bool] = [:]
    for probe in all where probe.function == nil {
      let isOurs =
        names[probe.group] == ProbeDefinitions.ownGroup
        || ProbeDefinitions.ours(names[probe.event], isReturn: probe.isReturn) != nil
      groups[probe.group] = groups[probe.group] ?? true && isOurs
    }
    return Set(groups.filter(\.value).keys)
  }

  /// One address has two functions, or one function two addresses: a name is wrong, and nobody knows which.
  private func contradicted(_ symbols: [String?]) -> Set<String> {
    var doubtful: Set<String> = []
    for (index, symbol) in symbols.enumerated() {
      guard let symbol, all[index].address != 0 else { continue }
      for other in 0..<index {
        guard let known = symbols[other], all[other].address != 0 else { continue }
        let isSame = Probe.isNear(all[index].address, all[other].address)
        if isSame != (known == symbol) { doubtful.formUnion([known, symbol]) }
      }
    }
    return doubtful
  }
}
