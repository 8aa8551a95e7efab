import Bytes

/// Kernel symbols in text.
public enum Symbol {
  /// The end of the symbol that starts at `start`: letters, digits, `_`, `.` and `$`.
  @inlinable
  public static func end(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var at = start
    while at < end, isByte(line[at]) { at += 1 }
    return at
  }

  @inlinable @inline(__always)
  public static func isByte(_ byte: UInt8) -> Bool {
    byte | 32 &- 97 < 26 || byte &- 48 < 10 || byte == 95 || byte == 46 || byte == 36
  }

  /// `symbol` without a compiler suffix (.part.0, .isra.0, .constprop.0, .cold, .llvm.123).
  @inlinable
  public static func base(_ text: Span<UInt8>, _ symbol: Range<Int>) -> Range<Int> {
    symbol
      .lowerBound..<(text.index(of: 46, from: symbol.lowerBound, to: symbol.upperBound) ?? symbol.upperBound)
  }
}
