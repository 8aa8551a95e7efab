// A clock that steps by jiffies (sched_clock without a counter of its own, `trace_clock=uptime`) gives what happens within a step one
// stamp, and events of two CPUs that have one stamp stand in the order of the CPUs' numbers.
import Records

/// How far the stamps of a trace lie apart.
struct StampGrain: Sendable {
  private var events = 0
  private var repeats = 0
  private var last = Int64.min
  private var isFine = false

  mutating func note(_ time: Int64) {
    events += 1
    if time == last { repeats += 1 }
    last = time
    if time % 1_000_000 != 0 { isFine = true }
  }

  /// Most events have the stamp of the one before, as they never have by chance in whole milliseconds, or in a clock that counts.
  func isCoarse(_ clock: TraceClock?) -> Bool {
    events >= 16 && repeats * 2 > events && (!isFine || clock == .ticks)
  }
}
