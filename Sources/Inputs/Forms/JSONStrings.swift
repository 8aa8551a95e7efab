import Bytes

/// Where in JSON, or in what Python shows of its lists, a log or a trace stands in strings.
struct JSONStrings {
  /// The strings are what was read at a time, of a console or a socket (QEMU's `ringbuf-read`, CircleCI): lines begin and end anywhere
  /// in them, and only where that is spelled.
  let arePieces: Bool

  /// Nil of what is not one line in whose strings a kernel's lines stand, several of them, nor objects with pieces.
  init?(_ head: Span<UInt8>) {
    var at = 0
    while at < head.count, Span<UInt8>.isSpace(head[at]) { at += 1 }
    guard at + 1 < head.count, head[at] == UInt8(ascii: "{") || head[at] == UInt8(ascii: "[") else {
      return nil
    }
    guard Self.holdsValue(head, behind: at) else { return nil }
    var end = head.count
    while Span<UInt8>.isSpace(head[end - 1]) { end -= 1 }
    arePieces = Self.holdsPieces(head, at)
    if arePieces { return }
    guard head.index(of: 10, from: at, to: end) == nil else { return nil }
    if let tracer = head.index(of: "# tracer: "), JSONStringsDecoder.beginsLine(head, tracer) { return }
    var stamps = 0
    while stamps < 2, let bracket = head.index(of: UInt8(ascii: "["), from: at) {
      at = bracket + 1
      if JSONStringsDecoder.beginsLine(head, bracket), head.isStamp(bracket) { stamps += 1 }
    }
    guard stamps == 2 else { return nil }
  }

  /// Whether a list or an object begins; printk's bracket has a number behind it.
  private static func holdsValue(_ head: Span<UInt8>, behind open: Int) -> Bool {
    var at = open + 1
    while at < head.count, Span<UInt8>.isSpace(head[at]) { at += 1 }
    guard at < head.count else { return false }
    switch head[at] {
    case 34, 39, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: "b"): return true
    default: return false
    }
  }

  /// Whether `dmesg -J` wrote it: a message has its stamp beside it, and is whole, with what it swallowed behind it.
  private static func isOfRecords(_ head: Span<UInt8>, _ first: Int) -> Bool {
    guard let key = head.index(of: "\"time\":", from: first) else { return false }
    var at = head.skipBlanks(from: key + 7, to: head.count)
    let number = at
    while at < head.count, head[at] &- 48 < 10 { at += 1 }
    return at > number && at < head.count && head[at] == UInt8(ascii: ".")
  }

  /// Whether most strings with a line's end in them end inside another one, and few begin with a line.
  private static func holdsPieces(_ head: Span<UInt8>, _ first: Int) -> Bool {
    guard head.index(of: "\\n", from: first) != nil, !isOfRecords(head, first) else { return false }
    var (broken, whole, begun, lines) = (0, 0, 0, 0)
    var at = first
    while let quote = head.index(of: 34, from: at), let end = JSONStringsDecoder.stringEnd(head, quote + 1) {
      at = end + 1
      var last: Int?
      var from = quote + 1
      while let backslash = head.index(of: 92, from: from, to: end) {
        from = backslash + 2
        guard head.has("\\n", at: backslash) else { continue }
        last = from
        if lines < 3, JSONStringsDecoder.beginsWithLine(head, from) || head.beginsEntry(from..<end) {
          lines += 1
        }
      }
      guard let last else { continue }
      if last == end { whole += 1 } else { broken += 1 }
      if JSONStringsDecoder.beginsWithLine(head, quote + 1) { begun += 1 }
    }
    return broken >= 2 && whole <= 1 + broken / 4 && begun * 2 <= broken && lines == 3
  }
}

/// A log in one line of JSON, as log stores and CI systems answer, or of Python's lists: in one string with its line ends spelled, or
/// in many strings that stand alike. Only the strings in which a kernel's lines were seen are handed out, each ended by a line end.
struct JSONStringsDecoder: FormDecoder {
  static let window = 1 << 15
  /// Bytes that tell what a string is: a key, or a kernel's text.
  private static let sniffed = 1 << 10
  /// Deeper is not counted, only walked through.
  private static let deepest = 64

  /// Where strings stand that are alike: behind a key, in a list that many in.
  private struct Slot: Equatable {
    var key: UInt64 = 0
    var index = 0
  }

  let arePieces: Bool

  private var slot = Slot()
  private var wanted: Slot?
  /// How many lists and objects there are around the strings of a list that began with a kernel's: all of it is.
  private var wantedDepth: Int?
  /// The lists and objects around: how many values stand in front in a list, -1 in an object.
  private var around: [Int] = []
  private var isInString = false
  /// What the string began with: Python has two kinds of quotes.
  private var quote: UInt8 = 34
  private var isWanted = false
  private var last: UInt8 = 10
  /// The string has had a line end.
  private var hasLineEnd = false
  /// A string of several lines has ended inside of one: it may be a piece, and the next one goes on.
  private var owesEnd = false

  init(_ strings: JSONStrings) { arePieces = strings.arePieces }

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var at = 0
    while at < input.count {
      guard let next = isInString ? readString(input, at, isAll, &output) : pass(input, at, isAll, &output)
      else {
        return at
      }
      at = next
    }
    return at
  }

  mutating func finish(into output: inout [UInt8]) {
    endString(&output)
    payEnd(&output)
  }

  private mutating func endString(_ output: inout [UInt8]) {
    if isInString, isWanted, last != 10, !arePieces {
      if hasLineEnd { owesEnd = true } else { output.append(10) }
    }
    last = 10
    isInString = false
  }

  private mutating func payEnd(_ output: inout [UInt8]) {
    if owesEnd { output.append(10) }
    owesEnd = false
  }

  /// Goes on outside of strings; nil if more must be seen.
  private mutating func pass(
    _ input: Span<UInt8>, _ at: Int, _ isAll: Bool, _ output: inout [UInt8]
  ) -> Int? {
    switch input[at] {
    case UInt8(ascii: "{"): if around.count < Self.deepest { around.append(-1) }
    case UInt8(ascii: "["): if around.count < Self.deepest { around.append(0) }
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      _ = around.popLast()
      if let depth = wantedDepth, around.count < depth { wantedDepth = nil }
    case UInt8(ascii: ","):
      if let count = around.last, count >= 0 { around[around.count - 1] = count + 1 }
    // JSON has no other ones outside of its strings.
    case 34, 39: return begin(input, at, isAll, &output)
    default: break
    }
    return at + 1
  }

  private mutating func begin(
    _ input: Span<UInt8>, _ at: Int, _ isAll: Bool, _ output: inout [UInt8]
  ) -> Int? {
    guard isAll || input.count - at > Self.sniffed else { return nil }
    let limit = min(input.count, at + Self.sniffed)
    let end = Self.stringEnd(input, at + 1, limit, input[at])
    if let end, around.last == -1 {
      var colon = end + 1
      while colon < limit, Span<UInt8>.isSpace(input[colon]) { colon += 1 }
      if colon < limit, input[colon] == UInt8(ascii: ":") {
        slot.key = input.hash(at + 1..<end)
        return colon + 1
      }
    }
    slot.index = max(0, around.last ?? 0)
    isInString = true
    quote = input[at]
    isWanted = slot == wanted || wantedDepth == around.count && around.last != -1
    if !isWanted, Self.isKernels(input, at + 1, end ?? limit) {
      isWanted = true
      wanted = slot
      if around.last == 0 { wantedDepth = around.count }
    }
    if isWanted {
      if Self.beginsWithLine(input, at + 1) { payEnd(&output) }
      hasLineEnd = owesEnd
      owesEnd = false
    }
    last = 10
    return at + 1
  }

  /// Where the string ends that begins behind a quote; nil if that is not before `limit`.
  static func stringEnd(
    _ input: Span<UInt8>, _ start: Int, _ limit: Int? = nil, _ quote: UInt8 = 34
  ) -> Int? {
    let limit = limit ?? input.count
    var at = start
    while at < limit, input[at] != quote { at += input[at] == UInt8(ascii: "\\") ? 2 : 1 }
    return at < limit ? at : nil
  }

  /// Whether a line of a kernel's log or the head of a trace begins in the string.
  private static func isKernels(_ input: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    if let tracer = input.index(of: "# tracer: ", from: start, to: end), beginsLine(input, tracer) {
      return true
    }
    var from = start
    while let bracket = input.index(of: UInt8(ascii: "["), from: from, to: end) {
      if beginsLine(input, bracket), input.isStamp(bracket) { return true }
      from = bracket + 1
    }
    return false
  }

  /// Whether a line of a string begins at `at`, or a level that stands first in one.
  static func beginsLine(_ input: Span<UInt8>, _ at: Int) -> Bool {
    let start = input.levelStart(at)
    return start > 0 && isQuote(input[start - 1]) || start > 1 && input.has("\\n", at: start - 2)
  }

  private static func isQuote(_ byte: UInt8) -> Bool { byte == 34 || byte == 39 }

  /// Whether a string that begins at `start` begins with a line, and not inside of one.
  static func beginsWithLine(_ input: Span<UInt8>, _ start: Int) -> Bool {
    guard let bracket = input.index(of: UInt8(ascii: "["), from: start, to: min(input.count, start + 6))
    else {
      return input.has("#", at: start)
    }
    return input.levelStart(bracket) == start && input.isStamp(bracket)
  }

  /// Reads in a string; nil if more must be seen.
  private mutating func readString(
    _ input: Span<UInt8>, _ start: Int, _ isAll: Bool, _ output: inout [UInt8]
  ) -> Int? {
    var at = start
    while at < input.count, input[at] != quote, input[at] != UInt8(ascii: "\\") { at += 1 }
    if at > start {
      if isWanted { output.append(input, start..<at) }
      last = input[at - 1]
      return at
    }
    if input[at] == quote {
      endString(&output)
      return at + 1
    }
    guard isAll || input.count - at >= Span<UInt8>.longestJSONEscape else { return nil }
    guard let (scalar, length) = input.spelledEscape(at) ?? input.jsonEscape(at) else { return at + 1 }
    if isWanted { output.append(scalar: scalar) }
    last = scalar == 10 ? 10 : 0
    if scalar == 10 { hasLineEnd = true }
    return at + length
  }
}
