import Bytes

/// Who printed a line, as CONFIG_PRINTK_CALLER says it: `T1` is a task, `C0` a CPU in interrupt context.
package enum LogCaller: Hashable, Sendable {
  case none
  case task(Int32)
  case cpu(Int32)
}

/// Whose clock stamped a line.
package enum LogClock: UInt8, Sendable {
  case none
  /// printk's own: nanoseconds since boot, taken by the thread that prints.
  case boot
  /// Since boot, but taken by the daemon when it read the line (journalctl -o short-monotonic).
  case received
  /// Date and time: no boot's clock, and it may be set while the machine runs.
  case wall
}

/// One line of a kernel log. The message range is into the line that came with it.
package struct LogRecord: Sendable {
  /// Nanoseconds since boot; nil if the line has none, or only the time of day.
  package var time: Int64?
  /// Whose clock `time` is of.
  package var clock: LogClock
  /// How fine the stamp is, in nanoseconds; 0 without one.
  package var resolution: Int64
  /// Whether lines come in the order in which the kernel printed them. Console, dmesg and /dev/kmsg keep it;
  /// syslog, the journal and logcat sort and mix by their own times.
  package var keepsOrder: Bool
  /// The input says that another boot begins here.
  package var beginsBoot: Bool
  /// Something stands in front of the message that only kernel logs have.
  package var hasPrefix: Bool
  /// Who printed it; none if the line does not say.
  package var caller: LogCaller
  /// Where the message stands in the line; bytes.
  package var message: Range<Int>
  /// Messages in front of it were dropped.
  package var followsDrop: Bool
  /// The console prints the line before it again, which may have broken off.
  package var isReplayed = false
  /// Only a kernel's log has such a line.
  package var isOfKernel = false
  /// NUL bytes in front of it, and where: what a power cut, or a disk, left of lines.
  package var hole: (bytes: Int64, place: Place)?

  /// Stamps coarser than this do not order two threads.
  static let orderingResolution: Int64 = 1_000_000

  /// Whether the stamp may be compared with other clocks and other threads' stamps: printk's own, and fine enough.
  package var isFine: Bool { clock == .boot && resolution <= Self.orderingResolution }

  /// A message that a trace holds: its clock is the trace's, its thread the one that printed it.
  package init(console message: Range<Int>, time: Int64, tid: Int32) {
    self.init(LogPrefix(), message)
    self.time = time
    clock = .boot
    resolution = 1
    hasPrefix = true
    isOfKernel = true
    caller = tid >= 0 ? .task(tid) : .none
  }

  /// A message that logd kept, outside of a logcat's text. `thread`: who printed it, where the kernel says that; else 0.
  package init(logd message: Range<Int>, thread: Int32) {
    self.init(Logcat.prefix(thread: Int64(thread), resolution: 1_000_000), message)
    isOfKernel = true
  }

  /// The message as the kernel printed it: logd has cut off what it took for a tag.
  package static func rejoin(
    logd bytes: Span<UInt8>, tag: Range<Int>, message: Range<Int>, into text: inout [UInt8]
  ) {
    Logcat.rejoin(bytes, tag, bytes, message, into: &text)
  }

  init(_ prefix: LogPrefix, _ message: Range<Int>, beginsBoot: Bool = false) {
    time = prefix.time
    clock = prefix.clock
    resolution = prefix.resolution
    keepsOrder = prefix.keepsOrder
    hasPrefix = prefix.hasStamp || prefix.hasLevel || prefix.isKernels
    caller = prefix.caller
    self.beginsBoot = beginsBoot
    self.message = message
    followsDrop = prefix.dropped != nil
  }
}
