import Recipes
import Timelines

/// One known way to this warning, or to its silent relatives. Its documentation page, `proberace rules` and
/// `proberace explain` come from the same value (docs/kernel.md#causes).
package struct Cause: Sendable, Identifiable, Equatable {
  /// Which of the list it is.
  let kind: Kind
  /// Its letter (docs/kernel.md#causes).
  package var letter: String
  /// One line.
  package var title: String
  /// Nil: it is explained, but no finding.
  package var verdict: Verdict?
  /// What harm a client can take from it.
  package var harm: String
  /// How the warning is reached: walk, bind, direct; none for silent causes.
  package var sides: [Side]
  /// What happens, step by step.
  package var story: String
  /// What evidence it needs before it is named.
  package var needs: [String]
  /// What makes it certain.
  package var proof: String
  /// What inputs must show for that, one of these.
  package var decidedBy: [Proof]
  /// What speaks against it.
  package var against: String
  /// What to do about it.
  package var advice: String
  /// Kernel commits, oldest first.
  package var cites: [String]
  /// A kernel that has one of these cannot have it.
  var endedBy: [KernelFix] = []
  /// Judges a case; nil if this is not it. Earlier causes in `Cause.all` are asked first.
  var judge: @Sendable (CaseFile) -> Judgement?
  /// Looks for it in a whole boot, where no warning and no single device leads to it.
  var survey: @Sendable (BootTimeline, KernelFeatures) -> [Surveyed] = { _, _ in [] }

  package static func == (a: Cause, b: Cause) -> Bool { a.kind == b.kind }

  /// A harmless race of a client with its IOMMU; a kernel that warns of devices without one tells of none.
  var isRace: Bool { verdict == .falsePositive && self != .prematureWarning }

  /// By its id or its letter, in any case; nil if there is none.
  package static func named(_ id: String) -> Cause? {
    all.first { $0.id == id || $0.letter.lowercased() == id.lowercased() }
  }
}

/// What inputs must show before a cause can be certain.
package struct Proof: Sendable, Equatable {
  /// All of them must be there.
  package var sights: [Sight]
  /// What must hold besides; nil if the sights are always enough.
  package var condition: String?

  init(_ sights: Sight..., if condition: String? = nil) {
    self.sights = sights
    self.condition = condition
  }
}

/// What a cause says about a case that it claims.
struct Judgement: Sendable {
  var confidence: Confidence
  var harm: Harm
  var tier: Tier
  var summary: String
  var evidence: [Evidence]
  /// What would turn `likely` into `certain`.
  var missing: [String] = []
  var assumed: [String] = []
  /// What to do about this case; nil: what the cause says.
  var advice: String?

  /// Something that the proof needs is not in the inputs.
  mutating func unproven(_ lacks: String) {
    guard confidence == .certain else { return }
    confidence = .likely
    missing.insert(lacks, at: 0)
  }
}

/// What a survey of a boot turned up.
struct Surveyed: Sendable {
  /// Where the inputs name no device.
  static let unknown = "(unknown device)"
  var device: String
  var driver: String?
  var judgement: Judgement
}
