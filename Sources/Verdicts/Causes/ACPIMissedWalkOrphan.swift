import Bytes
import Timelines

extension Cause {
  static let acpiMissedWalkOrphan = Cause(
    kind: .acpiMissedWalkOrphan, letter: "T13",
    title: "The walk skipped an ACPI client that was being bound, and nothing replays", verdict: .real,
    harm: "exposed; harmed where the IOMMU blocks what it does not know", sides: [.none],
    story: """
      The walk meets the client while a bind has dev->driver set, and leaves it alone with -ENODEV. On device tree the \
      next bind replays the IOMMU probe; with ACPI nothing does: the firmware description is there, no group is, and \
      iommu_device_use_default_domain() returns 0. The client passes the ready gate and runs without its IOMMU for ever, \
      silently: with a dead DMA (SMMUv3 aborts what it does not know) or with none of the isolation that everybody believes in.
      """,
    needs: [
      "an ACPI system", "the walk's visit of the client inside a bind: skipped, without dma_configure",
      "a later bind that reached ->probe, and no group for the client",
    ],
    proof: """
      A trace: the client waited for its IOMMU, the walk skipped it because a bind was in flight, and a bind after the \
      registration went through without a replay and without a group; the whole kernel log shows ACPI and others' groups, and no give-up.
      """,
    decidedBy: [Proof(.kernelLog, .binds, .results, .visits, .dmaConfigure, .registrations, .groups)],
    against: "Device tree: there the bind itself replays (skipped-by-walk-then-replayed).",
    advice: """
      Another bind does not help, for nothing replays; removing the PCI function and rescanning its bus does (echo 1 > remove, \
      echo 1 > /sys/bus/pci/rescan). Report it to iommu@lists.linux.dev.
      """,
    cites: ["bcb81ac6ae3c"],
    judge: { file in
      guard file.warning == nil, file.side == .none, file.boot.isACPI || !file.boot.hasLog, file.wasSkipped,
        !file.device.isIOMMU, !file.device.isBeyondIOMMUs
      else { return nil }
      return skipped(file)
    })

  private static func skipped(_ file: CaseFile) -> Judgement? {
    let device = file.device
    guard file.boot.tracesConfigure, file.boot.showsGroups,
      let visit = device.visits.last(where: { $0.isSkip && !$0.isInferred }),
      file.stayedWithoutGroup(after: visit),
      !device.visits.contains(where: { $0.side == .bind || $0.side == .direct }),
      let rival = file.inFlight(visit.phase), file.completedBind(before: visit.phase.start) == nil,
      let registering = visit.registration.map({ file.boot.registrations[$0] }),
      case let registration = registering.phase,
      registration.result ?? 0 == 0, let end = registration.end
    else { return nil }
    // Without a group only a missing IOMMU, or one that is not ready, makes dma_configure return -517. After the
    // registration it must not: then the client waits for another one.
    guard let waited = device.binds.first(where: { $0.dmaConfigure?.result == -517 }),
      waited.phase.start < end, file.lastWait(before: .max) ?? .min <= end, !file.gaveUp(behind: end),
      case let probed = device.binds.filter({ ($0.driverProbe?.time ?? .min) > end }),
      let bind = probed.first(where: { !$0.failed }) ?? probed.first,
      bind.ofIOMMU == nil, let probe = bind.driverProbe
    else { return nil }
    let evidence = [
      Evidence(
        "the client waits for its IOMMU: \(waited.dmaConfigure?.function ?? "")() returns \(errno(-517))",
        waited.phase),
      Evidence("\(rival.phase.task) is inside really_probe() of it: dev->driver is set", rival.phase),
      Evidence(
        "the walk (\(visit.phase.task)) visits it and leaves it alone without dma_configure", visit.phase),
      Evidence("the IOMMU is registered", end: registration),
      Evidence(
        "its driver's probe begins: nothing has replayed the IOMMU probe, there is no group", probe.place,
        time: probe.time),
    ]
    // A group may have come in a gap of the trace, or after its end.
    let left = file.boardLeftOut(after: probe.time)
    let again = file.rejoined(after: visit).map {
      Evidence("it is put into a group when it is probed again", $0)
    }
    // Who gives up waiting goes on in the same way, and only the log says so: it may be another IOMMU's client.
    let waitedForIt = file.boot.logIsWhole || file.isBoardOwn(registering.iommu) == true
    let isCertain =
      file.boot.isACPI && waitedForIt && (file.boot.logsGroups || left != nil)
      && file.boot.traces.allSatisfy(\.gaps.isEmpty)
      && (device.gaveUp.isEmpty && again == nil || file.boot.isOfOneClock)
      && !bind.failed
    return Judgement(
      confidence: isCertain ? .certain : .likely, harm: file.damage.isEmpty ? .exposed : .harmed,
      tier: .trace,
      summary: again == nil
        ? "the walk skipped it and nothing replays: it runs without its IOMMU, and nothing says so"
        : "the walk skipped it and nothing replays: it ran without its IOMMU until it was probed again",
      evidence: evidence + [left, again].compactMap(\.self) + file.damage,
      missing: isCertain
        ? []
        : bind.failed
          ? ["whether a driver stays: each ->probe behind the walk has failed"]
          : waitedForIt
            ? ["the whole kernel log, and no lost events: whether a group came after all"]
            : [
              "the whole kernel log: whether it gave up waiting, for another IOMMU, or a group came after all"
            ]
    )
  }
}

extension CaseFile {
  /// It gave up waiting behind the registration: then it had waited for another IOMMU.
  fileprivate func gaveUp(behind time: Int64) -> Bool {
    boot.isOfOneClock && device.gaveUp.contains { $0.time.map { $0 > time } ?? false }
  }
}
