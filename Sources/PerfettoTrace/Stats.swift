// What a recording says of its own losses: ftrace's (FtraceStats) and the tracing service's (TraceStats).
import Bytes

/// FtraceStats: at the start and at the end of each session.
struct RecordingStats: Sendable {
  struct Lost: Sendable {
    var overrun: UInt64 = 0
    var commitOverrun: UInt64 = 0
    var dropped: UInt64 = 0
  }
  private(set) var isThere = false
  private(set) var preserves = false
  private(set) var hasEnd = false
  private(set) var first: [Int32: Lost] = [:]
  private(set) var last: [Int32: Lost] = [:]
  private(set) var misses: (first: UInt64, last: UInt64) = (0, 0)
  /// Events that were asked for and not recorded.
  private(set) var missing: [String] = []
  private(set) var parseErrors: Int64 = 0
  var bundleErrors: Int64 = 0
  private(set) var place: Int64?

  /// Kernels are built for so many at most.
  private static let mostCPUs = 8192
  private static let mostNames = 32

  /// phase 1, cpu_stats 2, unknown 6, failed 7, preserve_ftrace_buffer 8, parse errors 9, kprobe_stats 10
  mutating func take(_ range: Range<Int>, _ bytes: Span<UInt8>, _ place: Int64) {
    isThere = true
    self.place = self.place ?? place
    var phase: UInt64 = 0
    var cpus: [Range<Int>] = []
    var misses: UInt64 = 0
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      switch field.number {
      case 1: phase = field.value
      case 2: if field.isBytes, cpus.count < Self.mostCPUs { cpus.append(field.range) }
      case 6, 7: if field.isBytes { addMissing(field.range, bytes) }
      case 8: preserves = preserves || field.value != 0
      case 9: parseErrors = max(parseErrors, 1)
      case 10: if field.isBytes { misses = Self.number(2, field.range, bytes) }
      default: break
      }
    }
    let isEnd = phase == 2
    hasEnd = hasEnd || isEnd
    if isEnd { self.misses.last = misses } else { self.misses.first = misses }
    for cpu in cpus { take(cpu: cpu, isEnd: isEnd, bytes) }
  }

  private mutating func addMissing(_ range: Range<Int>, _ bytes: Span<UInt8>) {
    guard missing.count < Self.mostNames, range.count < 256 else { return }
    let name = bytes.string(range)
    if !missing.contains(name) { missing.append(name) }
  }

  private mutating func take(cpu range: Range<Int>, isEnd: Bool, _ bytes: Span<UInt8>) {
    var cpu: Int32 = 0
    var lost = Lost()
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      switch field.number {
      case 1: cpu = field.small
      case 3: lost.overrun = field.value
      case 4: lost.commitOverrun = field.value
      case 8: lost.dropped = field.value
      default: break
      }
    }
    guard (0..<Int32(Self.mostCPUs)).contains(cpu) else { return }
    // The first start is that of the buffer; of the ends the last one tells all.
    if isEnd { last[cpu] = lost } else if first[cpu] == nil { first[cpu] = lost }
  }

  /// The number in one field of a message.
  static func number(_ number: Int, _ range: Range<Int>, _ bytes: Span<UInt8>) -> UInt64 {
    var value: UInt64 = 0
    var wire = Wire(range)
    while let field = wire.next(bytes) { if field.number == number, !field.isBytes { value = field.value } }
    return value
  }
}

/// TraceStats: what did not come through the service's buffers. The last one counts.
struct ServiceStats: Sendable {
  private(set) var overwritten: UInt64 = 0
  private(set) var discarded: UInt64 = 0
  private(set) var broken: UInt64 = 0
  private(set) var truncated: UInt64 = 0
  private(set) var isRecovered = false
  private(set) var place: Int64?

  var lostAny: Bool { overwritten > 0 || discarded > 0 || broken > 0 || truncated > 0 }

  /// buffer_stats 1, chunks_discarded 8, patches_discarded 9, invalid_packets 10
  mutating func take(stats range: Range<Int>, _ bytes: Span<UInt8>, _ place: Int64) {
    (overwritten, discarded, broken) = (0, 0, 0)
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      switch field.number {
      case 1: if field.isBytes { take(buffer: field.range, bytes) }
      case 8: discarded &+= field.value
      case 9, 10: broken &+= field.value
      default: break
      }
    }
    if lostAny { self.place = place }
  }

  /// chunks_overwritten 3, patches_failed 6, abi_violations 9, chunks_discarded 18, trace_writer_packet_loss 19,
  /// oversized_packets_dropped 22
  private mutating func take(buffer range: Range<Int>, _ bytes: Span<UInt8>) {
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      switch field.number {
      case 3: overwritten &+= field.value
      case 18: discarded &+= field.value
      case 6, 9, 19, 22: broken &+= field.value
      default: break
      }
    }
  }

  /// RecoveredTraceInfo: bytes_truncated 3. A recording that was found after a crash.
  mutating func take(recovered range: Range<Int>, _ bytes: Span<UInt8>, _ place: Int64) {
    isRecovered = true
    truncated = RecordingStats.number(3, range, bytes)
    self.place = self.place ?? place
  }
}

/// On which clock the bundles' times are.
struct BundleClocks: Sendable {
  /// 0 boot, 1 unknown, 2 global, 3 local, 4 mono_raw.
  private(set) var clock: UInt64?
  /// The boot clock minus the trace's, where a bundle says it.
  private(set) var offset: Int64?
  /// When the recording began, on the boot clock.
  private(set) var started: Int64?

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
      RecordingStats.number(2, range, bytes) != 0
    else { return }
    started = time
  }

  /// The same on the trace's clock.
  var startOnTrace: Int64? {
    guard let started else { return nil }
    return clock ?? 0 == 0 ? started : offset.map { started - $0 }
  }
}
