// What a recording says of its own losses: ftrace's (FtraceStats) and the tracing service's (TraceStats).
import Bytes

/// FtraceStats: at the start and at the end of each data source. A recording may have several (another instance of tracefs); the
/// writer's sequence tells them apart.
struct RecordingStats: Sendable {
  struct Lost: Sendable {
    var overrun: UInt64 = 0
    var commitOverrun: UInt64 = 0
    var dropped: UInt64 = 0
  }
  /// What one source has told. The kernel counts from when its buffer was cleared.
  struct Source: Sendable {
    fileprivate(set) var hasEnd = false
    /// Events stand behind the last end.
    fileprivate var goesOn = false
    /// It took over what the buffer held, so that what this lost until then is the recording's own loss.
    fileprivate(set) var preserves = false
    fileprivate(set) var first: [Int32: Lost] = [:]
    fileprivate(set) var last: [Int32: Lost] = [:]
    fileprivate var misses: (first: UInt64, last: UInt64) = (0, 0)
    /// What its start told of CPUs; nil before that.
    fileprivate var start: UInt64?

    /// What one CPU's buffer lost that is not marked among the events: nobody knows where.
    func failed(of cpu: Int32) -> UInt64 {
      let start = preserves ? Lost() : first[cpu] ?? Lost()
      let end = last[cpu] ?? first[cpu] ?? Lost()
      return Self.rise(start.commitOverrun, end.commitOverrun) &+ Self.rise(start.dropped, end.dropped)
    }

    /// Events that were overwritten while it recorded. Without a start's number all of it may be from before.
    func overrun(of cpu: Int32) -> UInt64 {
      last[cpu].map { Self.rise(first[cpu]?.overrun ?? 0, $0.overrun) } ?? 0
    }

    fileprivate var missed: UInt64 {
      Self.rise(preserves ? 0 : misses.first, max(misses.first, misses.last))
    }

    private static func rise(_ start: UInt64, _ end: UInt64) -> UInt64 { end > start ? end - start : 0 }
  }
  /// By sequence.
  private(set) var sources: [UInt32: Source] = [:]
  private var isCrowded = false
  /// The service has told that it ended the recording, and that all was read behind the last events.
  private var isDisabled = false
  private var isRead = false
  /// Events that were asked for and not recorded.
  private(set) var missing: [String] = []
  private(set) var parseErrors: Int64 = 0
  var bundleErrors: Int64 = 0
  private(set) var place: Int64?

  /// Kernels are built for so many at most.
  private static let mostCPUs = 8192
  private static let mostNames = 32
  /// Nobody configures so many.
  private static let mostSources = 64

  var isThere: Bool { !sources.isEmpty }
  var preserves: Bool { sources.values.contains(where: \.preserves) }
  /// Every source has told how it ended.
  var hasEnd: Bool { isThere && !isCrowded && sources.values.allSatisfy(isOver) }
  /// Hits of kprobes that made no event.
  var missed: UInt64 { sources.values.reduce(0) { $0 &+ $1.missed } }
  /// CPUs of which a source tells.
  var cpus: Set<Int32> {
    sources.values.reduce(into: []) {
      $0.formUnion($1.first.keys); $0.formUnion($1.last.keys)
    }
  }
  /// The source has told how it ended.
  func hasEnded(_ sequence: UInt32) -> Bool { sources[sequence].map(isOver) ?? false }

  /// Nothing that was recorded comes any more.
  var isClosed: Bool { isDisabled && isRead }

  /// Its end is that of all events that are here: a flush tells one too, and the recording goes on.
  private func isOver(_ source: Source) -> Bool { source.hasEnd && (!source.goesOn || isClosed) }

  /// Events of a source: of one that had told an end, they stand behind it.
  mutating func noteEvents(of sequence: UInt32) {
    isRead = false
    if sources[sequence]?.hasEnd == true { sources[sequence]?.goesOn = true }
  }

  /// TracingServiceEvent: read_tracing_buffers_completed 4, tracing_disabled 5.
  mutating func take(service range: Range<Int>, _ bytes: Span<UInt8>) {
    isRead = isRead || Wire.number(4, range, bytes) != 0
    isDisabled = isDisabled || Wire.number(5, range, bytes) != 0
  }

  /// It has told its start's numbers, as each source of a running buffer does with its end.
  func hasStart(_ sequence: UInt32) -> Bool { sources[sequence]?.start != nil }

  /// A source that had ended starts anew. With every flush its start's numbers are written again, the same ones, and an end: that is
  /// the recording that goes on.
  func isOfAnother(_ range: Range<Int>, of sequence: UInt32, _ bytes: Span<UInt8>) -> Bool {
    guard let source = sources[sequence], source.hasEnd, Wire.number(1, range, bytes) == 1 else {
      return false
    }
    guard let start = Self.numbers(range, bytes) else { return true }
    return source.start.map { $0 != start } ?? false
  }

  /// What a message says of CPUs, as one number; nil if nothing.
  private static func numbers(_ range: Range<Int>, _ bytes: Span<UInt8>) -> UInt64? {
    var numbers: UInt64?
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      if field.number == 2, field.isBytes { numbers = (numbers ?? 1) &* 31 &+ bytes.hash(field.range) }
    }
    return numbers
  }

  /// phase 1, cpu_stats 2, unknown 6, failed 7, preserve_ftrace_buffer 8, parse errors 9, kprobe_stats 10
  mutating func take(_ range: Range<Int>, of sequence: UInt32, _ bytes: Span<UInt8>, _ place: Int64) {
    self.place = self.place ?? place
    guard sources[sequence] != nil || sources.count < Self.mostSources else {
      isCrowded = true
      return
    }
    var source = sources.removeValue(forKey: sequence) ?? Source()
    defer { sources[sequence] = source }
    var phase: UInt64 = 0
    var cpus: [Range<Int>] = []
    var misses: UInt64 = 0
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      switch field.number {
      case 1: phase = field.value
      case 2: if field.isBytes, cpus.count < Self.mostCPUs { cpus.append(field.range) }
      case 6, 7: if field.isBytes { addMissing(field.range, bytes) }
      case 8: source.preserves = source.preserves || field.value != 0
      case 9: parseErrors = max(parseErrors, 1)
      case 10: if field.isBytes { misses = Wire.number(2, field.range, bytes) }
      default: break
      }
    }
    let isEnd = phase == 2
    source.hasEnd = source.hasEnd || isEnd
    if isEnd { source.goesOn = false } else { source.start = source.start ?? Self.numbers(range, bytes) }
    if isEnd { source.misses.last = misses } else { source.misses.first = misses }
    for cpu in cpus { Self.take(cpu: cpu, isEnd: isEnd, bytes, &source) }
  }

  private mutating func addMissing(_ range: Range<Int>, _ bytes: Span<UInt8>) {
    guard missing.count < Self.mostNames, range.count < 256 else { return }
    let name = bytes.string(range)
    if !missing.contains(name) { missing.append(name) }
  }

  private static func take(
    cpu range: Range<Int>, isEnd: Bool, _ bytes: Span<UInt8>, _ source: inout Source
  ) {
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
    guard (0..<Int32(mostCPUs)).contains(cpu) else { return }
    // The first start is that of the buffer; of the ends the last one tells all.
    if isEnd { source.last[cpu] = lost } else if source.first[cpu] == nil { source.first[cpu] = lost }
  }
}

/// TraceStats: what did not come through the service's buffers. Its numbers only rise.
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
    var now = ServiceStats()
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      switch field.number {
      case 1: if field.isBytes { now.take(buffer: field.range, bytes) }
      case 8: now.discarded &+= field.value
      case 9, 10: now.broken &+= field.value
      default: break
      }
    }
    overwritten = max(overwritten, now.overwritten)
    discarded = max(discarded, now.discarded)
    broken = max(broken, now.broken)
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
    truncated = Wire.number(3, range, bytes)
    self.place = self.place ?? place
  }
}
