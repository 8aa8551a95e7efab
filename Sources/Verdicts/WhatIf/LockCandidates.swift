// The walk takes the lock of each device that it visits, or tries to: before iommu_probe_device_lock, held for the visit.
import Timelines

extension Candidate {
  static let deviceLock = Candidate(
    id: "device-lock", title: "the walk takes device_lock() of each device",
    judge: { file in
      guard let locks = file.locks else { return untraced }
      let hangs = file.dependsOnTheWalk
      if hangs, let meeting = locks.deadlock(in: file.visit?.registration) {
        return WhatIf.Answer(
          .deadlock, "the walk comes to \(meeting.device), which its own thread is binding, and never ends",
          meeting.evidence)
      }
      if hangs, let own = locks.ownBindUntold(in: file.visit?.registration) {
        return WhatIf.Answer(
          .notTold,
          "whether the walking thread was binding \(own.device) itself: the trace does not reach back to its bind",
          own.evidence)
      }
      return file.locked
    },
    besides: { _, locks in
      (locks?.meetings ?? []).map { meeting in
        switch meeting.outcome {
        case .selfDeadlock:
          WhatIf.Answer(
            .deadlock, "\(meeting.device): the walking thread itself is binding it", meeting.evidence)
        case .waitsForWalk:
          WhatIf.Answer(
            .unchanged,
            "\(meeting.device): the walk would wait, for a bind that waits for iommu_probe_device_lock: a deadlock if the walk "
              + "keeps that one", meeting.evidence)
        case .wouldWait:
          WhatIf.Answer(.unchanged, "\(meeting.device): the walk would wait for its bind", meeting.evidence)
        }
      }
    })

  static let trylock = Candidate(
    id: "trylock", title: "the walk tries device_trylock(), and leaves out a device that is locked",
    judge: { file in
      guard let locks = file.locks else { return untraced }
      guard file.dependsOnTheWalk, let meeting = locks.meeting(file.finding.device, file.visit),
        meeting.outcome != .selfDeadlock
      else { return file.locked }
      if file.isOne(of: .skippedByWalkThenReplayed, .acpiMissedWalkOrphan, .skippedBridgeSplitGroups) {
        return WhatIf.Answer(.unchanged, "the walk would leave it out, as it did", meeting.evidence)
      }
      switch file.isACPI {
      case true?:
        return WhatIf.Answer(
          .orphan, "the walk would leave it out, and on ACPI nothing replays", meeting.evidence)
      case false?:
        return file.isOne(of: .probeBeforeDomain)
          ? WhatIf.Answer(
            .deferred, "the walk would leave it out, and a later bind replay the probe", meeting.evidence)
          : WhatIf.Answer(
            .unchanged, "the walk would leave it out, and the replay warn instead", meeting.evidence)
      case nil:
        return WhatIf.Answer(.notTold, "whether ACPI describes the machine: the kernel log", meeting.evidence)
      }
    },
    besides: { boot, locks in
      (locks?.meetings ?? []).filter {
        $0.outcome != .selfDeadlock && boot.devices[$0.device]?.hasIOMMU == true
      }.map { meeting in
        boot.isACPI
          ? WhatIf.Answer(
            .orphan, "\(meeting.device): left out, and on ACPI nothing replays", meeting.evidence)
          : WhatIf.Answer(
            .unchanged, "\(meeting.device): left out by the walk, up to a bind that replays", meeting.evidence
          )
      }
    })

  private static let untraced = WhatIf.Answer(.notTold, "no trace shows the walk's visits")
}

extension WhatIfCase {
  /// What came of it depends on what the walk did.
  fileprivate var dependsOnTheWalk: Bool {
    isOne(
      of: .walkBindTOCTOU, .probeBeforeDomain, .defaultDomainFlip, .skippedByWalkThenReplayed,
      .multiIOMMUReplayBypass,
      .ungatedReplay, .acpiMissedWalkOrphan, .managedDMABeforeDomain, .skippedBridgeSplitGroups)
  }

  /// With the lock taken, and nothing that deadlocks.
  fileprivate var locked: WhatIf.Answer {
    let meeting = locks?.meeting(finding.device, visit)
    let evidence = meeting?.evidence ?? askedEvidence
    switch true {
    case isOne(of: .walkBindTOCTOU) && visit?.ownDMAConfigure != nil:
      return WhatIf.Answer(.gone, "the bind would set dev->driver before the visit or after it", evidence)
    case isOne(of: .probeBeforeDomain) && visit?.ownDMAConfigure != nil:
      return WhatIf.Answer(
        .deferred, "the bind would ask before the visit or after it, and be told to wait", evidence)
    case isOne(of: .skippedByWalkThenReplayed, .acpiMissedWalkOrphan) && meeting != nil:
      return WhatIf.Answer(.gone, "the walk would wait for the bind, and then take the device", evidence)
    case isOne(of: .dmaConfigureNullDriver):
      return WhatIf.Answer(.gone, "no bind would set dev->driver meanwhile")
    case isOne(
      of: .walkBindTOCTOU, .probeBeforeDomain, .skippedByWalkThenReplayed, .acpiMissedWalkOrphan,
      .ungatedReplay),
      isOne(of: .skippedBridgeSplitGroups, .defaultDomainFlip):
      return WhatIf.Answer(
        .notTold, "who held the device's lock when the walk came: a trace of both threads shows it")
    case isOne(of: .multiIOMMUReplayBypass) && finding.side == .walk:
      return WhatIf.Answer(.unchanged, "the bind would do the whole probe itself, and warn", evidence)
    default: return WhatIf.Answer(.unchanged, "it does not come of what a bind and a visit do at once")
    }
  }
}
