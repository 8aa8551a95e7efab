import Bytes
import Verdicts

/// Which findings stop a CI job.
package struct Gate: Sendable {
  /// Verdicts that fail.
  package var failing: Set<Verdict>
  /// What is let pass; nil without an allow-list.
  package var baseline: Baseline?
  /// Today as `2026-11-22`, for expiry dates.
  package var today: String

  package init(failing: Set<Verdict> = [.real, .undetermined], baseline: Baseline? = nil, today: String) {
    self.failing = failing
    self.baseline = baseline
    self.today = today
  }

  /// An allow-list entry that holds for the boot lets pass; else the verdict decides.
  package func decide(_ finding: Finding, of boot: BootPlace = BootPlace()) -> GateDecision {
    if let entry = baseline?.entry(for: finding, of: boot, today) {
      return GateDecision(
        passes: true, reason: "allowed by \(entry.name)\(entry.bug.map { " (\($0))" } ?? "")",
        allowedBy: entry.name,
        bug: entry.bug, isSoft: entry.isSoft)
    }
    let verdict = finding.verdict.rawValue
    if let expired = baseline?.expiredEntry(for: finding, of: boot, today) {
      let fails = failing.contains(finding.verdict)
      return GateDecision(
        passes: !fails,
        reason: "\(expired.name) expired on \(expired.expires ?? "?"); its verdict is \(verdict)")
    }
    return failing.contains(finding.verdict)
      ? GateDecision(passes: false, reason: "its verdict is \(verdict), which --fail-on lists")
      : GateDecision(passes: true, reason: "its verdict is \(verdict), which --fail-on does not list")
  }
}
