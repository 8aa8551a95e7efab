// Whether two analyses say the same, but for how the inputs are called.
import Analysis
import Bytes
import Verdicts

enum SameFindings {
  /// Where they differ, in words; nil if they do not. `inputs`: by the second's input, which of the first's it is; `areScrubbed`: bytes
  /// stand elsewhere, lines do not.
  static func difference(_ first: Analysis, _ second: Analysis, _ inputs: [Int], areScrubbed: Bool) -> String?
  {
    guard first.boots.count == second.boots.count else {
      return "\(first.boots.count) boots became \(second.boots.count)"
    }
    guard first.answer == second.answer else { return "the answer became another one" }
    for (one, other) in zip(first.boots, second.boots) {
      guard one.timeline.kernel == other.timeline.kernel else {
        return "the kernel's version became another one"
      }
      let findings = one.findings.map { key($0, areScrubbed) { $0 } }
      let others = other.findings.map { finding in
        key(finding, areScrubbed) { inputs.indices.contains($0) ? inputs[$0] : -1 }
      }
      if let at = zip(findings, others).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset {
        return "the finding of \(one.findings[at].device) became another one"
      }
      guard findings.count == others.count, one.suspects.map(\.device) == other.suspects.map(\.device) else {
        return "there are other findings"
      }
    }
    return nil
  }

  /// All that a finding says, and on which lines.
  private static func key(_ finding: Finding, _ areScrubbed: Bool, _ input: (Int) -> Int) -> [String] {
    func text(_ place: Place?) -> String {
      guard let place else { return "-" }
      return "\(input(Int(place.input))):\(place.line)" + (areScrubbed ? "" : ":\(place.offset)")
    }
    return [
      finding.device, finding.driver ?? "-", finding.kind.rawValue, "\(finding.time ?? -1)",
      finding.side.rawValue,
      finding.verdict.rawValue, finding.confidence?.rawValue ?? "-", finding.cause?.id ?? "-",
      finding.harm.rawValue, finding.tier.rawValue, "\(finding.missing.count)",
    ] + finding.candidates.map(\.id) + finding.evidence.map { "\($0.time ?? -1) \(text($0.place))" }
      + finding.places.map(text)
  }
}
