import Bytes
import Timelines

extension Cause {
  static let walkBindTOCTOU = Cause(
    kind: .walkBindTOCTOU, letter: "F1",
    title: "The walk raced a bind, and the bind waited", verdict: .falsePositive,
    harm: "unharmed", sides: [.walk],
    story: """
      iommu_device_register()'s bus walk looks at dev->driver twice. Between the two looks a bind sets it, so the \
      second look prints the warning although the walk is doing the probe in the right context. The bind meets a \
      group without a default domain, gets -EPROBE_DEFER, and is retried once the domain is there.
      """,
    needs: [
      "the walk's visit with its own dma_configure, and the bind attempt inside it",
      "the attempt's result, or the order of the domain and the driver's own probe",
    ],
    proof: """
      A trace: the walk ran <bus>_dma_configure for the device, another thread entered really_probe() for it before \
      the visit ended and came out with -517, and every probe of its driver began after the domain.
      """,
    decidedBy: [Proof(.kernelLog, .binds, .results, .visits, .dmaConfigure, .domains)],
    against: """
      The driver's ->probe began before the domain was attached, whatever <bus>_dma_configure returned: that is probe-before-domain. \
      Or the device's own stream faults behind the warning, not near address 0: where no trace proves the order, it is undetermined.
      """,
    advice: "Nothing is to be fixed in the client; proberace scan lets it pass.",
    cites: ["bcb81ac6ae3c", "0c8e9c148e29", "b46064a18810"],
    judge: { file in traced(file) ?? logged(file) })

  private static func traced(_ file: CaseFile) -> Judgement? {
    guard file.side == .walk, let visit = file.visit, let own = visit.ownDMAConfigure, file.exposure == nil,
      let bind = file.rivals.last(where: { $0.phase.start >= visit.phase.start }) ?? file.rivals.last
    else { return nil }
    var evidence = [
      Evidence("the walk (\(visit.phase.task)) visits \(file.device.name)", visit.phase),
      Evidence("the walk runs \(own.function)() itself: dev->driver was not set", own),
      Evidence("\(bind.phase.task) enters really_probe(), which sets dev->driver", bind.phase),
    ]
    if let warning = file.warning {
      evidence.append(Evidence("the walk looks again and warns", warning.places.first, time: warning.time))
    }
    if let group = file.group {
      evidence.append(Evidence("the walk adds the group (add_device_to_group)", group))
    }
    let deferred = file.rivals.allSatisfy(\.deferred)
    if let dma = bind.dmaConfigure, dma.result == -517 {
      evidence.append(Evidence("the bind's \(dma.function)() returns \(errno(-517))", end: dma))
    } else if bind.phase.result == -517 {
      evidence.append(Evidence("the bind's really_probe() returns \(errno(-517))", end: bind.phase))
    }
    if let domain = file.domain { evidence.append(Evidence("the domain is attached", domain)) }
    let survivor = file.survivor
    if let survivor, let probe = survivor.driverProbe {
      evidence.append(Evidence("the driver's probe begins only after that", probe.place, time: probe.time))
    }
    if let domain = file.domain, let probe = bind.busProbe, probe.start >= domain.time {
      let isKnown = !file.hasGap && file.survivorIsInOrder && file.everyAttemptIsKnown
      return lateProbe(file, evidence, isCertain: isKnown)
    }
    // Without results (no kretprobe, no funcgraph-retval) a later attempt shows that this one did not bind.
    guard deferred || file.wasRetried(bind) else { return nil }
    // The walk's own dma_configure shows that no driver was set at its first look, whenever the bind entered.
    let isCertain = deferred && file.survivorIsInOrder && file.everyAttemptIsKnown && !file.hasGap
    return Judgement(
      confidence: isCertain ? .certain : .likely, harm: .unharmed, tier: .trace,
      summary: "the bind was deferred and probed only after the domain was attached", evidence: evidence,
      missing: isCertain
        ? [] : ["the results of really_probe and <bus>_dma_configure (kretprobes or funcgraph-retval)"])
  }

  /// The bind passed the check, but its thread came to ->probe only when the domain was there.
  private static func lateProbe(_ file: CaseFile, _ evidence: [Evidence], isCertain: Bool) -> Judgement {
    Judgement(
      confidence: isCertain ? .certain : .likely, harm: .unharmed, tier: .trace,
      summary: "the driver's probe began only after the domain was attached", evidence: evidence,
      missing: isCertain ? [] : ["a trace without lost events"])
  }

  /// The log alone can only make it likely: the first line of the driver's own probe after everything the walk did.
  private static func logged(_ file: CaseFile) -> Judgement? {
    guard file.side == .walk, file.visit == nil, let adding = file.addingLine, !NullFirmware.applies(file),
      let warning = file.warning, file.life.openSince == nil
    else { return nil }
    let since = file.banner?.order ?? Int.min
    let lines = file.driverLines.filter { $0.order > since }
    // Any other line may come long after ->probe began.
    guard let first = lines.first, first.order > adding.order, first.isEnabling else { return nil }
    let later = file.walkAdditions(after: adding.order, before: Int.max)
    // A line of the driver while the walk goes on would be too early for the domain.
    if let next = later.last, next.order > first.order, file.isOneWalk(adding, next) { return nil }
    // Group and domain are two steps: without a sign that the walk was over the line may stand between them.
    guard file.walkWasOver(between: adding, and: first) else { return nil }
    return Judgement(
      confidence: .likely, harm: .unharmed, tier: .kernelLog,
      summary: "the driver's first line comes after the group and after the walk",
      evidence: file.stackEvidence + [
        Evidence("\"Adding to iommu group\" for the device", adding),
        Evidence("the first line of its driver's probe comes after that", first),
      ],
      missing: [Advice.trace],
      assumed: [
        "that no line of the driver's probe is missing before its group (\(warning.places.count) input(s) read)"
      ])
  }
}

extension CaseFile {
  /// The attempt that bound the device in the end: the last that reached its driver's probe.
  var survivor: Bind? {
    guard let visit else { return nil }
    return device.binds.last { $0.phase.start > visit.phase.start && $0.driverProbe != nil && !$0.failed }
  }

  /// Every driver's probe after the visit's start came after the domain (as far as both are traced).
  var survivorIsInOrder: Bool {
    guard let visit else { return false }
    guard let domain else {
      return !device.binds.contains { $0.phase.start > visit.phase.start && $0.driverProbe != nil }
    }
    return device.binds.allSatisfy { bind in
      guard bind.phase.start > visit.phase.start, let probe = bind.driverProbe else { return true }
      // Of two threads one stamp is no order.
      return probe.time > domain.time
    }
  }

  /// The domain was seen, and of every attempt between the visit and the domain it is known what became of it.
  var everyAttemptIsKnown: Bool {
    guard let visit, let domain else { return false }
    return device.binds.allSatisfy { bind in
      let isInside = bind.phase.start < domain.time && (bind.phase.end ?? .max) >= visit.phase.start
      return !isInside || bind.busProbe != nil || gaveWay(bind)
    }
  }

  /// really_probe() runs again for a device only if it has no driver: the attempt before did not bind it.
  func wasRetried(_ bind: Bind) -> Bool {
    guard let end = bind.phase.end else { return false }
    return device.binds.contains { $0.phase.start > end }
  }

  /// The IOMMU or its driver said that it is registered; another client of the walk was bound; or the line came too
  /// long after the walk's last addition to lie inside the registration.
  func walkWasOver(between adding: LogMoment, and line: LogMoment) -> Bool {
    if let banner, let said = registeredLine(after: banner), said.order < line.order {
      return true
    }
    let walked = walkAdditions(after: banner?.order ?? .min, before: line.order)
    let others = walked.compactMap { boot.devices[$0.device(in: boot)] }
    if others.contains(where: { other in
      other.log.contains { $0.isEnabling && $0.order > adding.order && $0.order < line.order }
    }) {
      return true
    }
    let last = ([adding] + walked).compactMap(\.time).max()
    guard let last, let time = line.time else { return false }
    return time - last > 1_000_000_000
  }

  /// Two additions that belong to one walk: nothing but the walk lies between them (slow consoles stretch it).
  func isOneWalk(_ a: LogMoment, _ b: LogMoment) -> Bool {
    guard let first = a.time, let second = b.time else { return true }
    return second - first < 1_000_000_000
  }
}
