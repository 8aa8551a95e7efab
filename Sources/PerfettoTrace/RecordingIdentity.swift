// Several recordings in one file: Perfetto's format is made to be concatenated, and people do. Two boots taken for one would make
// verdicts of events that never met, so each recording is read for itself.
import Bytes
import Events

/// Which recording it is, and of which boot.
struct RecordingIdentity: Sendable {
  /// TraceUuid's two halves; nil in recordings of old versions.
  private var uuid: (UInt64, UInt64)?
  /// `uname`'s release and version.
  private(set) var release: String?
  private var version: String?
  private var hasStarted = false
  private var told = Told()
  /// What the service told behind the last data: of this recording, or of one that begins there. Its first clocks and its config stand
  /// before its uuid.
  private var ahead: Told?

  private struct Told: Sendable {
    /// The boot clock of the last snapshot of a sequence. The service writes them in their order.
    var boot: (sequence: UInt32, time: Int64)?
    var wall: WallClock?
    var config = RecordingConfig()

    mutating func take(_ packet: Packet, _ bytes: Span<UInt8>) {
      if let range = packet.config { config.take(range, bytes) }
      guard let range = packet.clocks else { return }
      let clocks = ClockSnapshot(range, bytes)
      if let time = clocks.boot { boot = (packet.sequence, time) }
      if let new = clocks.wall { add(new) }
    }

    mutating func add(_ later: Told) {
      boot = later.boot ?? boot
      config.add(later.config)
      if let new = later.wall { add(new) }
    }

    private mutating func add(_ new: WallClock) {
      wall?.add(new)
      wall = wall ?? new
    }
  }

  private var all: Told {
    var all = told
    if let ahead { all.add(ahead) }
    return all
  }
  var wall: WallClock? { all.wall }
  var config: RecordingConfig { all.config }

  /// The one that begins with a packet; what stands right before it is that one's, but where its clock goes back: then the clock before was
  /// this one's.
  mutating func next(_ packet: Packet) -> RecordingIdentity {
    var next = RecordingIdentity()
    if packet.clocks != nil { told = all } else { next.told = ahead ?? Told() }
    ahead = nil
    return next
  }

  /// Clocks of two CPUs are not read at once.
  private static let slack: Int64 = 1_000_000_000

  /// Takes what a packet says of the recording that it is of. `hasData`: this one has told something of the kernel.
  mutating func take(_ packet: Packet, _ bytes: Span<UInt8>, hasData: Bool) {
    if let range = packet.uuid { uuid = Self.uuid(range, bytes) }
    if let range = packet.event, Self.isStart(range, bytes) { hasStarted = true }
    if let range = packet.system {
      let name = Self.names(range, bytes)
      (release, version) = (release ?? name.release, version ?? name.version)
    }
    guard !hasData || packet.clocks == nil && packet.config == nil else {
      var later = ahead ?? Told()
      later.take(packet, bytes)
      ahead = later
      return
    }
    if ahead != nil, packet.hasData {
      told = all
      ahead = nil
    }
    told.take(packet, bytes)
  }

  /// The packet is of another recording. `hasData`: this one has told something of the kernel.
  func excludes(_ packet: Packet, _ bytes: Span<UInt8>, hasData: Bool) -> Bool {
    if let range = packet.uuid {
      let new = Self.uuid(range, bytes)
      return uuid.map { $0 != new } ?? hasData
    }
    if let range = packet.event, hasStarted, Self.isStart(range, bytes) { return true }
    if let range = packet.system {
      let name = Self.names(range, bytes)
      return Self.differ(release, name.release) || Self.differ(version, name.version)
    }
    guard let range = packet.clocks else { return false }
    let clocks = ClockSnapshot(range, bytes)
    if let boot = all.boot, let time = clocks.boot, boot.sequence == packet.sequence,
      time < boot.time - Self.slack
    {
      return true
    }
    // Inside of one recording it is the clock that was set.
    guard uuid == nil, let wall = all.wall, let new = clocks.wall else { return false }
    return wall.isOfAnotherBoot(than: new)
  }

  private static func differ(_ a: String?, _ b: String?) -> Bool { a != nil && b != nil && a != b }

  /// TracingServiceEvent: tracing_started 2.
  private static func isStart(_ range: Range<Int>, _ bytes: Span<UInt8>) -> Bool {
    Wire.number(2, range, bytes) != 0
  }

  /// TraceUuid: msb 1, lsb 2.
  private static func uuid(_ range: Range<Int>, _ bytes: Span<UInt8>) -> (UInt64, UInt64) {
    (Wire.number(1, range, bytes), Wire.number(2, range, bytes))
  }

  /// SystemInfo: utsname 1 { version 2, release 3 }
  private static func names(
    _ range: Range<Int>, _ bytes: Span<UInt8>
  ) -> (release: String?, version: String?) {
    var (release, version): (String?, String?) = (nil, nil)
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      guard field.number == 1, field.isBytes else { continue }
      var inner = Wire(field.range)
      while let part = inner.next(bytes) {
        guard part.isBytes, part.range.count < 256 else { continue }
        if part.number == 3 { release = bytes.string(part.range) }
        if part.number == 2 { version = bytes.string(part.range) }
      }
    }
    return (release, version)
  }
}

extension PerfettoRecording {
  /// Nobody puts more together.
  private static let mostParts = 16

  /// The recordings that the file holds, in its order: most often one. Each is to be finished and asked for itself.
  package func parts() -> [PerfettoRecording] {
    var last = self
    last.earlier = []
    let parts = earlier.isEmpty || hasOwnKernel || last.isDamaged ? earlier + [last] : earlier
    return parts.flatMap { $0.divided() }
  }

  /// Something of it could not be read, which is to be said.
  private var isDamaged: Bool {
    fullAt != nil || !splitter.faults.isEmpty || inflating.broken > 0 || counts.broken > 0
  }

  /// The packet begins another recording: it says so itself, or a data source starts that had ended.
  func isOfAnother(_ packet: Packet, _ bytes: Span<UInt8>) -> Bool {
    if identity.excludes(packet, bytes, hasData: hasOwnKernel) { return true }
    return packet.stats.map { stats.isOfAnother($0, of: packet.sequence, bytes) } ?? false
  }

  /// Puts this one away, and begins a new one.
  mutating func beginAnother(_ packet: Packet, at place: Int64) {
    let new = identity.next(packet)
    guard hasOwnKernel || isDamaged else {
      // A head without anything behind it.
      identity = new
      return
    }
    guard earlier.count < Self.mostParts - 1 else {
      fullAt = fullAt ?? place
      return
    }
    var next = PerfettoRecording(input: input)
    next.identity = new
    next.holding = Holding(room: holding.roomLeft)
    next.inflating = inflating.continued
    next.earlier = earlier
    earlier = []
    next.earlier.append(self)
    self = next
  }
}
