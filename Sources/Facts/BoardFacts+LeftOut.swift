// Who runs without an IOMMU, who shares a group, whose interrupts never came: what the facts show by themselves.
import Bytes
import Records

extension BoardFacts {
  /// A device that has a driver and no group, and one or more reasons to have one.
  package struct LeftOut: Sendable {
    /// By what a device is known to have an IOMMU.
    package enum Sign: Sendable {
      /// The firmware names this IOMMU for it, and it is registered, as the second line shows.
      case named(Owner, Unit)
      /// The firmware names this IOMMU for it; that it is registered does not show.
      case waits(Owner)
      /// Another function of its bus is linked to an IOMMU.
      case neighbour(Device)
    }
    /// Bound, without a group.
    package var device: Device
    /// What it is bound to, and the line that says so.
    package var driver: Fact<String>
    /// Why it should have a group.
    package var sign: Sign
  }

  /// Devices that run without the IOMMU that the firmware gives them, in the order of the facts.
  package var leftOut: [LeftOut] {
    // A lost line is no missing group.
    guard whole.contains(.device) else { return [] }
    var neighbours: [Substring: Device] = [:]
    for device in devices where device.group != nil && device.iommu != nil {
      if let bus = DeviceName.pciBus(device.name), neighbours[bus] == nil { neighbours[bus] = device }
    }
    return devices.compactMap { device in
      guard let driver = device.driver, device.group == nil, !isIOMMU(device) else { return nil }
      return sign(device, neighbours).map { LeftOut(device: device, driver: driver, sign: $0) }
    }
  }

  private func sign(_ device: Device, _ neighbours: [Substring: Device]) -> LeftOut.Sign? {
    if let owner = owners(of: device).first {
      if let unit = unit(owner) { return .named(owner, unit) }
      return .waits(owner)
    }
    guard device.bus == "pci", let bus = DeviceName.pciBus(device.name), let other = neighbours[bus] else {
      return nil
    }
    return .neighbour(other)
  }

  /// Functions that have groups, by the device that they are right behind, in the facts' order.
  package var byParent: [[String]: [Device]] {
    Dictionary(grouping: devices.filter { $0.group != nil && $0.bus == "pci" }) { Array($0.path.dropLast()) }
  }

  /// How often its message interrupts came, all in all; nil if it has none, or their counts are not here.
  package func interrupts(of device: Device) -> Fact<Int64>? {
    let known = device.interrupts.compactMap { interrupts[$0] }
    guard whole.contains(.interrupt), let first = known.first, known.count == device.interrupts.count else {
      return nil
    }
    return Fact(value: known.reduce(0) { $0 &+ $1.count }, place: first.place)
  }
}
