// Which device a node of the device tree became. Where a bus translates addresses (`ranges`), `iommu@100000` is `f0100000.iommu`.
import Bytes
import Records

extension BoardFacts {
  /// To be called once all is read: sets `translated`.
  mutating func translateNodes() {
    var found: [UInt32: Int] = [:]
    var open: Set<UInt32> = []
    for device in devices {
      // The core has linked a client that names one node alone: that node is what it is linked to.
      guard let unit = device.iommu.flatMap({ linked($0.value) }),
        case let names = Set(named(device).map(\.node.phandle)), let phandle = names.first, names.count == 1,
        !isResolved(phandle)
      else { continue }
      if found[phandle, default: unit] != unit { open.insert(phandle) }
      found[phandle] = unit
    }
    for phandle in open { found[phandle] = nil }
    translated = found
    if whole.isSuperset(of: [.node, .iommuDevice]), open.isEmpty { matchTheRest() }
  }

  /// One node of a kind and one IOMMU of it are left: they are the same, for whatever is registered has a node.
  private mutating func matchTheRest() {
    var left: [Substring: [UInt32]] = [:]
    for node in nodes
    where Self.isOn(node) && node.phandle != 0 && !isResolved(node.phandle) && translated[node.phandle] == nil
    {
      left[node.name.prefix { $0 != "@" }, default: []].append(node.phandle)
    }
    guard !left.isEmpty else { return }
    let known = Set(nodes.map { IOMMUNode.device($0.name) })
    let taken = Set(translated.values)
    var others: [Substring: [Int]] = [:]
    for index in units.indices where !taken.contains(index) {
      guard let own = Unit.names(units[index].path).first, !known.contains(own),
        let dot = own.firstIndex(of: ".")
      else { continue }
      others[own[own.index(after: dot)...], default: []].append(index)
    }
    for (kind, phandles) in left where phandles.count == 1 && others[kind]?.count == 1 {
      translated[phandles[0]] = others[kind]?.first
    }
  }

  /// The registered IOMMU that a device's link leads to, by its place.
  private func linked(_ path: [String]) -> Int? {
    Unit.names(path).lazy.compactMap { unitNumbers[$0] }.first
  }

  /// A registered IOMMU has the node's name and address.
  private func isResolved(_ phandle: UInt32) -> Bool {
    nodeNumbers[phandle].map { unitNumbers[IOMMUNode.device(nodes[$0].name)] != nil } ?? false
  }
}
