import Bytes

/// A trace that a terminal has shown: what was longer than its rows goes on in the next one, wherever that breaks it. An entry begins
/// with columns of its own, a rest does not; rows that were broken are as wide as the terminal.
struct TerminalRows {
  let columns: Int

  private static let narrowest = 40
  private static let widest = 400
  /// So many broken rows must be as wide.
  private static let fewest = 8

  /// Nil if it is no trace, or nobody has broken it.
  init?(_ head: Span<UInt8>) {
    guard let tracer = head.index(of: "# tracer: "), tracer == head.lineStart(of: tracer) else { return nil }
    var (widest, full, broken, entries) = (0, 0, 0, 0)
    var previous = 0
    var start = tracer
    while let newline = head.index(of: 10, from: start) {
      let row = Self.row(head, start..<newline)
      start = newline + 1
      defer { previous = row.count }
      if head.beginsEntry(row) || row.isEmpty || head[row.lowerBound] == UInt8(ascii: "#") {
        if !row.isEmpty { entries += 1 }
      } else {
        broken += 1
        if previous > widest { (widest, full) = (previous, 0) }
        if previous == widest { full += 1 }
      }
      // Whoever has a row that is wider was not broken there.
      if row.count > widest, full > 0 { (widest, full) = (row.count, 0) }
      guard row.count <= Self.widest else { return nil }
    }
    guard full >= Self.fewest, full * 2 >= broken, entries * 2 >= broken, widest >= Self.narrowest else {
      return nil
    }
    columns = widest
  }

  static func row(_ text: Span<UInt8>, _ line: Range<Int>) -> Range<Int> {
    !line.isEmpty && text[line.upperBound - 1] == 13 ? line.lowerBound..<line.upperBound - 1 : line
  }
}

/// Its lines as they were printed; blanks that a terminal leaves out at a row's end are put back.
struct TerminalRowsDecoder: FormDecoder {
  static let window = 1 << 16

  let columns: Int
  /// The row before, without its end, if an entry is in it: its rest may follow.
  private var width = 0
  private var isEntry = false
  private var owesEnd = false

  init(_ rows: TerminalRows) { columns = rows.columns }

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var at = 0
    while at < input.count {
      guard let newline = input.index(of: 10, from: at) ?? (isAll ? input.count : nil) else { break }
      write(input, TerminalRows.row(input, at..<newline), &output)
      owesEnd = newline < input.count
      at = newline + 1
    }
    guard at == 0, !isAll, input.count == Self.window else { return min(at, input.count) }
    // Longer than any row.
    finish(into: &output)
    output.append(input, 0..<input.count)
    isEntry = false
    return input.count
  }

  mutating func finish(into output: inout [UInt8]) {
    if owesEnd { output.append(10) }
    owesEnd = false
  }

  private mutating func write(_ input: Span<UInt8>, _ row: Range<Int>, _ output: inout [UInt8]) {
    let begins = input.beginsEntry(row)
    if !begins, isEntry, width <= columns, Self.mayBeRest(input, row) {
      output.append(contentsOf: repeatElement(32, count: columns - width))
    } else {
      finish(into: &output)
      isEntry = begins
    }
    output.append(input, row)
    width = row.count
  }
  /// No comment, and no rule that function_graph draws where a CPU goes on with another task.
  private static func mayBeRest(_ input: Span<UInt8>, _ row: Range<Int>) -> Bool {
    let first = input.skipBlanks(from: row.lowerBound, to: row.upperBound)
    return !row.isEmpty && input[row.lowerBound] != UInt8(ascii: "#") && !input.has("-----", at: first)
  }
}
