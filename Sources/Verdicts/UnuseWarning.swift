// `WARNING: … iommu_device_unuse_default_domain`: a driver is unbound that had bound before its device had a group. The harmless
// races do not end in it (docs/kernel.md#in-the-kernel-log); it does not say which device's.
import Timelines

enum UnuseWarning {
  private static let causes: [Cause] = [
    .probeBeforeDomain, .iommuLateAfterBind, .missedWalkLateAttach, .dmaConfigureOutsideBus,
  ]

  /// `findings`, where the lines contradict none of them; else what is left of them. One is a finding of its own where nothing
  /// explains it. Each unbind warns once: what explains one line does not explain the next.
  static func settled(_ findings: [Finding], _ boot: BootTimeline) -> [Finding] {
    let lines = boot.general.filter { if case .unuseWarning = $0.what { true } else { false } }
    let explained = findings.count { $0.cause.map(causes.contains) == true }
    guard explained < lines.count else { return findings }
    let line = lines[explained]
    let evidence = Evidence("a driver is unbound that had bound before its device's group came", line)
    // What a trace proves of one of them the line contradicts as well: no input overrules another.
    let accused = findings.indices.filter { findings[$0].verdict == .falsePositive }
    var settled = findings
    guard !accused.isEmpty else {
      // A ->probe that had begun too early, and failed, ends in it too: it is part of what is open there.
      guard
        let open = findings.firstIndex(where: {
          $0.verdict == .undetermined && $0.candidates.contains(.probeBeforeDomain)
        })
      else { return findings + [finding(evidence)] }
      settled[open].evidence.append(evidence)
      return settled
    }
    for index in accused {
      let harmless = settled[index]
      settled[index].verdict = .undetermined
      settled[index].confidence = nil
      settled[index].candidates = [.probeBeforeDomain] + (harmless.cause.map { [$0] } ?? [])
      settled[index].cause = nil
      settled[index].harm = .unknown
      settled[index].summary =
        "\(harmless.summary); but a later warning says that a driver of this boot had bound before its device's group came"
      settled[index].evidence.append(evidence)
      settled[index].missing.insert(Advice.trace, at: 0)
    }
    return settled
  }

  private static func finding(_ evidence: Evidence) -> Finding {
    Finding(
      device: Surveyed.unknown, driver: nil, kind: .silent, time: evidence.time, side: .none,
      verdict: .undetermined, confidence: nil, cause: nil, candidates: causes, harm: .unknown,
      tier: .kernelLog,
      summary:
        "a driver was unbound that had bound before its device's group came (or that had left a PASID attached)",
      evidence: [evidence],
      missing: [Advice.trace, "the whole kernel log: the late probe itself is not in it"],
      assumed: [], places: evidence.place.map { [$0] } ?? [])
  }
}
