import Bytes

/// Devices that lines of one kind name, as far as a search can tell.
struct NamedDevices {
  /// Hashes of the words that a colon and a blank follow in front of a hit: one of them is the device.
  private var words: Set<UInt64> = []
  /// Of some line that is not known, or there are too many.
  private var isAnybody = false

  private static let kept = 256

  /// Takes what stands in a hit's line in front of it. A terminal's colours may stand there too, or the rest of a line that was
  /// broken: then the device may be any.
  mutating func take(_ text: Span<UInt8>, _ front: Range<Int>) {
    var isNamed = false
    var at = front.lowerBound
    while let colon = text.index(of: ": ", from: at, to: front.upperBound) {
      var start = colon
      while start > front.lowerBound, text[start - 1] > 32 { start -= 1 }
      if words.count < Self.kept { words.insert(text.hash(start..<colon)) } else { isAnybody = true }
      isNamed = true
      at = colon + 2
    }
    if !isNamed { isAnybody = true }
  }

  /// One of these may be one of those.
  func concern(_ others: NamedDevices) -> Bool {
    if isEmpty || others.isEmpty { return false }
    return isAnybody || others.isAnybody || !words.isDisjoint(with: others.words)
  }

  private var isEmpty: Bool { words.isEmpty && !isAnybody }
}
