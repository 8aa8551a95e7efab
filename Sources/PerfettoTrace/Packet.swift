import Bytes
import Events
import Records

/// A TracePacket: what it holds that is wanted, all else passed over.
struct Packet {
  var sequence: UInt32 = 0
  var machine: UInt64 = 0
  var time: UInt64?
  var timeClock: UInt64 = 0
  var flags: UInt64 = 0
  var hasDropped = false
  var isFirst = false
  var bundle: Range<Int>?
  var tree: Range<Int>?
  var symbols: Range<Int>?
  var config: Range<Int>?
  var stats: Range<Int>?
  var service: Range<Int>?
  var log: Range<Int>?
  var system: Range<Int>?
  var event: Range<Int>?
  var recovered: Range<Int>?
  var clocks: Range<Int>?
  var uuid: Range<Int>?
  var deflated: Range<Int>?
  var zstd: Range<Int>?

  /// It tells something of what was recorded, and not only of the recording.
  var hasData: Bool {
    bundle != nil || stats != nil || service != nil || tree != nil || log != nil || event != nil
  }

  /// False if the message is broken.
  mutating func read(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      if field.isBytes { take(bytes: field) } else { take(number: field) }
    }
    return !wire.isBroken
  }

  private mutating func take(bytes field: WireField) {
    switch field.number {
    case 1: bundle = field.range
    case 2: tree = field.range
    case 6: clocks = field.range
    case 12: symbols = field.range
    case 33: config = field.range
    case 34: stats = field.range
    case 35: service = field.range
    case 39: log = field.range
    case 45: system = field.range
    case 50: deflated = field.range
    case 69: event = field.range
    case 89: uuid = field.range
    case 133: zstd = field.range
    case 138: recovered = field.range
    default: break
    }
  }

  private mutating func take(number field: WireField) {
    switch field.number {
    case 8: time = field.value
    case 10: sequence = UInt32(truncatingIfNeeded: field.value)
    case 13: flags = field.value
    case 42: hasDropped = field.value != 0
    case 58: timeClock = field.value
    case 87: isFirst = field.value != 0
    case 98: machine = field.value
    default: break
    }
  }
}

/// What the packets of one writer told so far.
struct Sequences: Sendable {
  private struct State: Sendable {
    var isSeen = false
    var hasFtrace = false
    var hasLog = false
    /// Said before a packet that is still to show whose it was.
    var hasDropped = false
    var hasDroppedLog = false
    /// Functions of the graph tracer, by the sequence's own numbers.
    var symbols: [UInt64: Symbol] = [:]
  }
  /// A function that has a role; others are known to have none.
  struct Symbol: Sendable {
    var role: Role?
    var name: [UInt8] = []
  }
  /// Of sequences without ftrace, of which a recording may have any number; and of those with it.
  private static let most = 4096
  private static let mostWithFtrace = 1 << 16
  private static let mostSymbols = 1 << 18

  private var states: [UInt32: State] = [:]
  private var symbolCount = 0
  /// Packets that were lost before one with ftrace, and the first of those.
  private(set) var drops: Int64 = 0
  private(set) var firstDrop: Int64?
  /// The same of packets with android.log.
  private(set) var logDrops: Int64 = 0
  private(set) var firstLogDrop: Int64?

  /// Notes a packet; true if packets of ftrace may have been lost before it. On a sequence's first packet the mark is always set.
  mutating func note(_ packet: Packet, carriesFtrace: Bool, _ place: Int64) -> Bool {
    guard
      states[packet.sequence] != nil || states.count < Self.most
        || carriesFtrace && states.count < Self.mostWithFtrace
    else {
      // Nobody knows whether it is its first.
      if packet.log != nil, packet.hasDropped, !packet.isFirst { noteLogDrop(place) }
      return carriesFtrace && packet.hasDropped && !packet.isFirst && noteDrop(place)
    }
    var state = states.removeValue(forKey: packet.sequence) ?? State(isSeen: states.count >= Self.most)
    defer { states[packet.sequence] = state }
    return note(packet, carriesFtrace, place, &state)
  }

  private mutating func note(
    _ packet: Packet, _ carriesFtrace: Bool, _ place: Int64, _ state: inout State
  ) -> Bool {
    if packet.hasDropped, state.isSeen, !packet.isFirst {
      (state.hasDropped, state.hasDroppedLog) = (true, true)
    }
    if packet.flags & 1 != 0 {
      symbolCount -= state.symbols.count
      state.symbols = [:]
    }
    state.isSeen = true
    state.hasFtrace = state.hasFtrace || carriesFtrace
    state.hasLog = state.hasLog || packet.log != nil
    if state.hasLog, state.hasDroppedLog {
      state.hasDroppedLog = false
      noteLogDrop(place)
    }
    guard state.hasDropped, state.hasFtrace else { return false }
    state.hasDropped = false
    return noteDrop(place)
  }

  private mutating func noteDrop(_ place: Int64) -> Bool {
    drops += 1
    firstDrop = firstDrop ?? place
    return true
  }

  private mutating func noteLogDrop(_ place: Int64) {
    logDrops += 1
    firstLogDrop = firstLogDrop ?? place
  }

  /// InternedData: kernel_symbols 26 { iid 1, str 2 }
  mutating func take(symbols: Range<Int>, of sequence: UInt32, _ bytes: Span<UInt8>) {
    var wire = Wire(symbols)
    while let field = wire.next(bytes) {
      guard field.number == 26, field.isBytes, symbolCount < Self.mostSymbols else { continue }
      var (iid, text) = (UInt64(0), 0..<0)
      var inner = Wire(field.range)
      while let part = inner.next(bytes) {
        if part.number == 1, !part.isBytes { iid = part.value }
        if part.number == 2, part.isBytes { text = part.range }
      }
      let symbol = text.lowerBound..<Records.Symbol.end(bytes, text.lowerBound, text.upperBound)
      var known = Symbol()
      if symbol.count <= Longest.name { known.role = KernelFunction.of(bytes, symbol)?.role }
      if known.role != nil { known.name = bytes.extracting(Records.Symbol.base(bytes, symbol)).array }
      symbolCount += 1
      states[sequence, default: State()].symbols[iid] = known
    }
  }

  func symbol(_ iid: UInt64, of sequence: UInt32) -> Symbol? { states[sequence]?.symbols[iid] }
}
