import Glibc
import SystemPackage

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
  /// No log is read for longer than it says; nil for as long as it takes.
  let clock: ReadingClock?

  /// `count` gets the number of bytes of every read.
  package init(
    isStopped: @escaping () -> Bool, count: @escaping (Int) -> Void, hashes: Bool = false,
    clock: ReadingClock? = nil
  ) {
    self.isStopped = isStopped
    self.count = count
    self.hashes = hashes
    self.clock = clock
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

  /// Until there is something to read of a pipe or a device, or its end: whoever writes it may never go on.
  func wait(for descriptor: FileDescriptor) throws {
    try clock?.goOn(grace: true)
    var state = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
    // One pollfd is what it is told of.
    while unsafe poll(&state, 1, 200) <= 0 {
      try goOn()
      try clock?.goOn()
    }
  }
}
