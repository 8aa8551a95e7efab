import Bytes
import Records
import Timelines

extension Cause {
  static let silentLateIOMMU = Cause(
    kind: .silentLateIOMMU, letter: "T4",
    title: "The IOMMU came late and left the client out, without a warning", verdict: .real,
    harm: "exposed; harmed when the IOMMU starts to block its DMA", sides: [.none],
    story: """
      deferred_probe_timeout expires (or there are no modules), the client binds without its IOMMU and runs on direct \
      DMA. When the IOMMU registers, its walk sees dev->driver set and no firmware description, and leaves the device \
      alone with -ENODEV. No warning, no group, no fault line; the client's DMA may simply stop working.
      """,
    needs: [
      "the client's give-up line, or its deferred attempts and its bind in a trace, or a group that was freed under its driver",
      "from the log alone: a sign that this device has an IOMMU (a group at another time, the IOMMU that it waits for "
        + "or is linked to, \"device is behind an iommu\", a fault that names it; of a PCI function, groups of others "
        + "below its host bridge), or a board's facts that name its IOMMU",
      "from the log alone: a line of its driver behind the give-up, its probe's success or its use, and neither a failed "
        + "nor a pending probe",
      "the registration that left it out",
      "no group for it until it is probed again",
    ],
    proof: """
      The client, which has an IOMMU, gave up and went on, its IOMMU registered after that, and the client was not added to \
      a group.
      """,
    decidedBy: [
      Proof(.kernelLog, if: "the client is a PCI function, and others below its host bridge get groups"),
      Proof(
        .binds, .results, .visits, .dmaConfigure, .registrations, .groups,
        if: "the trace reaches back to the bind of the client"),
    ],
    against: """
      A group added later in its own bind: then it was bound again (rebound-after-late-iommu). Power domains and pin \
      controllers that are missing print the same give-up lines: where nothing shows that the device has an IOMMU, or that \
      its driver went on, it is a note (`suspects`), and never so for an IOMMU itself or on a bus that no IOMMU serves \
      (I²C, SPI, MDIO, USB, …).
      """,
    advice:
      "Make the IOMMU come first: raise deferred_probe_timeout, build its driver (and its suppliers) in.",
    cites: ["bcb81ac6ae3c"],
    judge: { file in
      // Hardly any of a device's lives, of which there may be thousands, goes on behind this line.
      guard file.warning == nil, file.side == .none, file.wasSkipped || !file.device.gaveUp.isEmpty,
        !file.device.isIOMMU, !file.device.isBeyondIOMMUs
      else { return nil }
      return traced(file) ?? forsaken(file) ?? logged(file)
    })

  private static func traced(_ file: CaseFile) -> Judgement? {
    guard
      let visit = file.device.visits.last(where: \.isSkip),
      let bind = file.completedBind(before: visit.phase.start) ?? file.heldBind(before: visit.phase.start)
        ?? file.unheldBind(before: visit.phase.end ?? visit.phase.start),
      file.stayedWithoutGroup(after: visit)
    else { return nil }
    guard file.boot.tracesConfigure else { return nil }
    // -517 out of of_dma_configure_id comes only from a missing IOMMU, and so does -ETIMEDOUT: the client has one.
    let waited = file.device.binds.first { [-517, -110].contains(($0.ofIOMMU ?? $0.firmware)?.result) }
    // A give-up alone may be one of a power domain.
    let givenUp = file.givenUp
    let owner = file.boardOwners.first
    guard waited != nil || givenUp?.owns != nil || owner != nil else { return nil }
    var evidence: [Evidence] = []
    if let waited {
      let result = (waited.ofIOMMU ?? waited.firmware)?.result
      evidence.append(
        Evidence(
          result == -517
            ? "the client waits for its IOMMU: deferred by of_dma_configure_id"
            : "the client no longer waits for its IOMMU: \(errno(result))", waited.phase))
    }
    if waited == nil, let owns = givenUp?.owns { evidence.append(owns) }
    if waited == nil || file.isBoardOwn(visit, file.boot) == true, let owner {
      evidence.append(Evidence("by the board's facts it is a client of the IOMMU \(owner.name)", owner.place))
    }
    if let line = file.device.gaveUp.last {
      evidence.append(Evidence("the client gives up waiting for its IOMMU", line))
    }
    if bind.succeeded {
      evidence.append(Evidence("its bind completes without a group", end: bind.phase))
    } else if let probe = bind.driverProbe {
      evidence.append(
        Evidence(
          "its driver's probe begins without a group; when the bind ends is not seen", probe.place,
          time: probe.time))
    }
    evidence.append(Evidence("the IOMMU's walk visits the bound device and leaves it alone", visit.phase))
    // A group may have come in a gap of the trace; the kernel log would say so.
    let rejoined = file.rejoined(after: visit)
    if let rejoined { evidence.append(Evidence("it is put into a group when it is probed again", rejoined)) }
    let left = file.boardLeftOut(after: visit.phase.end ?? visit.phase.start)
    let isCertain =
      (file.boot.logsGroups && file.boot.logIsWhole || left != nil
        || file.boot.showsGroups && file.boot.traces.allSatisfy(\.gaps.isEmpty)) && !file.boot.lacksIOMMU
      && file.isOwnWalk(visit) && bind.succeeded && !visit.isUntimed
      && (rejoined == nil || file.boot.isOfOneClock)
    return Judgement(
      confidence: isCertain ? .certain : .likely, harm: file.damage.isEmpty ? .exposed : .harmed,
      tier: .trace, summary: silence(rejoined),
      evidence: evidence + (left.map { [$0] } ?? []) + file.damage,
      missing: isCertain
        ? []
        : bind.succeeded
          ? ["the kernel log, or no lost events: whether a group came after all, and whose walk it was"]
          : ["the return of its really_probe(): whether the driver stayed"])
  }

  /// Its IOMMU went away under its driver, and came again: the walk leaves the bound device alone.
  private static func forsaken(_ file: CaseFile) -> Judgement? {
    guard file.boot.tracesConfigure, file.boot.showsGroups,
      case .ranWithoutDomain(let before, _)? = file.lostUnderDriver,
      let visit = file.device.visits.last(where: { $0.isSkip && !$0.isInferred }),
      file.stayedWithoutGroup(after: visit)
    else { return nil }
    let isOwn = file.whole.visits.contains { earlier in
      guard case .accepted = earlier.outcome, let own = earlier.registration, let again = visit.registration
      else {
        return false
      }
      return file.boot.registrations[own].iommu == file.boot.registrations[again].iommu
    }
    return Judgement(
      confidence: isOwn && file.boot.traces.allSatisfy(\.gaps.isEmpty) ? .certain : .likely,
      harm: file.damage.isEmpty ? .exposed : .harmed, tier: .trace,
      summary: "its IOMMU went away under its driver and came again: it runs without, and nothing says so",
      evidence: before + [
        Evidence("the IOMMU's walk visits the bound device and leaves it alone", visit.phase)
      ] + file.damage,
      missing: isOwn ? [] : ["whose walk it was"], advice: Advice.unbindFirst)
  }

  private static func silence(_ rejoined: LogMoment?) -> String {
    rejoined == nil
      ? "it runs without its IOMMU, and nothing says so"
      : "it ran without its IOMMU until it was probed again, and nothing said so"
  }

  private static func logged(_ file: CaseFile) -> Judgement? {
    guard let givenUp = file.givenUp, let owns = givenUp.owns, let runs = givenUp.runs else { return nil }
    if case .another = givenUp.whose { return nil }
    var evidence = [
      owns, Evidence("the client gives up waiting for its IOMMU", givenUp.line), runs, givenUp.came,
    ]
    if givenUp.rejoined == nil {
      evidence.append(Evidence("the client is never added to a group", nil))
    }
    // A PCI function waits for nothing but its IOMMU, and the walk passes over none below that bridge but those that have a
    // driver. Of others the name alone is known.
    var isProven = false
    if case .own = givenUp.whose {
      isProven =
        DeviceName.pciDomain(file.device.name) != nil && file.sharesItsBus && givenUp.rejoined == nil
        && !file.boot.lacksIOMMU
    }
    // Its walk comes behind that, and takes a while.
    let left = file.boardLeftOut(after: givenUp.came.time.map { $0 &+ CaseFile.walkIsOver })
    // Where it was pulled before its IOMMU came, the walk met nobody; those who collected the facts have seen it.
    let departure = left == nil ? givenUp.departure : nil
    if let departure {
      evidence.append(Evidence("before that something leaves its bus, which may be the client", departure))
      isProven = false
    }
    if let left {
      evidence.append(left)
      // The facts tell whose client it is and that it is in no group; that its driver ran before its IOMMU came, the log.
      if case .own = givenUp.whose, givenUp.ranBefore, givenUp.rejoined == nil, !file.boardOwners.isEmpty,
        !file.boot.lacksIOMMU
      {
        isProven = true
      }
    }
    // A log that was filtered, or lost messages, may have lost this one.
    let tellsGroups = file.boot.logIsWhole && file.boot.logsGroups || left != nil
    return Judgement(
      confidence: isProven && tellsGroups && file.boot.logKeepsOrder ? .certain : .likely,
      harm: file.damage.isEmpty ? .exposed : .harmed, tier: .kernelLog,
      summary: silence(givenUp.rejoined),
      evidence: evidence + file.damage,
      missing: (isProven
        ? []
        : [
          departure == nil
            ? "whether what it waited for was the IOMMU that came: " + Advice.trace
            : "whether the client was still there when its IOMMU came: lspci"
        ])
        + (tellsGroups ? [] : ["the whole kernel log, with its \"Adding to iommu group\" lines"]))
  }
}

extension CaseFile {
  /// A bind whose return was lost had come to its driver's probe before `time`, and nothing says that it failed, or that another
  /// came after it: where the walk then meets a driver, it is that one's.
  fileprivate func heldBind(before time: Int64) -> Bind? {
    guard let bind = device.binds.last(where: { $0.phase.start < time }), bind.phase.result == nil,
      !bind.deferred,
      bind.driverProbe.map({ $0.time < time }) == true
    else { return nil }
    let hasFailed =
      boot.isOfOneClock && device.log.contains { $0.saysUnbound && $0.time ?? .min > bind.phase.start }
    return hasFailed ? nil : bind
  }

  /// cdx_dma_configure() holds nobody back: a bind that its IOMMU was missing for, and that went on all the same.
  fileprivate func unheldBind(before time: Int64) -> Bind? {
    device.binds.last { bind in
      bind.succeeded && bind.phase.start < time && bind.dmaConfigure?.result == 0
        && (bind.ofIOMMU ?? bind.firmware)?.result == -517
    }
  }

  /// Neither a walk nor a bind gave it a group behind the walk that skipped it. Another probe may have, later: the time before
  /// that one stays a finding.
  func stayedWithoutGroup(after skip: Visit) -> Bool {
    let accepted = device.visits.filter { visit in
      guard case .accepted = visit.outcome else { return false }
      return visit.phase.start > skip.phase.start
    }
    guard let rejoined = accepted.first else {
      return device.groups.isEmpty && (device.adding.isEmpty || rejoined(after: skip) != nil)
    }
    return !accepted.contains { $0.side == .walk || $0.side == .bind }
      && !device.groups.contains { $0.moment.time < rejoined.phase.start }
      && device.adding.count <= device.groups.count
  }

  /// The log's word that it was probed again behind all that the trace shows; nil too if a line of it may be of that time.
  func rejoined(after skip: Visit) -> LogMoment? {
    guard let trace = boot.trace(of: skip.phase.place), let line = device.adding.first,
      // A walk that takes it under its driver warns; then nobody has probed it again.
      !boot.warnings.contains(where: { $0.device == device.name && $0.stack.side != .bind })
    else { return nil }
    // Not in the time of a trace that has the groups, as far as that can be told.
    guard boot.isOfOneClock else { return trace.hasGroups ? line : nil }
    return line.time.map { $0 > trace.last + (trace.clock.slack ?? 0) } == true ? line : nil
  }

  /// The registration of a visit is that of the client's own IOMMU, by the board's facts; nil if they do not tell.
  fileprivate func isBoardOwn(_ visit: Visit, _ boot: BootTimeline) -> Bool? {
    visit.registration.flatMap { isBoardOwn(boot.registrations[$0].iommu) }
  }

  /// The walk is that of the client's own IOMMU: the board's facts name it, it serves other functions of the client's bus, or the client was
  /// said to wait for it. That no other one is seen proves nothing: an IOMMU without a driver says nothing.
  fileprivate func isOwnWalk(_ visit: Visit) -> Bool {
    if let isOwn = isBoardOwn(visit, boot) { return isOwn }
    guard let bus = DeviceName.pciBus(device.name) else {
      if case .own? = givenUp?.whose { return true }
      return false
    }
    // A group that this very registration brought; one that was there when the driver went on is of an IOMMU that it did not wait for.
    let walk = visit.registration.map { boot.registrations[$0].phase }
    let ran = device.binds.last { $0.phase.start < visit.phase.start }?.phase.start ?? visit.phase.start
    let others = boot.devices.values.filter { $0.name != device.name && DeviceName.pciBus($0.name) == bus }
    if others.contains(where: { $0.groups.contains { $0.moment.time < ran } }) { return false }
    if others.contains(where: { $0.groups.contains { walk?.contains($0.moment.time) ?? true } }) {
      return true
    }
    return sharesItsBus && !(device.gaveUp.last.map(busWasServed) ?? false)
  }
}

extension BootTimeline {
  /// Groups are in the trace or in the log: a device without one has none.
  var showsGroups: Bool {
    logsGroups || devices.values.contains { !$0.groups.isEmpty }
  }

  var logsGroups: Bool { devices.values.contains { !$0.adding.isEmpty } }
}
