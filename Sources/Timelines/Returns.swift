// Functions whose returns are not traced: kprobes without kretprobes. Their calls begin and are never seen to end, which
// looks like calls that still run.
import Bytes
import Events

extension TraceStory {
  /// Marks the calls of which no return can be expected. Where there is none at all, which call ran in which is not known
  /// either: a thread's calls would all be nested in its first one. To be called once all calls are there.
  mutating func settleReturns() {
    let hasCallers = calls.contains(where: \.isWithoutReturn)
    for index in calls.indices where !returning.contains(calls[index].role) {
      calls[index].isWithoutReturn = true
    }
    guard returning.isEmpty, !hasCallers else { return }
    for index in calls.indices { calls[index].parent = -1 }
    for index in marks.indices { marks[index].inside = -1 }
  }

  /// What is said of a trace in which binds or everything never return.
  var silentReturns: Loss? {
    let attempts = calls.count { $0.role == .reallyProbe }
    guard attempts > 1, !returning.contains(.reallyProbe) else { return nil }
    let what = returning.isEmpty ? "no function returns" : "really_probe never returns"
    return Loss(
      .noContext, count: Int64(attempts),
      "\(what) in this trace, so when a bind ended and how is not known: trace returns too (kretprobes, function_graph)"
    )
  }
}
