/// Where something was seen: which input, which line (from 1; 0 in a binary file), which byte.
public struct Place: Hashable, Sendable, Comparable {
  public var input: Int32
  public var line: Int32
  public var offset: Int64

  public init(input: Int, line: Int, offset: Int) {
    self.input = Int32(truncatingIfNeeded: input)
    self.line = Int32(clamping: line)
    self.offset = Int64(offset)
  }

  public static func < (a: Place, b: Place) -> Bool { (a.input, a.offset) < (b.input, b.offset) }
}
