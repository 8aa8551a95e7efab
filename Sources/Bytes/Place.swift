/// Where something was seen: which input, which line (from 1; 0 in a binary file), which byte.
package struct Place: Hashable, Sendable, Comparable {
  package var input: Int32
  package var line: Int32
  package var offset: Int64

  package init(input: Int, line: Int, offset: Int) {
    self.input = Int32(truncatingIfNeeded: input)
    self.line = Int32(clamping: line)
    self.offset = Int64(offset)
  }

  package static func < (a: Place, b: Place) -> Bool { (a.input, a.offset) < (b.input, b.offset) }
}
