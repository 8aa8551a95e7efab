import Bytes

/// A log in one line of JSON, as log stores and CI systems answer: in one string with its line ends spelled, or in many strings
/// that stand alike. Only the strings in which a kernel's lines were seen are handed out, each ended by a line end.
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

  private var slot = Slot()
  private var wanted: Slot?
  /// The lists and objects around: how many values stand in front in a list, -1 in an object.
  private var around: [Int] = []
  private var isInString = false
  private var isWanted = false
  private var last: UInt8 = 10
  /// The string has had a line end.
  private var hasLineEnd = false
  /// A string of several lines has ended inside of one: it may be a piece, and the next one goes on.
  private var owesEnd = false

  /// Whether a document is one line of JSON in whose strings a kernel's lines stand, several of them.
  static func isOne(_ head: Span<UInt8>) -> Bool {
    var at = 0
    while at < head.count, Span<UInt8>.isSpace(head[at]) { at += 1 }
    guard at + 1 < head.count, head[at] == UInt8(ascii: "{") || head[at] == UInt8(ascii: "[") else {
      return false
    }
    var end = head.count
    while Span<UInt8>.isSpace(head[end - 1]) { end -= 1 }
    guard head.index(of: 10, from: at, to: end) == nil else { return false }
    if let tracer = head.index(of: "# tracer: "), beginsLine(head, tracer) { return true }
    var stamps = 0
    while stamps < 2, let bracket = head.index(of: UInt8(ascii: "["), from: at) {
      at = bracket + 1
      if beginsLine(head, bracket), head.isStamp(bracket) { stamps += 1 }
    }
    return stamps == 2
  }

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
    if isInString, isWanted, last != 10 {
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
    case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = around.popLast()
    case UInt8(ascii: ","):
      if let count = around.last, count >= 0 { around[around.count - 1] = count + 1 }
    case UInt8(ascii: "\""): return begin(input, at, isAll, &output)
    default: break
    }
    return at + 1
  }

  private mutating func begin(
    _ input: Span<UInt8>, _ at: Int, _ isAll: Bool, _ output: inout [UInt8]
  ) -> Int? {
    guard isAll || input.count - at > Self.sniffed else { return nil }
    let limit = min(input.count, at + Self.sniffed)
    let end = Self.stringEnd(input, at + 1, limit)
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
    isWanted = slot == wanted
    if !isWanted, Self.isKernels(input, at + 1, end ?? limit) {
      isWanted = true
      wanted = slot
    }
    if isWanted {
      if Self.beginsWithLine(input, at + 1) { payEnd(&output) }
      hasLineEnd = owesEnd
      owesEnd = false
    }
    last = 10
    return at + 1
  }

  private static func stringEnd(_ input: Span<UInt8>, _ start: Int, _ limit: Int) -> Int? {
    var at = start
    while at < limit, input[at] != UInt8(ascii: "\"") { at += input[at] == UInt8(ascii: "\\") ? 2 : 1 }
    return at < limit ? at : nil
  }

  /// Whether a line of a kernel's log or the head of a trace begins in the string.
  private static func isKernels(_ input: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    if input.has("# tracer: ", at: start) { return true }
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
    return start > 0 && input[start - 1] == UInt8(ascii: "\"") || start > 1 && input.has("\\n", at: start - 2)
  }

  /// Whether a string that begins at `start` begins with a line, and not inside of one.
  private static func beginsWithLine(_ input: Span<UInt8>, _ start: Int) -> Bool {
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
    while at < input.count, input[at] != UInt8(ascii: "\""), input[at] != UInt8(ascii: "\\") { at += 1 }
    if at > start {
      if isWanted { output.append(input, start..<at) }
      last = input[at - 1]
      return at
    }
    if input[at] == UInt8(ascii: "\"") {
      endString(&output)
      return at + 1
    }
    guard isAll || input.count - at >= Span<UInt8>.longestJSONEscape else { return nil }
    guard let (scalar, length) = input.jsonEscape(at) else { return at + 1 }
    if isWanted { output.append(scalar: scalar) }
    last = scalar == 10 ? 10 : 0
    if scalar == 10 { hasLineEnd = true }
    return at + length
  }
}
