import Bytes
import Records
import Timelines

extension Cause {
  static let skippedByWalkThenReplayed = Cause(
    kind: .skippedByWalkThenReplayed, letter: "F4",
    title: "The walk skipped a device that was being bound; its bind did the probe later",
    verdict: .falsePositive,
    harm: "unharmed", sides: [.bind],
    story: """
      The walk meets the device while a bind has dev->driver set: it does not run dma_configure, finds no firmware \
      description, and leaves it alone with -ENODEV, silently. The bind defers (or slept on the lock meanwhile); an \
      attempt after the registration passes the ready gate and replays the IOMMU probe inside its own dma_configure, \
      which prints the warning. Group and domain come before dma_configure returns, so before the driver's probe.
      """,
    needs: [
      "a bind-side warning outside any registration, on a kernel with the ready gate",
      "the walk's visit of the device: -19, without dma_configure, inside a bind that was in flight",
    ],
    proof: """
      A trace: the walk's visit ended with -19 and ran no dma_configure while another thread was inside really_probe() \
      of the device; no bind had completed before; after the registration the replay added group and domain and \
      dma_configure returned 0.
      """,
    decidedBy: [
      Proof(.kernelLog, .binds, .results, .visits, .dmaConfigure, .registrations, .groups),
      Proof(
        .kernelLog, .binds, .visits, .dmaConfigure, .registrations, .groups,
        if: "the driver's ->probe prints a line"),
      Proof(
        .kernelLog, .binds, .results, .dmaConfigure, .registrations, .groups,
        if: "the walk is seen running dma_configure for other devices"),
    ],
    against:
      "The client had given up or worked before the warning (rebound-after-late-iommu), or the walk did ask the "
      + "IOMMU driver and was refused (iommu-registered-too-early). Faults of its own stream, without a trace, as with walk-bind-toctou.",
    advice: "Nothing is to be fixed in the client; proberace scan lets it pass.",
    cites: ["bcb81ac6ae3c", "da33e87bd2bf"],
    judge: { file in traced(file) ?? logged(file) })

  private static func traced(_ file: CaseFile) -> Judgement? {
    guard file.side == .bind, let visit = file.visit, let bind = file.replayingBind,
      file.completedBind(before: visit.phase.start) == nil,
      file.startedBind(before: visit.phase.start) == nil, file.leftAloneByDriver == nil
    else { return nil }
    guard !file.replayFailed(bind), let skip = file.skippedVisit ?? file.unseenVisit else { return nil }
    let flight = file.registrationInFlight
    if let flight, !file.kernel.isLikelyGated || file.walkGoesOn(flight) { return nil }
    var evidence = [skip.evidence]
    evidence.append(
      Evidence(
        "\(skip.rival.phase.task) is inside really_probe() of it: dev->driver is set", skip.rival.phase))
    if skip.rival.deferred { evidence.append(Evidence("that attempt is deferred", end: skip.rival.phase)) }
    evidence += file.replayEvidence(visit, bind)
    let inOrder = file.replayIsInOrder(bind)
    let isSame = skip.rival.phase.key == bind.phase.key
    let isCertain =
      inOrder && !file.hasGap && flight == nil && file.seesConfigure && file.isRegistered(after: skip.phase)
      && (isSame || file.gaveWay(skip.rival)) && file.seesWalkConfigure
      && !file.mayBeOfAnotherWalk(skip)
    return Judgement(
      confidence: isCertain ? .certain : .likely, harm: inOrder ? .unharmed : .unknown, tier: .trace,
      summary: "the walk skipped it, a later attempt did the whole probe before its driver ran",
      evidence: evidence,
      missing: isCertain
        ? [] : ["the results of the attempts, the registration's end and the replay's, without lost events"])
  }

  private static func logged(_ file: CaseFile) -> Judgement? {
    guard file.side == .bind, file.visit == nil, let warning = file.warning, file.kernel.hasGate == true,
      let banner = file.banner,
      let first = file.servedBesides(after: banner.order, before: warning.order),
      let adding = file.addingLine, !file.losesGroup(after: adding),
      file.registeredLine(after: banner).map({ $0.order < warning.order }) ?? true
    else { return nil }
    return Judgement(
      confidence: .likely, harm: .unharmed, tier: .kernelLog,
      summary: "the walk served other devices, this one's own bind did the probe later",
      evidence: file.stackEvidence + [
        Evidence("the IOMMU announces itself", banner),
        Evidence("its walk puts other devices into groups", first),
        Evidence("\"Adding to iommu group\" for this one comes in its own bind", adding),
      ],
      missing: ["whether the walk skipped the device or the IOMMU driver refused it: " + Advice.trace],
      assumed: [file.kernel.gateReason])
  }
}

/// A visit of the walk that left the device alone because a bind held it.
struct SkippedVisit {
  var phase: Phase
  var rival: Bind
  var evidence: Evidence
}

extension CaseFile {
  /// The replay failed behind the group and took it away: of_dma_configure_id() carries on, and ->probe runs without a domain.
  fileprivate func losesGroup(after adding: LogMoment) -> Bool {
    let next = BootLines.between(whole.log, after: adding.order, before: .max).first { line in
      switch line.what {
      case .removing, .addFailed, .adding, .dmaConfigured: return true
      case .deviceLine: return line.isEnabling
      default: return line.saysBound || line.saysUnbound
      }
    }
    switch next?.what {
    case .removing, .addFailed, .dmaConfigured(_, _, false): return true
    default: return false
    }
  }

  /// A device that the walk of the client's own IOMMU served, as far as a log tells: a function below the same host bridge; for
  /// others one that is no PCI function. Where more of them warn than were served the IOMMU may have refused them all.
  fileprivate func servedBesides(after low: Int, before high: Int) -> LogMoment? {
    let segment = DeviceName.pciDomain(device.name)
    let served = walkAdditions(after: low, before: high).filter {
      DeviceName.pciDomain($0.device(in: boot)) == segment
    }
    let warned = boot.warnings.count { warning in
      warning.stack.side == .bind && DeviceName.pciDomain(warning.device) == segment
    }
    return warned > max(2, served.count) ? nil : served.first
  }

  /// Where walks visit devices, some dma_configure is seen in them: that one did not run it can be told then. In a graph with
  /// a limited depth it lies deeper in a walk than in a bind.
  var seesWalkConfigure: Bool {
    let isPCI = DeviceName.pciDomain(device.name) != nil
    let others = boot.devices.values.lazy
      .filter { $0.name != device.name && isPCI == (DeviceName.pciDomain($0.name) != nil) }
      .flatMap(\.visits).filter { $0.side == .walk }
    return others.isEmpty || others.contains { $0.ownDMAConfigure != nil }
      || device.visits.contains { $0.side == .walk && $0.ownDMAConfigure != nil }
  }

  /// Another IOMMU's walk that leaves the device alone tells nothing: the client's own must have. That is one which had not
  /// registered when the client last had to wait for it.
  func mayBeOfAnotherWalk(_ skip: SkippedVisit) -> Bool {
    guard let visit, let coverage else { return true }
    let waited = lastWait(before: visit.phase.start)
    let candidates = boot.registrations.filter { registration in
      !registration.hasFailed && registration.phase.start < visit.phase.start
        && registration.phase.end ?? .max > waited ?? .min
    }
    guard candidates.allSatisfy({ $0.phase.overlaps(skip.phase) }) else { return true }
    // It waited, and none came that could have let it through: that one's registration is missing from the trace.
    guard waited == nil else { return candidates.isEmpty }
    // One that was not seen to register may have done so before the trace began.
    let unseen = boot.iommus.count { name in !boot.registrations.contains { $0.iommu == name } }
    // Traces may lack the name of what registers.
    let unnamed = boot.registrations.count { !boot.iommus.contains($0.iommu) }
    let earlier = lines.additions.contains { $0.time.map { $0 < coverage.first } ?? false }
    return unseen > unnamed || coverage.clock.slack != nil && earlier
  }

  /// The walk's visit that ended with -ENODEV while another thread was binding the device.
  var skippedVisit: SkippedVisit? {
    // A later visit that did run dma_configure had its own reason to leave the device without a group.
    guard let visit = earlierWalkVisits.last, visit.isSkip, seesConfigure, !visit.isInferred,
      let rival = inFlight(visit.phase)
    else { return nil }
    return SkippedVisit(
      phase: visit.phase, rival: rival,
      evidence: Evidence(
        "the walk (\(visit.phase.task)) visits \(device.name) and leaves it alone without dma_configure"
          + (visit.phase.result == -19 ? ": -19" : ""), visit.phase))
  }

  /// Where visits are not traced (the function is split or inlined): the walk ran dma_configure for others of its
  /// bus and not for this device, and every attempt that overlaps the registration was deferred.
  var unseenVisit: SkippedVisit? {
    guard let visit, let replayed = visit.isInferred ? group?.time : visit.phase.start,
      let passed = device.visits.last(where: { $0.isUntimed && $0.phase.end ?? .max < replayed }),
      !device.visits.contains(where: { $0.side == .walk && !$0.isUntimed })
    else { return nil }
    let attempts = device.binds.filter {
      $0.phase.overlaps(passed.phase) && $0.phase.task.tid != passed.phase.task.tid
    }
    guard let rival = attempts.last,
      attempts.allSatisfy({ $0.deferred || $0.phase.contains(visit.phase.start) })
    else { return nil }
    let function = rival.dmaConfigure?.function ?? "dma_configure"
    return SkippedVisit(
      phase: passed.phase, rival: rival,
      evidence: Evidence(
        "the walk (\(passed.phase.task)) runs \(function)() for other devices and never for \(device.name)",
        passed.phase))
  }

  /// A bind by another thread that holds dev->driver while `phase` runs and has not completed.
  func inFlight(_ phase: Phase) -> Bind? {
    device.binds.last { bind in
      // It may enter really_probe() after the visit began, and still be first at dev->driver.
      bind.phase.task.tid != phase.task.tid && bind.phase.overlaps(phase)
        && !(bind.driverProbe.map { $0.time < phase.start } ?? false)
    }
  }

  /// The replay: group and domain inside the bind's dma_configure, which returned 0.
  func replayEvidence(_ visit: Visit, _ bind: Bind) -> [Evidence] {
    var evidence = [
      Evidence("\(bind.phase.task) replays the IOMMU probe inside its own dma_configure", visit.phase)
    ]
    if let warning {
      evidence.append(Evidence("the replay prints the warning", warning.places.first, time: warning.time))
    }
    if let group { evidence.append(Evidence("the group is added", group)) }
    if let domain { evidence.append(Evidence("the domain is attached", domain)) }
    if let dma = bind.dmaConfigure, dma.end != nil {
      let said = dma.result.map { " returns \(errno($0))" } ?? " returns"
      evidence.append(Evidence("only then \(dma.function)()\(said)", end: dma))
    }
    if let bus = bind.busProbe { evidence.append(Evidence("and the driver's probe begins", bus)) }
    return evidence
  }

  /// The replay failed behind the group: of_dma_configure_id() swallows every error but a deferral, and ->probe runs without a
  /// domain.
  func replayFailed(_ bind: Bind) -> Bool {
    guard let visit else { return false }
    if let result = visit.phase.result, result < 0 { return true }
    if let result = bind.ofIOMMU?.result, result < 0, result != -517 { return true }
    let showsDomains = boot.devices.values.contains { !$0.domains.isEmpty }
    return showsDomains && domain == nil && bind.driverProbe != nil && !hasGap
  }

  /// Domain before the driver's probe, in the bind that replayed.
  func replayIsInOrder(_ bind: Bind) -> Bool {
    guard let domain = domain?.time ?? group?.time else { return false }
    if let probe = bind.driverProbe { return domain <= probe.time }
    guard let dma = bind.dmaConfigure, let end = dma.end else { return false }
    return domain <= end && dma.result ?? 0 == 0
  }

  /// The attempt in which a line was printed failed, and says so before the next one begins.
  private func isOfFailure(_ line: LogMoment, before end: Int) -> Bool {
    let next = device.log.first {
      $0.order > line.order && $0.order < end && ($0.isEnabling || $0.saysUnbound)
    }
    return next?.saysUnbound ?? false
  }

  /// The driver had spoken, or bound, before the warning: it ran without its IOMMU.
  var workedLine: LogMoment? {
    guard let warning else { return nil }
    return device.log.first { line in
      guard line.order < warning.order, !isOfFailure(line, before: warning.order) else { return false }
      switch line.what {
      case .deviceLine: return line.isEnabling
      case .bound: return true
      case .probeReturned(_, let result, _): return result == 0
      default: return false
      }
    }
  }
}
