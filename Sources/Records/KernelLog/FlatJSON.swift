import Bytes

/// JSON as log tools write it (and YAML's strings in double quotes), read in one pass without a tree: keys and their values as ranges of the line. Objects
/// inside objects are walked through; a value that a cut line leaves open ends with the line.
enum FlatJSON {
  enum Kind { case string, number, array, object }

  /// Calls `body` for every key with its value; the range of a string is what stands between the quotes.
  static func each(
    _ line: Span<UInt8>, from start: Int,
    _ body: (_ key: Range<Int>, _ kind: Kind, _ value: Range<Int>) -> Void
  ) {
    var at = start
    while let quote = line.index(of: UInt8(ascii: "\""), from: at) {
      let end = stringEnd(line, quote + 1)
      let colon = line.skipBlanks(from: end + 1, to: line.count)
      at = end + 1
      guard colon < line.count, line[colon] == UInt8(ascii: ":") else { continue }
      let value = line.skipBlanks(from: colon + 1, to: line.count)
      guard value < line.count else { return }
      let kind = kind(line, value)
      let range = range(line, value, kind)
      body(quote + 1..<end, kind, range)
      at = kind == .object ? value + 1 : max(range.upperBound, value + 1)
      if kind == .string { at = max(at, range.upperBound + 1) }
    }
  }

  /// What stands between the quotes, if `range` is one string and nothing else but the comma behind it.
  static func string(_ line: Span<UInt8>, _ range: Range<Int>) -> Range<Int>? {
    guard !range.isEmpty, line[range.lowerBound] == UInt8(ascii: "\"") else { return nil }
    let end = stringEnd(line, range.lowerBound + 1)
    let isLast = end + 1 == range.upperBound || end + 2 == range.upperBound && line.has(",", at: end + 1)
    return isLast ? range.lowerBound + 1..<end : nil
  }

  private static func kind(_ line: Span<UInt8>, _ at: Int) -> Kind {
    switch line[at] {
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["):
      let first = line.skipBlanks(from: at + 1, to: line.count)
      return first < line.count && line[first] &- 48 < 10 ? .array : .object
    default: return .number
    }
  }

  private static func range(_ line: Span<UInt8>, _ at: Int, _ kind: Kind) -> Range<Int> {
    switch kind {
    case .string: return at + 1..<stringEnd(line, at + 1)
    case .object: return at..<at + 1
    case .array: return at + 1..<max(at + 1, line.index(of: UInt8(ascii: "]"), from: at) ?? line.count)
    case .number:
      var end = at
      while end < line.count, line[end] != UInt8(ascii: ","), line[end] != UInt8(ascii: "}"), line[end] != 32
      {
        end += 1
      }
      return at..<end
    }
  }

  /// The closing quote: one behind an even number of backslashes.
  private static func stringEnd(_ line: Span<UInt8>, _ start: Int) -> Int {
    var from = start
    while let quote = line.index(of: UInt8(ascii: "\""), from: from) {
      var slash = quote
      while slash > start, line[slash - 1] == UInt8(ascii: "\\") { slash -= 1 }
      if (quote - slash) % 2 == 0 { return quote }
      from = quote + 1
    }
    return max(start, line.count)
  }

  /// Appends the string's text. `stopsAtRecord`: only up to an embedded `\n<4>[`, the next record that dmesg -J of
  /// util-linux 2.38.1 leaves in every message.
  static func unescape(
    _ line: Span<UInt8>, _ range: Range<Int>, into text: inout [UInt8], stopsAtRecord: Bool = false
  ) {
    var at = range.lowerBound
    while at < range.upperBound {
      let slash = line.index(of: UInt8(ascii: "\\"), from: at, to: range.upperBound) ?? range.upperBound
      append(line, at..<slash, &text)
      guard slash + 1 < range.upperBound else { return }
      at = slash + 2
      switch line[slash + 1] {
      case UInt8(ascii: "n"):
        if stopsAtRecord, line.has("<", at: at, before: range.upperBound) { return }
        text.append(10)
      case UInt8(ascii: "t"): text.append(9)
      case UInt8(ascii: "r"): text.append(13)
      case UInt8(ascii: "b"): text.append(8)
      case UInt8(ascii: "f"): text.append(12)
      // YAML has more of them. LAVA writes its lines as JSON objects, but with YAML's escapes.
      case UInt8(ascii: "e"): text.append(27)
      case UInt8(ascii: "a"): text.append(7)
      case UInt8(ascii: "v"): text.append(11)
      case UInt8(ascii: "0"): text.append(0)
      case UInt8(ascii: "_"): text += [0xc2, 0xa0]
      case UInt8(ascii: "N"): text += [0xc2, 0x85]
      case UInt8(ascii: "x"):
        guard at + 2 <= range.upperBound, let code = line.hexadecimal(at..<at + 2) else { continue }
        at += 2
        if code < 0x80 {
          text.append(UInt8(code))
        } else {
          text += [0xc0 | UInt8(code >> 6), 0x80 | UInt8(code & 63)]
        }
      case UInt8(ascii: "u"):
        let unit = hex(line, at, range.upperBound)
        at += 4
        scalar(line, unit, &at, range.upperBound, &text)
      case let byte: text.append(byte)
      }
    }
  }

  static func append(_ line: Span<UInt8>, _ range: Range<Int>, _ text: inout [UInt8]) {
    for place in range { text.append(line[place]) }
  }

  private static func hex(_ line: Span<UInt8>, _ at: Int, _ end: Int) -> UInt32 {
    guard at + 4 <= end, !line.has("0x", at: at), let value = line.hexadecimal(at..<at + 4) else {
      return 0xfffd
    }
    return UInt32(value)
  }

  /// One `\u` escape, with its second half where it is a surrogate pair.
  private static func scalar(
    _ line: Span<UInt8>, _ unit: UInt32, _ at: inout Int, _ end: Int, _ text: inout [UInt8]
  ) {
    var code = unit
    if unit & 0xfc00 == 0xd800, line.has("\\u", at: at, before: end) {
      let low = hex(line, at + 2, end)
      if low & 0xfc00 == 0xdc00 {
        code = 0x10000 + (unit & 0x3ff) << 10 + low & 0x3ff
        at += 6
      }
    }
    text += Array(String(Unicode.Scalar(code) ?? "\u{fffd}").utf8)
  }

  /// Appends the bytes of `101,120,111`: journalctl writes messages that are not plain UTF-8 so.
  static func bytes(_ line: Span<UInt8>, _ range: Range<Int>, into text: inout [UInt8]) {
    var at = range.lowerBound
    while at < range.upperBound {
      let end = line.digitsEnd(from: at, to: range.upperBound)
      if end > at, let value = line.decimal(at..<end) { text.append(UInt8(truncatingIfNeeded: value)) }
      at = end + 1
    }
  }
}
