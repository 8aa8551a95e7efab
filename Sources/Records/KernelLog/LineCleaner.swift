import Bytes

/// Takes out of a line what terminals eat: escape sequences, and the NUL bytes of a line that was off.
enum LineCleaner {
  static func clean(_ line: Span<UInt8>, into text: inout [UInt8]) {
    var at = 0
    while at < line.count {
      if line[at] == 27 {
        at = escapeEnd(line, at)
      } else {
        if line[at] != 0 { text.append(line[at]) }
        at += 1
      }
    }
  }

  /// Behind the sequence that begins at `at`: `ESC [ … letter`, `ESC ] … BEL`, or one byte.
  static func escapeEnd(_ line: Span<UInt8>, _ at: Int) -> Int {
    guard at + 1 < line.count else { return line.count }
    var end = at + 2
    switch line[at + 1] {
    case UInt8(ascii: "["):
      // Parameters are 0x20 … 0x3f; anything else ends the sequence, a control byte by breaking it.
      while end < line.count, line[end] >= 0x20, line[end] < 0x40 { end += 1 }
      return end < line.count && line[end] >= 0x40 && line[end] < 0x7f ? end + 1 : end
    case UInt8(ascii: "]"):
      return line.index(of: 7, from: end, to: min(line.count, end + 256)).map { $0 + 1 } ?? end
    case UInt8(ascii: "("), UInt8(ascii: ")"): return min(end + 1, line.count)
    default: return end
    }
  }
}
