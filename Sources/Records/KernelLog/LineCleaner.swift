import Bytes

/// Takes out of a line what terminals eat: escape sequences, and the NUL bytes of a line that was off.
package enum LineCleaner {
  /// Appends to `text` what a terminal would show of `line`. Where the cursor was moved in front of a line of printk's, a line end.
  package static func clean(_ line: Span<UInt8>, into text: inout [UInt8]) {
    let start = text.count
    var at = 0
    while at < line.count {
      if line[at] == 27 {
        let end = escapeEnd(line, at)
        if text.count > start, movesToLine(line, at..<end),
          PlainLine.mayBegin(line, at: skipEscapes(line, end))
        {
          text.append(10)
        }
        at = end
      } else {
        if line[at] != 0 { text.append(line[at]) }
        at += 1
      }
    }
  }

  /// `ESC [ 12 ; 1 H`, `ESC [ E`, `ESC E`: the cursor goes to the beginning of another line.
  private static func movesToLine(_ line: Span<UInt8>, _ escape: Range<Int>) -> Bool {
    guard escape.count >= 2 else { return false }
    switch line[escape.upperBound - 1] {
    case UInt8(ascii: "E"): return escape.count == 2 || line[escape.lowerBound + 1] == UInt8(ascii: "[")
    case UInt8(ascii: "H"), UInt8(ascii: "f"): return line[escape.lowerBound + 1] == UInt8(ascii: "[")
    default: return false
    }
  }

  private static func skipEscapes(_ line: Span<UInt8>, _ start: Int) -> Int {
    var at = start
    while at < line.count, line[at] == 27 { at = escapeEnd(line, at) }
    return at
  }

  /// No string that a terminal eats is longer; one that has no end was cut.
  private static let longest = 2048

  /// Behind the sequence that begins at `at`: `ESC [ … letter`, `ESC ] … BEL` and other strings, or a few bytes.
  static func escapeEnd(_ line: Span<UInt8>, _ at: Int) -> Int {
    guard at + 1 < line.count else { return line.count }
    var end = at + 2
    switch line[at + 1] {
    case UInt8(ascii: "["):
      // Parameters are 0x20 … 0x3f; anything else ends the sequence, a control byte by breaking it.
      while end < line.count, line[end] >= 0x20, line[end] < 0x40 { end += 1 }
      return end < line.count && line[end] >= 0x40 && line[end] < 0x7f ? end + 1 : end
    case UInt8(ascii: "]"), UInt8(ascii: "_"), UInt8(ascii: "P"), UInt8(ascii: "^"), UInt8(ascii: "X"):
      return stringEnd(line, end) ?? end
    case 0x21...0x2f:
      // `ESC ( B`, `ESC % G`: more of them may stand before the last one.
      while end < line.count, line[end] >= 0x20, line[end] < 0x30 { end += 1 }
      return min(end + 1, line.count)
    default: return end
    }
  }

  /// Behind BEL or `ESC \`: titles and links (`ESC ]`), Buildkite's stamps (`ESC _`).
  private static func stringEnd(_ line: Span<UInt8>, _ start: Int) -> Int? {
    let limit = min(line.count, start + longest)
    var at = start
    while at < limit {
      if line[at] == 7 { return at + 1 }
      // Another sequence begins where this one was cut.
      if line[at] == 27 { return line.has("\\", at: at + 1) ? at + 2 : nil }
      at += 1
    }
    return nil
  }
}
