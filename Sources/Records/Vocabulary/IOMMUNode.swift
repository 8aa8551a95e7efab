/// An IOMMU is a node, `iommu@a1000000`, to the one who waits for it, and a device, `a1000000.iommu`, once it is there.
package enum IOMMUNode {
  /// The device that is made from a node; what is no node's name stays.
  package static func device(_ name: String) -> String {
    guard let at = name.firstIndex(of: "@") else { return name }
    return "\(name[name.index(after: at)...]).\(name[..<at])"
  }

  /// `name` is the device's, or the node's that it was made from.
  package static func same(_ device: String, _ name: String) -> Bool { device == self.device(name) }
}
