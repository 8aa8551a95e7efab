import Bytes
import Records
import Timelines

/// The log lines of a boot that speak of its IOMMUs, each list in printk's order. Gathered once: a boot may have as many
/// cases as devices.
struct BootLines: Sendable {
  /// Announcements of IOMMU hardware.
  private(set) var banners: [LogMoment] = []
  /// An IOMMU's own word that it is registered.
  private(set) var registered: [LogMoment] = []
  /// Devices that a walk put into groups: under a bus's name, for no driver was set.
  private(set) var additions: [LogMoment] = []
  /// PCI functions that were put into groups, by segment: those below one host bridge share their IOMMU.
  private(set) var functions: [String: [LogMoment]] = [:]
  /// Devices that left their bus, or whatever was behind a port.
  private(set) var departures: [LogMoment] = []

  init(_ boot: BootTimeline) {
    banners = Self.banners(of: boot)
    for device in boot.devices.values {
      lazy var segment = DeviceName.pciDomain(device.name).map(String.init)
      for at in device.log.indices {
        // Not copied, unless it is one of these.
        switch device.log[at].what {
        case .iommuRegistered: registered.append(device.log[at])
        case .leaves: departures.append(device.log[at])
        case .adding:
          if BusName.isOne(device.log[at].prefix) { additions.append(device.log[at]) }
          if let segment { functions[segment, default: []].append(device.log[at]) }
        default: break
        }
      }
    }
    registered.sort { $0.order < $1.order }
    additions.sort { $0.order < $1.order }
    departures.sort { $0.order < $1.order }
    for segment in functions.keys { functions[segment]?.sort { $0.order < $1.order } }
  }

  /// The announcements alone.
  static func banners(of boot: BootTimeline) -> [LogMoment] {
    var banners: [LogMoment] = []
    for device in boot.devices.values {
      for at in device.log.indices {
        if case .iommuBanner = device.log[at].what { banners.append(device.log[at]) }
      }
    }
    return banners.sorted { $0.order < $1.order }
  }

  /// Those of `lines` that stand between two places of the log.
  static func between(_ lines: [LogMoment], after low: Int, before high: Int) -> ArraySlice<LogMoment> {
    let start = lines.partitioningIndex { $0.order > low }
    return lines[start..<max(start, lines.partitioningIndex { $0.order >= high })]
  }
}
