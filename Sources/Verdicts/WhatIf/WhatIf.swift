import Timelines

/// What a boot would have come to with a candidate fix of the kernel (docs/fixes): of each finding what would have become of it.
/// It follows the calls that were seen; with other timing another race may have come instead.
package struct WhatIf: Sendable {
  /// What would have become of a finding. The raw value is the one in JSON (docs/schema).
  package enum Outcome: String, Sendable, CaseIterable {
    /// No warning, and no harm behind it.
    case gone
    /// The bind would have been put off until the domain is there: no harm, whatever is printed.
    case deferred
    /// The client would be put off again and again, and have no driver.
    case neverBinds = "never-binds"
    /// Threads wait for each other for ever.
    case deadlock
    /// The client would be left outside its IOMMU.
    case orphan
    case unchanged
    /// The inputs do not show what it depends on.
    case notTold = "not-told"
  }

  /// One outcome, with the lines that say so.
  package struct Answer: Sendable {
    /// What would have become of it.
    package var outcome: Outcome
    /// One clause, without a full stop; names in it come from the inputs.
    package var text: String
    /// In order of time; empty where the finding's own evidence says it.
    package var evidence: [Evidence]

    init(_ outcome: Outcome, _ text: String, _ evidence: [Evidence] = []) {
      self.outcome = outcome
      self.text = text
      self.evidence = evidence
    }
  }

  /// Which change of the kernel.
  package var candidate: Candidate
  /// One for each finding, in their order.
  package var findings: [Answer]
  /// What it would have done to others in this boot.
  package var besides: [Answer]

  /// The answers for a boot and its findings, one for each candidate.
  package static func all(
    _ boot: BootTimeline, _ findings: [Finding], _ candidates: [Candidate] = Candidate.all
  ) -> [WhatIf] {
    let locks = LockedVisits(boot)
    let cases = findings.map { WhatIfCase(boot, $0, locks) }
    return candidates.map { candidate in
      WhatIf(
        candidate: candidate,
        findings: cases.map { $0.unknown ?? candidate.judge($0) },
        besides: candidate.besides(boot, locks))
    }
  }
}
