import Bytes
import Records
import Timelines

extension Cause {
  static let iommuRegisteredTooEarly = Cause(
    kind: .iommuRegisteredTooEarly, letter: "T2",
    title: "The IOMMU driver registered before it could serve", verdict: .real,
    harm: "unharmed: the replay comes before the client's probe", sides: [.bind],
    story: """
      The IOMMU driver calls iommu_device_register() before its own data is set (the ipmmu-vmsa pattern). The walk asks \
      its probe_device for every client and is refused; each client's own bind replays later, succeeds, and warns.
      """,
    needs: [
      "a bind-side warning outside any registration",
      "the walk's visit: dma_configure ran, the driver refused",
    ],
    proof:
      "The walk ran dma_configure with of_iommu_configure() = 0 for the device and still ended with an error.",
    decidedBy: [Proof(.binds, .results, .visits, .dmaConfigure, .registrations, .groups)],
    against: "A visit without dma_configure: then a bind held the device (skipped-by-walk-then-replayed).",
    advice: "Fix the IOMMU driver: register as the last step of its probe (see d9d3cede4167).",
    cites: ["bcb81ac6ae3c", "d9d3cede4167"],
    judge: { file in traced(file) })

  private static func traced(_ file: CaseFile) -> Judgement? {
    guard file.side == .bind, let visit = file.visit, let bind = file.replayingBind,
      let refused = file.refusedVisit ?? file.leftAloneByDriver
    else { return nil }
    let isProven = file.refusedVisit != nil && !file.hasGap
    var evidence = [
      Evidence(
        "the walk (\(refused.phase.task)) visits \(file.device.name) and runs dma_configure", refused.phase)
    ]
    if let of = refused.ownOFIOMMU, of.result == 0 {
      evidence.append(Evidence("of_iommu_configure() = 0: the firmware description is complete", end: of))
    }
    evidence.append(
      Evidence("the visit fails all the same: the IOMMU driver refused the device", end: refused.phase))
    evidence += file.replayEvidence(visit, bind)
    let inOrder = file.replayIsInOrder(bind)
    return Judgement(
      confidence: isProven ? .certain : .likely, harm: inOrder ? .unharmed : .unknown, tier: .trace,
      summary: "the IOMMU driver refused the device in its own walk and took it later", evidence: evidence,
      missing: isProven ? [] : ["of_iommu_configure() with its result in the walk, without lost events"])
  }
}

extension CaseFile {
  /// A visit of the walk in which the IOMMU driver itself said no.
  var refusedVisit: Visit? {
    // A visit that ended with -ENODEV because the replay had finished the job meanwhile was not refused.
    earlierWalkVisits.last { earlier in
      guard case .refused = earlier.outcome, let end = earlier.phase.end else { return false }
      return (group.map { end < $0.time } ?? true) && !hasRegisteredAgain(after: earlier)
    }
  }

  /// The IOMMU of that walk has registered once more, and its walk has come by again: what it did before is of another life of it.
  private func hasRegisteredAgain(after visit: Visit) -> Bool {
    guard let index = visit.registration else { return false }
    let iommu = boot.registrations[index].iommu
    return !iommu.isEmpty
      && earlierWalkVisits.contains { later in
        guard later.phase.start > visit.phase.start, let own = later.registration, own != index else {
          return false
        }
        return boot.registrations[own].iommu == iommu
      }
  }

  /// The same where of_iommu_configure() is not traced: dma_configure returned 0, so the client waits for no IOMMU, and the
  /// visit ended without a group.
  var leftAloneByDriver: Visit? {
    earlierWalkVisits.last { earlier in
      guard case .skipped = earlier.outcome, earlier.ownDMAConfigure?.result == 0,
        let end = earlier.phase.end,
        !lackedItsIOMMU(earlier)
      else { return false }
      return (group.map { end < $0.time } ?? true) && !hasRegisteredAgain(after: earlier)
    }
  }

  /// Another IOMMU's walk asked for it while its own was not there, so that nobody refused it: once the driver core has given up waiting
  /// of_dma_configure_id() swallows the error, and cdx_dma_configure() swallows any.
  private func lackedItsIOMMU(_ visit: Visit) -> Bool {
    if visit.ownOFIOMMU?.result ?? 0 < 0 { return true }
    if DeviceName.isCDX(device.name), visit.ownOFIOMMU == nil { return true }
    // It waits for its IOMMU behind that registration.
    let end = visit.registration.flatMap { boot.registrations[$0].phase.end } ?? visit.phase.end ?? .max
    return lastWait(before: self.visit?.phase.start ?? .max) ?? .min > end
  }

  /// The IOMMU's own word that it is registered, or the driver core's that it is bound.
  func registeredLine(after banner: LogMoment) -> LogMoment? {
    let bound = boot.devices[banner.device(in: boot)]?.log.first { line in
      guard line.order > banner.order else { return false }
      switch line.what {
      case .bound, .probeReturned(_, 0, _): return true
      default: return false
      }
    }
    let registered = BootLines.between(lines.registered, after: banner.order, before: .max).first
    return [bound, registered].compactMap { $0 }.min { $0.order < $1.order }
  }
}

extension LogMoment {
  func device(in boot: BootTimeline) -> String { boot.names[Self.subject(what)] }
}
