/// What a user says of his kernel with --kernel-has and --kernel-lacks: commit ids, abbreviated or full.
public struct KernelClaims: Sendable {
  public var has: [String]
  public var lacks: [String]
  public init(has: [String] = [], lacks: [String] = []) {
    self.has = has
    self.lacks = lacks
  }

  /// The commits that a claim may name: those that a verdict can turn on.
  public static let known = ["da33e87bd2bf"]

  /// What is wrong with the claims; nil if nothing is.
  public var fault: String? {
    for claim in has + lacks {
      let isKnown = Self.known.contains { $0.hasPrefix(claim) || claim.hasPrefix($0) }
      guard claim.count >= 7, isKnown, claim.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else {
        return
          "\(claim) is no commit that a verdict turns on; known: \(Self.known.joined(separator: ", ")) (the ready gate)"
      }
    }
    let both = has.first { claim in lacks.contains { $0.hasPrefix(claim) || claim.hasPrefix($0) } }
    return both.map { "\($0) cannot be both there and not" }
  }

  /// What is claimed of a commit; nil if nothing is.
  func knows(_ commit: String) -> Bool? {
    func named(_ claim: String) -> Bool { claim.hasPrefix(commit) || commit.hasPrefix(claim) }
    if has.contains(where: named) { return true }
    return lacks.contains(where: named) ? false : nil
  }
}

/// Which of the fixes that shape this race a kernel has, from its version alone. Vendor trees carry backports, so
/// below 6.15 the answer is "unknown", never "no" (kernel-facts.md §2).
public struct KernelFeatures: Sendable {
  public var version: String?
  private var numbers: (major: Int, minor: Int, patch: Int)?
  private var isCandidate = false

  private let claims: KernelClaims

  public init(_ version: String?, _ claims: KernelClaims = KernelClaims()) {
    self.version = version
    self.claims = claims
    guard let version else { return }
    let core = version.prefix { $0.isNumber || $0 == "." }
    let parts = core.split(separator: ".").compactMap { Int($0) }
    guard parts.count >= 2 else { return }
    numbers = (parts[0], parts[1], parts.count > 2 ? parts[2] : 0)
    isCandidate = version.contains("-rc")
  }

  private func isAtLeast(_ major: Int, _ minor: Int) -> Bool? {
    numbers.map { ($0.major, $0.minor) >= (major, minor) }
  }

  /// da33e87bd2bf (6.16-rc1, 6.15.1): a replay during a running registration defers.
  public var hasGate: Bool? {
    if let claim = claims.knows("da33e87bd2bf") { return claim }
    guard let numbers, let new = isAtLeast(6, 16) else { return nil }
    if new { return true }
    if (numbers.major, numbers.minor) == (6, 15) { return !isCandidate && numbers.patch >= 1 }
    // Development trees of early 2025 had the warning and not yet the gate; older releases may have anything.
    return isCandidate && (numbers.major, numbers.minor) == (6, 14) ? false : nil
  }

  /// The gate where it has to be guessed: a trace that names no kernel comes from a recent one more often than not;
  /// a version below 6.15 with this warning is a vendor's backport, and those took the first commit alone.
  public var isLikelyGated: Bool { hasGate ?? (version == nil) }

  /// How the gate's presence was settled, for the report.
  public var gateReason: String {
    if let claim = claims.knows("da33e87bd2bf") {
      return
        "the ready gate da33e87bd2bf is \(claim ? "present" : "absent"), as --kernel-\(claim ? "has" : "lacks") says"
    }
    return switch hasGate {
    case true: "the ready gate da33e87bd2bf is taken as present (\(version ?? "?"))"
    case false: "the ready gate da33e87bd2bf is taken as absent (\(version ?? "?"))"
    default: "whether the kernel has the ready gate da33e87bd2bf is not known"
    }
  }
}
