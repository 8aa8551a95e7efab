import Bytes

/// What an IOMMU's driver, or the core for it, says once an IOMMU is there.
public enum IOMMUWords {
  static let probing: StaticString = "probing hardware configuration"
  static let features: StaticString = "(features 0x"
  static let events: StaticString = " entries for evtq"
  static let commands: StaticString = " entries for cmdq"
  static let added: StaticString = "Adding to iommu group "
  /// Until 5.1.
  static let addedDevice: StaticString = "iommu: Adding device "

  private static let all = TextSet([
    (probing, 8), (features, 9), (events, 13), (commands, 13), (added, 10), (addedDevice, 3),
  ])

  /// Whether an IOMMU may have come behind `place`: without any of these words none has.
  public static func mayCome(in text: Span<UInt8>, after place: Int) -> Bool {
    var isFound = false
    all.each(in: text.extracting(place..<text.count)) { _, _ in
      isFound = true
      return false
    }
    return isFound
  }
}
