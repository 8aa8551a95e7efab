import Bytes
import Records
import Timelines

/// A boot to findings: every printed warning gets a verdict, and silence is looked at too.
package enum Engine {
  /// The findings of a boot, warnings first by time, then the silent ones by device.
  /// `claims`: what the user knows of his kernel.
  package static func findings(_ boot: BootTimeline, _ claims: KernelClaims = KernelClaims()) -> [Finding] {
    let kernel = KernelFeatures(boot.kernel, claims)
    let lines = BootLines(boot)
    var used: Set<Phase.Key> = []
    // Devices with a warning that no traced probe has printed.
    var unmatched: Set<String> = []
    var findings: [Finding] = []
    for warning in boot.warnings.sorted(by: { $0.order < $1.order }) {
      let which = WhichWarning(warning, kernel)
      guard which != .another else { continue }
      let before = used.count
      findings.append(judge(boot, lines, warning, kernel, &used, isKnown: which == .late))
      if used.count == before { unmatched.insert(warning.device) }
    }
    findings += unprinted(boot, lines, kernel, used, unmatched)
    findings += silent(boot, lines, kernel, besides: findings)
    let judged =
      UnuseWarning.settled(findings, boot) + LostWarning.findings(boot, kernel, besides: findings)
      + FreedGroup.findings(boot, besides: findings)
    findings = ContraryFacts.settled(judged, boot) + BoardFindings.all(in: boot, besides: judged)
    for index in findings.indices { findings[index].isACPI = boot.isACPI }
    return findings
  }

  /// Devices that may run without their IOMMU, besides those of `findings`.
  package static func suspects(
    _ boot: BootTimeline, besides findings: [Finding], _ claims: KernelClaims = KernelClaims()
  ) -> [Suspect] {
    Suspect.all(in: boot, KernelFeatures(boot.kernel, claims), besides: findings)
  }

  // MARK: printed warnings

  private static func judge(
    _ boot: BootTimeline, _ lines: BootLines, _ warning: Warning, _ kernel: KernelFeatures,
    _ used: inout Set<Phase.Key>, isKnown: Bool
  ) -> Finding {
    let device = boot.devices[warning.device] ?? DeviceTimeline(name: warning.device)
    guard isKnown else {
      return Undetermined.unknown(
        CaseFile(boot, lines, device, warning, side: warning.stack.side, visit: nil, kernel: kernel))
    }
    // Frames of another thread may decide a mixed stack: what the trace shows comes first then.
    let printed = warning.stack.side
    let visit = visit(of: warning, warning.isMixed ? .none : printed, device, boot, used)
    if let visit { used.insert(visit.phase.key) }
    let traced = visit?.side ?? .none
    let side = printed == .none || warning.isMixed && traced != .none ? traced : printed
    let file = CaseFile(boot, lines, device, warning, side: side, visit: visit, kernel: kernel)
    if let visit, let contrary = ContraryInputs.text(warning, visit, device) {
      return Undetermined.finding(file, contrary: contrary)
    }
    return finding(file)
  }

  /// The IOMMU probe that printed a warning: same device and side, accepted, and not somewhere else in time.
  static func visit(
    of warning: Warning, _ side: Side, _ device: DeviceTimeline, _ boot: BootTimeline, _ used: Set<Phase.Key>
  ) -> Visit? {
    let fitting = device.visits.filter { visit in
      // With a group __iommu_probe_device() does nothing, and prints nothing.
      guard !used.contains(visit.phase.key), fits(visit, side),
        !device.life(at: visit.phase.start, line: nil, in: boot).device
          .hadGroup(before: visit.phase.start, in: boot.inputs(with: visit.phase.place))
      else { return false }
      return isNear(visit, warning, device, boot)
    }
    let agreeing = fitting.filter { ContraryInputs.text(warning, $0, device) == nil }
    let possible = agreeing.isEmpty ? fitting : agreeing
    guard let time = warning.time else { return possible.first }
    return possible.min { abs($0.phase.start - time) < abs($1.phase.start - time) }
  }

  private static func fits(_ visit: Visit, _ side: Side) -> Bool {
    switch visit.outcome {
    case .accepted, .unknown: break
    default: return false
    }
    return side == .none || visit.side == side || visit.side == .none
  }

  private static func isNear(
    _ visit: Visit, _ warning: Warning, _ device: DeviceTimeline, _ boot: BootTimeline
  ) -> Bool {
    guard let time = warning.time,
      let coverage = boot.trace(of: visit.phase.place),
      !coverage.isOrderOnly
    else { return true }
    // Without a tie between the clocks the only visit of that device and side is taken for it.
    guard let slack = coverage.clock.slack else { return true }
    let group = device.groups.first { $0.moment.time >= visit.phase.start }?.moment.time
    let end = group ?? visit.phase.end.map { $0 + 1_000_000_000 } ?? .max
    return time >= visit.phase.start - slack - 1_000_000 && (end == .max || time <= end + slack + 1_000_000)
  }

  // MARK: silence

  private static func silent(
    _ boot: BootTimeline, _ lines: BootLines, _ kernel: KernelFeatures, besides known: [Finding]
  ) -> [Finding] {
    let silent = Cause.all.filter { $0.sides.contains(.none) }
    func devices(of cause: Cause) -> Set<String> {
      Set(known.lazy.filter { $0.cause == cause }.map(\.device))
    }
    // One event is one finding. Who was bound again after his IOMMU had come ran without it before.
    let told: [Cause.Kind: Set<String>] = [
      .silentLateIOMMU: devices(of: .reboundAfterLateIOMMU), .doubleProbe: devices(of: .doubleProbe),
      .managedDMABeforeDomain: devices(of: .managedDMABeforeDomain),
      // Its driver ran in the device's group before the domain: the walk's visit tells all of it.
      .defaultDomainFlip: devices(of: .probeBeforeDomain),
    ]
    var findings: [Finding] = []
    for device in boot.devices.values where device.mayBeSilentCase {
      var open = silent.indices.filter { told[silent[$0].kind]?.contains(device.name) != true }
      for life in device.lives(in: boot) {
        let file = CaseFile(boot, lines, device, nil, side: .none, visit: nil, kernel: kernel, life: life)
        // By their places: a cause is a page of text, and to name it in the loop copies that for each device.
        open.removeAll { index in
          guard let judgement = silent[index].judge(file) else { return false }
          findings.append(settled(file, silent[index], judgement))
          return true
        }
      }
    }
    for cause in Cause.all {
      for suspect in cause.survey(boot, kernel) {
        let device = boot.devices[suspect.device] ?? DeviceTimeline(name: suspect.device)
        let file = CaseFile(boot, lines, device, nil, side: .none, visit: nil, kernel: kernel)
        findings.append(settled(file, cause, suspect.judgement))
      }
    }
    return findings.sorted { $0.device < $1.device }
  }

  // MARK: findings

  /// Every cause that claims a case.
  static func judged(_ file: CaseFile) -> [(cause: Cause, judgement: Judgement)] {
    var judged = Cause.all.filter { $0.sides.contains(file.side) }.compactMap { cause in
      cause.judge(file).map { (cause: cause, judgement: $0) }
    }
    // Whatever the one probe came to: another thread finished it as well.
    if judged.contains(where: { $0.cause == .doubleProbe }) {
      judged.removeAll { $0.cause.verdict == .falsePositive }
    }
    return judged
  }

  static func finding(_ file: CaseFile) -> Finding {
    var judged = judged(file)
    // A probe that is in order says nothing of the time before it.
    if judged.contains(where: { $0.cause.isRace }) {
      let lives = file.earlierLives
      switch lives {
      case .inOrder: break
      case .unseen:
        for index in judged.indices where judged[index].cause.isRace {
          judged[index].judgement.unproven(Advice.beginning)
        }
      case .sign, .ranWithoutDomain:
        judged.removeAll { $0.cause.isRace }
        if judged.isEmpty, let rebound = file.rebound(lives) {
          judged.append((.reboundAfterLateIOMMU, rebound))
        }
        if judged.isEmpty, case .sign(let sign) = lives { return Undetermined.finding(file, earlier: sign) }
      }
    } else if judged.isEmpty, !file.boot.isACPI, !NullFirmware.applies(file),
      let rebound = file.rebound(file.earlierLives)
    {
      // Whatever this race comes to: with a firmware description only a client that is bound anew can warn.
      judged.append((.reboundAfterLateIOMMU, rebound))
    }
    if let line = file.directDMALine, judged.contains(where: { $0.cause.verdict == .falsePositive }) {
      judged.removeAll { $0.cause.verdict == .falsePositive }
      if judged.isEmpty { return Undetermined.finding(file, directDMA: line) }
    }
    if let failure = file.failedIOMMU, judged.contains(where: \.cause.isRace) {
      judged.removeAll { $0.cause.isRace }
      if judged.isEmpty { return Undetermined.finding(file, failed: failure) }
    }
    if let harmless = judged.first(where: { $0.cause.verdict == .falsePositive }),
      let contrary = file.contrary(to: harmless.judgement)
    {
      judged.removeAll { $0.cause.verdict == .falsePositive }
      if judged.isEmpty { return contrary }
    }
    // What is only likely does not stand against the device's own faults (docs/kernel.md#in-the-kernel-log).
    let faults = file.damage
    if !faults.isEmpty, judged.contains(where: { $0.cause.verdict == .falsePositive }),
      !judged.contains(where: { $0.judgement.confidence == .certain })
    {
      judged.removeAll { $0.cause.verdict == .falsePositive }
      if judged.isEmpty { return Undetermined.finding(file, faults: faults) }
    }
    // The log has a line of ->probe in front of the group, and the trace has no such attempt: one of them is not whole.
    if let adding = file.addingLine, file.warning != nil, file.side == .walk,
      let line = file.enabledBefore(adding)
    {
      for index in judged.indices where judged[index].cause.verdict == .falsePositive {
        judged[index].judgement.evidence.append(
          Evidence("but the driver's ->probe had printed a line before", line))
        judged[index].judgement.unproven("inputs that agree: the log shows ->probe before the group")
      }
    }
    let proven = judged.filter { $0.judgement.confidence == .certain }
    if let first = proven.first, let other = proven.first(where: { $0.cause.verdict != first.cause.verdict })
    {
      return Undetermined.finding(
        file, first.judgement, against: other.judgement, [first.cause, other.cause])
    }
    guard let best = proven.first ?? judged.first else { return Undetermined.finding(file) }
    return settled(file, best.cause, best.judgement)
  }

  static func settled(_ file: CaseFile, _ cause: Cause, _ judgement: Judgement) -> Finding {
    // With parts of the trace gone, a return may be missing and an absence proves nothing.
    let isTraced = judgement.tier == .trace
    let isHoled = isTraced && file.boot.traces.contains(where: \.isIncomplete)
    let isCoarse = isTraced && file.boot.traces.contains(where: \.isCoarse)
    // The causes of a warning ask for gaps themselves: each knows what must not be missing.
    let isGapped = isTraced && file.side == .none && file.boot.hasGap(amid: judgement.evidence)
    let isUntied = file.isUntied(judgement.evidence)
    let isMixed = file.warning?.isMixed == true && file.visit?.side != file.side
    let impossible = isTraced ? file.impossible : nil
    var missing = judgement.missing + file.notPrinted
    if isUntied { missing.insert(Advice.oneClock, at: 0) }
    if isMixed { missing.insert(Advice.ownStack, at: 0) }
    if isHoled { missing.insert("the whole trace: parts of it are gone", at: 0) }
    if isCoarse { missing.insert(Advice.finerClock, at: 0) }
    if isGapped { missing.insert("the events that were lost in between", at: 0) }
    if let impossible { missing.insert(impossible, at: 0) }
    return Finding(
      device: file.device.name, driver: file.driver, kind: file.side == .none ? .silent : .lateIOMMUProbe,
      time: file.warning?.time, side: file.side, verdict: cause.verdict ?? .undetermined,
      confidence: isHoled || isCoarse || isGapped || isUntied || isMixed || impossible != nil
        || cause.verdict == .falsePositive && file.mayBeUnprinted
        ? .likely : judgement.confidence, cause: cause,
      candidates: [],
      harm: judgement.harm,
      tier: judgement.tier, summary: judgement.summary, evidence: judgement.evidence.inOrder,
      missing: missing, ownAdvice: judgement.advice,
      assumed: judgement.assumed,
      places: file.warning?.places ?? judgement.evidence.compactMap(\.place).prefix(1).map { $0 },
      traced: TracedFinding(visit: file.visit, early: file.exposure?.bind))
  }
}

extension DeviceTimeline {
  /// There is more of it than its group and lines of its driver. Nothing else tells a silent cause, and hardly any device of a log
  /// has more.
  fileprivate var mayBeSilentCase: Bool {
    !binds.isEmpty || !visits.isEmpty || groups.count > 1 || !faults.isEmpty || !registrations.isEmpty
      || log.contains { line in
        switch line.what {
        case .gaveUp, .registerFailed, .probeFailed: true
        default: false
        }
      }
  }
}
