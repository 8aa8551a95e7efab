import Bytes
import Timelines

extension Cause {
  static let multiIOMMUReplayBypass = Cause(
    kind: .multiIOMMUReplayBypass, letter: "F2",
    title: "A client of two IOMMUs slipped past the ready gate", verdict: .falsePositive,
    harm: "unharmed", sides: [.walk, .bind],
    story: """
      The client has two or more IOMMUs. The first one's xlate allocates dev->iommu, so the second one's readiness is \
      not checked any more: a bind builds the firmware description, or even replays the whole probe, while the second \
      instance is still registering. A known open flaw of the core; the client gets its domain before its probe.
      """,
    needs: [
      "a registration in flight around the bind's probe, on a kernel with the ready gate",
      "more than one IOMMU for the client",
    ],
    proof: """
      Bind side: the replay lies inside another thread's iommu_device_register(), whose walk goes on after that, on a \
      kernel with the gate, for a client that an earlier walk had to leave waiting for its other IOMMU. Walk side: the bind's of_iommu_configure() \
      returned 0 before the walk's visit, which ran no dma_configure of its own.
      """,
    decidedBy: [Proof(.kernelLog, .binds, .results, .visits, .dmaConfigure, .registrations)],
    against: "A walk's visit with its own dma_configure: that is walk-bind-toctou, also for such a client.",
    advice: "Nothing is to be fixed in the client; proberace scan lets it pass.",
    cites: ["bcb81ac6ae3c", "da33e87bd2bf"],
    judge: { file in replayed(file) ?? walked(file) ?? logged(file) })

  private static func replayed(_ file: CaseFile) -> Judgement? {
    guard file.side == .bind, let visit = file.visit, let bind = file.replayingBind,
      let flight = file.registrationInFlight, file.kernel.hasGate != false,
      file.leftAloneByDriver == nil, !file.replayFailed(bind)
    else { return nil }
    let waited = file.earlierWalkVisits.last { $0.ownDMAConfigure?.result == -517 }
    // A registration without its return may have been over.
    let isOpen = flight.phase.end != nil || file.walkGoesOn(flight)
    guard isOpen && file.kernel.isLikelyGated || waited != nil else { return nil }
    var evidence = [
      Evidence(
        "\(flight.iommu.isEmpty ? "an IOMMU" : flight.iommu) is registering (\(flight.phase.task))",
        flight.phase)
    ]
    if let waited {
      evidence.insert(
        Evidence(
          "an earlier walk left the client waiting: its dma_configure returned \(errno(-517))", waited.phase),
        at: 0)
    }
    evidence += file.replayEvidence(visit, bind)
    let inOrder = file.replayIsInOrder(bind)
    // Every client of a later IOMMU waits in the walks before; the one that it waits for must be the one in flight.
    let isAwaited =
      waited.map { visit in
        !file.boot.registrations.contains { other in
          other.phase.key != flight.phase.key && !other.phase.contains(visit.phase.start)
            && other.phase.start < flight.phase.end ?? .max && other.phase.end ?? .max > visit.phase.start
            || other.phase.contains(visit.phase.start) && other.phase.task.tid != visit.phase.task.tid
              && other.phase.key != flight.phase.key
        }
      } ?? false
    // Behind the walk's last step the gate may have been open: then it is skipped-by-walk-then-replayed.
    let isCertain =
      file.kernel.hasGate == true && isAwaited && file.walkGoesOn(flight) && inOrder && !file.hasGap
    return Judgement(
      confidence: isCertain ? .certain : .likely, harm: inOrder ? .unharmed : .unknown, tier: .trace,
      summary: "it bound through the registration of its second IOMMU, domain first", evidence: evidence,
      missing: isCertain ? [] : ["the kernel's version (a kernel log), and the client's `iommus` entries"],
      assumed: [file.kernel.gateReason])
  }

  private static func walked(_ file: CaseFile) -> Judgement? {
    guard file.kernel.isLikelyGated, let (visit, bind, description) = file.describedByBind else { return nil }
    var evidence = [
      Evidence("\(bind.phase.task) enters really_probe(), which sets dev->driver", bind.phase),
      Evidence(
        "its \(description.function)() returns 0 while an IOMMU of the client is still registering",
        end: description),
      Evidence(
        "the walk (\(visit.phase.task)) visits the device and needs no dma_configure of its own", visit.phase),
    ]
    if let warning = file.warning {
      evidence.append(Evidence("it warns", warning.places.first, time: warning.time))
    }
    if let group = file.group { evidence.append(Evidence("the walk adds the group", group)) }
    let (waits, summary) = file.waiting(bind, &evidence)
    let isCertain = waits && file.survivorIsInOrder && !file.hasGap && file.kernel.hasGate == true
    return Judgement(
      confidence: isCertain ? .certain : .likely, harm: waits ? .unharmed : .unknown, tier: .trace,
      summary: "the bind passed the gate of the second IOMMU and \(summary)", evidence: evidence,
      missing: isCertain ? [] : ["the kernel's version (a kernel log), and the results of the bind"],
      assumed: [file.kernel.gateReason])
  }

  /// From the log: the warning lies between an IOMMU's announcement and its own word that it registered.
  private static func logged(_ file: CaseFile) -> Judgement? {
    guard file.side == .bind, file.visit == nil, file.kernel.hasGate == true, let warning = file.warning,
      let banner = file.banner,
      let registered = file.registeredLine(after: banner), registered.order > warning.order
    else { return nil }
    return Judgement(
      confidence: .likely, harm: .unharmed, tier: .kernelLog,
      summary:
        "the bind replayed inside the registration of an IOMMU, which the gate allows only with two of them",
      evidence: [Evidence("an IOMMU announces itself", banner)] + file.stackEvidence
        + [Evidence("only later it is registered", registered)],
      missing: ["whether the client has more than one IOMMU: " + Advice.trace],
      assumed: [file.kernel.gateReason])
  }
}

extension CaseFile {
  /// A walk's visit that found the firmware description ready: only a bind that got past the gate can have built it.
  var describedByBind: (visit: Visit, bind: Bind, description: Phase)? {
    guard side == .walk, let visit, ranNoConfigure, seesConfigure, !visit.isInferred,
      exposure == nil,
      let bind = rivals.last(where: { ($0.ofIOMMU ?? $0.firmware)?.result == 0 }),
      let description = bind.ofIOMMU ?? bind.firmware, seesWalkConfigure
    else { return nil }
    return (visit, bind, description)
  }

  /// Whether the bind is known to have waited for the domain, and how; adds the evidence for it.
  func waiting(_ bind: Bind, _ evidence: inout [Evidence]) -> (Bool, String) {
    if bind.deferred {
      evidence.append(Evidence("the bind is deferred: the group has no default domain yet", end: bind.phase))
      return (true, "was then deferred")
    }
    guard let domain, let probe = bind.busProbe, probe.start >= domain.time else {
      return (false, "was not seen to wait")
    }
    evidence.append(Evidence("the domain is attached", domain))
    evidence.append(Evidence("the driver's probe begins only after that", probe))
    return (true, "its driver's probe began only after the domain was attached")
  }
}
