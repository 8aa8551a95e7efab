/// Small, repeatable random numbers (SplitMix64).
package struct Random: RandomNumberGenerator, Sendable {
  private var state: UInt64
  package init(_ seed: UInt64) { state = seed }
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
  /// From 0 to `bound` - 1.
  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// What happens to logs and traces on their way: bit rot, cuts, lost, doubled and joined lines.
package enum Mutation: CaseIterable, Sendable {
  case flipBytes, cut, deleteLines, deleteRun, duplicateLines, joinLines

  package func apply(_ bytes: inout [UInt8], _ random: inout Random) {
    guard bytes.count > 100 else { return }
    switch self {
    case .flipBytes:
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        let at = Int.random(in: bytes.indices, using: &random)
        bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
    case .cut: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
    case .deleteLines: edit(&bytes, &random) { line, _ in [line].dropFirst() }
    case .duplicateLines: edit(&bytes, &random) { line, _ in [line, line] }
    case .joinLines: edit(&bytes, &random) { line, _ in [line.dropLast()] }
    case .deleteRun:
      var lines = Self.lines(bytes)
      let start = Int.random(in: lines.indices, using: &random)
      lines.removeSubrange(start..<min(lines.count, start + Int.random(in: 1...200, using: &random)))
      bytes = lines.flatMap { $0 }
    }
  }

  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    for at in bytes.indices where bytes[at] == 10 {
      lines.append(bytes[start...at])
      start = at + 1
    }
    if start < bytes.count { lines.append(bytes[start...]) }
    return lines
  }

  /// Changes some lines, up to one in twenty.
  private func edit(
    _ bytes: inout [UInt8], _ random: inout Random,
    _ change: (ArraySlice<UInt8>, inout Random) -> some Sequence<ArraySlice<UInt8>>
  ) {
    let share = Double.random(in: 0.0005...0.05, using: &random)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for line in Self.lines(bytes) {
      if Double.random(in: 0..<1, using: &random) < share {
        for changed in change(line, &random) { result += changed }
      } else {
        result += line
      }
    }
    bytes = result
  }
}
