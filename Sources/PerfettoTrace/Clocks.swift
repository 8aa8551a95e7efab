// What clocks a recording's times are on, and when its boot was.
import Bytes
import Events

/// On which clock the bundles' times are.
struct BundleClocks: Sendable {
  /// 0 boot, 1 unknown, 2 global, 3 local, 4 mono_raw.
  private(set) var clock: UInt64?
  /// The boot clock minus the trace's, where a bundle says it.
  private(set) var offset: Int64?
  /// When the recording began, on the boot clock.
  private(set) var started: Int64?

  var isKnown: Bool { [0, 2, 3, 4].contains(clock ?? 0) }
  var name: String {
    switch clock {
    case nil, 0: "boot"
    case 2: "global"
    case 3: "local"
    case 4: "mono_raw"
    default: "unknown"
    }
  }

  /// False for a bundle of another clock than the first one's: nothing ties two clocks of a recording together well enough.
  mutating func note(_ clock: UInt64, _ time: UInt64?, _ boot: UInt64?) -> Bool {
    self.clock = self.clock ?? clock
    guard self.clock == clock else { return false }
    if offset == nil, let time = time.flatMap({ Int64(exactly: $0) }),
      let boot = boot.flatMap({ Int64(exactly: $0) }), time <= Stamp.highest, boot <= Stamp.highest
    {
      offset = boot - time
    }
    return true
  }

  /// TracingServiceEvent: tracing_started 2. Stamped on the boot clock (6) if nothing else is said.
  mutating func takeService(_ range: Range<Int>, _ packet: Packet, _ bytes: Span<UInt8>) {
    guard started == nil, packet.timeClock == 0 || packet.timeClock == 6,
      let time = packet.time.flatMap({ Int64(exactly: $0) }), time <= Stamp.highest,
      Wire.number(2, range, bytes) != 0
    else { return }
    started = time
  }

  /// The same on the trace's clock.
  var startOnTrace: Int64? {
    guard let started else { return nil }
    return clock ?? 0 == 0 ? started : offset.map { started - $0 }
  }
}

/// A ClockSnapshot, as far as it is wanted.
struct ClockSnapshot: Sendable {
  private static let realtime: UInt64 = 1
  private static let boottime: UInt64 = 6

  private(set) var boot: Int64?
  private(set) var wall: WallClock?

  /// clocks 1 { clock_id 1, timestamp 2 }
  init(_ range: Range<Int>, _ bytes: Span<UInt8>) {
    var realtime: Int64?
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      guard field.number == 1, field.isBytes else { continue }
      let id = Wire.number(1, field.range, bytes)
      let time = Int64(exactly: Wire.number(2, field.range, bytes))
      if id == Self.realtime { realtime = time }
      if id == Self.boottime { boot = time.flatMap { $0 <= Stamp.highest ? $0 : nil } }
    }
    if let realtime, let boot { wall = WallClock(wall: realtime, boot: boot) }
  }
}
