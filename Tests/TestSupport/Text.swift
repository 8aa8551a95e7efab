/// Calls `body` with the bytes of `text`. A `Span` cannot stand inside #expect, so results come out first.
package func withBytes<R>(_ text: String, _ body: (Span<UInt8>) throws -> R) rethrows -> R {
  let bytes = Array(text.utf8)
  return try body(bytes.span)
}

extension String {
  /// The bytes of `range` as text: what a parser's range points at.
  package func slice(_ range: Range<Int>) -> String {
    String(decoding: Array(utf8)[range], as: UTF8.self)
  }
}

/// A row of a table test: its name and its line.
package struct Row<Expected: Sendable>: Sendable, CustomStringConvertible {
  package var name: String
  package var line: String
  package var expected: Expected
  package init(_ name: String, _ line: String, _ expected: Expected) {
    self.name = name
    self.line = line
    self.expected = expected
  }
  package var description: String { name }
}
