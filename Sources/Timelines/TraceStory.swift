import Bytes
import Events
import Records

/// What one trace tells, as calls and marks.
package struct TraceStory: Sendable {
  /// In trees: an outermost call, and behind it those that ran inside it.
  package var calls: [Call] = []
  /// In the order of their times.
  package var marks: [Mark] = []
  /// Deferred bind attempts that were counted instead of kept, by device key.
  package var folded: [DeviceKey: FoldedBinds] = [:]
  /// Hash of a console message → its time on this clock, for joining clocks. -1: printed twice.
  var console: [UInt64: Int64] = [:]
  /// When events were lost, on the trace's clock.
  package var gaps: [Gap] = []
  /// How fine its stamps are.
  var grain = StampGrain()
  var first: Int64?
  var last: Int64?
  /// Events that it was made of, messages and losses too.
  package var events = 0
  /// The first event that was not taken, because more calls are held than any boot has.
  package var fullAt: Place?
  /// Parts of the trace are gone, nobody knows where: an absence proves nothing, and a return may be missing.
  package var isIncomplete = false
  /// Which roles were seen at all: a silent probe proves nothing if it never spoke.
  var seen: Set<Role> = []
  /// Of which roles a return was seen.
  package var returning: Set<Role> = []
  /// The kernel's messages that it holds.
  package var messages: [LogEvents.Boot] = []
  /// What logd kept of the kernel's log, of a recording: without times or order.
  package var copies: [LogEvents.Boot] = []
  /// What its times are, and the kernel that it names itself.
  package var clock: TraceClock?
  /// Which of the kernel's clocks that is, where a recording says it: two recordings of one boot that say the same have one clock.
  package var timebase: String?
  /// The release that the trace names; nil if it does not.
  package var kernel: String?
  /// It is of the boot before the one in which it was recorded: a buffer that outlived the reboot.
  package var isOfBootBefore = false
  /// When its boot began; nil if it does not say.
  package var wallClock: WallClock?
  /// The inputs whose events were put together in it; empty if it is of one.
  var parts: Set<Int32> = []
  package init() {}

  /// Where what it tells begins.
  var begins: Place? {
    [calls.first?.place, marks.first?.place].compactMap(\.self).min {
      ($0.line, $0.offset) < ($1.line, $1.offset)
    }
  }

  /// Both are of one boot by the wall's clock, and one was over before the other began: what happened to a device twice is in each
  /// once, and is not the same.
  func isApart(from other: TraceStory) -> Bool {
    guard isTied(to: other), clock == .nanoseconds, other.clock == .nanoseconds, let first, let last,
      let start = other.first, let end = other.last
    else { return false }
    return last < start || end < first
  }

  /// It begins when the log is over, on whichever of the kernel's clocks.
  func isBehind(_ log: LogEvents.Boot) -> Bool {
    guard clock == .nanoseconds, log.coarse == 0, let first, let end = log.lastTime else { return false }
    return first - end > 1_000_000_000
  }

  /// The wall's clock shows that both are of one boot.
  func isTied(to other: TraceStory) -> Bool {
    guard let wallClock, let there = other.wallClock else { return false }
    return wallClock.agrees(with: there)
  }

  /// It has something that tells about IOMMU probes; what was lost tells nothing.
  var isTelling: Bool { !seen.isEmpty || !marks.isEmpty }

  /// What is said of it beside what its text lacks.
  package var losses: [Loss] { [overflow, silentReturns, coarseness].compactMap(\.self) }

  /// Its stamps put no two threads in order.
  var isCoarse: Bool { grain.isCoarse(clock) }

  private var coarseness: Loss? {
    isCoarse
      ? Loss(
        .coarseTimes,
        "the trace clock steps so far that most events share a stamp: which of two threads came first is not known; capture with "
          + "trace_clock=global, or mono where the CPU's own clock is unstable") : nil
  }

  /// It holds more than any boot has.
  private var overflow: Loss? {
    fullAt.map {
      Loss(
        .tooMany,
        "more calls of the traced functions, or devices, than one boot can have: judged up to here, the rest was not; cut the "
          + "time that matters out (trace-cmd split), or trace fewer functions", at: $0)
    }
  }

  /// A hole in the recording of one CPU.
  package struct Gap: Sendable {
    /// The last event of that CPU before the hole, and the last of all before its mark.
    package var since: Int64
    /// The last event of any CPU before its mark, on the same clock.
    package var after: Int64
    /// Events that were lost in it; nil if the trace does not say.
    package var count: Int64?
    var place: Place
  }
}
