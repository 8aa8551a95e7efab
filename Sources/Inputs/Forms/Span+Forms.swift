import Bytes

extension Span where Element == UInt8 {
  /// Whether `text`, which is written in small letters, stands at `position` in letters of any size.
  func hasAnyCase(_ text: StaticString, at position: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard position >= 0, count - position >= length else { return false }
    for at in 0..<length {
      // A StaticString literal has as many bytes as it says.
      guard Self.small(self[position + at]) == (unsafe text.utf8Start[at]) else { return false }
    }
    return true
  }

  /// The first place of `text` as `hasAnyCase` finds it, which begins with `<`, in `start ..< end`.
  func indexAnyCase(_ tag: StaticString, from start: Int, to end: Int) -> Int? {
    var at = start
    while let hit = index(of: 60, from: at, to: end) {
      if hasAnyCase(tag, at: hit) { return hit }
      at = hit + 1
    }
    return nil
  }

  /// Whether printk's stamp stands at the bracket: `[    2.360729]`.
  func isStamp(_ bracket: Int) -> Bool {
    let whole = skipBlanks(from: bracket + 1, to: Swift.min(count, bracket + 8))
    let point = digitsEnd(from: whole, to: Swift.min(count, whole + 10))
    return point > whole && has(".", at: point)
      && digitsEnd(from: point + 1, to: Swift.min(count, point + 8)) == point + 7
      && has("]", at: point + 7)
  }

  /// How many of a kernel's lines a line tells of: one if a stamp begins in its first `stampWithin` bytes, `enough` if a trace's head
  /// stands in it.
  func kernelLines(in line: Range<Int>, stampWithin: Int = .max, enough: Int) -> Int {
    if index(of: "# tracer: ", from: line.lowerBound, to: line.upperBound) != nil { return enough }
    let limit = line.lowerBound + Swift.min(line.count, stampWithin)
    var from = line.lowerBound
    while let bracket = index(of: 91, from: from, to: limit) {
      if isStamp(bracket) { return 1 }
      from = bracket + 1
    }
    return 0
  }

  /// Where the level begins in front of the bracket of a stamp, or the bracket itself.
  func levelStart(_ bracket: Int) -> Int {
    guard bracket >= 3, self[bracket - 1] == UInt8(ascii: ">") else { return bracket }
    var start = bracket - 1
    while start > 0, self[start - 1] &- 48 < 10 { start -= 1 }
    return start > 0 && self[start - 1] == UInt8(ascii: "<") ? start - 1 : bracket
  }

  /// Whether an entry of a trace begins in the row: `comm-pid   [001]`, ` 17.049363 |   1)`, ` 1)  comm-pid  |`, `CPU:3 [LOST`.
  func beginsEntry(_ row: Range<Int>) -> Bool {
    let first = skipBlanks(from: row.lowerBound, to: row.upperBound)
    guard first < row.upperBound else { return false }
    if self[first] &- 48 < 10 {
      var end = first
      while end < row.upperBound, self[end] &- 48 < 10 || self[end] == UInt8(ascii: ".") { end += 1 }
      // A call's last argument ends so, too.
      if end < row.upperBound, self[end] == UInt8(ascii: ")") {
        return index(of: UInt8(ascii: "|"), from: end, to: row.upperBound) != nil
          || index(of: "=>", from: end, to: row.upperBound) != nil
      }
      let bar = skipBlanks(from: end, to: row.upperBound)
      if bar < row.upperBound, self[bar] == UInt8(ascii: "|") { return true }
    }
    if has("CPU:", at: first), index(of: "EVENTS", from: first, to: row.upperBound) != nil { return true }
    var from = first
    while let bracket = index(of: UInt8(ascii: "["), from: from, to: Swift.min(row.upperBound, first + 64)) {
      from = bracket + 1
      let end = digitsEnd(from: bracket + 1, to: row.upperBound)
      guard end - bracket > 3, end < row.upperBound, self[end] == UInt8(ascii: "]"), bracket > first + 2,
        self[bracket - 1] == 32
      else { continue }
      // The pid, and perhaps its group in parentheses.
      var pid = bracket - 1
      while pid > first, self[pid - 1] == 32 { pid -= 1 }
      if pid > first, self[pid - 1] == UInt8(ascii: ")") { return true }
      let digits = pid
      while pid > first, self[pid - 1] &- 48 < 10 { pid -= 1 }
      if pid < digits, pid > first, self[pid - 1] == UInt8(ascii: "-") { return true }
    }
    return false
  }

  /// The byte that three octal digits at `at` spell.
  func octal(_ at: Int) -> UInt32? {
    guard at + 3 <= count else { return nil }
    var value: UInt32 = 0
    for place in at..<at + 3 {
      guard self[place] &- 48 < 8 else { return nil }
      value = value << 3 | UInt32(self[place] - 48)
    }
    return value < 256 ? value : nil
  }

  /// The character that the escape at `at` spells, as C, Python and YAML have it, and how long it is; nil if it spells none.
  func spelledEscape(_ at: Int) -> (scalar: UInt32, length: Int)? {
    guard at + 1 < count else { return nil }
    switch self[at + 1] {
    case UInt8(ascii: "x"):
      guard let value = hexadecimal(at + 2, 2) else { return nil }
      return (value, 4)
    case UInt8(ascii: "e"): return (27, 2)
    case UInt8(ascii: "a"): return (7, 2)
    case UInt8(ascii: "v"): return (11, 2)
    case UInt8(ascii: "0"):
      guard let value = octal(at + 1) else { return (0, 2) }
      return (value, 4)
    case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "n"), UInt8(ascii: "r"),
      UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "u"):
      return jsonEscape(at)
    default: return nil
    }
  }

  /// How often `words` stands in it.
  func count(of words: StaticString) -> Int {
    var count = 0
    var at = 0
    while let place = index(of: words, from: at) {
      count += 1
      at = place + words.utf8CodeUnitCount
    }
    return count
  }

  /// The number that `length` hexadecimal digits at `start` spell, or nil.
  func hexadecimal(_ start: Int, _ length: Int) -> UInt32? {
    guard count - start >= length else { return nil }
    var value: UInt32 = 0
    for at in start..<start + length {
      guard let digit = Self.hexDigit(self[at]) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// `\ud83d\udc27`
  static var longestJSONEscape: Int { 12 }

  /// The character that the escape at `at` of a JSON string spells, and how long it is; nil if it spells none.
  func jsonEscape(_ at: Int) -> (scalar: UInt32, length: Int)? {
    guard at + 1 < count else { return nil }
    switch self[at + 1] {
    case UInt8(ascii: "n"): return (10, 2)
    case UInt8(ascii: "t"): return (9, 2)
    case UInt8(ascii: "r"): return (13, 2)
    case UInt8(ascii: "b"): return (8, 2)
    case UInt8(ascii: "f"): return (12, 2)
    case UInt8(ascii: "u"):
      guard let unit = hexadecimal(at + 2, 4) else { return nil }
      guard unit & 0xfc00 == 0xd800, has("\\u", at: at + 6), let low = hexadecimal(at + 8, 4),
        low & 0xfc00 == 0xdc00
      else { return (unit, 6) }
      return (0x10000 + ((unit & 0x3ff) << 10 | low & 0x3ff), 12)
    // A byte of a character that is not ASCII follows as it is.
    case let byte: return byte < 128 ? (UInt32(byte), 2) : nil
    }
  }

  /// A byte with the letters A to Z made small.
  static func small(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 32 : byte }

  static func isLetter(_ byte: UInt8) -> Bool { (byte | 32) &- 97 < 26 }

  /// Blank, tab, line feed, form feed or carriage return.
  static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte &- 9 < 5 }

  /// The value of a hexadecimal digit.
  static func hexDigit(_ byte: UInt8) -> UInt8? {
    if byte &- 48 < 10 { return byte - 48 }
    let letter = byte | 32
    return letter &- 97 < 6 ? letter - 87 : nil
  }
}
