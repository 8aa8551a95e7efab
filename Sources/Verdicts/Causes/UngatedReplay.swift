import Bytes
import Timelines

extension Cause {
  static let ungatedReplay = Cause(
    kind: .ungatedReplay, letter: "F3",
    title: "A bind replayed while the registration walk ran, on a kernel without the ready gate",
    verdict: .falsePositive,
    harm: "unharmed", sides: [.bind, .walk],
    story: """
      Without da33e87bd2bf a bind's replay finds the IOMMU as soon as it is on the list, while its walk still runs. \
      The replay does the whole probe in the binding thread and warns; group and domain come before the driver's probe. \
      Or the walk comes between the bind's firmware description and its replay, and warns itself; the bind is deferred.
      """,
    needs: [
      "a bind-side warning inside a registration", "a kernel without da33e87bd2bf (6.15.0, vendor backports)",
    ],
    proof:
      "The replay lies inside another thread's iommu_device_register() and the kernel has no ready gate.",
    decidedBy: [Proof(.kernelLog, .binds, .visits, .registrations)],
    against: "A kernel with the gate: there only a client of two IOMMUs gets in (multi-iommu-replay-bypass).",
    advice: "Take da33e87bd2bf and 0c8e9c148e29; nothing is to be fixed in the client.",
    cites: ["bcb81ac6ae3c", "da33e87bd2bf"],
    endedBy: [.gate],
    judge: { file in traced(file) ?? walked(file) ?? logged(file) })

  private static func traced(_ file: CaseFile) -> Judgement? {
    guard file.side == .bind, let visit = file.visit, let bind = file.replayingBind,
      let flight = file.registrationInFlight, !file.kernel.isLikelyGated, !file.replayFailed(bind)
    else { return nil }
    let inOrder = file.replayIsInOrder(bind)
    let isOpen = flight.phase.end != nil || file.walkGoesOn(flight)
    // A visit that ran dma_configure and left the client alone may have been a refusal by the IOMMU driver.
    let isVisited = file.device.visits.contains { $0.side == .walk && !$0.isInferred }
    let wasAsked =
      !isVisited || !file.seesConfigure || file.earlierWalkVisits.contains { $0.ownDMAConfigure != nil }
    let isCertain = inOrder && isOpen && !wasAsked && !file.hasGap && file.kernel.hasGate == false
    return Judgement(
      confidence: isCertain ? .certain : .likely, harm: inOrder ? .unharmed : .unknown,
      tier: .trace,
      summary: "the replay ran inside the registration, domain first",
      evidence: [Evidence("an IOMMU is registering (\(flight.phase.task))", flight.phase)]
        + file.replayEvidence(visit, bind),
      assumed: [file.kernel.gateReason])
  }

  /// The walk's form: no gate held the bind back from building the description before the walk came.
  private static func walked(_ file: CaseFile) -> Judgement? {
    guard !file.kernel.isLikelyGated, let (visit, bind, description) = file.describedByBind else {
      return nil
    }
    var evidence = [
      Evidence("\(bind.phase.task) enters really_probe(), which sets dev->driver", bind.phase),
      Evidence("its \(description.function)() returns 0 while the IOMMU is registering", end: description),
      Evidence(
        "the walk (\(visit.phase.task)) visits the device and needs no dma_configure of its own", visit.phase),
    ]
    let (waits, summary) = file.waiting(bind, &evidence)
    let isCertain = waits && file.survivorIsInOrder && !file.hasGap && file.kernel.hasGate == false
    return Judgement(
      confidence: isCertain ? .certain : .likely, harm: waits ? .unharmed : .unknown, tier: .trace,
      summary: "the bind was not held back by a gate and \(summary)", evidence: evidence + file.stackEvidence,
      assumed: [file.kernel.gateReason])
  }

  /// From the log: the announcement just before, and nothing that says the registration is over.
  private static func logged(_ file: CaseFile) -> Judgement? {
    guard file.side == .bind, file.visit == nil, file.kernel.hasGate == false, let warning = file.warning,
      let banner = file.banner,
      let adding = file.addingLine,
      !file.walkAdditions(after: banner.order, before: warning.order).isEmpty,
      let announced = banner.time, let warned = warning.time, warned - announced < 1_000_000_000
    else { return nil }
    return Judgement(
      confidence: .likely, harm: .unharmed, tier: .kernelLog,
      summary: "the bind replayed while its IOMMU was registering",
      evidence: [Evidence("the IOMMU announces itself just before", banner)] + file.stackEvidence
        + [Evidence("\"Adding to iommu group\" in the bind", adding)],
      missing: [Advice.trace], assumed: [file.kernel.gateReason])
  }
}
