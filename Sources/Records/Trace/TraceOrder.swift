/// The order of a trace's entries: tracefs and trace-cmd print them by time. Where it steps back another trace begins, though no header
/// says so: `cat per_cpu/cpu*/trace_pipe`, `grep -hv '^#' per_cpu/cpu*/trace`, or the trace of the next boot.
struct TraceOrder: Sendable {
  /// Far below any time, and what is subtracted from it still is one.
  private var latest = Int64.min / 2
  /// The CPU of all entries so far; nil once there were two, or before the first.
  private(set) var onlyCPU: Int32?
  private var isMixed = false
  private var previous: Int64?
  /// Steps from entry to entry, of this trace and those above it, and how many of them led back.
  private var steps = 0
  private var back = 0

  /// Entries of this trace that stand behind what came after them.
  private(set) var jumps: Int64 = 0

  /// `last`: of the trace above in the same document.
  init(behind last: TraceOrder?) {
    if let last { (steps, back) = (last.steps, last.back) }
  }

  /// The newest entry stands first, as `tac` turns a text round: then nothing is in its place.
  var runsBackwards: Bool { steps >= 8 && back > steps / 4 * 3 }

  enum Step: Sendable {
    case goesOn
    /// Another CPU's entries begin, behind all of one CPU.
    case nextCPU
    case restarts
  }

  /// Clocks of two CPUs (trace_clock=local) differ by less.
  private static let disorder: Int64 = 1_000_000
  /// What is read while it is written steps back by less.
  private static let jump: Int64 = 50_000_000
  /// As of a log's stamps: this much is another boot.
  private static let rewind: Int64 = 2_000_000_000

  /// Takes the next entry, unless it belongs to the next trace.
  mutating func take(_ header: TraceHeader) -> Step {
    guard !header.isTicks, !header.isRelative else { return .goesOn }
    if let previous {
      steps += 1
      if header.time < previous { back += 1 }
    }
    previous = header.time
    if header.time < latest - Self.disorder {
      if let onlyCPU, onlyCPU != header.cpu { return .nextCPU }
      if header.time < latest - Self.rewind { return .restarts }
      if header.time < latest - Self.jump { jumps += 1 }
    }
    latest = max(latest, header.time)
    if !isMixed, onlyCPU != header.cpu {
      isMixed = onlyCPU != nil
      onlyCPU = isMixed ? nil : header.cpu
    }
    return .goesOn
  }
}
