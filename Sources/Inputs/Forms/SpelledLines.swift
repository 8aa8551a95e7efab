import Bytes

/// A text whose line ends are spelled: what Python, C or YAML show of a string, a syslog daemon of what it was given in one piece. The
/// kernel's lines stand in it one behind the other.
struct SpelledLines {
  /// How an escape begins: a backslash, or rsyslog's `#` with three octal digits.
  let mark: UInt8

  /// So many of the kernel's lines must begin behind a spelled line end.
  private static let fewest = 3

  /// Nil if lines end as lines do, and for JSON, whose strings are read by what they are.
  init?(_ head: Span<UInt8>) {
    let first = head.skipBlanks(from: 0, to: head.count)
    guard first < head.count, head[first] != UInt8(ascii: "{"), !head.has("- {", at: first),
      !Self.isList(head, first)
    else { return nil }
    if let tracer = head.index(of: "# tracer: "),
      let end = head.index(of: 92, from: tracer, to: min(head.count, tracer + 40)),
      head.has("\\n#", at: end) || head.has("\\r\\n#", at: end)
    {
      mark = 92
      return
    }
    var (backslashes, hashes, others) = (0, 0, 0)
    var from = 0
    while let bracket = head.index(of: UInt8(ascii: "["), from: from) {
      from = bracket + 1
      guard head.isStamp(bracket) else { continue }
      let start = head.levelStart(bracket)
      if head.has("\\n", at: start - 2) {
        backslashes += 1
      } else if head.has("#012", at: start - 4) {
        hashes += 1
      } else {
        others += 1
      }
    }
    let most = max(backslashes, hashes)
    guard most >= Self.fewest, most > others else { return nil }
    mark = backslashes == most ? 92 : UInt8(ascii: "#")
  }

  /// `[{`, `["`, `[b'`: a list in JSON or Python; printk's bracket has a number behind it.
  private static func isList(_ head: Span<UInt8>, _ first: Int) -> Bool {
    guard head[first] == UInt8(ascii: "[") else { return false }
    var at = first + 1
    while at < head.count, Span<UInt8>.isSpace(head[at]) { at += 1 }
    if at < head.count, head[at] == UInt8(ascii: "b") { at += 1 }
    return at < head.count && (head[at] == UInt8(ascii: "{") || head[at] == 34 || head[at] == 39)
  }
}

/// The same with line ends, and with all else that was spelled.
struct SpelledLinesDecoder: FormDecoder {
  static let window = 1 << 15
  /// `\u001b`
  private static let longest = 6

  let lines: SpelledLines

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var at = 0
    while let mark = input.index(of: lines.mark, from: at) {
      output.append(input, at..<mark)
      guard isAll || input.count - mark >= Self.longest else { return mark }
      let escape = lines.mark == 92 ? input.spelledEscape(mark) : input.octal(mark + 1).map { ($0, 4) }
      if let (scalar, length) = escape {
        output.append(scalar: scalar)
        at = mark + length
      } else {
        output.append(lines.mark)
        at = mark + 1
      }
    }
    output.append(input, at..<input.count)
    return input.count
  }
}
