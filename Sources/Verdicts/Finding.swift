import Bytes
import Timelines

/// Whether anything is to be fixed (docs/kernel.md#verdict-and-harm). The raw value is the one in JSON
/// (docs/schema).
package enum Verdict: String, Sendable, CaseIterable {
  case falsePositive = "false-positive"
  case real
  case undetermined
}

/// How sure the cause is; an undetermined finding has none.
package enum Confidence: String, Sendable {
  /// The cause's proof is in hand.
  case certain
  /// Consistent, and the alternatives are only improbable.
  case likely
}

/// What happened to the client in this boot; independent of the verdict.
package enum Harm: String, Sendable {
  /// It got its domain before its driver's probe ran.
  case unharmed
  /// Its driver's probe ran before its domain, and no damage is seen.
  case exposed
  /// Exposed, and damage is seen or follows.
  case harmed
  case unknown
}

/// The strongest kind of evidence that a verdict rests on.
package enum Tier: String, Sendable {
  case callTrace = "call-trace"
  case kernelLog = "kernel-log"
  case trace
  /// What the live board said of itself, and nothing else.
  case boardFacts = "board-facts"
}

/// One thing that was seen, with where.
package struct Evidence: Sendable {
  /// One clause, without a full stop; names in it come from the inputs.
  package var text: String
  /// Where it was seen; nil for what is concluded from an absence.
  package var place: Place?
  /// The boot's clock, nanoseconds; nil where the input has no times.
  package var time: Int64?
  init(_ text: String, _ place: Place?, time: Int64? = nil) {
    self.text = text
    self.place = place
    self.time = time
  }
}

/// What a warning, or a silence, turned out to be.
package struct Finding: Sendable {
  /// Whether the kernel printed a warning, or the same happened in silence.
  package enum Kind: String, Sendable {
    case lateIOMMUProbe = "late-iommu-probe"
    case silent
  }
  /// As printed or traced; `Surveyed.unknown` if the inputs do not tell.
  package var device: String
  /// Nil if no input names it.
  package var driver: String?
  /// Part of the signature.
  package var kind: Kind
  /// The warning's time, nanoseconds of the boot's clock.
  package var time: Int64?
  /// From where the probe was reached; `none` for what no probe is known of.
  package var side: Side
  /// What a gate asks for.
  package var verdict: Verdict
  /// Nil if undetermined.
  package var confidence: Confidence?
  /// The one that is named; nil if undetermined.
  package var cause: Cause?
  /// Causes that the evidence leaves open, where none is named.
  package var candidates: [Cause]
  /// Says nothing of the verdict: a real one may have done no harm yet.
  package var harm: Harm
  /// Of the evidence that is listed, the strongest kind.
  package var tier: Tier
  /// One sentence for the tired reader.
  package var summary: String
  /// In the order in which it is to be read.
  package var evidence: [Evidence]
  /// What would decide it, make it certain, or tell the harm.
  package var missing: [String]
  /// What to do about this one, where the cause's advice is not for it.
  var ownAdvice: String?
  /// Boot parameters that capture what is missing, ready to paste; nil if nothing is.
  package var recipe: String? {
    missing.isEmpty || confidence == .certain ? nil : Advice.bootParameters(device, isACPI: isACPI)
  }
  /// The machine describes itself with ACPI: other functions are to be probed there.
  package var isACPI = false
  /// What was taken for granted about the kernel.
  package var assumed: [String]
  /// The same warning in every input that has it.
  package var places: [Place]
  /// What a trace shows of it; nil if none does. Apart, for it takes four times the room of all the rest, and a log may have thousands.
  var traced: TracedFinding?
  /// The IOMMU probe that it is about; nil if no trace shows it.
  var visit: Visit? { traced?.visit }
  /// The attempt whose ->probe began before the domain; nil if there was none, or no trace shows it.
  var early: Bind? { traced?.early }

  /// What to do; nil without a cause.
  package var advice: String? { ownAdvice ?? cause?.advice }
  /// One of `missing` that would tell the harm, and nothing of the cause.
  package func tellsHarm(_ missing: String) -> Bool { Advice.ofHarm.contains(missing) }

  /// Kernel commits of the cause, oldest first; empty without one.
  package var cites: [String] { cause?.cites ?? [] }

  /// Stable over builds, CPUs, pids, lines, prefixes and WARNING grammars; the device is a field of its own.
  package var signature: String {
    switch kind {
    case .lateIOMMUProbe: "iommu-late-probe/v1:\(side.rawValue):\(driver ?? "-")"
    case .silent: "iommu-silent/v1:\(cause?.id ?? "-"):\(driver ?? "-")"
    }
  }
}

/// The calls that a finding is about.
final class TracedFinding: Sendable {
  let visit: Visit?
  let early: Bind?

  /// Nil without any.
  init?(visit: Visit?, early: Bind?) {
    guard visit != nil || early != nil else { return nil }
    self.visit = visit
    self.early = early
  }
}

extension Finding {
  /// Whether the inputs do not tell whose it is: two of them need not have a thing in common.
  package var isOfUnknownDevice: Bool { device == Surveyed.unknown }
}
