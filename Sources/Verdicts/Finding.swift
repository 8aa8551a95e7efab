import Bytes
import Timelines

public enum Verdict: String, Sendable, CaseIterable {
  case falsePositive = "false-positive"
  case real
  case undetermined
}

public enum Confidence: String, Sendable {
  /// The cause's proof is in hand.
  case certain
  /// Consistent, and the alternatives are only improbable.
  case likely
}

/// What happened to the client in this boot; independent of the verdict.
public enum Harm: String, Sendable {
  /// It got its domain before its driver's probe ran.
  case unharmed
  /// Its driver's probe ran before its domain, and no damage is seen.
  case exposed
  /// Exposed, and damage is seen or follows.
  case harmed
  case unknown
}

/// The strongest kind of evidence that a verdict rests on.
public enum Tier: String, Sendable {
  case callTrace = "call-trace"
  case kernelLog = "kernel-log"
  case trace
}

/// One thing that was seen, with where.
public struct Evidence: Sendable {
  public var text: String
  public var place: Place?
  /// The boot's clock, nanoseconds; nil where the input has no times.
  public var time: Int64?
  public init(_ text: String, _ place: Place?, time: Int64? = nil) {
    self.text = text
    self.place = place
    self.time = time
  }
}

/// What a warning, or a silence, turned out to be.
public struct Finding: Sendable {
  public enum Kind: String, Sendable {
    case lateIOMMUProbe = "late-iommu-probe"
    case silent
  }
  public var device: String
  public var driver: String?
  public var kind: Kind
  /// The warning's time, nanoseconds of the boot's clock.
  public var time: Int64?
  public var side: Side
  public var verdict: Verdict
  public var confidence: Confidence?
  public var cause: Cause?
  public var candidates: [Cause]
  public var harm: Harm
  public var tier: Tier
  /// One sentence for the tired reader.
  public var summary: String
  public var evidence: [Evidence]
  /// What would decide it, or make it certain.
  public var missing: [String]
  /// Boot parameters that capture what is missing, ready to paste; nil if nothing is.
  public var recipe: String? {
    missing.isEmpty || confidence == .certain ? nil : Advice.bootParameters(device)
  }
  /// What was taken for granted about the kernel.
  public var assumed: [String]
  /// The same warning in every input that has it.
  public var places: [Place]

  public var cites: [String] { cause?.cites ?? [] }

  /// Stable over builds, CPUs, pids, lines, prefixes and WARNING grammars; the device is a field of its own.
  public var signature: String {
    switch kind {
    case .lateIOMMUProbe: "iommu-late-probe/v1:\(side.rawValue):\(driver ?? "-")"
    case .silent: "iommu-silent/v1:\(cause?.id ?? "-"):\(driver ?? "-")"
    }
  }
}

extension Finding {
  /// Whether the inputs do not tell whose it is: two of them need not have a thing in common.
  public var isOfUnknownDevice: Bool { device == Surveyed.unknown }
}
