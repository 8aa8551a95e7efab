import Bytes

/// Kernel symbols in text.
package enum Symbol {
  /// The end of the symbol that starts at `start`: letters, digits, `_`, `.` and `$`.
  @inlinable @inline(__always)
  package static func end(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var at = line.wordEnd(from: start, to: end)
    while at < end, line[at] == 46 { at = line.wordEnd(from: at + 1, to: end) }
    return at
  }

  /// Whether a symbol may have `byte`.
  @inlinable @inline(__always)
  package static func isByte(_ byte: UInt8) -> Bool { Span.isOfWord(byte) || byte == 46 }

  /// `symbol` without a compiler suffix (.part.0, .isra.0, .constprop.0, .cold, .llvm.123).
  @inlinable
  package static func base(_ text: Span<UInt8>, _ symbol: Range<Int>) -> Range<Int> {
    symbol.lowerBound..<text.wordEnd(from: symbol.lowerBound, to: symbol.upperBound)
  }
}
