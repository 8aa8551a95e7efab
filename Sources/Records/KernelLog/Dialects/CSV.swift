import Bytes

extension LogEnvelope {
  /// A row of a table with quoted fields, as log stores export it: `2026-…,"[   12.3] foo ""x"""`, `12;"…"`. The field that
  /// holds the kernel's line; once one was found, that column.
  static let csv = LogEnvelope(.csv, begins: "\"" + LogDialect.digits + LogDialect.letters) {
    line, at, state in
    // Looked for in lines of any kind: a quoted field at either end tells most others apart at once.
    let quote = UInt8(ascii: "\"")
    let isOpening = state.csv.begins()
    let mayBe =
      line[at] == quote || line[line.count - 1] == quote || isOpening || state.csv.column != nil
      || line[at] &- 48 < 10 && line.index(of: quote, from: at) != nil
    guard mayBe, let row = CSVRow(line, line.trimmed(at..<line.count), state.csv.separator) else {
      return false
    }
    if isOpening, state.csv.takeHeader(line, row) { return false }
    // A row of another length is no row of this table, or its commas are a message's.
    let column = row.fields.count == state.csv.count ? state.csv.column : nil
    guard row.isQuoted || column != nil else { return false }
    for (index, field) in row.fields.enumerated() where field.isQuoted || index == column {
      state.text.removeAll(keepingCapacity: true)
      row.unescape(line, field, &state.text)
      guard index == column || Told.isKernels(state.text.span) else { continue }
      state.csv.found(index, row)
      state.isAnybodys = true
      if !state.text.isEmpty { state.add(LogPrefix()) }
      return true
    }
    return false
  }
}

/// What the rows before said of the table.
struct CSVState {
  private(set) var column: Int?
  private(set) var count = 0
  private(set) var separator: UInt8?
  private var hasBegun = false

  /// True once: for the first line that may be a row.
  fileprivate mutating func begins() -> Bool {
    defer { hasBegun = true }
    return !hasBegun
  }

  fileprivate mutating func found(_ column: Int, _ row: CSVRow) {
    self.column = column
    count = row.fields.count
    separator = row.separator
  }

  /// The first row may name the columns; true if it does.
  fileprivate mutating func takeHeader(_ line: Span<UInt8>, _ row: CSVRow) -> Bool {
    guard row.fields.count > 1 else { return false }
    for name: StaticString in [
      "message", "msg", "log", "line", "text", "_raw", "MESSAGE", "Message", "textPayload",
    ] {
      for (index, field) in row.fields.enumerated() where line.equals(field.range, name) {
        found(index, row)
        return true
      }
    }
    return false
  }
}

/// One row, taken apart at the first of `,` `;` and tab that stands beside a quoted field, or at the table's.
private struct CSVRow {
  struct Field {
    /// Between the quotes, where there are some.
    var range: Range<Int>
    var isQuoted: Bool
  }
  private(set) var fields: [Field] = []
  let separator: UInt8
  var isQuoted: Bool { fields.contains { $0.isQuoted } }

  /// A log store's rows have fewer.
  private static let most = 64

  init?(_ line: Span<UInt8>, _ range: Range<Int>, _ known: UInt8?) {
    guard let separator = known ?? Self.separator(line, range) else { return nil }
    self.separator = separator
    var at = range.lowerBound
    while fields.count < Self.most {
      let start = line.skipBlanks(from: at, to: separator == 9 ? at : range.upperBound)
      if start < range.upperBound, line[start] == UInt8(ascii: "\"") {
        let end = Self.quoteEnd(line, start + 1, range.upperBound)
        fields.append(Field(range: start + 1..<end, isQuoted: true))
        at =
          end < range.upperBound
          ? line.skipBlanks(from: end + 1, to: separator == 9 ? 0 : range.upperBound) : end
        // Behind a closing quote nothing but a separator can stand in a row.
        guard at >= range.upperBound || line[at] == separator else { return nil }
      } else {
        let end = line.index(of: separator, from: at, to: range.upperBound) ?? range.upperBound
        fields.append(Field(range: at..<end, isQuoted: false))
        at = end
      }
      guard at < range.upperBound else { return }
      at += 1
    }
    return nil
  }

  func unescape(_ line: Span<UInt8>, _ field: Field, _ text: inout [UInt8]) {
    var at = field.range.lowerBound
    while at < field.range.upperBound {
      text.append(line[at])
      let isDoubled =
        field.isQuoted && line[at] == UInt8(ascii: "\"")
        && line.has("\"", at: at + 1, before: field.range.upperBound)
      at += isDoubled ? 2 : 1
    }
  }

  private static func separator(_ line: Span<UInt8>, _ range: Range<Int>) -> UInt8? {
    if line[range.lowerBound] == UInt8(ascii: "\"") {
      let end = quoteEnd(line, range.lowerBound + 1, range.upperBound)
      guard end + 1 < range.upperBound else { return end + 1 == range.upperBound ? UInt8(ascii: ",") : nil }
      let next = line.skipBlanks(from: end + 1, to: range.upperBound)
      return next < range.upperBound && isSeparator(line[next]) ? line[next] : line[end + 1] == 9 ? 9 : nil
    }
    var from = range.lowerBound
    while let quote = line.index(of: UInt8(ascii: "\""), from: from, to: range.upperBound) {
      var before = quote
      while before > range.lowerBound, line[before - 1] == 32 { before -= 1 }
      if before > range.lowerBound, isSeparator(line[before - 1]) { return line[before - 1] }
      from = quote + 1
    }
    // A row of names has no quotes.
    return line.index(of: UInt8(ascii: ","), from: range.lowerBound, to: range.upperBound) == nil
      ? nil : UInt8(ascii: ",")
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") || byte == 9
  }

  /// The closing quote: one that is not doubled. In a cut line the end.
  private static func quoteEnd(_ line: Span<UInt8>, _ start: Int, _ limit: Int) -> Int {
    var at = start
    while let quote = line.index(of: UInt8(ascii: "\""), from: at, to: limit) {
      guard line.has("\"", at: quote + 1, before: limit) else { return quote }
      at = quote + 2
    }
    return limit
  }
}
