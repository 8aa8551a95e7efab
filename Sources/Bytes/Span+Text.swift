extension Span where Element == UInt8 {
  /// No control character among the first 512 bytes but those of text and of terminals: packed and recorded data have others from their
  /// beginning on.
  package var beginsAsText: Bool {
    for at in 0..<Swift.min(count, 512) {
      switch self[at] {
      case 9...13, 27: break
      case ..<32: return false
      default: break
      }
    }
    return true
  }

  /// Where the line of the byte at `place` begins, not in front of `first`.
  @inlinable
  package func lineStart(of place: Int, notBefore first: Int = 0) -> Int {
    var start = place
    while start > first, self[start - 1] != 10 { start -= 1 }
    return start
  }

  /// The end of the run of hexadecimal digits that starts at `start`.
  package func hexadecimalEnd(from start: Int, to end: Int) -> Int {
    var at = start
    while at < end, self[at] &- 48 < 10 || (self[at] | 0x20) &- 97 < 6 { at += 1 }
    return at
  }
}
