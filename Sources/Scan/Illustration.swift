import Analysis
import Bytes
import Reading
import Verdicts

/// What a page shows of a finding beside what its row says.
package struct Illustration: Sendable {
  /// As `Illustrator.draw` made it; nil where there was nothing to draw.
  package var picture: String?
  /// Of each piece of evidence what stands in its line; nil where it has none, or the log was not held whole.
  package var lines: [String?] = []
}

/// Findings that are one bug.
package struct FindingKind: Sendable, Hashable {
  /// As the finding has it.
  package var signature: String
  /// Its id; nil if undetermined.
  package var cause: String?
  /// As JSON has it.
  package var verdict: String

  /// What `finding` is one of.
  package init(_ finding: Finding) {
    (signature, cause, verdict) = (finding.signature, finding.cause?.id, finding.verdict.rawValue)
  }
}

/// Draws findings while all of their boot is there: a row has not what a picture takes.
package struct Illustrator: Sendable {
  /// Asked once a boot of each kind.
  var isWanted: @Sendable (FindingKind) -> Bool
  /// From the boot, the finding and the names of what they were read from.
  var draw: @Sendable (BootAnalysis, Finding, [String]) -> String?

  package init(
    isWanted: @escaping @Sendable (FindingKind) -> Bool,
    draw: @escaping @Sendable (BootAnalysis, Finding, [String]) -> String?
  ) {
    self.isWanted = isWanted
    self.draw = draw
  }

  /// Has the first finding of each kind that is wanted drawn.
  func illustrate(_ findings: inout [Judged], _ boot: BootAnalysis, _ inputs: [String]) {
    var seen: Set<FindingKind> = []
    for index in findings.indices {
      let finding = findings[index].finding
      let kind = FindingKind(finding)
      guard seen.insert(kind).inserted, isWanted(kind) else { continue }
      findings[index].illustration = Illustration(picture: draw(boot, finding, inputs))
    }
  }
}

extension LogResult {
  /// With the lines that its illustrated findings speak of, from the text that it was read from.
  func quoting(_ text: Span<UInt8>) -> LogResult {
    var result = self
    for index in findings.indices where findings[index].illustration != nil {
      result.findings[index].illustration?.lines = findings[index].finding.evidence.map { evidence in
        evidence.place.flatMap { $0.line > 0 ? RawLines.line(text, at: Int($0.offset)) : nil }
      }
    }
    return result
  }
}
