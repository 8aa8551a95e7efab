import Bytes
import Inputs

/// Hashes of logs, millions of them: half a hash tells logs apart.
package struct KnownHashes: Sendable {
  private var halves: Set<UInt128> = []

  /// None.
  package init() {}

  /// Adds a SHA-256, 32 bytes; what is shorter is left out.
  package mutating func insert(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return }
    halves.insert(bytes.prefix(16).reduce(0) { $0 << 8 | UInt128($1) })
  }

  /// Without those of another.
  package func subtracting(_ other: KnownHashes) -> KnownHashes {
    var rest = self
    rest.halves.subtract(other.halves)
    return rest
  }

  /// Whether it is one of them.
  package func contains(_ hash: ContentHash) -> Bool {
    halves.contains(hash.half)
  }
}
