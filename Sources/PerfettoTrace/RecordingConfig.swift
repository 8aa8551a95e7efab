import Bytes

/// What a recording was asked to leave out: that is lost as well, and no statistics count it.
struct RecordingConfig: Sendable {
  /// Some threads' events only: set_event_pid.
  private(set) var hasThreads = false
  /// It has a buffer that outlived a reboot, with the events of the boot before (linux.frozen_ftrace), and one of its own boot.
  private(set) var hasFrozen = false
  private(set) var hasLive = false
  /// The CPUs that were traced, by their numbers, where a mask says it: those that every data source left out are missing.
  private var cpus: Set<Int32>?

  /// TraceConfig: data_sources 2 { config 1 { ftrace_config 100 { tids_to_trace 35, tracing_cpumask 37 }, frozen_ftrace_config 136 } }
  mutating func take(_ range: Range<Int>, _ bytes: Span<UInt8>) {
    Self.each(2, range, bytes) { source in
      Self.each(1, source, bytes) { config in
        Self.each(100, config, bytes) { take(ftrace: $0, bytes) }
        Self.each(136, config, bytes) { _ in hasFrozen = true }
      }
    }
  }

  mutating func add(_ other: RecordingConfig) {
    hasThreads = hasThreads || other.hasThreads
    hasFrozen = hasFrozen || other.hasFrozen
    hasLive = hasLive || other.hasLive
    if let more = other.cpus { cpus = (cpus ?? []).union(more) }
  }

  private mutating func take(ftrace: Range<Int>, _ bytes: Span<UInt8>) {
    hasLive = true
    var wire = Wire(ftrace)
    while let field = wire.next(bytes) {
      if field.number == 35 { hasThreads = true }
      if field.number == 37, field.isBytes, let mask = Self.mask(field.range, bytes) {
        cpus = (cpus ?? []).union(mask)
      }
    }
  }

  /// Those of `all` that were not traced.
  func untraced(of all: Set<Int32>) -> Set<Int32> { cpus.map { all.subtracting($0) } ?? [] }

  /// The kernel's way to write a mask: hexadecimal, the last digit has CPUs 0 to 3, a comma between every eight.
  private static func mask(_ range: Range<Int>, _ bytes: Span<UInt8>) -> Set<Int32>? {
    guard range.count < 4096 else { return nil }
    var cpus: Set<Int32> = []
    var first: Int32 = 0
    for at in range.reversed() where bytes[at] != UInt8(ascii: ",") {
      // `0x`
      guard let digit = bytes.hexadecimal(at..<at + 1) else { break }
      for bit in 0..<Int32(4) where digit >> UInt64(bit) & 1 != 0 { cpus.insert(first + bit) }
      first += 4
    }
    return cpus.isEmpty ? nil : cpus
  }

  private static func each(
    _ number: Int, _ range: Range<Int>, _ bytes: Span<UInt8>, _ body: (Range<Int>) -> Void
  ) {
    var wire = Wire(range)
    while let field = wire.next(bytes) {
      if field.number == number, field.isBytes { body(field.range) }
    }
  }
}

extension PerfettoRecording {
  /// CPUs whose events nobody wanted.
  var untraced: Set<Int32> { identity.config.untraced(of: stats.cpus.union(cpus.keys.map(\.cpu))) }

  /// What was left out on purpose.
  func configLosses() -> [Loss] {
    var losses: [Loss] = []
    if isOfBootBefore {
      losses.append(
        loss(.noContext, "the events of linux.frozen_ftrace are of the boot before: a boot of their own"))
    }
    if identity.config.hasThreads {
      losses.append(
        loss(.lostEvents, "only some threads were recorded (tids_to_trace): what others did is missing"))
    }
    let untraced = untraced.sorted().map(String.init).joined(separator: ", ")
    if !untraced.isEmpty {
      losses.append(
        loss(
          .lostEvents, "CPUs that were not recorded (tracing_cpumask): \(untraced); what ran there is missing"
        ))
    }
    return losses
  }
}
