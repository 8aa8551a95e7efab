import Recipes

/// What a user says of his kernel with --kernel-has and --kernel-lacks: commit ids, abbreviated or full; with --kernel-tree: where
/// its source is, which says the same of itself. With --probe: which function a probe is on, `NAME=FUNCTION`.
package struct KernelClaims: Sendable {
  /// Commits that it has.
  package var has: [String]
  /// Commits that it lacks.
  package var lacks: [String]
  /// `NAME=FUNCTION`, as `ProbeDefinitions.parse` takes it.
  package var probes: [String]
  /// What --kernel-tree found.
  package var tree: TreeAnswer?
  package init(has: [String] = [], lacks: [String] = [], probes: [String] = []) {
    self.has = has
    self.lacks = lacks
    self.probes = probes
  }

  /// The commits that a claim may name: those that a verdict can turn on.
  static var known: [String] { KernelFix.all.map(\.commit) }

  /// What is wrong with the claims; nil if nothing is.
  package var fault: String? {
    for claim in has + lacks {
      let isKnown = Self.known.contains { $0.hasPrefix(claim) || claim.hasPrefix($0) }
      guard claim.count >= 7, isKnown, claim.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else {
        return "\(claim) is no commit that a verdict turns on; known: \(Self.known.joined(separator: ", "))"
      }
    }
    let both = has.first { claim in lacks.contains { $0.hasPrefix(claim) || claim.hasPrefix($0) } }
    return both.map { "\($0) cannot be both there and not" }
  }

  /// What is claimed of a commit; nil if nothing is.
  package func knows(_ commit: String) -> Bool? {
    func named(_ claim: String) -> Bool { claim.hasPrefix(commit) || commit.hasPrefix(claim) }
    if has.contains(where: named) { return true }
    return lacks.contains(where: named) ? false : nil
  }
}

/// Which of the fixes that shape this race a kernel has, from its version alone. Vendor trees carry backports, so
/// below 6.15 the answer is "unknown", never "no" (docs/kernel.md#commits).
package struct KernelFeatures: Sendable {
  var version: String?
  private let numbers: KernelVersion?
  private let claims: KernelClaims

  /// `version` nil: no input names the kernel. What is claimed goes before what the version says.
  package init(_ version: String?, _ claims: KernelClaims = KernelClaims()) {
    self.version = version
    self.claims = claims
    numbers = version.flatMap { KernelVersion($0) }
  }

  /// Whether the kernel has `fix`: as claimed, else by its version; nil where that does not say.
  func has(_ fix: KernelFix) -> Bool? {
    if let claim = claims.knows(fix.commit) { return claim }
    switch inTree(fix)?.state {
    case .present: return true
    case .absent: return false
    case .contradictory: return nil
    case .unknown, nil: break
    }
    let has = byVersion(fix)
    return has == false && mayHoldMore ? nil : has
  }

  /// It is named after a release or a candidate and holds what was made after that: linux-next, what is queued for the one after the next; a
  /// maintainer's or a vendor's tree (`6.15.0-rc4-00045-g0123abc`, `6.15.0+`), anything. Trees of early 2025 were too early for it.
  private var mayHoldMore: Bool {
    guard let version, let numbers else { return false }
    if version.contains("-next-") { return true }
    guard (numbers.major, numbers.minor) >= (6, 15) else { return false }
    return version.hasSuffix("+") || version.contains(/-\d{5}-g[0-9a-f]{7,}/)
  }

  /// What the tree of this kernel says of a fix.
  private func inTree(_ fix: KernelFix) -> TreeAnswer.Fix? {
    guard let tree = claims.tree, tree.mismatch(version) == nil else { return nil }
    return tree.fix(fix.commit)
  }

  private func byVersion(_ fix: KernelFix) -> Bool? {
    guard let numbers else { return nil }
    let series = (numbers.major, numbers.minor)
    if series > fix.mainline { return true }
    if series == fix.mainline { return numbers.candidate.map { $0 >= fix.candidate } ?? true }
    let isCandidate = numbers.candidate != nil
    if let stable = fix.stable.first(where: { ($0.major, $0.minor) == series }) {
      if !isCandidate, numbers.patch >= stable.patch { return true }
      return staysAtZero ? nil : false
    }
    // Development trees of early 2025 had the warning and not yet what followed it; older releases may have anything.
    return series >= fix.oldest && (isCandidate || series >= (6, 15)) ? false : nil
  }

  /// `6.15.0-4-generic`, `6.12.0-55.el10`: Ubuntu and RHEL take over the stable releases and keep the 0.
  var staysAtZero: Bool {
    guard let version, let numbers, numbers.patch == 0 else { return false }
    let rest = version.utf8.dropFirst("\(numbers.major).\(numbers.minor).0-".utf8.count)
    return rest.first.map { $0 &- 48 < 10 } ?? false
  }

  /// The release series, 6 and 12 of `6.12.40`.
  var series: (Int, Int)? { numbers.map { ($0.major, $0.minor) } }

  /// Known to have the warning: then a group that is added to a device with a driver comes with one.
  package var warnsOfLateProbes: Bool { has(.warning) == true }
  /// A device that is added to a group is named with its bus or driver (780da9e4f5bf, 5.2); older kernels say it otherwise, or not.
  package var printsGroups: Bool { series.map { $0 >= (5, 2) } ?? false }
  /// Nil: the version does not say (docs/kernel.md#commits).
  package var hasGate: Bool? { has(.gate) }
  /// In the same way, for the recheck after the lock.
  package var hasRecheck: Bool? { has(.recheck) }

  /// The gate where it has to be guessed: a trace that names no kernel comes from a recent one more often than not;
  /// a version below 6.15 with this warning is a vendor's backport, and those took the first commit alone.
  var isLikelyGated: Bool { hasGate ?? (version == nil) }

  /// How a fix's presence was settled, for the report.
  func reason(_ fix: KernelFix) -> String {
    let name = "\(fix.name) \(fix.commit)"
    if let claim = claims.knows(fix.commit) {
      return "\(name) is \(claim ? "present" : "absent"), as --kernel-\(claim ? "has" : "lacks") says"
    }
    if let found = inTree(fix), found.state != .unknown {
      let places = found.evidence.joined(separator: "; ")
      return found.state == .contradictory
        ? "whether the kernel has \(name) is not known, its tree says both: \(places)"
        : "\(name) is \(found.state == .present ? "present" : "absent"), as its tree says: \(places)"
    }
    return switch has(fix) {
    case true: "\(name) is taken as present (\(version ?? "?"))"
    case false: "\(name) is taken as absent (\(version ?? "?"))"
    default: "whether the kernel has \(name) is not known"
    }
  }

  /// One clause for a report: how the gate's presence was settled.
  package var gateReason: String { reason(.gate) }
}
