// Whose IOMMU a device has, by the facts.
import Bytes
import Records

extension BoardFacts.Unit {
  /// Every name under which something else may speak of the IOMMU at a path like
  /// `devices/platform/9050000.smmuv3/iommu/smmu3.0x…`: a virtio IOMMU also by the function that it sits on.
  static func names(_ path: [String]) -> [String] {
    guard let last = path.last, let index = path.lastIndex(of: "iommu"), index > 1,
      path[index - 1] != "virtual"
    else { return path.last.map { [$0] } ?? [] }
    let own = path[index - 1]
    return [own, last] + (own.hasPrefix("virtio") ? [path[index - 2]] : [])
  }
}

extension BoardFacts {
  /// An IOMMU as something names it: the path of its device below /sys, or its node.
  package struct Owner: Sendable {
    /// The names that it may have elsewhere, as a device.
    fileprivate var names: [String]
    /// How it is called where it is named.
    package var name: String
    /// The line that says so.
    package var place: Place
    /// It is the link that the IOMMU's core made, not the firmware's word alone.
    package var isLink: Bool

    /// `device` is this IOMMU's own device, or its node.
    package func isDevice(_ device: String) -> Bool { names.contains(IOMMUNode.device(device)) }
  }

  /// The IOMMUs that serve a device: the one that it is linked to, else those that the firmware names.
  package func owners(of device: Device) -> [Owner] {
    guard let link = device.iommu else {
      return named(device).map { node, place in
        guard let unit = translated[node.phandle].map({ units[$0] }) else {
          return Owner(names: [IOMMUNode.device(node.name)], name: node.name, place: place, isLink: false)
        }
        let names = Unit.names(unit.path)
        return Owner(names: names, name: names.first ?? node.name, place: place, isLink: false)
      }
    }
    let names = Unit.names(link.value)
    return [Owner(names: names, name: names.first ?? "", place: link.place, isLink: true)]
  }

  /// The nodes that the firmware names for a device, without those that are switched off.
  func named(_ device: Device) -> [(node: Node, place: Place)] {
    let found = device.iommus.map { own in phandles(own.value).map { ($0, own.place) } } ?? mapped(device)
    return found.compactMap { phandle, place in
      guard let number = nodeNumbers[phandle], Self.isOn(nodes[number]) else { return nil }
      return (nodes[number], place)
    }
  }

  static func isOn(_ node: Node) -> Bool { ["okay", "ok"].contains(node.status) }

  /// Of `iommus`: a phandle, and as many cells as its node says.
  private func phandles(_ cells: [UInt32]) -> [UInt32] {
    var found: [UInt32] = []
    var at = 0
    while at < cells.count, let node = nodeNumbers[cells[at]] {
      found.append(cells[at])
      at += 1 + nodes[node].cells
    }
    return found
  }

  /// Of a PCI function: the `iommu-map` of its host bridge, four cells an entry (requester id, phandle, IOMMU's base, length).
  private func mapped(_ device: Device) -> [(UInt32, Place)] {
    guard device.bus == "pci", let requester = Self.requester(device.name),
      let root = device.path.firstIndex(where: { $0.hasPrefix("pci") && $0.contains(":") }), root > 0,
      let bridge = numbers["platform/\(device.path[root - 1])"].map({ devices[$0] }), let map = bridge.map
    else { return [] }
    let id = requester & bridge.mapMask
    for start in stride(from: 0, to: map.value.count - map.value.count % 4, by: 4) {
      let base = map.value[start]
      if id >= base, id - base < map.value[start + 3] { return [(map.value[start + 1], map.place)] }
    }
    return []
  }

  /// `0000:01:05.1` → 0x0129
  private static func requester(_ name: String) -> UInt32? {
    guard DeviceName.pciDomain(name) != nil else { return nil }
    let parts = name.split(whereSeparator: { $0 == ":" || $0 == "." })
    guard parts.count == 4, let bus = UInt32(parts[1], radix: 16), let slot = UInt32(parts[2], radix: 16),
      let function = UInt32(parts[3], radix: 16)
    else { return nil }
    return bus << 8 | slot << 3 | function
  }

  /// The registered IOMMU that this is.
  package func unit(_ owner: Owner) -> Unit? {
    owner.names.lazy.compactMap { unitNumbers[$0] }.first.map { units[$0] }
  }

  /// It is an IOMMU itself, or what its device sits on.
  package func isIOMMU(_ device: Device) -> Bool { unitNumbers[device.name] != nil }
}
