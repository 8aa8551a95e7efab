/// Calls `body` with the bytes of `text`. A `Span` cannot stand inside #expect, so results come out first.
public func withBytes<R>(_ text: String, _ body: (Span<UInt8>) throws -> R) rethrows -> R {
  let bytes = Array(text.utf8)
  return try body(bytes.span)
}

extension String {
  /// The bytes of `range` as text: what a parser's range points at.
  public func slice(_ range: Range<Int>) -> String {
    String(decoding: Array(utf8)[range], as: UTF8.self)
  }
}

/// A row of a table test: its name and its line.
public struct Row<Expected: Sendable>: Sendable, CustomStringConvertible {
  public var name: String
  public var line: String
  public var expected: Expected
  public init(_ name: String, _ line: String, _ expected: Expected) {
    self.name = name
    self.line = line
    self.expected = expected
  }
  public var description: String { name }
}
