import Verdicts

/// What the history keeps of one boot, and what a line of JSON says of it: the keys are those of scan@1, of which the others are passed over.
package struct BootRecord: Sendable, Equatable {
  /// SHA-256 of the log's content, 32 bytes; 64 hex digits in JSON.
  package var hash: [UInt8]
  /// Which boot of the log, from 0: with `hash` its key.
  package var boot: Int
  /// Of the content, in bytes.
  package var size: Int64
  /// Where it was read.
  package var path: String
  /// The log's own; nil if it does not say.
  package var kernel: String?
  /// What the log calls the machine; nil if it does not.
  package var hardware: String?
  /// What was said of it beside the log: `board`, `kernel` and `date` (`2026-11-28`) go before what the log says when boots are counted.
  package var labels: [String: String]
  /// In the words of `Answer`.
  package var answer: String
  /// The program that judged it.
  package var version: String
  /// The revision of its rules.
  package var rules: Int
  /// How far the log goes, in the words of a row; nil where nobody said.
  package var state: String?
  /// Whether it could have shown a race, and in a clause why (not).
  package var eligible: Eligible
  /// In the order of the row: their ordinals are their indices.
  package var findings: [FindingRecord]

  /// Whether a boot counts, and why.
  package struct Eligible: Sendable, Equatable, Codable {
    /// It counts.
    package var value: Bool
    /// A clause, for people.
    package var why: String
    package init(value: Bool, why: String) {
      self.value = value
      self.why = why
    }
  }

  package init(
    hash: [UInt8], boot: Int, size: Int64, path: String, kernel: String?, hardware: String?,
    labels: [String: String] = [:], answer: String, version: String, rules: Int,
    state: String? = nil, eligible: Eligible, findings: [FindingRecord] = []
  ) {
    self.hash = hash
    self.boot = boot
    self.size = size
    self.path = path
    self.kernel = kernel
    self.hardware = hardware
    self.labels = labels
    self.answer = answer
    self.version = version
    self.rules = rules
    self.state = state
    self.eligible = eligible
    self.findings = findings
  }

  /// The board that it counts for.
  package var board: String { CountedFor.board(labels, hardware: hardware) }
  /// The kernel that it counts for.
  package var countedKernel: String { CountedFor.kernel(labels, release: kernel) }
  /// What it is counted under.
  package var topics: Set<String> {
    FarmCounts.topics(findings.map { (cause: $0.cause, signature: $0.signature) })
  }
  /// The day that it counts for, if a label says so.
  package var day: Day? { labels["date"].flatMap { Day($0) } }

  /// Whether a log of this state was judged to its end: one that is damaged, or no log, is to be looked at again.
  package static func isJudged(_ state: String?) -> Bool { state == "complete" || state == "incomplete" }
}

/// What the history keeps of a finding.
package struct FindingRecord: Sendable, Equatable {
  /// Stable over builds (docs/schema).
  package var signature: String
  /// A cause's id; nil if undetermined.
  package var cause: String?
  /// As JSON has it.
  package var verdict: String
  /// As JSON has it; nil if undetermined.
  package var confidence: String?
  /// As printed or traced.
  package var device: String
  /// Nil if no input names it.
  package var driver: String?
  /// Nanoseconds of the boot's clock; nil without stamps.
  package var time: Int64?
  /// What speaks for it, in the order in which it is to be read; empty where nobody said.
  package var evidence: [EvidenceRecord]

  package init(
    signature: String, cause: String?, verdict: String, confidence: String? = nil, device: String,
    driver: String? = nil, time: Int64? = nil, evidence: [EvidenceRecord] = []
  ) {
    self.evidence = EvidenceRecord.limited(evidence)
    self.signature = signature
    self.cause = cause
    self.verdict = verdict
    self.confidence = confidence
    self.device = device
    self.driver = driver
    self.time = time
  }
}
