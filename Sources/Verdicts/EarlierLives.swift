// Did an earlier life of this boot run without its domain? A warning is harmless only if none did: the client may be in order
// now, and have had its DMA untranslated before.
import Bytes
import Events
import Records
import Timelines

/// What is known of the time before a case.
enum EarlierLives: Sendable {
  /// The inputs begin with the boot, and no driver ran before without its domain.
  case inOrder
  /// No sign of one, but the beginning is not in the inputs.
  case unseen
  /// A driver may have run; its domain is not visible.
  case sign(Evidence)
  /// `isProven`: not only its ->probe began so, the driver kept the device.
  case ranWithoutDomain([Evidence], isProven: Bool)
}

extension CaseFile {
  var earlierLives: EarlierLives {
    var sign: Evidence?
    for bind in whole.binds where isEarlier(bind) {
      switch domain(of: bind) {
      case .none where bind.isByAddress:
        sign =
          sign
          ?? Evidence(
            "an earlier bind at its address completes without a group: its own, or of a device that was there before it",
            bind.phase)
      // Nothing ties the warning to the trace: it may be another boot's.
      case .none: return .ranWithoutDomain(evidence(of: bind), isProven: visit != nil || boot.isOfOneClock)
      case .unknown:
        sign =
          sign ?? Evidence("an earlier bind came to its driver's probe; its domain is not seen", bind.phase)
      case .held: break
      }
    }
    for (line, end) in givenUps where !cameToNothing(line, before: end) {
      // In a group it waited for something else; or its group was taken away, which most kernels do not print.
      if whole.hasGroup(at: line) {
        sign = sign ?? Evidence("it gives up waiting, for what is not said: it had been in a group", line)
        continue
      }
      let evidence = Evidence("the client gives up waiting for its IOMMU", line)
      // Nothing ties the log to the probe, or it has not the line of the group that the probe brought: it may be another boot's.
      guard warning != nil || boot.isOfOneClock && !device.adding.isEmpty else {
        sign = sign ?? evidence
        continue
      }
      let behind = whole.log.filter { $0.order > line.order && $0.order < end && $0.showsDriver }
      let bound = behind.first(where: \.saysBound) ?? (isBound(by: line) ? behind.first : nil)
      // Only a device whose last attempt was deferred is on the list of those that are tried again: its ->probe had begun, and nothing
      // is said of what came of it.
      if let runs = bound ?? behind.first, bound != nil || !isTriedAgain {
        return .ranWithoutDomain(
          [evidence, Evidence("its driver runs without one", runs)],
          isProven: bound != nil && precedes(line))
      }
      sign = sign ?? evidence
    }
    switch lostUnderDriver {
    case .ranWithoutDomain(let evidence, let isProven):
      return .ranWithoutDomain(evidence, isProven: isProven)
    case .sign(let evidence): sign = sign ?? evidence
    default: break
    }
    if let lost = lostUnused {
      sign = sign ?? Evidence("it lost its group again before any driver's probe began", lost)
    }
    if let skip = heldUnseen {
      sign =
        sign
        ?? Evidence(
          "a walk left it alone, so a driver was set, and no bind is seen that had set it", skip.phase)
    }
    if let line = workedLine { sign = sign ?? Evidence("its driver ran before the warning", line) }
    // Where nobody is held back nobody gives up.
    if DeviceName.isCDX(device.name), let line = driverLines.first(where: isEarlier) {
      sign = sign ?? Evidence("its driver spoke before the warning", line)
    }
    if let line = lateBind { sign = sign ?? line }
    if let sign { return .sign(sign) }
    return seesBeginning ? .inOrder : .unseen
  }

  /// Both of the log and of the trace one is enough: before the driver core binds anything, or the whole log, which would
  /// have the line with which a client gives up. That of the same boot: a trace that nothing ties to it may be another's. A trace's events may
  /// be enabled one after the other, on the command line and later by hand: what counts is when it began to show binds.
  private var seesBeginning: Bool {
    boot.logIsWhole && boot.logKeepsOrder && (visit == nil || boot.isOfOneClock)
      || boot.traces.contains {
        $0.isOfBoot && $0.firstBind ?? .max < Self.early
          && !$0.hasGap(from: $0.first, to: visit?.phase.start ?? .max)
      }
  }

  /// Nobody gives up waiting before the late initcalls are over, half a second after the start on fast machines.
  private static let early: Int64 = 300_000_000

  private func isEarlier(_ bind: Bind) -> Bool {
    // The life begins with what ended the one before.
    bind.phase.start < life.after && (bind.endIsLost || bind.phase.end ?? .max <= life.after)
      || bind.succeeded && !bind.endIsLost && bind.phase.end ?? .max < unseenReplay ?? .min
  }

  /// When a replay began that no trace shows: in a really_probe() of its own, so what had bound the device before was undone.
  private var unseenReplay: Int64? {
    guard visit == nil, side == .bind, boot.isOfOneClock, let warned = warning?.time else { return nil }
    return warned - (boot.traces.compactMap(\.clock.slack).max() ?? 0)
  }

  func isEarlier(_ line: LogMoment) -> Bool {
    if let warning { return line.order < warning.order }
    guard let visit, let time = line.time, boot.isOfOneClock else { return true }
    return time < visit.phase.start
  }

  /// The group that this probe had brought was taken away before a driver ran in it: the bind that survived is of another life.
  private var lostUnused: Moment? {
    guard let visit else { return nil }
    return device.ungroups.first { lost in
      lost.time > visit.phase.start
        && !device.binds.contains { bind in
          !bind.failed && bind.driverProbe.map { $0.time > visit.phase.start && $0.time < lost.time } ?? false
        }
    }
  }

  /// A walk of an earlier life that met it with a driver, of which no bind in the trace tells.
  private var heldUnseen: Visit? {
    guard seesConfigure else { return nil }
    return whole.visits.first { visit in
      guard visit.side == .walk, !visit.isInferred, visit.ownDMAConfigure == nil,
        case .skipped = visit.outcome,
        visit.phase.end ?? .max < life.after || visit.phase.end ?? .max < self.visit?.phase.start ?? .min
      else { return false }
      return !whole.binds.contains {
        $0.phase.start <= visit.phase.end ?? .max && ($0.phase.end ?? .max) >= visit.phase.start
          || $0.succeeded && ($0.phase.end ?? .max) < visit.phase.start
      }
    }
  }

  private enum Domain { case held, none, unknown }

  /// Whether the driver of an earlier bind had its domain when it began to run.
  private func domain(of bind: Bind) -> Domain {
    guard let probe = bind.driverProbe, !bind.failed, !bind.deferred else { return .held }
    let inputs = boot.inputs(with: bind.phase.place)
    // The group of a life before that one was taken away.
    let own = whole.life(at: bind.phase.start, line: nil, in: boot).device
    // A group says nothing of who does not wait for its domain.
    if DriverManagedDMA.isOne(bind.driver) {
      return own.domains.contains { $0.time < probe.time && inputs.contains($0.place.input) }
        ? .held : .unknown
    }
    if own.hadGroup(before: probe.time, in: inputs) {
      // In its group, but attached only behind that (probe-before-domain).
      let attached = own.domains.first { inputs.contains($0.place.input) }
      return attached.map { $0.time > probe.time } == true ? .unknown : .held
    }
    // -ETIMEDOUT, -ENODEV: it went on although its IOMMU was not there, and in no group. Only cdx_dma_configure() goes on after
    // -EPROBE_DEFER.
    if [-110, -19, -517].contains((bind.ofIOMMU ?? bind.firmware)?.result) {
      return bind.succeeded && !isBroken(bind) ? .none : .unknown
    }
    // A group from before the trace: it was taken away later, from another driver perhaps, or the log has its line.
    let lost = whole.ungroups.first { $0.time > probe.time }.map { first in
      !whole.groups.contains { $0.moment.time > probe.time && $0.moment.time < first.time }
    }
    let added = whole.log.last { line in
      guard boot.isOfOneClock, line.time.map({ $0 < probe.time }) == true else { return false }
      switch line.what {
      case .adding, .removing: return true
      default: return false
      }
    }
    if lost == true { return .held }
    if case .adding? = added?.what { return .held }
    let isLeftAlone = whole.visits.contains { visit in
      guard visit.side == .walk, case .skipped = visit.outcome, let end = bind.phase.end else { return false }
      return visit.phase.start > end && visit.phase.start < max(life.after, unseenReplay ?? .min)
        && !bind.endIsLost
    }
    return bind.succeeded && !isBroken(bind) && isLeftAlone && boot.showsGroups ? .none : .unknown
  }

  private func evidence(of bind: Bind) -> [Evidence] {
    var evidence: [Evidence] = []
    if let waited = bind.ofIOMMU ?? bind.firmware, waited.result ?? 0 < 0 {
      evidence.append(Evidence("\(waited.function)() says \(errno(waited.result)): no IOMMU", end: waited))
    }
    evidence.append(Evidence("a bind of the device completes without a group", end: bind.phase))
    return evidence
  }

  /// Every time at which it gave up before, with the place of the log up to which lines may tell of what came of it: behind the next
  /// group its driver runs in that one.
  private var givenUps: [(line: LogMoment, end: Int)] {
    let lines = whole.gaveUp.filter(isEarlier)
    guard !lines.isEmpty else { return [] }
    let last = whole.log.last(where: isEarlier).map { $0.order + 1 } ?? .max
    return lines.indices.map { index in
      let line = lines[index]
      let end = index + 1 < lines.count ? lines[index + 1].order : warning?.order ?? last
      let joined = whole.adding.first { $0.order > line.order && $0.order < end }
      return (line, joined?.order ?? end)
    }
  }

  /// The trace has the attempt that gave up succeed.
  private func isBound(by line: LogMoment) -> Bool {
    guard boot.isOfOneClock, let time = line.time else { return false }
    return whole.binds.contains { $0.succeeded && !isBroken($0) && $0.phase.contains(time) }
  }

  /// The line was printed before the warning, by its stamp too: else two machines' logs may stand in one file.
  private func precedes(_ line: LogMoment) -> Bool {
    guard boot.logKeepsOrder, let time = line.time, let warned = warning?.time else {
      return boot.logKeepsOrder
    }
    return time <= warned
  }

  /// The warning comes out of the work that tries deferred devices again.
  private var isTriedAgain: Bool {
    warning?.frames.contains { $0 == "deferred_probe_work_func" || $0 == "bus_probe_device_deferred" }
      == true
  }

  /// The attempt that gave up, or its driver, failed; or it was in order after all.
  private func cameToNothing(_ line: LogMoment, before end: Int) -> Bool {
    if whole.log.contains(where: { $0.saysUnbound && $0.order > line.order && $0.order < end }) {
      return true
    }
    // The trace shows what became of the attempt that gave up.
    guard boot.isOfOneClock, let time = line.time,
      let attempt = whole.binds.last(where: { $0.phase.start <= time && ($0.phase.end ?? .max) >= time })
    else { return false }
    // Or it is the very attempt that replays: it had waited for something else.
    return attempt.failed
      || !attempt.endIsLost && visit.map { attempt.phase.contains($0.phase.start) } ?? false
  }

  /// A bind that nobody was trying long after the walk: no client of the boot waits that long for its next attempt.
  private var lateBind: Evidence? {
    guard let warning, let time = warning.time, visit == nil, side == .bind,
      warning.frames.contains(where: Self.newcomers.contains),
      let walk = (walkAdditions(after: .min, before: warning.order).last ?? banner), let walked = walk.time,
      time - walked > Self.longestWait
    else { return nil }
    return Evidence(
      "it is bound long after the last walk, by hand, by a driver that is loaded or when it was plugged in: it may have lived before",
      warning.places.first, time: time)
  }

  /// What binds a device that nobody was about to bind before: sysfs, a driver that registers or takes another id, a bus that finds a
  /// device, an overlay of the device tree.
  private static let newcomers: Set<String> = [
    "bind_store", "device_driver_attach", "new_id_store", "drivers_probe_store", "device_reprobe",
    "do_init_module",
    "of_overlay_fdt_apply", "rescan_store", "dev_rescan_store",
    "bus_rescan_store",
    "dev_bus_rescan_store", "pci_rescan_bus", "pciehp_configure_device", "acpiphp_enable_slot",
    "sriov_enable",
  ]

  /// Attempts come again within seconds of the walk (docs/kernel.md#splitting-replays: 5.6 s at most).
  private static let longestWait: Int64 = 10_000_000_000
}
