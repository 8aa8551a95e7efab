// What a candidate asks of a finding and its boot.
import Bytes
import Records
import Timelines

struct WhatIfCase: Sendable {
  let boot: BootTimeline
  let finding: Finding
  /// Nil if no trace shows the walk's visits.
  let locks: LockedVisits?

  init(_ boot: BootTimeline, _ finding: Finding, _ locks: LockedVisits?) {
    self.boot = boot
    self.finding = finding
    self.locks = locks
  }

  /// Why no candidate can be asked; nil if each can.
  var unknown: WhatIf.Answer? {
    if finding.verdict == .undetermined || finding.cause == nil {
      return WhatIf.Answer(.notTold, "what it is, is not decided")
    }
    // VT-d and its like take every device: none of this was thought through for them.
    if boot.warnings.contains(where: { $0.device == finding.device && NullFirmware.applies($0) }) {
      return WhatIf.Answer(.notTold, "its IOMMU registers without a firmware node")
    }
    if finding.visit?.side == .notifier {
      return WhatIf.Answer(.notTold, "it was device_add() that had it probed, and no walk")
    }
    return nil
  }

  /// One of these causes.
  func isOne(of causes: Cause...) -> Bool { causes.contains { $0 == finding.cause } }

  /// The walk took it with a driver set that was not bound yet: only the order of two threads made the warning.
  var isRaceOfTheWalk: Bool {
    finding.side == .walk && isOne(of: .walkBindTOCTOU, .multiIOMMUReplayBypass, .ungatedReplay)
  }

  /// The walk's visit that it is about; of a silent finding, and of a bind's replay, the last before.
  var visit: Visit? {
    if let visit = finding.visit, visit.side == .walk { return visit }
    let visits = boot.devices[finding.device]?.visits ?? []
    guard let replay = finding.visit else { return visits.last { $0.side == .walk } }
    return visits.last { $0.side == .walk && $0.phase.start < replay.phase.start }
  }

  /// The attempt whose driver ran before its domain; of a root port, whose bus is probed between group and domain, that one too.
  var early: Bind? {
    if let early = finding.early { return early }
    guard isOne(of: .managedDMABeforeDomain), let device = boot.devices[finding.device],
      let domain = device.domains.last
    else { return nil }
    return device.binds.last { $0.driverProbe.map { $0.time < domain.time } ?? false }
  }

  /// Where ACPI describes the machine nothing replays a probe that the walk left out; nil if no input tells.
  var isACPI: Bool? {
    if boot.isACPI { return true }
    if boot.hasLog { return false }
    let binds = boot.devices.values.lazy.flatMap(\.binds)
    return binds.contains { $0.ofIOMMU != nil } ? false : nil
  }

  /// cdx_dma_configure() drops what it is told.
  var isOnCDX: Bool {
    early?.dmaConfigure?.function == "cdx_dma_configure" || DeviceName.isCDX(finding.device)
  }

  // MARK: when the early bind asked for its domain

  enum Asked {
    /// While the walk's visit had no group for it yet.
    case inVisit
    /// It had been told to go on before the walk came.
    case beforeVisit
    /// With its group there.
    case behindVisit
    case notTold
  }

  var asked: Asked {
    guard let visit, let dma = early?.dmaConfigure else { return .notTold }
    let group = boot.devices[finding.device]?.groups.first { $0.moment.time >= visit.phase.start }
    // Of a visit that is only inferred the end is not known: its group is inside.
    let end = max(
      visit.isInferred ? group?.moment.time ?? .max : visit.phase.end ?? .max, group?.moment.time ?? .min)
    if dma.start > end { return .behindVisit }
    // Where the walk ran dma_configure itself it had met no driver: that bind set it later.
    if visit.ownDMAConfigure != nil || dma.start >= visit.phase.start { return .inVisit }
    if let end = dma.end, end < visit.phase.start { return .beforeVisit }
    return .notTold
  }

  /// The walk's visit, and what the bind's dma_configure said in it.
  var askedEvidence: [Evidence] {
    var evidence: [Evidence] = []
    if let visit { evidence.append(Evidence("the walk (\(visit.phase.task)) visits it", visit.phase)) }
    if let dma = early?.dmaConfigure {
      evidence.append(
        Evidence(
          "the bind's \(dma.function)() returns \(errno(dma.result)): it asks for its domain in it", end: dma)
      )
    }
    return evidence.inOrder
  }
}
