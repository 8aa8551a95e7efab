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
  private(set) var wall: WallClock?
  private var hasStarted = false
  /// The boot clock of the last snapshot of a sequence. The service writes them in their order.
  private var boot: (sequence: UInt32, time: Int64)?

  /// Clocks of two CPUs are not read at once.
  private static let slack: Int64 = 1_000_000_000

  /// Takes what a packet says of the recording that it is of.
  mutating func take(_ packet: Packet, _ bytes: Span<UInt8>) {
    if let range = packet.uuid { uuid = Self.uuid(range, bytes) }
    if let range = packet.event, Self.isStart(range, bytes) { hasStarted = true }
    if let range = packet.system {
      let name = Self.names(range, bytes)
      (release, version) = (release ?? name.release, version ?? name.version)
    }
    guard let range = packet.clocks else { return }
    let clocks = ClockSnapshot(range, bytes)
    if let time = clocks.boot { boot = (packet.sequence, time) }
    guard let new = clocks.wall else { return }
    wall?.add(new)
    wall = wall ?? new
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
    if let boot, let time = clocks.boot, boot.sequence == packet.sequence, time < boot.time - Self.slack {
      return true
    }
    // Inside of one recording it is the clock that was set.
    guard uuid == nil, let wall, let new = clocks.wall else { return false }
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
    return earlier.isEmpty || hasOwnKernel || last.isDamaged ? earlier + [last] : earlier
  }

  /// Something of it could not be read, which is to be said.
  private var isDamaged: Bool {
    fullAt != nil || !splitter.faults.isEmpty || inflating.broken > 0 || counts.broken > 0
  }

  /// The packet begins another recording: it says so itself, or a data source starts that had ended.
  func isOfAnother(_ packet: Packet, _ bytes: Span<UInt8>) -> Bool {
    if identity.excludes(packet, bytes, hasData: hasOwnKernel) { return true }
    guard let range = packet.stats, stats.hasEnded(packet.sequence) else { return false }
    return RecordingStats.isStart(range, bytes)
  }

  /// Puts this one away, and begins a new one.
  mutating func beginAnother(at place: Int64) {
    guard hasOwnKernel || isDamaged else {
      // A head without anything behind it.
      identity = RecordingIdentity()
      return
    }
    guard earlier.count < Self.mostParts - 1 else {
      fullAt = fullAt ?? place
      return
    }
    var next = PerfettoRecording(input: input)
    next.holding = Holding(room: holding.roomLeft)
    next.inflating = inflating.continued
    next.earlier = earlier
    earlier = []
    next.earlier.append(self)
    self = next
  }
}
