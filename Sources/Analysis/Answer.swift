import Bytes

/// What an analysis comes to: the headline, the exit status, the JSON's `answer` and the page are made of it.
package enum Answer: Sendable, Equatable {
  case findings
  /// Words of the warning stand in an input, and nothing explains them.
  case unexplained
  case noAnswer(Reason)
  /// A race would not have shown: no kernel log, and a trace without binds that end, or without IOMMU probes.
  case notVisible
  /// No finding, as far as the inputs go.
  case incomplete(Lack)
  case clean

  /// Why nothing can be said.
  package enum Reason: Sendable {
    /// Nothing of the inputs could be used.
    case unusable
    /// Nothing that tells about IOMMU probes was traced.
    case notTelling
  }

  /// What keeps a run without findings from being clean.
  package enum Lack: Sendable, Equatable {
    case damaged
    /// So many devices may run without their IOMMU.
    case suspects(Int)
    /// A trace alone: whether a warning was printed is not known.
    case noLog
    case partOfLog
  }

  /// As JSON has it.
  package var code: String {
    switch self {
    case .findings: "findings"
    case .unexplained: "unexplained"
    case .noAnswer: "no-answer"
    case .notVisible: "not-visible"
    case .incomplete: "incomplete"
    case .clean: "clean"
    }
  }
}

extension Analysis {
  /// The first that holds, from findings to clean.
  package var answer: Answer {
    if boots.contains(where: { !$0.findings.isEmpty }) { return .findings }
    if inputs.contains(where: { $0.losses.contains { $0.kind == .unexplained } }) { return .unexplained }
    if isDamaged { return isTelling ? .incomplete(.damaged) : .noAnswer(.unusable) }
    guard isTelling else { return .noAnswer(.notTelling) }
    let suspects = boots.reduce(0) { $0 + $1.suspects.count }
    if suspects > 0 { return .incomplete(.suspects(suspects)) }
    guard boots.contains(where: \.timeline.hasLog) else {
      return boots.contains(where: \.showsRaces) ? .incomplete(.noLog) : .notVisible
    }
    return boots.allSatisfy { !$0.timeline.hasLog || $0.gaps.isEmpty } ? .clean : .incomplete(.partOfLog)
  }
}

extension BootAnalysis {
  /// A race would have shown: in the log, or in a trace of binds with their ends and of IOMMU probes.
  package var showsRaces: Bool { timeline.hasLog || timeline.traces.contains(where: \.showsRaces) }
}
