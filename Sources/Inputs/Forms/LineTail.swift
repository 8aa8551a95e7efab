import Bytes

/// What stands behind every line of a text and is no line's own: the end of what was opened left of it (a quote, an element, a
/// column), or the mark that `cat -A` and pages put at a line's end.
struct LineTail {
  let bytes: [UInt8]
  /// Blanks in front of it fill a table's column.
  let isPadded: Bool

  /// So many lines must say the same.
  private static let fewestLines = 8
  /// Lines at the beginning that may be others: a list's bracket, an element around all.
  private static let mostOthers = 3
  private static let longest = 64

  /// Nil if lines end as they like.
  init?(_ head: Span<UInt8>) {
    var common: Range<Int>?
    var lines = 0
    var skipped = 0
    var opening: UInt8?
    var bars = 0
    // Of the first bar in each line, as long as it stands in one.
    var column: Int?
    var start = 0
    while let newline = head.index(of: 10, from: start) {
      let end = newline > start && head[newline - 1] == 13 ? newline - 1 : newline
      let line = start..<end
      start = newline + 1
      if line.isEmpty { continue }
      if skipped < Self.mostOthers {
        skipped += 1
        continue
      }
      lines += 1
      if Self.beginsWithBar(head, line) { bars += 1 }
      let bar = head.index(of: UInt8(ascii: "|"), from: line.lowerBound, to: end).map { $0 - line.lowerBound }
      if lines == 1 || column != bar { column = lines == 1 ? bar : nil }
      if opening == nil { opening = Self.opening(head, line) }
      let all = common ?? max(line.lowerBound, end - Self.longest)..<end
      var length = 0
      while length < min(all.count, line.count),
        head[all.upperBound - 1 - length] == head[end - 1 - length]
      {
        length += 1
      }
      if length == 0 { return nil }
      common = all.upperBound - length..<all.upperBound
    }
    guard lines >= Self.fewestLines, let common else { return nil }
    let bar = bars == lines || column != nil ? Self.bar(head, common, isInTable: bars == lines) : nil
    guard let tail = bar ?? Self.tail(head, common, opening) else { return nil }
    bytes = head.extracting(tail).array
    isPadded = bar != nil
  }

  /// `| 12 | [    2.360729] toy |`: a table of MySQL, SQLite or Markdown.
  private static func beginsWithBar(_ head: Span<UInt8>, _ line: Range<Int>) -> Bool {
    let first = head.skipBlanks(from: line.lowerBound, to: line.upperBound)
    return head.has("|", at: first) || head.has("\u{2502}", at: first)
  }

  /// The bar that ends a table's row, or psql's mark of a cell that goes on in the next row.
  private static func bar(_ head: Span<UInt8>, _ common: Range<Int>, isInTable: Bool) -> Range<Int>? {
    let end = head.trimmed(common).upperBound
    for bar: StaticString in isInTable ? ["|", "\u{2502}"] : [" +"]
    where head.ends(common.lowerBound..<end, with: bar) {
      return end - bar.utf8CodeUnitCount..<common.upperBound
    }
    return nil
  }

  /// The byte left of a line's stamp, 0 where a reader of objects or tables knows what follows; nil if the line has none, or
  /// begins with it.
  private static func opening(_ head: Span<UInt8>, _ line: Range<Int>) -> UInt8? {
    var from = line.lowerBound
    while let bracket = head.index(of: 91, from: from, to: line.upperBound) {
      if bracket > line.lowerBound, head.isStamp(bracket) {
        let isObject = head.index(of: UInt8(ascii: "{"), from: line.lowerBound, to: bracket) != nil
        return isObject || isField(head, line, bracket - 1) ? 0 : head[bracket - 1]
      }
      from = bracket + 1
    }
    return nil
  }

  /// Whether the quote at `quote` begins a field of a table.
  private static func isField(_ head: Span<UInt8>, _ line: Range<Int>, _ quote: Int) -> Bool {
    guard head[quote] == UInt8(ascii: "\"") else { return false }
    guard quote > line.lowerBound else { return true }
    let before = head[quote - 1]
    return before == UInt8(ascii: ",") || before == UInt8(ascii: ";") || before == 9
  }

  /// What lines end with that were shown, not printed: colours whose escape is spelled or lost come last.
  private static let marks: [StaticString] = [
    "^M$", "$", "^M", "<br>", "<br/>", "<br />", "\\r\\n", "\\n", "\\r", "\\par", "\\", "#033[0m", "#033[m",
    "\\x1b[0m", "\\x1b[m", "\\033[0m", "\\e[0m", "\\u001b[0m", "^[[0m", "^[[m", "[0m", "[m",
  ]

  /// What of the common end is no line's own.
  private static func tail(_ head: Span<UInt8>, _ common: Range<Int>, _ opening: UInt8?) -> Range<Int>? {
    let mark = head.trimmed(common)
    // A colour's own escape is taken off each line.
    for text: StaticString in marks
    where head.ends(mark, with: text)
      && (mark.count == text.utf8CodeUnitCount || head[mark.upperBound - text.utf8CodeUnitCount - 1] != 27)
    {
      return mark.upperBound - text.utf8CodeUnitCount..<common.upperBound
    }
    func from(_ text: StaticString) -> Range<Int>? {
      head.index(of: text, from: common.lowerBound, to: common.upperBound).map { $0..<common.upperBound }
    }
    switch opening {
    case UInt8(ascii: "\""): return from("\"")
    case UInt8(ascii: "'"): return from("'")
    case UInt8(ascii: ","): return from(",")
    case UInt8(ascii: ";"): return from(";")
    case 9: return from("\t")
    case UInt8(ascii: ">"): return from("</")
    // `<![CDATA[`
    case UInt8(ascii: "["): return from("]]>")
    default: return nil
    }
  }
}

/// A text without what stands behind each of its lines.
struct LineTailDecoder: FormDecoder {
  static let window = 1 << 16

  let tail: LineTail

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var at = 0
    while let newline = input.index(of: 10, from: at) {
      write(input, at..<newline, &output)
      output.append(10)
      at = newline + 1
    }
    if isAll {
      write(input, at..<input.count, &output)
      return input.count
    }
    guard at == 0, input.count == Self.window else { return at }
    // A line without an end: only the last bytes may be what is taken off.
    let sure = input.count - tail.bytes.count - 1
    output.append(input, 0..<sure)
    return sure
  }

  private func write(_ input: Span<UInt8>, _ line: Range<Int>, _ output: inout [UInt8]) {
    var end = line.upperBound
    if end > line.lowerBound, input[end - 1] == 13 { end -= 1 }
    let start = end - tail.bytes.count
    if start >= line.lowerBound, tail.bytes.indices.allSatisfy({ input[start + $0] == tail.bytes[$0] }) {
      end = start
      while tail.isPadded, end > line.lowerBound, input[end - 1] == 32 { end -= 1 }
    }
    output.append(input, line.lowerBound..<end)
  }
}
