/// A text as mail programs hand it on: its lines broken at a width, as many words in each as fit.
package enum Wrapped {
  /// `keepsBlanks`: those at which a line is broken stay at its end, as fold -s has it; else they are gone.
  package static func text(_ text: String, width: Int, keepsBlanks: Bool = false) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      rows(line, width, keepsBlanks).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// The same as a terminal shows it: broken at its last column, without the blanks that a copy leaves out.
  package static func terminal(_ text: String, columns: Int) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let line = Array(line.utf8)
      return stride(from: 0, to: max(1, line.count), by: columns).map {
        String(trimmed(Substring(String(decoding: line[$0..<min($0 + columns, line.count)], as: UTF8.self))))
      }.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private static func rows(_ line: Substring, _ width: Int, _ keepsBlanks: Bool) -> [Substring] {
    var rows: [Substring] = []
    var rest = line
    while rest.utf8.count > width {
      guard let cut = breakEnd(rest, width) else { break }
      let row = rest[..<cut]
      rows.append(keepsBlanks ? row : trimmed(row))
      rest = rest[cut...]
    }
    return rows + [rest]
  }

  /// Behind the last blanks before a word that does not fit; nil if there are none.
  private static func breakEnd(_ line: Substring, _ width: Int) -> Substring.Index? {
    var end: Substring.Index?
    var at = line.firstIndex { $0 != " " } ?? line.endIndex
    while let blank = line[at...].firstIndex(of: " ") {
      guard end == nil || line.utf8.distance(from: line.startIndex, to: blank) <= width else { break }
      at = line[blank...].firstIndex { $0 != " " } ?? line.endIndex
      guard at < line.endIndex else { break }
      end = at
    }
    return end
  }

  private static func trimmed(_ row: Substring) -> Substring {
    row.lastIndex { $0 != " " }.map { row[...$0] } ?? row
  }
}
