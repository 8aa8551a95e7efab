import Bytes

/// A text whose lines were broken at a last column by something that says so: a backslash there (Emacs in a terminal, `sed -n l`), or
/// no number where each line has one (bat, `less -N`, vim).
enum BrokenRows {
  /// Rows that go on end with a backslash, in this column; in any one (0) where all others end with a dollar, as `sed -n l` has it.
  case marked(columns: Int)
  /// Where the numbers end; what stands behind them, in rows without one, too; and where rows were broken.
  case numbered(end: Int, separator: [UInt8], columns: Int)

  /// So many rows must be broken, and so many of the kernel's lines, or a trace's head, must begin.
  private static let fewestRests = 2
  private static let fewestLines = 2
  /// Below, words are broken, not lines.
  private static let narrowest = 40

  /// Nil if nobody has broken it, or nothing says so.
  init?(_ head: Span<UInt8>) {
    guard let rows = Self.marked(head) ?? Self.numbered(head) else { return nil }
    self = rows
  }

  /// The widest rows end with a backslash, all of them; narrower ones may have one of their own.
  private static func marked(_ head: Span<UInt8>) -> BrokenRows? {
    // Hardly a text has one at all.
    guard let first = head.index(of: 92),
      head.index(of: "\\\n", from: first) ?? head.index(of: "\\\r\n", from: first) != nil
    else { return nil }
    var (columns, rests, others, lines, start) = (0, 0, 0, 0, 0)
    var (backslashes, dollars, isListed) = (0, 0, true)
    while let end = head.index(of: 10, from: start) {
      let row = TerminalRows.row(head, start..<end)
      start = end + 1
      lines += head.kernelLines(in: row, stampWithin: 64, enough: fewestLines)
      let width = head.width(row)
      if width > columns { (columns, rests, others) = (width, 0, 0) }
      guard !row.isEmpty else { continue }
      let isMarked = head[row.upperBound - 1] == UInt8(ascii: "\\")
      backslashes += isMarked ? 1 : 0
      dollars += head[row.upperBound - 1] == UInt8(ascii: "$") ? 1 : 0
      isListed = isListed && (isMarked || head[row.upperBound - 1] == UInt8(ascii: "$"))
      guard width == columns else { continue }
      if isMarked { rests += 1 } else { others += 1 }
    }
    if isListed, backslashes >= fewestRests, dollars >= fewestRests, lines >= fewestLines {
      return .marked(columns: 0)
    }
    return columns >= narrowest && rests >= fewestRests && others == 0 && lines >= fewestLines
      ? .marked(columns: columns) : nil
  }

  /// Numbers that count rows and stand in one column; rows without one have blanks there.
  private static func numbered(_ head: Span<UInt8>) -> BrokenRows? {
    var (last, end, columns, rests, lines, start) = (Int64(-1), 0, 0, 0, 0, 0)
    var separator: [UInt8] = []
    var width = 0
    while let newline = head.index(of: 10, from: start) {
      let row = TerminalRows.row(head, start..<newline)
      start = newline + 1
      let first = head.skipBlanks(from: row.lowerBound, to: row.upperBound)
      let digits = head.digitsEnd(from: first, to: row.upperBound)
      if digits > first, let number = head.decimal(first..<digits),
        last < 0 || number == last + 1 && digits - row.lowerBound == end
      {
        if last < 0 {
          end = digits - row.lowerBound
          separator = Self.separator(head, digits, row)
        }
        guard head.has(separator, at: digits) else { return nil }
        last = number
        lines += head.kernelLines(in: digits..<row.upperBound, stampWithin: 64, enough: fewestLines)
        width = head.width(row)
      } else if last >= 0 {
        guard Self.isRest(head, row, end, separator) else { return nil }
        // What goes on had no room: every such row is as wide, but for blanks at its end.
        columns = max(columns, width)
        rests += 1
        width = head.width(row)
      } else if rests == 0, row.count > 0, start > 512 {
        return nil
      }
    }
    guard columns >= narrowest, rests >= fewestRests, lines >= fewestLines else { return nil }
    return .numbered(end: end, separator: separator, columns: columns)
  }

  /// What stands between a number and the line: a bar with blanks around it, or a blank.
  private static func separator(_ head: Span<UInt8>, _ digits: Int, _ row: Range<Int>) -> [UInt8] {
    let next = head.skipBlanks(from: digits, to: min(row.upperBound, digits + 5))
    let bar = head.has("\u{2502}", at: next) ? 3 : head.has("|", at: next) ? 1 : 0
    let end = bar > 0 ? next + bar : digits
    return head.extracting(digits..<min(row.upperBound, end + 1)).array
  }

  /// Whether a row has blanks in place of a number.
  static func isRest(_ text: Span<UInt8>, _ row: Range<Int>, _ end: Int, _ separator: [UInt8]) -> Bool {
    text.skipBlanks(from: row.lowerBound, to: row.upperBound) >= row.lowerBound + end
      && text.has(separator, at: row.lowerBound + end)
      && row.upperBound > row.lowerBound + end + separator.count
  }
}

/// Its lines as they were. Where rows were put together empty lines follow, so that lines keep their numbers.
struct BrokenRowsDecoder: FormDecoder {
  static let window = 1 << 16

  private let rows: BrokenRows
  /// Line ends that are owed, and how wide the row in front of them is.
  private var owed = 0
  private var width = 0

  init(_ rows: BrokenRows) { self.rows = rows }

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var at = 0
    while at < input.count {
      guard let newline = input.index(of: 10, from: at) ?? (isAll ? input.count : nil) else { break }
      write(input, TerminalRows.row(input, at..<newline), &output)
      if newline < input.count { owed += 1 }
      at = newline + 1
    }
    guard at == 0, !isAll, input.count == Self.window else { return min(at, input.count) }
    // Longer than any row.
    payEnds(&output)
    output.append(input, 0..<input.count)
    return input.count
  }

  mutating func finish(into output: inout [UInt8]) { payEnds(&output) }

  private mutating func payEnds(_ output: inout [UInt8]) {
    output.append(contentsOf: repeatElement(10, count: owed))
    owed = 0
    width = 0
  }

  private mutating func write(_ input: Span<UInt8>, _ row: Range<Int>, _ output: inout [UInt8]) {
    switch rows {
    case .marked(let columns):
      if width == 0 { payEnds(&output) }
      let goesOn =
        !row.isEmpty && input[row.upperBound - 1] == UInt8(ascii: "\\")
        && (columns == 0 || input.width(row) == columns)
      output.append(input, row.lowerBound..<(goesOn ? row.upperBound - 1 : row.upperBound))
      width = goesOn ? 1 : 0
    case .numbered(let end, let separator, let columns):
      if owed > 0, width > 0, width <= columns, BrokenRows.isRest(input, row, end, separator) {
        // A terminal leaves out blanks at a row's end.
        output.append(contentsOf: repeatElement(32, count: columns - width))
        output.append(input, row.lowerBound + end + separator.count..<row.upperBound)
      } else {
        payEnds(&output)
        output.append(input, row)
      }
      width = input.width(row)
    }
  }
}

extension Span where Element == UInt8 {
  /// Characters in a range of UTF-8.
  fileprivate func width(_ range: Range<Int>) -> Int {
    range.reduce(0) { $0 + (self[$1] & 0xc0 == 0x80 ? 0 : 1) }
  }

  /// Whether `bytes` stand at `at`.
  fileprivate func has(_ bytes: [UInt8], at position: Int) -> Bool {
    count - position >= bytes.count && bytes.indices.allSatisfy { self[position + $0] == bytes[$0] }
  }
}
