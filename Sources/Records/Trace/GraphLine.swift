// One line of the function_graph tracer. Columns come and go with the tracer's options and `trace_pipe` prints
// no header, so the columns are told apart by what is in them.
import Bytes

/// A line of function_graph text. Ranges are into the line.
package struct GraphLine: Sendable {
  /// Which of the tracer's lines it is.
  package enum What: Sendable {
    /// `name(args) {`
    case open
    /// `name(args);`, with its duration in nanoseconds where the column is there
    case leaf
    /// `}` or `} /* name */`
    case close
    /// `/* event: fields */`
    case comment
    /// ` 0)  comm-pid  =>  comm-pid`: the CPU goes on with another task
    case switched
  }
  /// A line that fits none is no `GraphLine`.
  package var what: What
  /// Nanoseconds, of the absolute time column; nil without that.
  package var time: Int64?
  /// -1 without the column.
  package var cpu: Int32 = -1
  /// The task's name; empty without the column.
  package var task: Range<Int> = 0..<0
  /// -1 without the column.
  package var tid: Int32 = -1
  /// Nanoseconds, as the tracer measured them; nil where the column is empty.
  package var duration: Int64?
  /// Columns of indentation: two a level, and two behind the last bar.
  package var indent = 0
  /// The blanks behind the last bar are fewer than the tracer prints: who handed the text on has squeezed them.
  package var lacksIndent = false
  /// The function, or the name that a closing line gives; empty if there is none.
  package var symbol: Range<Int> = 0..<0
  /// Between the parentheses; empty if the tracer does not print any.
  package var arguments: Range<Int> = 0..<0
  /// Of funcgraph-retval; nil without it.
  package var result: Int64?
  /// `<-caller+0x1/0x2` of funcgraph-retaddr.
  package var caller: Range<Int> = 0..<0
  /// The text of a comment, without `/*` and `*/`.
  package var comment: Range<Int> = 0..<0

  /// Nil if the line is none of the tracer's.
  package static func parse(_ line: Span<UInt8>) -> GraphLine? {
    var result = GraphLine(what: .close)
    var at = line.skipBlanks(from: 0, to: line.count)
    let textEnd = line.trimmed(0..<line.count).upperBound
    at = abstime(line, at, textEnd, &result)
    var hasColumn = result.time != nil
    let digits = line.digitsEnd(from: at, to: textEnd)
    if digits > at, digits < textEnd, line[digits] == UInt8(ascii: ")") {
      guard let cpu = TraceHeader.cpu(line, at..<digits) else { return nil }
      result.cpu = cpu
      at = digits + 1
      hasColumn = true
      if let next = switched(line, at, textEnd, result) { return next }
    }
    at = columns(line, at, textEnd, &result, &hasColumn)
    return body(line, at, textEnd, &result, hasColumn) ? result : nil
  }

  /// Whether a line that begins at `start` of a run has a number and a bar, as the lines have that tell their CPU or time.
  static func mayBegin(_ text: Span<UInt8>, at start: Int) -> Bool {
    let end = min(text.count, start + 64)
    let first = text.skipBlanks(from: start, to: end)
    guard first < end, text[first] &- 48 < 10,
      let bar = text.index(of: UInt8(ascii: "|"), from: first, to: end)
    else { return false }
    return text.index(of: 10, from: first, to: bar) == nil
  }

  /// Whether a call ends inside its arguments.
  static func isChopped(_ line: Span<UInt8>) -> Bool {
    guard mayBegin(line, at: 0), let open = line.index(of: UInt8(ascii: "(")) else { return false }
    return line.index(of: UInt8(ascii: ")"), from: open) == nil
  }

  /// `   83.161606 |`
  private static func abstime(_ line: Span<UInt8>, _ start: Int, _ end: Int, _ into: inout GraphLine) -> Int {
    var at = start
    while at < end, line[at] &- 48 < 10 || line[at] == UInt8(ascii: ".") { at += 1 }
    let bar = line.skipBlanks(from: at, to: end)
    guard bar < end, line[bar] == UInt8(ascii: "|"), let time = line.seconds(start..<at) else { return start }
    into.time = time
    return line.skipBlanks(from: bar + 1, to: end)
  }

  /// Task, flags and duration columns: each ends in `|`. What is none of them is already the function.
  private static func columns(
    _ line: Span<UInt8>, _ start: Int, _ end: Int, _ into: inout GraphLine, _ hasColumn: inout Bool
  ) -> Int {
    var at = start
    while let bar = line.index(of: UInt8(ascii: "|"), from: at, to: min(end, at + 48)) {
      let cell = line.trimmed(at..<bar)
      if cell.isEmpty || isFlags(line, cell) {
        hasColumn = true
      } else if let duration = duration(line, cell) {
        into.duration = duration
        hasColumn = true
      } else if let owner = taskCell(line, cell) {
        into.task = owner.name
        into.tid = owner.tid
        hasColumn = true
      } else {
        break
      }
      at = bar + 1
    }
    return at
  }

  /// Eleven days; more is a damaged number.
  private static let longestMicros: Int64 = 1_000_000_000_000

  /// `! 136.922 us`, `# 7789.846 us`, `0.651 us` as nanoseconds; from a second on the kernel prints no decimals
  /// (`$ 1457015 us`).
  static func duration(_ line: Span<UInt8>, _ cell: Range<Int>) -> Int64? {
    guard line.ends(cell, with: " us") else { return nil }
    var low = cell.lowerBound
    if [33, 35, 36, 42, 43, 64].contains(line[low]) { low += 1 }
    let number = line.trimmed(low..<cell.upperBound - 3)
    if let value = line.seconds(number) { return value / 1_000_000 }
    guard let micros = line.decimal(number), (0...Self.longestMicros).contains(micros) else { return nil }
    return micros * 1000
  }

  private static func isFlags(_ line: Span<UInt8>, _ cell: Range<Int>) -> Bool {
    guard (4...5).contains(cell.count) else { return false }
    for at in cell {
      switch line[at] {
      case 46, 48...57, 66, 68, 72, 76, 78, 90, 98, 100, 104, 108, 110, 112, 115, 122: continue
      default: return false
      }
    }
    return true
  }

  private static func taskCell(_ line: Span<UInt8>, _ cell: Range<Int>) -> (name: Range<Int>, tid: Int32)? {
    var low = cell.upperBound
    while low > cell.lowerBound, line[low - 1] &- 48 < 10 { low -= 1 }
    guard low < cell.upperBound, low > cell.lowerBound, line[low - 1] == UInt8(ascii: "-"),
      let tid = line.decimal(low..<cell.upperBound)
    else { return nil }
    return (cell.lowerBound..<low - 1, Int32(truncatingIfNeeded: tid))
  }

  /// ` 0)   rcu_pre-15   =>    <idle>-0   `
  private static func switched(_ line: Span<UInt8>, _ start: Int, _ end: Int, _ head: GraphLine) -> GraphLine?
  {
    guard let arrow = line.index(of: "=>", from: start, to: end),
      taskCell(line, line.trimmed(start..<arrow)) != nil,
      let next = taskCell(line, line.trimmed(arrow + 2..<end))
    else { return nil }
    var result = head
    result.what = .switched
    result.task = next.name
    result.tid = next.tid
    return result
  }

  /// The function column. `strict` texts (no column before it) must look like a call to be taken for one.
  static func body(
    _ line: Span<UInt8>, _ start: Int, _ end: Int, _ into: inout GraphLine, _ hasColumn: Bool
  ) -> Bool {
    let at = line.skipBlanks(from: start, to: end)
    guard at < end else { return false }
    into.indent = width(line, start..<at)
    into.lacksIndent = start > 0 && line[start - 1] == UInt8(ascii: "|") && into.indent < 2
    switch line[at] {
    case UInt8(ascii: "}"): return close(line, at, end, &into, hasColumn)
    case UInt8(ascii: "/"):
      guard line.has("/* ", at: at, before: end) else { return false }
      into.what = .comment
      into.comment = line.trimmed(at + 3..<commentEnd(line, at..<end))
      return hasColumn
    default: return call(line, at, end, &into)
    }
  }

  /// Where a comment's text ends. A table's next column, a quote or a mark may stand behind the comment.
  private static func commentEnd(_ line: Span<UInt8>, _ comment: Range<Int>) -> Int {
    if line.ends(comment, with: "*/") { return comment.upperBound - 2 }
    var end = comment.upperBound
    var from = comment.lowerBound + 3
    while let close = line.index(of: " */", from: from, to: comment.upperBound) {
      end = close
      from = close + 3
    }
    return end
  }

  /// How wide blanks are: unexpand makes tabs of them, for every eighth column.
  private static func width(_ line: Span<UInt8>, _ blanks: Range<Int>) -> Int {
    guard line.index(of: 9, from: blanks.lowerBound, to: blanks.upperBound) != nil else {
      return blanks.count
    }
    var column = 0
    var begin = 0
    for at in 0..<blanks.upperBound {
      if at == blanks.lowerBound { begin = column }
      column = line[at] == 9 ? (column / 8 + 1) * 8 : column + 1
    }
    return column - begin
  }

  private static func close(
    _ line: Span<UInt8>, _ at: Int, _ end: Int, _ into: inout GraphLine, _ hasColumn: Bool
  ) -> Bool {
    into.what = .close
    guard let open = line.index(of: "/* ", from: at, to: end) else { return at + 1 == end && hasColumn }
    let nameEnd = Symbol.end(line, open + 3, end)
    into.symbol = open + 3..<nameEnd
    into.result = returned(line, nameEnd, end)
    return true
  }

  private static func call(_ line: Span<UInt8>, _ at: Int, _ end: Int, _ into: inout GraphLine) -> Bool {
    let nameEnd = Symbol.end(line, at, end)
    // `foo [module](args) {`: the module stands between the name and the arguments.
    guard nameEnd > at, nameEnd < end,
      line[nameEnd] == UInt8(ascii: "(") || line.has(" [", at: nameEnd, before: end)
    else { return false }
    into.symbol = at..<nameEnd
    guard let paren = line.index(of: UInt8(ascii: "("), from: nameEnd, to: end) else { return false }
    let tail = line.index(of: ") {", from: paren, to: end) ?? line.index(of: ");", from: paren, to: end)
    guard let tail else { return false }
    into.arguments = paren + 1..<tail
    into.what = line.has(") {", at: tail, before: end) ? .open : .leaf
    if let remark = line.index(of: "/* ", from: tail, to: end) {
      if line.has("<-", at: remark + 3, before: end) {
        into.caller = remark + 5..<Symbol.end(line, remark + 5, end)
      }
      into.result = returned(line, remark + 3, end)
    }
    return true
  }

  /// `ret=-19`, `= -22`, `= 0xfffffdfb` (6.12 and 7.3 spellings; hex is the 32- or 64-bit form of the same).
  private static func returned(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    let value: Int
    if let key = line.index(of: "ret=", from: start, to: end) {
      value = key + 4
    } else if let key = line.index(of: "= ", from: start, to: end) {
      value = key + 2
    } else {
      return nil
    }
    var stop = value
    while stop < end, line[stop] != 32 { stop += 1 }
    return ReturnValue.parse(line, value..<stop)
  }

}

/// Return values as the tracers spell them.
package enum ReturnValue {
  /// Signed decimal, or hex or unsigned decimal of 32 or 64 bits (`0xfffffdfb` and `4294966779` are -517).
  package static func parse(_ line: Span<UInt8>, _ range: Range<Int>) -> Int64? {
    if line.has("0x", at: range.lowerBound, before: range.upperBound) {
      return line.hexadecimal(range).map(signed)
    }
    if let value = line.decimal(range) { return value < 0 ? value : signed(UInt64(value)) }
    guard (19...20).contains(range.count) else { return nil }
    return UInt64(line.string(range)).map(signed)
  }

  /// A value without its sign: 32 bits if it fits in them, else 64.
  package static func signed(_ value: UInt64) -> Int64 {
    value <= UInt64(UInt32.max) ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
  }
}
