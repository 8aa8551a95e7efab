import Timelines

/// A change of the kernel that was proposed against these races (docs/fixes). All were read in 7.3.4: in older kernels a race may
/// have another answer.
package struct Candidate: Sendable, Identifiable, Equatable {
  /// As `report --what-if` takes it.
  package var id: String
  /// What it changes, in one clause.
  package var title: String
  /// What would have become of a finding that is decided.
  var judge: @Sendable (WhatIfCase) -> WhatIf.Answer
  /// What it would have done to others.
  var besides: @Sendable (BootTimeline, LockedVisits?) -> [WhatIf.Answer] = { _, _ in [] }

  package static func == (a: Candidate, b: Candidate) -> Bool { a.id == b.id }

  /// In the order of `--help`.
  package static let all: [Candidate] = [.deviceLock, .trylock, .p0, .p1, .p1a, .p2, .p4, .p5]

  /// Nil if there is none of this id.
  package static func named(_ id: String) -> Candidate? { all.first { $0.id == id } }
}

extension Candidate {
  static let p0 = Candidate(
    id: "p0", title: "amba and cdx read dev->driver once, and cdx returns what it is told"
  ) { file in
    if file.isOne(of: .dmaConfigureNullDriver) {
      let oops = file.boot.troubles.compactMap(Cause.oopsedConfigure)
      guard let function = oops.first(where: { file.finding.summary.hasPrefix($0 + "()") }) else {
        return WhatIf.Answer(.notTold, "whose dma_configure it was is not seen")
      }
      guard function == "amba_dma_configure" || function == "cdx_dma_configure" else {
        return WhatIf.Answer(.unchanged, "\(function)() is not one of them")
      }
      return WhatIf.Answer(.gone, "\(function)() would not have looked a second time")
    }
    guard file.isOne(of: .probeBeforeDomain, .defaultDomainFlip), file.isOnCDX else {
      return WhatIf.Answer(.unchanged, "it changes nothing on this way")
    }
    if (file.early?.firmware ?? file.early?.ofIOMMU)?.result == -517 || file.asked == .behindVisit {
      return WhatIf.Answer(
        .deferred, "cdx_dma_configure() would have passed the deferral on", file.askedEvidence)
    }
    return WhatIf.Answer(.notTold, "whether it was told to wait: what of_dma_configure_id() returned to it")
  }

  static let p1 = Candidate(
    id: "p1", title: "a mark while a device is visited; a bind that meets it is deferred"
  ) { file in
    guard file.isOne(of: .probeBeforeDomain, .defaultDomainFlip) else {
      if file.isOne(of: .managedDMABeforeDomain) {
        return WhatIf.Answer(.unchanged, "such a driver does not ask for its domain")
      }
      return WhatIf.Answer(
        .unchanged, file.isRaceOfTheWalk ? "the warning stays, harmless as it is" : Self.noBind)
    }
    return file.marked
  }

  static let p1a = Candidate(
    id: "p1a", title: "p1, and in a walk the warning only for devices that are bound already"
  ) { file in
    if file.isRaceOfTheWalk {
      return WhatIf.Answer(
        .gone, "the walk would not warn of a driver that is not bound yet; all else as it was")
    }
    if file.finding.side == .walk, file.isOne(of: .reboundAfterLateIOMMU) {
      return WhatIf.Answer(.unchanged, "its earlier life stays what it was, and no warning would lead to it")
    }
    var answer = p1.judge(file)
    if file.finding.side == .walk, answer.outcome == .deferred { answer.text += "; no warning" }
    return answer
  }

  static let p2 = Candidate(
    id: "p2", title: "dev->iommu names the thread that probes; all others wait until its IOMMU is ready"
  ) { file in
    switch true {
    case file.isOne(of: .multiIOMMUReplayBypass, .ungatedReplay):
      return WhatIf.Answer(
        .deferred, "the bind would have waited for the registration, and raced it as others do at most")
    case file.isOne(of: .managedDMABeforeDomain):
      guard file.asked == .inVisit else {
        return WhatIf.Answer(.unchanged, "its bind came between the visit and the domain", file.askedEvidence)
      }
      return WhatIf.Answer(.deferred, "its bind met the visit", file.askedEvidence)
    case file.isOne(of: .probeBeforeDomain):
      var answer = file.isOnCDX ? file.marked : file.described
      if answer.outcome == .deferred, file.asked == .notTold {
        answer = WhatIf.Answer(.notTold, Self.noTrace)
      }
      return answer
    default:
      return WhatIf.Answer(
        .unchanged, file.isRaceOfTheWalk ? "the warning stays, harmless as it is" : Self.noBind)
    }
  }

  static let p4 = Candidate(
    id: "p4", title: "a device that the walk skips is marked; its replay is expected, and on ACPI it is made"
  ) { file in
    switch true {
    case file.isOne(of: .skippedByWalkThenReplayed):
      return WhatIf.Answer(.gone, "the replay would be known for one, and not warn; all else as it was")
    case file.isOne(of: .acpiMissedWalkOrphan):
      return WhatIf.Answer(.gone, "its next bind would replay the IOMMU probe", file.skippedEvidence)
    default: return WhatIf.Answer(.unchanged, "the walk did not skip it for a bind in flight")
    }
  }

  static let p5 = Candidate(
    id: "p5", title: "a firmware description without a group defers the bind"
  ) { file in
    switch true {
    case file.isOne(of: .acpiMissedWalkOrphan):
      return WhatIf.Answer(
        .neverBinds, "it has a description, and nothing will ever give it a group", file.skippedEvidence)
    case file.isOne(of: .missedWalkLateAttach):
      return WhatIf.Answer(.deferred, "it would have waited, without a driver, for the walk that took it")
    case file.isOne(of: .probeBeforeDomain): return file.described
    case file.isOne(of: .managedDMABeforeDomain):
      return WhatIf.Answer(.unchanged, "such a driver does not ask for its domain")
    default: return WhatIf.Answer(.unchanged, Self.noBind)
    }
  }

  private static let noBind = "it does not come of a bind that this would have held back"
  fileprivate static let noTrace = "when the bind asked for its domain: a trace of both threads shows it"
}

extension WhatIfCase {
  /// A mark on the device for as long as the walk visits it.
  fileprivate var marked: WhatIf.Answer {
    if isOnCDX { return WhatIf.Answer(.unchanged, "cdx_dma_configure() drops the deferral") }
    switch asked {
    case .inVisit:
      return WhatIf.Answer(.deferred, "the bind asked while the walk visited the device", askedEvidence)
    case .beforeVisit:
      return WhatIf.Answer(.unchanged, "the bind had been let through before the walk came", askedEvidence)
    case .behindVisit:
      return WhatIf.Answer(.unchanged, "the bind asked when the visit was over", askedEvidence)
    case .notTold: return WhatIf.Answer(.notTold, Candidate.noTrace)
    }
  }

  /// Its description is there, its group is not.
  fileprivate var described: WhatIf.Answer {
    if isOnCDX { return WhatIf.Answer(.unchanged, "cdx_dma_configure() drops the deferral") }
    if asked == .behindVisit {
      return WhatIf.Answer(.unchanged, "it had a group when it asked, one that it shares", askedEvidence)
    }
    return WhatIf.Answer(.deferred, "the bind had a description and no group", askedEvidence)
  }

  /// The visit that skipped it.
  fileprivate var skippedEvidence: [Evidence] {
    visit.map { [Evidence("the walk (\($0.phase.task)) leaves it alone", $0.phase)] } ?? []
  }
}
