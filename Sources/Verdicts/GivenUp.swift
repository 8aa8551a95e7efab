// A client that gave up waiting, by the log alone. Power domains and pin controllers print the same words as IOMMUs do:
// driver_deferred_probe_check_state() is theirs too (docs/kernel.md#giving-up).
import Bytes
import Events
import Facts
import Records
import Timelines

struct GivenUp: Sendable {
  /// Its last give-up.
  let line: LogMoment
  /// What shows that this device has an IOMMU.
  let owns: Evidence?
  /// What shows that its driver went on.
  let runs: Evidence?
  /// Its driver had gone on before the IOMMU announced itself: both are lines of the log.
  let ranBefore: Bool
  /// What shows that an IOMMU came after that.
  let came: Evidence
  /// How that one is the device's own.
  let whose: Whose
  /// It may have left its bus before that: the walk met nobody.
  let departure: LogMoment?
  /// It was probed again much later, and has had its group since.
  let rejoined: LogMoment?

  enum Whose: Sendable {
    case own
    /// Nothing tells.
    case unknown
    /// Its own one is named, and is not seen to come.
    case another(String)
  }
}

extension CaseFile {
  /// Nil if it did not give up, if no IOMMU came after that, or if something shows that it is no matter of IOMMUs.
  var givenUp: GivenUp? {
    guard let line = device.gaveUp.last, !device.isIOMMU, !device.isBeyondIOMMUs, !hasNoIOMMU,
      !boot.warnings.contains(where: { $0.device == device.name }), !device.hasGroup(at: line)
    else { return nil }
    let later = device.log.filter { $0.order > line.order }
    // It was in a group all the same: the log has lost the line that says so.
    let leaves = later.first { if case .removing = $0.what { true } else { false } }
    if let leaves, !device.adding.contains(where: { $0.order > line.order && $0.order < leaves.order }) {
      return nil
    }
    // Its bind came to nothing: then it waits, or is free for the walk to take.
    guard !later.contains(where: \.saysUnbound), !device.isConfigured(after: line) else { return nil }
    let own = namedIOMMU
    guard let (came, whose) = came(after: line, own: own) else { return nil }
    let announced = own.flatMap { banner(of: $0) }?.order ?? .min
    // Rejoined or not at all: what the walk itself takes had no driver.
    let rejoined = device.adding.last.flatMap { $0.order > line.order ? $0 : nil }
    if let rejoined {
      guard let added = rejoined.time, let since = came.time, BusName.isOne(rejoined.prefix) else {
        return nil
      }
      // The walk went on with nobody else, for longer than it takes over one.
      let last = walkAdditions(after: line.order, before: rejoined.order).last?.time ?? since
      let isOver = added - since > Self.walkIsOver || added - max(since, last) > Self.longestVisit
      guard
        later.contains(where: {
          $0.order < rejoined.order && ($0.saysBound || isOver && $0.showsDriver)
        })
      else { return nil }
    }
    let isTaken = device.groups.contains { rejoined == nil || $0.moment.time <= came.time ?? .max }
    guard !isTaken else { return nil }
    return GivenUp(
      line: line, owns: owns(rejoined), runs: runs(after: line, before: rejoined),
      ranBefore: later.contains { $0.showsDriver && $0.order < announced }, came: came, whose: whose,
      departure: departure(after: line, before: came.time ?? .max), rejoined: rejoined)
  }

  /// No walk is this slow, not even an emulated one with all probes on.
  static let walkIsOver: Int64 = 10_000_000_000
  /// Nor does it take this long over one device: slow consoles stretch a visit to less than a second.
  private static let longestVisit: Int64 = 2_000_000_000

  // MARK: its IOMMU

  private func owns(_ rejoined: LogMoment?) -> Evidence? {
    if let rejoined { return Evidence("it is put into a group when it is probed again", rejoined) }
    if let before = whole.adding.first { return Evidence("it was in a group before", before) }
    for line in device.log {
      switch line.what {
      case .client(_, let iommu): return Evidence("it is a client of the IOMMU \(boot.names[iommu])", line)
      case .probePending(_, let iommu) where iommu != .none:
        return Evidence("it waits for the IOMMU \(boot.names[iommu])", line)
      case .dmaConfigured(_, _, true): return Evidence("the driver core finds it behind an IOMMU", line)
      default: break
      }
    }
    if let fault = device.faults.first {
      return Evidence("an IOMMU refuses its DMA, and names it", fault.place, time: fault.time)
    }
    if let owner = boardOwners.first {
      return Evidence("by the board's facts it is a client of the IOMMU \(owner.name)", owner.place)
    }
    guard let neighbour = neighbours.first(where: { $0.device(in: boot) != device.name }),
      device.gaveUp.last.map({ !busWasServed(before: $0) }) ?? true
    else { return nil }
    return Evidence("another function below its host bridge is put into a group", neighbour)
  }

  /// The node, or the device, of the IOMMU that it is said to wait for, or to be linked to.
  private var namedIOMMU: String? {
    for line in device.log.reversed() {
      switch line.what {
      case .client(_, let iommu), .probePending(_, let iommu): if iommu != .none { return boot.names[iommu] }
      default: break
      }
    }
    return boardOwners.first?.name
  }

  private func banner(of iommu: String) -> LogMoment? {
    lines.banners.first { IOMMUNode.same($0.device(in: boot), iommu) }
  }

  /// Group lines of the functions below its host bridge, each bridge being a PCI segment.
  private var neighbours: [LogMoment] {
    DeviceName.pciDomain(device.name).flatMap { lines.functions[String($0)] } ?? []
  }

  /// An IOMMU's map may send each bus below one host bridge to another IOMMU: only functions of its own bus have its own for certain.
  var sharesItsBus: Bool {
    neighbours.contains { line in
      let name = line.device(in: boot)
      return name != device.name && DeviceName.pciBus(name) == DeviceName.pciBus(device.name)
    }
  }

  /// Another function of its bus was in a group when it gave up: the IOMMU that serves that one was there, and is not what was missing.
  func busWasServed(before line: LogMoment) -> Bool {
    neighbours.contains { other in
      let name = other.device(in: boot)
      return other.order < line.order && name != device.name
        && DeviceName.pciBus(name) == DeviceName.pciBus(device.name)
    }
  }

  /// A walk adds several devices, or its IOMMU announces itself: one function alone may have been plugged in, or be a VF.
  func isOfWalk(_ added: LogMoment, after line: LogMoment) -> Bool {
    // Of other buses none is plugged in.
    guard DeviceName.pciDomain(added.device(in: boot)) != nil else { return true }
    if !BootLines.between(lines.banners, after: line.order, before: added.order).isEmpty { return true }
    let later = walkAdditions(after: line.order, before: .max).filter { other in
      guard let a = added.time, let b = other.time else { return true }
      return abs(a - b) < Self.walkIsOver
    }
    return Set(later.map { $0.device(in: boot).dropLast(2) }).count > 1
  }

  /// The walk that put the device into a group took it out again: its IOMMU failed.
  private func wasTakenBack(_ added: LogMoment) -> Bool {
    boot.devices[added.device(in: boot)]?.log.contains { line in
      if case .removing = line.what { line.order > added.order } else { false }
    } == true
  }

  /// A sign that an IOMMU registered after `line`, and whose it is.
  private func came(after line: LogMoment, own: String?) -> (Evidence, GivenUp.Whose)? {
    if let own {
      let announced = banner(of: own)
      if let announced, announced.order > line.order {
        // It announced itself and failed: nothing came.
        let name = announced.device(in: boot)
        if boot.devices[name]?.failures.contains(where: { $0.order > announced.order }) == true {
          return nil
        }
        return (Evidence("its IOMMU announces itself", announced), .own)
      }
      // It was there already.
      if announced != nil { return nil }
      if let facts = boot.facts, let unit = boardOwners.lazy.compactMap(facts.unit).first {
        return (Evidence("when the board's facts were collected its IOMMU was registered", unit.place), .own)
      }
    } else if !busWasServed(before: line),
      let added = neighbours.first(where: {
        $0.order > line.order && $0.device(in: boot) != device.name && BusName.isOne($0.prefix)
          && isOfWalk($0, after: line) && !wasTakenBack($0)
      })
    {
      return (
        Evidence("an IOMMU registers: its walk puts unbound functions below that bridge into groups", added),
        .own
      )
    }
    guard let came = iommuCame(after: line) else { return nil }
    guard let own else { return (came, .unknown) }
    // An IOMMU that announces itself is not the one that waits, or has nothing to say.
    let others = BootLines.between(lines.banners, after: line.order, before: .max)
    return (came, others.isEmpty && !boot.lacksIOMMU ? .unknown : .another(own))
  }

  /// Of a port it is told only that something behind it went: what is on the port's own bus did not.
  private func departure(after line: LogMoment, before time: Int64) -> LogMoment? {
    let bus = DeviceName.pciBus(device.name)
    return BootLines.between(lines.departures, after: line.order, before: .max).first { leaving in
      guard case .leaves(_, let who) = leaving.what, leaving.time ?? .min <= time else { return false }
      let name = leaving.device(in: boot)
      return switch who {
      case .itself: name == device.name
      case .behind: bus != nil && DeviceName.pciBus(name) != bus
      }
    }
  }

  // MARK: its driver

  private func runs(after line: LogMoment, before end: LogMoment?) -> Evidence? {
    if let own = device.log.first(where: {
      $0.order > line.order && $0.order < end?.order ?? .max && $0.showsDriver
    }) {
      return Evidence("its driver starts without one", own)
    }
    if let time = line.time,
      let bind = device.binds.first(where: { $0.succeeded && ($0.phase.end ?? .min) > time })
    {
      return Evidence("its bind completes", end: bind.phase)
    }
    let fault = device.faults.first { fault in fault.time.map { $0 > line.time ?? .max } ?? false }
    return fault.map { Evidence("it does DMA", $0.place, time: $0.time) } ?? boardLeftOut(after: line.time)
  }
}

extension DeviceTimeline {
  /// It had its group when it gave up: then it waited for something else.
  func hasGroup(at line: LogMoment) -> Bool {
    let last = log.last { moment in
      guard moment.order < line.order else { return false }
      switch moment.what {
      case .adding, .removing: return true
      default: return false
      }
    }
    if case .adding? = last?.what { return true }
    return line.time.map { hadGroup(before: $0) } ?? false
  }

  /// The bind that gave up found its IOMMU all the same: it had waited for a pin controller.
  fileprivate func isConfigured(after line: LogMoment) -> Bool {
    let first = log.first { moment in
      guard moment.order > line.order, case .dmaConfigured = moment.what else { return false }
      return !BusName.isOne(moment.prefix)
    }
    if case .dmaConfigured(_, _, true)? = first?.what { return true }
    return false
  }

}

extension LogMoment {
  /// A line that a driver prints once its ->probe runs.
  var showsDriver: Bool {
    switch what {
    case .deviceLine(_, _, .enabling), .deviceLine(_, _, .other): !BusName.isOne(prefix)
    default: saysBound
    }
  }

  /// Its ->probe kept the device.
  var saysBound: Bool {
    switch what {
    case .probeReturned(_, 0, _), .bound, .inUse: true
    default: false
    }
  }

  /// Its bind failed, or still waits.
  var saysUnbound: Bool {
    switch what {
    case .probeFailed, .probePending: true
    case .probeReturned(_, let result, _): result != 0
    default: false
    }
  }
}
