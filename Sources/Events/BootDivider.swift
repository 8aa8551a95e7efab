// Where a boot begins and ends, and which logs are of one boot.
import Bytes
import Records

/// Tells which line of a log begins the next boot.
struct BootDivider {
  /// A stamp this much below the one before is another boot, not printk's jitter between CPUs.
  static let rewind: Int64 = 2_000_000_000
  /// Two stamps this close confirm each other.
  static let steady: Int64 = 5_000_000_000
  /// The last stamp, the highest confirmed one, and how many lines in a row were far below it.
  private var previous: Int64?
  private var settled: Int64 = .min
  private var early = 0
  /// Lines right above the one that begins a boot which are the new boot's already.
  private(set) var above: Int32 = 0

  /// Whether the line belongs to the next boot: the kernel says hello with a stamp below the one before, or the clock stays
  /// back for several lines (the log's beginning may be lost). One wrong stamp (bit rot) proves nothing.
  mutating func begins(_ record: LogRecord, _ line: Span<UInt8>, after boot: LogEvents.Boot) -> Bool {
    above = 0
    if record.beginsBoot { return true }
    guard let time = record.time else {
      // In a boot with stamps a bare `Linux version` may be /proc/version, which has nothing in front and nothing above.
      return boot.facts.kernel != nil && Self.isHello(record, line)
        && (!boot.isStamped || record.hasPrefix || LogPrefix.beginsBooting(line, record.message.lowerBound))
    }
    // Behind a log without stamps; a script may have printed the version of the kernel that it boots.
    if !boot.isStamped, boot.facts.kernel != nil, boot.isOfKernel || boot.events.count > 1,
      Self.isHello(record, line)
    {
      return true
    }
    let before = previous
    defer {
      if let before, abs(time - before) < Self.steady { settled = max(settled, min(time, before)) }
      previous = time
    }
    let isHello = Self.isHello(record, line)
    // A daemon's clock proves no boot of itself.
    above = Int32(early)
    if isHello, record.isFine, let before, time < before { return true }
    guard time + Self.rewind < settled else {
      early = 0
      return false
    }
    early = time < Self.steady ? early + 1 : 0
    return isHello || early == 8 && record.isFine
  }

  /// Whether `begins` would say no of the line and find nothing strange in its stamp: it is no hello, and the clock goes on.
  @inline(__always)
  func goesOn(_ plain: PlainLine, _ line: Span<UInt8>) -> Bool {
    guard let previous, plain.time >= previous, plain.time + Self.rewind >= settled else { return false }
    return !LogPrefix.saysHello(line, plain.message.lowerBound)
  }

  /// Takes the stamp of such a line.
  @inline(__always)
  mutating func goOn(_ time: Int64) {
    if let before = previous, time - before < Self.steady { settled = max(settled, before) }
    previous = time
    early = 0
  }

  private static func isHello(_ record: LogRecord, _ line: Span<UInt8>) -> Bool {
    LogPrefix.saysHello(line, record.message.lowerBound)
  }
}

extension LogEvents.Boot {
  /// Two kernels were named, and they are not the same.
  package func contradicts(kernel: String?) -> Bool {
    facts.kernel != nil && kernel != nil && facts.kernel != kernel
  }

  /// Both show the same lines at the same times: they are logs of one boot.
  package func shows(_ other: LogEvents.Boot) -> Bool {
    let enough = enoughInCommon(with: other)
    return !contradicts(kernel: other.facts.kernel)
      && anchors.common(other.anchors, enough: enough) == enough
  }

  /// So many lines are no chance. Two boots of one board may begin alike, with stamps that are the same (`[    0.000001] sched_clock: …`,
  /// or all of a clock that ticks slowly): of logs that both have their beginning a part of all lines.
  package func enoughInCommon(with other: LogEvents.Boot) -> Int {
    guard facts.saysHello, other.facts.saysHello else { return 5 }
    return max(5, min(anchors.timed, other.anchors.timed) / 4)
  }

  /// Whether two logs that follow each other in one document are of one boot: sections of a bug report that show the machine
  /// as it runs, the parts of a pstore record, or a console that printed everything once more.
  package func isSameBoot(as other: LogEvents.Boot) -> Bool {
    switch (part, other.part) {
    case (.running?, .running?): true
    case (.pstore(let dump, _)?, .pstore(let before, _)?): dump == before
    default: repeats(other) || retells(other)
    }
  }

  /// A paste may have a log twice, as dmesg and as dmesg -T or the journal prints it: one of the two has no stamps, and they say the
  /// same of the same devices, line by line, from the kernel's hello to where the shorter one ends.
  private func retells(_ other: LogEvents.Boot) -> Bool {
    guard isStamped != other.isStamped, facts.saysHello, other.facts.saysHello,
      facts.kernel == other.facts.kernel
    else { return false }
    return min(events.count, other.events.count) >= Self.fewestTold
      && zip(events, other.events).allSatisfy { $0.what.says(sameAs: $1.what) }
  }

  /// Boots of one kernel begin with some events that are alike.
  private static let fewestTold = 8

  /// Whether both are pstore's records of one boot: a kernel that dies of an oops, and then of a panic, dumps its log twice
  /// (`Oops#1`, `Panic#2`), with the lines in it that it had dumped before.
  package func isDumpedAgain(in other: LogEvents.Boot) -> Bool {
    guard case .pstore? = part, case .pstore? = other.part else { return false }
    return !contradicts(kernel: other.facts.kernel) && anchors.overlap(other.anchors, enough: 5)
  }

  /// A console that is switched on late prints the log from its beginning, behind what the boot console printed of it: most of
  /// that is here at the same times, and this goes on after it. Until their clocks run boots of one board have stamps in
  /// common, so some lines alone prove nothing. A log that stands twice is taken for two boots, as it always was.
  private func repeats(_ other: LogEvents.Boot) -> Bool {
    guard !contradicts(kernel: other.facts.kernel), let end = lastTime, let earlier = other.lastTime,
      earlier < end
    else {
      return false
    }
    let (short, long) =
      anchors.count < other.anchors.count ? (anchors, other.anchors) : (other.anchors, anchors)
    return short.isMostly(in: long)
  }
}

extension LogEvent.What {
  /// Whether both are the same line of one boot, by what tells boots of one machine apart.
  fileprivate func says(sameAs other: LogEvent.What) -> Bool {
    switch (self, other) {
    case (.deviceLine(let prefix, let device, _), .deviceLine(let otherPrefix, let otherDevice, _)):
      prefix == otherPrefix && device == otherDevice
    case (.adding(_, let device, let group), .adding(_, let otherDevice, let otherGroup)):
      device == otherDevice && group == otherGroup
    case (.gaveUp(let device), .gaveUp(let otherDevice)),
      (.unboundGaveUp(let device), .unboundGaveUp(let otherDevice)),
      (.probePending(let device, _), .probePending(let otherDevice, _)):
      device == otherDevice
    case (.warning(let block), .warning(let otherBlock)):
      block.device == otherBlock.device && block.tid == otherBlock.tid
    default: kind == other.kind
    }
  }
}
