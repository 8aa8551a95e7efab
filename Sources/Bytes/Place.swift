/// Where something was seen: which input, which line (from 1; 0 in a binary file), which byte.
package struct Place: Hashable, Sendable, Comparable {
  /// The input's number, from 0, in the order of `Analysis.inputs`.
  package var input: Int32
  /// From 1; 0 in a binary file. Stays at the largest number that fits.
  package var line: Int32
  /// In bytes, from 0, in the document as it is after unpacking.
  package var offset: Int64

  package init(input: Int, line: Int, offset: Int) {
    self.input = Int32(truncatingIfNeeded: input)
    self.line = Int32(clamping: line)
    self.offset = Int64(offset)
  }

  /// The line, from 1; nil in a binary file, which has none.
  package var lineNumber: Int? { line > 0 ? Int(line) : nil }

  package static func < (a: Place, b: Place) -> Bool { (a.input, a.offset) < (b.input, b.offset) }
}
