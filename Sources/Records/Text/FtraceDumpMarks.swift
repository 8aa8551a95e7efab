import Bytes

/// The trace that ftrace_dump_on_oops (or sysrq-z) prints into the kernel log, between two rules of dashes.
package struct FtraceDumpMarks {
  /// What stands above and below the trace.
  package static let rule: StaticString = "---------------------------------"

  enum Step { case none, begins, isInside, ends }
  private enum State { case outside, announced, inside }
  private var state = State.outside
  var isInside: Bool { state == .inside }
  var isOpen: Bool { state != .outside }

  /// Whether the message that begins at `start` says that a dump follows: `Dumping ftrace buffer:`, or from 6.9 on
  /// `Dumping ftrace instance NAME buffer:`, one behind the other (ftrace_dump_one in kernel/trace/trace.c).
  @inline(__always)
  static func announces(_ line: Span<UInt8>, _ start: Int) -> Bool {
    line.has("Dumping ftrace ", at: start) && line.index(of: "buffer:", from: start + 15) != nil
  }

  /// What the message that begins at `start` is to the dump.
  mutating func step(_ line: Span<UInt8>, from start: Int) -> Step {
    if Self.announces(line, start) {
      state = .announced
      return .begins
    }
    guard state != .outside else { return .none }
    if line.has(Self.rule, at: start) {
      state = state == .announced ? .inside : .outside
      return state == .inside ? .isInside : .ends
    }
    return state == .inside ? .isInside : .none
  }
}
