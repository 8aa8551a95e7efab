/// One part of many, of a scan that several machines do: by the name of a path, so that a new log leaves the others where
/// they are.
package struct Shard: Sendable, Equatable {
  /// From 1.
  package let number: Int
  /// How many there are.
  package let count: Int

  /// `2/8`; nil if it is none of them.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1], count > 0,
      (1...count).contains(number)
    else { return nil }
    (self.number, self.count) = (number, count)
  }

  /// Whether an input is this one's: FNV-1a with 64 bits, the same on all machines.
  func has(_ path: String) -> Bool {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    // The low bits of FNV mix little.
    return Int((hash ^ hash >> 32) % UInt64(count)) == number - 1
  }
}
