struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// What a document is made of by now, from the inside out: each layer goes around some of these and makes one of them.
enum Shape: Int, Comparable, Sendable {
  /// Lines of the kernel's own.
  case kernelLines
  /// Lines of it with something left of them, or each wrapped.
  case lines
  /// A text in which such lines are a part.
  case text
  /// A page or a mail: its lines are not the kernel's any more.
  case form
  /// No text.
  case bytes

  static func < (a: Shape, b: Shape) -> Bool { a.rawValue < b.rawValue }
}
