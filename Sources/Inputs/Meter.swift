/// What one file has been read and expanded to, and whether to go on.
package final class Meter {
  /// Beyond this much, what grows more than `bombRatio` times is taken for a bomb.
  private static let bombFloor = 24 << 20
  private static let bombRatio = 400

  private var packed = 0
  /// By depth: each layer of packing is counted for itself.
  private var expanded: [Int: Int] = [:]
  private let isStopped: () -> Bool
  private let count: (Int) -> Void
  /// Documents are hashed while they are read.
  let hashes: Bool

  /// `count` gets the number of bytes of every read.
  package init(
    isStopped: @escaping () -> Bool, count: @escaping (Int) -> Void, hashes: Bool = false
  ) {
    self.isStopped = isStopped
    self.count = count
    self.hashes = hashes
  }

  func read(_ bytes: Int) {
    packed += bytes
    count(bytes)
  }

  func expand(_ bytes: Int, depth: Int) throws {
    try goOn()
    expanded[depth, default: 0] += bytes
    let total = expanded[depth, default: 0]
    if total > Self.bombFloor, total / max(1, packed) > Self.bombRatio {
      throw InputError("expands more than \(Self.bombRatio) times: not read further (a decompression bomb?)")
    }
  }

  func goOn() throws { if isStopped() { throw Stopped() } }
}
