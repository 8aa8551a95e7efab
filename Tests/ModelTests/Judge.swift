import Analysis
import Model
import Verdicts

/// How an answer stands to the truth.
enum Outcome: String, CaseIterable {
  /// Verdict, cause and harm are right, and it is certain.
  case certain
  case likely
  case undetermined
  /// No finding where there was a warning.
  case missed
  /// A finding without a warning, with a verdict that is right all the same.
  case unprinted
  /// Not certain: verdict and harm are right, the cause is another one.
  case otherCause
  /// Not certain, and the verdict or the harm is wrong.
  case likelyWrong
  case certainWrong
}

/// Holds a report's findings against the truth of the execution.
enum Judge {
  static func outcomes(_ analysis: Analysis, _ truth: Truth) -> [(Outcome, String)] {
    let findings = analysis.boots.flatMap(\.findings)
    var late = findings.filter { $0.kind == .lateIOMMUProbe }
    var results: [(Outcome, String)] = []
    for warned in truth.warned {
      let fitting = late.firstIndex { $0.side.rawValue == warned.side.rawValue } ?? late.indices.first
      guard let fitting else {
        results.append((.missed, "\(warned.side.rawValue) \(warned.causes.first ?? "-")"))
        continue
      }
      results.append(judge(late.remove(at: fitting), warned, truth))
    }
    results += late.map { (unprinted($0, truth), "unprinted " + describe($0)) }
    let silent = findings.filter { $0.kind == .silent }
    results += silent.map { (Self.silent($0, truth), "silent " + describe($0)) }
    results += truth.silent.filter { id in !silent.contains { $0.cause?.id == id } }.map {
      (.missed, "silent \($0)")
    }
    return results
  }

  private static func judge(
    _ finding: Finding, _ warned: Truth.Warned, _ truth: Truth
  ) -> (Outcome, String) {
    let text = "\(warned.side.rawValue) \(warned.causes.first ?? "-") \(truth.harm): " + describe(finding)
    guard finding.verdict != .undetermined else { return (.undetermined, text) }
    let isJust = (finding.verdict == .real) == warned.isReal && fits(finding, truth)
    let isRight = isJust && (warned.causes.isEmpty || warned.causes.contains(finding.cause?.id ?? ""))
    if finding.confidence == .certain { return (isRight ? .certain : .certainWrong, text) }
    return (isRight ? .likely : isJust ? .otherCause : .likelyWrong, text)
  }

  /// `harmed` needs damage; `exposed` is also right where the damage is not seen.
  private static func fits(_ finding: Finding, _ truth: Truth) -> Bool {
    switch finding.harm {
    case .unknown: true
    case .unharmed: truth.harm == .unharmed
    case .exposed: truth.harm != .unharmed
    case .harmed: truth.harm == .harmed
    }
  }

  private static func unprinted(_ finding: Finding, _ truth: Truth) -> Outcome {
    if finding.verdict == .undetermined { return .unprinted }
    let isRight = (finding.verdict == .real) == (truth.harm != .unharmed) && fits(finding, truth)
    return isRight ? .unprinted : finding.confidence == .certain ? .certainWrong : .likelyWrong
  }

  private static func silent(_ finding: Finding, _ truth: Truth) -> Outcome {
    let isRight: Bool
    switch finding.cause?.id {
    // Until it is bound again: a trace that ends before that shows no more.
    case "silent-late-iommu":
      isRight =
        truth.isLeftOut && !truth.isOrphan || truth.ranEarlier
        || truth.warned.contains { $0.causes.contains("rebound-after-late-iommu") }
    case "acpi-missed-walk-orphan": isRight = truth.isOrphan
    case "managed-dma-before-domain": isRight = truth.isManagedEarly
    case "walk-aborted-registration": isRight = truth.isAborted
    case "double-probe": isRight = truth.isProbedTwice
    case "dma-configure-null-driver": isRight = truth.isCrashed
    default: isRight = truth.harm != .unharmed
    }
    let isCertain = finding.confidence == .certain
    return isRight ? isCertain ? .certain : .likely : isCertain ? .certainWrong : .likelyWrong
  }

  /// With full tracing every verdict names the harm as it was.
  static func isHarmRight(_ analysis: Analysis, _ truth: Truth) -> Bool {
    analysis.boots.flatMap(\.findings).allSatisfy { finding in
      finding.verdict == .undetermined || finding.kind == .silent
        || finding.harm.rawValue == truth.harm.rawValue
    }
  }

  static func describe(_ finding: Finding) -> String {
    "\(finding.verdict.rawValue)/\(finding.cause?.id ?? "-")/\(finding.harm.rawValue)"
      + " \(finding.confidence?.rawValue ?? "-") \(finding.tier.rawValue)"
      + (finding.device == "0000:00:03.2" ? "" : " on \(finding.device)")
  }
}
