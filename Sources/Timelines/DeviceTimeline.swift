import Bytes
import Events
import Records

/// A kernel-log line about a device, placed in the boot's order.
package struct LogMoment: Sendable {
  /// Nanoseconds since boot; nil in a log without time stamps.
  package var time: Int64?
  /// Position in the boot's merged log: printk's own order.
  package var order: Int
  /// Of the line; of several inputs that have it, in the first.
  package var place: Place
  /// What the line says; its names are of `BootTimeline.names`.
  package var what: LogEvent.What
  /// dev_driver_string() as printed: the driver, or the bus while none is set.
  package var prefix: String
}

/// Everything that was seen of one device, on the boot's clock.
package struct DeviceTimeline: Sendable {
  /// As dev_name() gives it.
  package var name: String
  /// The last that bound or spoke for it; nil if none was seen.
  package var driver: String?
  /// By start.
  package var binds: [Bind] = []
  /// Those attempts that are not among `binds`; nil if all are.
  package var folded: FoldedBinds?
  /// By start.
  package var visits: [Visit] = []
  /// When it got a group, and that group's number; by time.
  package var groups: [(moment: Moment, group: Int32)] = []
  /// When a group was taken from it.
  package var ungroups: [Moment] = []
  /// When it was attached to a domain (`iommu:attach_device_to_domain`); by time.
  package var domains: [Moment] = []
  /// What its IOMMU refused it: the time in nanoseconds, the address; nil where the input does not say.
  package var faults: [(time: Int64?, iova: UInt64?, place: Place)] = []
  /// Calls that asked for DMA addresses for it (dma_map_*, dma_alloc_attrs); those of a running driver are
  /// not kept.
  package var maps: [Phase] = []
  /// Calls of iommu_device_register() for which this is the IOMMU's own device.
  package var registrations: [Registration] = []
  /// In the order of the boot's merged log.
  package var log: [LogMoment] = []
  /// Once the boot is put together.
  var known: Known?

  package init(name: String) { self.name = name }

  /// Something of it is worth showing: it has, gets or was refused an IOMMU, or may have waited for one.
  package var concernsIOMMU: Bool { showsIOMMU || !gaveUp.isEmpty || folded != nil }

  /// It has an IOMMU: that it waited, or gave up, says only that something was not there.
  package var hasIOMMU: Bool { showsIOMMU && !isIOMMU && !isBeyondIOMMUs }

  private var showsIOMMU: Bool {
    !groups.isEmpty || log.contains(where: \.showsIOMMU)
      || visits.contains { visit in
        switch visit.outcome {
        case .accepted, .already, .refused, .failed: true
        case .skipped, .unknown: false
        }
      } || binds.contains { $0.ofIOMMU?.result == -517 || $0.firmware?.result == -517 }
  }

  /// It is an IOMMU itself: it says so, it registers, or it is named like one and no IOMMU has taken it for a client.
  package var isIOMMU: Bool {
    guard groups.isEmpty, registrations.isEmpty else { return groups.isEmpty }
    if log.contains(where: \.isOfIOMMU) { return true }
    return adding.isEmpty && (DeviceName.isIOMMU(name) || driver.map(DeviceName.isIOMMU) == true)
  }

  /// Its bus has no dma_configure, so it never waits for an IOMMU.
  package var isBeyondIOMMUs: Bool {
    DeviceName.isBeyondIOMMUs(name)
      || DeviceName.pciDomain(name) == nil && log.contains { DeviceName.isBusBeyondIOMMUs($0.prefix) }
  }

  /// really_probe() runs for a device only while it has no driver: an attempt whose return was lost had ended, at some time
  /// and in some way, when the next one began. `binds` must be in order.
  mutating func closeLostBinds() {
    for index in binds.indices where binds[index].phase.end != nil && binds[index].phase.endPlace == nil {
      binds[index].endIsLost = true
    }
    for index in binds.indices.dropLast() where binds[index].phase.end == nil {
      binds[index].phase.end = binds[index + 1].phase.start
      binds[index].endIsLost = true
    }
  }

  /// Whether it had its group, or was in a domain, before `time`, and kept it until then. `inputs`: as far as those
  /// tell, where clocks of several inputs are not to be compared; nil for all.
  package func hadGroup(before time: Int64, in inputs: Set<Int32>? = nil) -> Bool {
    func isEarlier(_ moment: Moment) -> Bool {
      moment.time < time && inputs?.contains(moment.place.input) ?? true
    }
    let last = max(
      groups.lazy.map(\.moment).filter(isEarlier).map(\.time).max() ?? .min,
      domains.lazy.filter(isEarlier).map(\.time).max() ?? .min)
    return last > .min && !ungroups.contains { $0.time >= last && $0.time <= time }
  }

  /// Known only from lines that may be anybody's.
  var isHearsay: Bool {
    binds.isEmpty && visits.isEmpty && groups.isEmpty && domains.isEmpty && faults.isEmpty && maps.isEmpty
      && folded == nil
      && log.allSatisfy { line in
        switch line.what {
        case .deviceLine(_, _, .other), .deviceLine(_, _, .error), .inUse: true
        default: false
        }
      }
  }

  /// Lines of one kind, in order.
  package func lines(_ matches: (LogEvent.What) -> Bool) -> [LogMoment] { log.filter { matches($0.what) } }

  /// `Adding to iommu group`, in order.
  package var adding: [LogMoment] {
    known?.adding ?? lines { if case .adding = $0 { true } else { false } }
  }
  /// `ignoring dependency`, in order: it stopped waiting for its suppliers.
  package var gaveUp: [LogMoment] {
    known?.gaveUp ?? lines { if case .gaveUp = $0 { true } else { false } }
  }

  /// What is asked again and again of a device that does not change any more.
  struct Known: Sendable {
    var adding: [LogMoment]
    var gaveUp: [LogMoment]
    /// Where its lives end.
    var cuts: Cuts
    var binds: Spans
    var visits: Spans
  }

  /// When each of many calls ran, by start. A device may be bound thousands of times in hundreds of lives: none looks through all calls.
  struct Spans: Sendable {
    private var starts: [Int64] = []
    /// The end, or the start of one whose end is not known.
    private var ends: [Int64] = []
    /// The latest of the ends up to here.
    private var latest: [Int64] = []

    init(binds: [Bind]) {
      for index in binds.indices {
        add(binds[index].phase.start, binds[index].endIsLost ? nil : binds[index].phase.end)
      }
    }

    init(visits: [Visit]) {
      for index in visits.indices { add(visits[index].phase.start, visits[index].phase.end) }
    }

    private mutating func add(_ start: Int64, _ end: Int64?) {
      starts.append(start)
      ends.append(max(start, end ?? start))
      latest.append(max(latest.last ?? .min, ends[ends.count - 1]))
    }

    /// The places of those that began before `end`, and began or ended not before `start`.
    func places(from start: Int64, to end: Int64) -> [Int] {
      let first = latest.partitioningIndex { $0 >= start }
      let behind = starts.partitioningIndex { $0 >= end }
      return first < behind ? (first..<behind).filter { ends[$0] >= start } : []
    }
  }
}

extension LogMoment {
  /// The device that it speaks of has an IOMMU.
  var showsIOMMU: Bool {
    switch what {
    case .adding, .removing, .addFailed, .warning, .client, .dmaConfigured(_, _, true): true
    case .probePending(_, let iommu): iommu != .none
    default: false
    }
  }

  /// Only an IOMMU says so of itself.
  var isOfIOMMU: Bool {
    switch what {
    // Of "registered" that is not so: clients register things too.
    case .iommuBanner, .registerFailed: true
    default: false
    }
  }

  /// The device whose line it is.
  package static func subject(_ what: LogEvent.What) -> Name {
    switch what {
    case .warning(let block): block.device
    case .adding(_, let device, _), .removing(let device), .addFailed(let device),
      .deviceLine(_, let device, _),
      .gaveUp(let device), .unboundGaveUp(let device), .probePending(let device, _), .client(let device, _),
      .inUse(let device),
      .iommuBanner(let device), .iommuRegistered(let device),
      .registerFailed(let device),
      .probeFailed(_, let device, _), .probeReturned(let device, _, _), .bindStarted(let device, _),
      .bound(let device), .dmaConfigured(_, let device, _), .fault(let device, _), .bridge(let device, _, _),
      .bridgePart(let device, _),
      .hotplugTimeout(let device), .keepsDirectDMA(let device), .leaves(let device, _):
      device
    case .defaultDomain, .unuseWarning, .freedGroup, .trouble, .duplicateGroupLink, .reservedMemory, .acpi,
      .nameless:
      .none
    }
  }

  static func prefix(_ what: LogEvent.What) -> Name {
    switch what {
    case .adding(let prefix, _, _), .deviceLine(let prefix, _, _), .dmaConfigured(let prefix, _, _): prefix
    case .warning(let block): block.driver
    case .probeFailed(let driver, _, _), .bindStarted(_, let driver): driver
    default: .none
    }
  }
}
