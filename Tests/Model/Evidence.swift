// What of an execution reaches the analyser.
import TestSupport

package enum Evidence: String, CaseIterable, Sendable {
  /// Log and every probe, nothing lost.
  case full
  case trace, log
  /// Log and the probes of proberace's own recipe; log and those of most captures.
  case recipe, capture
  /// Without some probes; the trace alone, or with the log.
  case fewerProbes, fewerProbesTrace
  /// A hole in one CPU's events; a fifth of the returns dropped; both kinds without the log.
  case lostEvents, lostEventsTrace, lostReturns, lostReturnsTrace
  /// The oldest events overwritten; the text taken before the end.
  case overwritten, overwrittenTrace, early, earlyTrace
  /// Log and trace of which the beginning is gone; the log's alone.
  case late, lateLog
  /// One CPU's events; those of the client's entries, as a filter on `dev` leaves them, with the log or without.
  case oneCPU, filtered, filteredTrace
  /// function_graph with arguments: with results, without, and of a split build.
  case graph, graphWithoutResults, graphTrace, splitGraph

  /// The texts that are given together.
  package func texts(of execution: Execution) -> [[UInt8]] {
    let tape = Tape(execution)
    var dice = Random(execution.seed ^ 0xa5a5_5a5a)
    let trace = trace(tape, &dice)
    let isLate = self == .late || self == .lateLog
    let late = isLate ? Int(dice.next() % UInt64(max(1, tape.entries.count))) : 0
    return hasLog ? [LogText.render(tape, late: late)] + trace : trace
  }

  private var hasLog: Bool {
    switch self {
    case .trace, .filteredTrace, .fewerProbesTrace, .lostEventsTrace, .lostReturnsTrace, .overwrittenTrace,
      .earlyTrace,
      .graphTrace:
      false
    default: true
    }
  }

  private func trace(_ tape: Tape, _ dice: inout Random) -> [[UInt8]] {
    if let graphing { return [GraphText.render(tape, graphing)] }
    guard let tracing = tracing(&dice) else { return [] }
    return [KprobeText.render(tape, tracing, &dice)]
  }

  private var graphing: Graphing? {
    switch self {
    case .graph: Graphing(results: true)
    case .graphWithoutResults, .graphTrace: Graphing()
    case .splitGraph: Graphing(split: true)
    default: nil
    }
  }

  private func tracing(_ dice: inout Random) -> Tracing? {
    switch self {
    case .full, .trace, .lateLog: Tracing()
    case .oneCPU: Tracing(cpuOf: dice.next() % 2 == 0 ? .walker : .binder)
    case .filtered, .filteredTrace: Tracing(filtered: true)
    case .recipe: .recipe
    case .capture: .capture
    case .fewerProbes, .fewerProbesTrace: .fewer(&dice)
    case .lostEvents, .lostEventsTrace: Tracing(gap: true)
    case .lostReturns, .lostReturnsTrace: Tracing(droppedReturns: 20)
    case .overwritten, .overwrittenTrace, .late: Tracing(overwritten: true)
    case .early, .earlyTrace: Tracing(endsEarly: true)
    case .log, .graph, .graphWithoutResults, .graphTrace, .splitGraph: nil
    }
  }
}
