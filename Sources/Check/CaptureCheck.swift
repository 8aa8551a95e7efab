import Analysis
import Bytes
import Recipes
import Timelines
import Verdicts

/// Which causes a capture can decide, before anybody waits for the race to happen again.
package struct CaptureCheck: Sendable {
  /// Whether one cause could be decided with certainty.
  package enum Answer: Sendable, Equatable {
    /// Everything its proof needs is in the inputs.
    case decidable
    /// The same, if this holds.
    case sometimes(String)
    /// These are missing; of several proofs the one that lacks least.
    case lacks([Sight])
  }

  /// What any boot of the inputs shows.
  package var sights: Set<Sight>
  /// In the order of `Cause.all`; causes that are no finding are left out.
  package var answers: [(cause: Cause, answer: Answer)]
  /// What makes any absence doubtful: lost events, cut inputs.
  package var doubts: [String]
  /// Boot kprobes that the kernel refused.
  package var refused: Int
  /// What the boot's own command line asks for.
  package var asked: Set<Sight> = []

  /// Takes all boots together: what one of them shows counts.
  package init(_ analysis: Analysis) {
    self.init(
      sights: analysis.boots.reduce(into: []) { $0.formUnion($1.timeline.sights) },
      doubts: Self.doubts(analysis),
      refused: analysis.inputs.reduce(0) { $0 + $1.losses.count { $0.kind == .probeRefused } })
    asked = analysis.boots.reduce(into: []) { $0.formUnion(AskedProbes($1.timeline).sights) }
  }

  /// What a capture with this recipe can decide.
  package init(_ recipe: Recipe) { self.init(sights: recipe.sights, doubts: []) }

  init(sights: Set<Sight>, doubts: [String], refused: Int = 0) {
    self.refused = refused
    self.sights = sights
    self.doubts = doubts
    answers = Cause.all.filter { $0.verdict != nil }.map { ($0, Self.answer($0, sights)) }
  }

  /// Every cause can be decided, some perhaps under a condition.
  package var isComplete: Bool { missing.isEmpty && doubts.isEmpty }

  /// What to add, each once, in the order of `Sight`.
  package var missing: [Sight] {
    let lacking = answers.flatMap { item -> [Sight] in
      if case .lacks(let sights) = item.answer { sights } else { [] }
    }
    return Sight.allCases.filter { lacking.contains($0) }
  }

  private static func answer(_ cause: Cause, _ sights: Set<Sight>) -> Answer {
    let fulfilled = cause.decidedBy.filter { $0.sights.allSatisfy(sights.contains) }
    if fulfilled.contains(where: { $0.condition == nil }) { return .decidable }
    let conditions = fulfilled.compactMap(\.condition)
    if !conditions.isEmpty { return .sometimes(conditions.joined(separator: ", or ")) }
    let lacking = cause.decidedBy.map { $0.sights.filter { !sights.contains($0) } }
    return .lacks(lacking.min { $0.count < $1.count } ?? [])
  }

  private static func doubts(_ analysis: Analysis) -> [String] {
    var doubts: [String] = []
    for boot in analysis.boots {
      for trace in boot.timeline.traces {
        let path = analysis.inputs[trace.input].path
        if trace.isIncomplete { doubts.append("\(path): parts of the trace are gone") }
        if !trace.gaps.isEmpty {
          doubts.append(
            "\(path): events were lost \(trace.gaps.count) times: a larger trace_buf_size, or fewer events")
        }
        let slack = trace.clock.slack ?? 0
        let late = boot.timeline.warnings.compactMap(\.time).count {
          $0 > trace.last && $0 &- trace.last > slack && !trace.isOrderOnly
        }
        if late > 0 {
          doubts.append("\(path): ends before \(late) of the warnings in the log: take the trace later")
        }
        if trace.isOrderOnly {
          doubts.append("\(path): its clock only counts: use trace_clock global or boot")
        }
      }
      if AskedProbes(boot.timeline).isEaten {
        doubts.append(
          "kprobe_event= on the kernel's command line has lost its $: a boot loader's shell ate it, quote it there"
        )
      }
      if boot.timeline.hasLog, !boot.timeline.logKeepsOrder {
        doubts.append("the kernel log does not keep the order of the lines (syslog, logcat): take dmesg")
      }
    }
    if analysis.boots.count > 1 {
      doubts.append("these are \(analysis.boots.count) boots: name the files of one")
    }
    return doubts
  }
}
