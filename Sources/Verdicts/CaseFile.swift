// Everything known about one warning (or one silent suspect), gathered once; the causes are short predicates on it.
import Bytes
import Events
import Records
import Timelines

struct CaseFile: Sendable {
  let boot: BootTimeline
  let lines: BootLines
  /// The device in the life that the case is about; nothing of its other lives.
  let device: DeviceTimeline
  let life: Life
  /// All of its lives.
  let whole: DeviceTimeline
  /// Nil for a silent suspect.
  let warning: Warning?
  let side: Side
  let kernel: KernelFeatures
  /// The IOMMU probe that printed the warning; nil if no trace shows it.
  let visit: Visit?
  /// The trace that shows it.
  let coverage: TraceCoverage?
  /// When the device got its group and its domain from that probe.
  let group: Moment?
  let domain: Moment?

  /// `life`: nil for that of the probe, or of the warning.
  init(
    _ boot: BootTimeline, _ lines: BootLines, _ whole: DeviceTimeline, _ warning: Warning?, side: Side,
    visit: Visit?, kernel: KernelFeatures, life: Life? = nil
  ) {
    self.boot = boot
    self.lines = lines
    self.whole = whole
    self.life =
      life
      ?? whole.life(
        at: visit?.phase.start ?? (boot.isOfOneClock ? warning?.time : nil), line: warning?.order, in: boot)
    let device = self.life.device
    self.device = device
    self.warning = warning
    self.side = side
    self.visit = visit
    self.kernel = kernel
    coverage = visit.flatMap { boot.trace(of: $0.phase.place) }
    let start = visit?.phase.start
    group = start.flatMap { start in device.groups.first { $0.moment.time >= start }?.moment }
    // The walk attaches it before it ends, a replay before its bind goes on; what comes later is another one's.
    let end = visit.flatMap { visit in
      switch visit.side {
      case .walk: visit.registration.flatMap { boot.registrations[$0].phase.end }
      case .bind: device.binds.last { $0.holds(visit) }?.phase.end
      case .notifier: visit.phase.end
      default: nil
      }
    }
    domain = start.flatMap { start in
      device.domains.first { $0.time >= start && $0.time <= end ?? .max }
    }
  }

  // MARK: the trace

  /// Bind attempts by other threads that overlap the probe, up to the group: these are who set dev->driver.
  var rivals: [Bind] {
    guard let visit else { return [] }
    let end = group?.time ?? visit.phase.end ?? .max
    return device.binds.filter { bind in
      bind.phase.task.tid != visit.phase.task.tid && bind.phase.start <= end
        && (bind.phase.end ?? .max) >= visit.phase.start
    }
  }

  /// The attempt in whose dma_configure the replay ran.
  var replayingBind: Bind? {
    guard let visit else { return nil }
    return device.binds.last { $0.holds(visit) }
  }

  /// Visits of the walk before the probe that warned.
  var earlierWalkVisits: [Visit] {
    let end = visit?.phase.start ?? .max
    return device.visits.filter { $0.side == .walk && $0.phase.start < end }
  }

  /// A registration that ran on another thread when the probe began.
  var registrationInFlight: Registration? {
    guard let visit, let began = probeBegan else { return nil }
    return boot.registrations.first { registration in
      registration.phase.task.tid != visit.phase.task.tid && registration.phase.contains(began)
    }
  }

  /// A bind that had ended with success before `time`: the driver was running.
  func completedBind(before time: Int64) -> Bind? {
    device.binds.last { bind in bind.succeeded && (bind.phase.end ?? .max) < time }
  }

  /// A bind whose driver's ->probe had begun before `time`, whatever became of it.
  func startedBind(before time: Int64) -> Bind? {
    device.binds.last { bind in bind.driverProbe.map { $0.time < time } ?? false }
  }

  /// Of a probe that is known by its group alone, only the group's time is certain.
  var probeBegan: Int64? {
    guard let visit else { return nil }
    return visit.isInferred ? group?.time ?? visit.phase.start : visit.phase.start
  }

  /// The visit came to its end, or to the group, without dma_configure.
  var ranNoConfigure: Bool {
    guard let visit, visit.ownDMAConfigure == nil else { return false }
    return visit.phase.end != nil || group != nil
  }

  /// dma_configure is traced in some form: a visit without it did not run it.
  var seesConfigure: Bool {
    guard let coverage else { return false }
    if !coverage.seen.isDisjoint(with: [.firmwareDMAConfigure, .ofIOMMUConfigure]) { return true }
    guard coverage.seen.contains(.busDMAConfigure) else { return false }
    // Each bus has a function of its own: another bus's says nothing of this device, and only names of PCI functions tell theirs.
    if DeviceName.pciDomain(device.name) == nil { return whole.ranConfigure }
    return boot.devices.values.contains { DeviceName.pciDomain($0.name) != nil && $0.ranConfigure }
  }

  /// When an attempt last began, before `time`, that had to wait for its IOMMU: its dma_configure returned -EPROBE_DEFER.
  func lastWait(before time: Int64) -> Int64? {
    // Where the bus's function is not traced, what it calls stands for it.
    let calls =
      device.binds.map { $0.dmaConfigure ?? $0.firmware ?? $0.ofIOMMU } + device.visits.map(\.ownDMAConfigure)
    let kept = calls.compactMap { $0?.result == -517 ? $0?.start : nil }.filter { $0 < time }.max()
    // Of those that were counted only the last is known.
    let counted = device.folded.flatMap { $0.first < time ? $0.lastWait : nil }.map { min($0, time) }
    return [kept, counted].compactMap(\.self).max()
  }

  /// The attempt let go of the device: it was deferred, or it ended without the driver's probe.
  func gaveWay(_ bind: Bind) -> Bool {
    if bind.deferred { return true }
    // This driver's ->probe prints a line, as it does later, and it had printed none by the time of the group.
    if kernel.hasGate == true, boot.logIsWhole, let adding = addingLine, let first = driverLines.first,
      first.order > adding.order
    {
      return true
    }
    // A trace may have the ->probe of other buses only: that of this device's must have been seen.
    let seesProbe = device.binds.contains { $0.busProbe != nil }
    return seesProbe && bind.busProbe == nil && bind.phase.end != nil && !bind.succeeded
  }

  /// Events lost while the registration or the probe ran: an absence there proves nothing.
  var hasGap: Bool {
    guard let coverage, let visit else { return false }
    let registered = visit.registration.map { boot.registrations[$0].phase.start }
    let latest = boot.registrations.last { $0.phase.start <= visit.phase.start }?.phase.start
    let starts = [registered, latest, earlierWalkVisits.first?.phase.start, device.binds.first?.phase.start]
    let start = starts.compactMap { $0 }.min() ?? visit.phase.start
    let ends = [group?.time, domain?.time, visit.phase.end, device.binds.last?.phase.end]
    let end = ends.compactMap { $0 }.max() ?? coverage.last
    return coverage.hasGap(from: start, to: end)
  }

  // MARK: the kernel log

  /// The walk's or the replay's `Adding to iommu group` line of this device that follows the warning.
  var addingLine: LogMoment? {
    guard let warning else { return device.adding.first }
    return device.adding.first { $0.order > warning.order }
  }

  /// Lines that only the driver's ->probe prints, or that carry its prefix.
  var driverLines: [LogMoment] {
    device.log.filter { line in
      guard case .deviceLine(_, _, let kind) = line.what, !BusName.isOne(line.prefix) else {
        return false
      }
      return kind == .enabling || kind == .other
    }
  }

  /// `deferred probe timeout, ignoring dependency` and its sister, before the warning.
  var gaveUpLine: LogMoment? { whole.gaveUp.last(where: isEarlier) }

  /// The last announcement of IOMMU hardware before the warning.
  var banner: LogMoment? {
    BootLines.between(lines.banners, after: .min, before: warning?.order ?? .max).last
  }

  /// Other devices that a walk put into groups between two lines.
  func walkAdditions(after low: Int, before high: Int) -> some BidirectionalCollection<LogMoment> {
    BootLines.between(lines.additions, after: low, before: high).lazy
      .filter { $0.device(in: boot) != device.name }
  }

  // MARK: damage

  /// Faults of the device's own stream after the warning. Addresses in the first page are no sign of it: nvme
  /// functions fault there with and without the race (docs/kernel.md#in-the-kernel-log).
  var damage: [Evidence] {
    device.faults.filter { fault in
      guard (fault.iova ?? 0x1000) >= 0x1000, !boot.isReserved(fault.iova) else { return false }
      guard let time = fault.time, let warned = warning?.time else { return true }
      return time >= warned
    }
    .prefix(3).map { fault in
      let address = fault.iova.map { " at iova 0x" + String($0, radix: 16) } ?? ""
      return Evidence("the device's own stream faults\(address)", fault.place, time: fault.time)
    }
  }

  /// DMA mapped by a driver that ran before its domain: those addresses die when the domain is attached.
  func mapped(from bind: Bind) -> [Evidence] {
    guard let boundary = domain?.time ?? group?.time else { return [] }
    return device.maps.filter { $0.start >= bind.phase.start && $0.start < boundary }.prefix(3).map {
      Evidence("\($0.function)() maps DMA before the domain is attached", $0.place, time: $0.start)
    }
  }
}

extension DeviceTimeline {
  /// Its bus's dma_configure was seen to run for it.
  fileprivate var ranConfigure: Bool {
    binds.contains { $0.dmaConfigure != nil } || visits.contains { $0.ownDMAConfigure != nil }
  }
}

extension Bind {
  /// The attempt ran the IOMMU probe itself.
  fileprivate func holds(_ visit: Visit) -> Bool {
    phase.task.tid == visit.phase.task.tid && phase.contains(visit.phase.start)
  }
}

extension BootTimeline {
  /// dma_configure is traced in some form.
  var tracesConfigure: Bool {
    traces.contains {
      !$0.seen.isDisjoint(with: [.busDMAConfigure, .firmwareDMAConfigure, .ofIOMMUConfigure])
    }
  }
}

extension Evidence {
  init(_ text: String, _ phase: Phase) { self.init(text, phase.place, time: phase.start) }
  init(_ text: String, end phase: Phase) {
    self.init(text, phase.endPlace ?? phase.place, time: phase.end ?? phase.start)
  }
  init(_ text: String, _ moment: Moment) { self.init(text, moment.place, time: moment.time) }
  init(_ text: String, _ line: LogMoment) { self.init(text, line.place, time: line.time) }
}

/// The kernel's own names for the results that matter here.
func errno(_ value: Int64?) -> String {
  switch value {
  case nil: "?"
  case 0: "0"
  case -517: "-517 (-EPROBE_DEFER)"
  case 517: "517 (->probe deferred)"
  case -19: "-19 (-ENODEV)"
  case let value?: String(value)
  }
}

extension TraceCoverage {
  /// Events were lost that may have happened between the two times of the boot's clock.
  func hasGap(from start: Int64, to end: Int64) -> Bool {
    gaps.contains { gap in
      let since = gap.since == .min ? first : clock.boot(gap.since)
      let after = gap.after == .min ? first : clock.boot(gap.after)
      return since <= end && after >= start
    }
  }
}
