import Bytes
import Events
import Records
import Timelines

extension Cause {
  static let probeBeforeDomain = Cause(
    kind: .probeBeforeDomain, letter: "T6",
    title: "The driver's probe ran before the device had its DMA domain", verdict: .real,
    harm:
      "exposed, under an identity domain too (its group can be claimed by VFIO); harmed once DMA or an MSI doorbell set up before "
      + "the attach is used after it, and the IOMMU has no bypass window for it",
    sides: [.walk, .notifier],
    story: """
      The walk drops iommu_probe_device_lock to run the bus's dma_configure. The binding thread gets in between: it \
      finds the firmware description, but no group yet, so iommu_device_use_default_domain() returns 0 and the \
      driver's ->probe starts with direct DMA. Then the walk attaches the default domain under the running driver. \
      The warning and its stack are those of the harmless walk-bind-toctou; only the order tells them apart. \
      The bind took no count of the group's owner: even under an identity domain VFIO or iommufd can claim the group while the \
      driver is bound, and the unbind warns in iommu_device_unuse_default_domain(). Before 7.1 the same happens outside any walk: a \
      driver that registers binds a device that device_add() is still announcing.
      """,
    needs: [
      "a walk-side warning, or the walk's visit in a trace",
      "the moment the driver's own probe began, or dma_configure's return of 0 to really_probe",
      "the moment of the group or the domain",
    ],
    proof: """
      The bus's ->probe (or a line that only the driver's ->probe prints, such as "enabling device") comes before \
      "Adding to iommu group" or the domain of the same device, and that attempt kept the device. That <bus>_dma_configure returned 0 to the bind while \
      the walk's visit was still running is a sign, no proof: the domain may be there by the time of ->probe.
      """,
    decidedBy: [
      Proof(.kernelLog, .binds, .results, .visits, .dmaConfigure, .domains),
      Proof(
        .binds, .results, .visits, .dmaConfigure, .domains,
        if: "really_probe's events name the driver (drv=), for some look after their DMA themselves"),
      Proof(
        .kernelLog,
        if:
          "the driver's ->probe prints a line (a PCI driver's \"enabling device\"), and initcall_debug says that it went well, or "
          + "the device's stream faults"
      ),
    ],
    against: """
      The bind's <bus>_dma_configure returned -517: then it waited, and this is walk-bind-toctou. Or that ->probe failed or deferred: \
      what it had set up went with it, and the bind that survives decides; without a fault of the device's stream it is undetermined.
      """,
    advice: """
      Not to be ignored: DMA addresses made before the attach fault after it. Keep the client from binding while its \
      IOMMU registers (fw_devlink.strict=1, or load the client's driver later) and report it to iommu@lists.linux.dev.
      """,
    cites: ["bcb81ac6ae3c", "b46064a18810", "0c8e9c148e29", "a2225b6e834a"],
    judge: { file in traced(file) ?? logged(file) },
    survey: { boot, kernel in
      // Before bcb81ac6ae3c groups are added at the bind, and a driver is always set.
      guard kernel.warnsOfLateProbes, boot.traces.isEmpty, boot.logKeepsOrder else { return [] }
      let warned = Set(boot.warnings.map(\.device))
      let banners = BootLines.banners(of: boot)
      guard !banners.isEmpty else { return [] }
      return boot.devices.values.filter { !warned.contains($0.name) }.compactMap {
        unwarned($0, banners, isACPI: boot.isACPI)
      }
    })

  /// The group's line under the driver's name, behind a line of its ->probe: there was a warning, and the log has lost it
  /// (docs/kernel.md#in-the-kernel-log).
  private static func unwarned(_ device: DeviceTimeline, _ banners: [LogMoment], isACPI: Bool) -> Surveyed? {
    guard let adding = device.adding.first, device.gaveUp.isEmpty, !BusName.isOne(adding.prefix),
      !DriverManagedDMA.isOne(adding.prefix),
      let banner = BootLines.between(banners, after: .min, before: adding.order).last,
      let line = device.log.first(where: {
        $0.isEnabling && $0.order > banner.order && $0.order < adding.order
      })
    else { return nil }
    return Surveyed(
      device: device.name, driver: adding.prefix,
      judgement: Judgement(
        confidence: .likely, harm: .exposed, tier: .kernelLog,
        summary:
          "the driver's probe ran before the device had an IOMMU group; the warning itself is not in the log",
        evidence: [
          Evidence("the IOMMU announces itself", banner),
          Evidence(
            "\"\(line.prefix) \(device.name): enabling device\": the driver's own probe is running", line),
          Evidence("only now \"Adding to iommu group\", under the driver's name: it was set", adding),
        ],
        missing: ["the whole kernel log: this kernel warns when it adds a group to a device with a driver"],
        advice: isACPI ? Advice.laterClient : nil))
  }

  /// From a trace: the master rule.
  private static func traced(_ file: CaseFile) -> Judgement? {
    guard let visit = file.visit, let exposure = file.exposure,
      !DriverManagedDMA.isOne(file.driver(of: exposure.bind))
    else { return nil }
    let (bind, probe) = (exposure.bind, exposure.probe)
    // What it had mapped went with it. Where the device's own stream faults, it may have been the damage that ended it.
    if exposure.isUndone, file.damage.isEmpty { return nil }
    // Who looks after his DMA himself came through, whatever he is called: managed-dma-before-domain, or as it is meant to be.
    guard !file.mustHaveWaited(bind) else { return nil }
    let hadGroup = file.joined(before: bind)
    let isWalk = file.side == .walk
    var evidence = [
      Evidence(
        isWalk
          ? "the walk (\(visit.phase.task)) begins its visit of \(file.device.name)"
          : "device_add() (\(visit.phase.task)) announces \(file.device.name), and its IOMMU probe begins",
        visit.phase)
    ]
    if let own = visit.ownDMAConfigure {
      evidence.append(
        Evidence("\(isWalk ? "the walk" : "it") runs \(own.function)() itself, with the lock dropped", own))
    }
    evidence.append(Evidence("\(bind.phase.task) enters really_probe(), which sets dev->driver", bind.phase))
    if let dma = bind.dmaConfigure, dma.result == 0 {
      let why = hadGroup ? "" : ": there was no group to wait for"
      evidence.append(Evidence("its \(dma.function)() returns 0\(why)", end: dma))
    }
    if probe.isExact, let bus = bind.busProbe {
      evidence.append(Evidence("the driver's probe begins in \(bus.function)()", bus))
    }
    evidence += tail(file)
    let isProven = file.isProvenBefore(bind, probe)
    let isCertain =
      isProven && file.driver(of: bind) != nil && exposure.isKept
      && (!hadGroup || file.nobodyWaits) && file.loggedFailure(of: bind) == nil
    let mapped = file.boot.translated == true && !exposure.isUndone ? file.mapped(from: bind) : []
    let damage = mapped + file.damage
    return Judgement(
      confidence: isCertain ? .certain : .likely, harm: damage.isEmpty ? .exposed : .harmed, tier: .trace,
      summary: "the driver's probe ran before the DMA domain was attached", evidence: evidence + damage,
      missing: isCertain && damage.isEmpty
        ? [Advice.mapped] : isCertain ? [] : [file.lacks(exposure, isProven: isProven)],
      advice: isWalk ? (file.boot.isACPI ? Advice.laterClient : nil) : Advice.readyToProbe)
  }

  /// From the kernel log alone: a line of the driver's own ->probe before the group. In the walk no default domain
  /// can exist yet when the group is added, so that order is proof.
  private static func logged(_ file: CaseFile) -> Judgement? {
    guard file.side == .walk, file.warning != nil, let adding = file.addingLine,
      !NullFirmware.applies(file), file.gaveUpLine == nil, file.life.openSince == nil,
      !DriverManagedDMA.isOne(file.driver)
    else { return nil }
    guard let line = file.enabledBefore(adding) else { return nil }
    let damage = file.damage
    let isUndone = file.wasUndone(line, before: adding) || file.exposure?.isUndone == true
    if isUndone, damage.isEmpty { return nil }
    var evidence = file.stackEvidence
    evidence.append(
      Evidence(
        "\"\(line.prefix) \(file.device.name): enabling device\": the driver's own probe is running", line))
    evidence.append(Evidence("only now \"Adding to iommu group\" for the same device", adding))
    // Two threads printed these lines: their order is proof only where the log kept it.
    // With ACPI another IOMMU's walk may have taken a client that was bound long before (missed-walk-late-attach).
    // Without an announcement of its IOMMU, in a log that begins later, the line may be of an earlier life.
    let isProof =
      file.boot.logKeepsOrder && !file.boot.isACPI && !isUndone
      && (file.banner != nil || file.boot.logIsWhole)
    // The driver's later lines may be another attempt's: pci_disable_device() leaves the bit that "enabling device" tells of.
    let isKept = !damage.isEmpty || file.succeeded(after: line)
    return Judgement(
      confidence: isProof && isKept ? .certain : .likely, harm: damage.isEmpty ? .exposed : .harmed,
      tier: .kernelLog,
      summary: "the driver's probe ran before the device had an IOMMU group", evidence: evidence + damage,
      missing: (isProof
        ? []
        : [
          file.boot.logKeepsOrder
            ? Advice.beginning : "the kernel's own order of these lines: dmesg, or journalctl -k -o json"
        ])
        + (isKept
          ? [] : ["whether that ->probe failed (a failure may print nothing): a trace, or initcall_debug"])
        + (damage.isEmpty ? [Advice.used] : []),
      advice: file.boot.isACPI ? Advice.laterClient : nil)
  }

  private static func tail(_ file: CaseFile) -> [Evidence] {
    var evidence: [Evidence] = []
    if let warning = file.warning {
      let who = file.side == .walk ? "the walk" : "that probe"
      evidence.append(Evidence("\(who) prints the warning", warning.places.first, time: warning.time))
    }
    if let group = file.group { evidence.append(Evidence("the group is added (add_device_to_group)", group)) }
    if let domain = file.domain {
      evidence.append(Evidence("only now the domain is attached (attach_device_to_domain)", domain))
    }
    return evidence
  }
}

extension CaseFile {
  /// `enabling device` by the client's driver, after the IOMMU announced itself and before the group line.
  func enabledBefore(_ adding: LogMoment) -> LogMoment? {
    let since = banner?.order ?? Int.min
    // Of two drivers the one that warns is bound; the other had let go.
    return driverLines.first {
      $0.isEnabling && $0.order < adding.order && $0.order > since
        && (BusName.isOne(adding.prefix) || $0.prefix == adding.prefix)
    }
  }

  /// The attempt in which the line was printed came to nothing: its ->probe failed, or the driver enabled the device once more
  /// behind the group.
  func wasUndone(_ line: LogMoment, before adding: LogMoment) -> Bool {
    device.log.contains { later in
      later.order > line.order && (later.saysUnbound || later.isEnabling && later.order > adding.order)
    }
  }

  /// initcall_debug says of every attempt how it went and how long it took: the next word is of the one that printed the line, if that
  /// had begun by then. And a walk takes nobody who had been bound before it came by.
  fileprivate func succeeded(after line: LogMoment) -> Bool {
    let next = device.log.first { later in
      guard later.order > line.order, case .probeReturned = later.what else { return false }
      return true
    }
    guard let next, case .probeReturned(_, 0, let took) = next.what, let printed = line.time,
      let ended = next.time, printed >= ended - took - Self.second
    else { return false }
    return warning?.time.map { ended >= $0 - Self.second } ?? true
  }

  /// Stamps may be of whole seconds; a visit takes much less.
  private static let second: Int64 = 1_000_000_000

  /// It had joined a group of its own before the bind's dma_configure began. One that it shares may have a domain already.
  fileprivate func joined(before bind: Bind) -> Bool {
    guard let number = device.groups.first(where: { $0.moment.time == group?.time })?.group, let group,
      let dma = bind.dmaConfigure, group.time < dma.start
    else { return false }
    return !boot.devices.values.contains { other in
      other.name != device.name && other.groups.contains { $0.group == number && $0.moment.time < group.time }
    }
  }

  /// The kernel makes binds wait in a group without a domain: only drivers that look after their DMA themselves come through, and their
  /// list here cannot be whole. One that is not known, of a driver that has no name, is taken for such a kernel: those that warn are.
  func mustHaveWaited(_ bind: Bind) -> Bool {
    kernel.has(.domainCheck) ?? (driver(of: bind) == nil) && !DeviceName.isCDX(device.name)
      && joined(before: bind)
  }

  /// In a group without a domain its bind goes on, whatever its driver: the kernel is known to lack the check, or its bus drops what the
  /// check says.
  fileprivate var nobodyWaits: Bool { kernel.has(.domainCheck) == false || DeviceName.isCDX(device.name) }

  /// What keeps an early ->probe from being proof.
  fileprivate func lacks(_ exposure: Exposure, isProven: Bool) -> String {
    if !isProven {
      return
        "the entry of the bus's ->probe (pci_device_probe, platform_probe) in a trace without lost events"
    }
    if driver(of: exposure.bind) == nil {
      return "the driver's name (the kernel log, or drv= in the probe): some look after their DMA themselves"
    }
    if joined(before: exposure.bind), !nobodyWaits {
      return
        "whether the kernel has b46064a18810, which makes all wait for the domain but drivers that manage their DMA themselves"
    }
    if loggedFailure(of: exposure.bind) != nil { return "inputs that agree: the log has that attempt fail" }
    if exposure.isUndone { return "whether the ->probe that failed had left anything behind" }
    return "the result of that really_probe(): a ->probe that failed takes back what it had set up"
  }

  /// The return of dma_configure only says that the bind may go on: its thread can sleep until the domain is there.
  /// Proof is the entry of ->probe, anything that comes after it, or the driver's own line.
  func isProvenBefore(_ bind: Bind, _ probe: (time: Int64, place: Place, isExact: Bool)) -> Bool {
    guard let visit, let boundary = domain?.time ?? group?.time ?? visit.phase.end else { return false }
    // An attempt of unknown end that came to ->probe before the visit may have been over: iommu-late-after-bind.
    if probe.time < visit.phase.start, bind.phase.end == nil || bind.endIsLost || isBroken(bind) {
      return false
    }
    if let adding = addingLine, warning != nil, let line = enabledBefore(adding),
      !wasUndone(line, before: adding)
    {
      return true
    }
    let isSafe = !hasGap || group.map { probe.time < $0.time } ?? false
    if probe.isExact { return isSafe }
    let ended = bind.phase.result != nil && (bind.phase.end ?? .max) < boundary
    let mapped = device.maps.contains { bind.phase.contains($0.start) && $0.start < boundary }
    return (ended || mapped) && isSafe
  }
}

extension LogMoment {
  /// `enabling device (…)` behind a driver's prefix: pci_enable_device() called by its ->probe.
  var isEnabling: Bool {
    if case .deviceLine(_, _, .enabling) = what { return !BusName.isOne(prefix) }
    return false
  }
}
