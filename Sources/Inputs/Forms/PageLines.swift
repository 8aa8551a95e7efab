import Bytes

/// Writes a page's text: which newlines and blanks of the page stay, and where its blocks end lines of their own.
struct PageLines {
  /// Newlines that are owed are paid so many at a time.
  private static let manyNewlines = 1 << 16
  private static let mostBlanks = 256

  /// Something other than blanks was handed out. Before, lines are counted only: a page may hold nothing else.
  private var hasText = false
  private var owedNewlines = 0
  /// A newline is due before the next text.
  private var owesBreak = false
  /// Blanks that are due before the next text, if it comes in this line.
  private var blanks: [UInt8] = []
  private var isLineEmpty = true

  /// Nothing more is written before the newlines that are owed.
  var mustPay: Bool { hasText && owedNewlines > 0 }

  mutating func pay(_ output: inout [UInt8]) {
    guard mustPay else { return }
    let count = min(owedNewlines, Self.manyNewlines)
    output.append(contentsOf: repeatElement(10, count: count))
    owedNewlines -= count
  }

  /// Goes on from `at` to `end` and keeps only the newlines.
  mutating func pass(_ input: Span<UInt8>, to end: Int, _ at: inout Int, _ output: inout [UInt8]) {
    while let hit = input.index(of: 10, from: at, to: end) {
      newline(&output)
      at = hit + 1
    }
    at = end
  }

  mutating func newline(_ output: inout [UInt8]) {
    if hasText { output.append(10) } else { owedNewlines += 1 }
    owesBreak = false
    isLineEmpty = true
    blanks.removeAll()
  }

  /// What follows stands in a line of its own.
  mutating func breakLine() {
    owesBreak = !isLineEmpty
    blanks.removeAll()
  }

  /// What follows stands in this line, but apart.
  mutating func separate() {
    if !isLineEmpty, !owesBreak, blanks.isEmpty { blanks = [32] }
  }

  /// No text follows.
  mutating func finish(_ output: inout [UInt8]) {
    if owesBreak { newline(&output) }
  }

  /// Writes the bytes `range` and moves `at` behind them, or behind those before which newlines are owed.
  @discardableResult
  mutating func put(_ input: Span<UInt8>, _ range: Range<Int>, _ at: inout Int, _ output: inout [UInt8])
    -> Bool
  {
    at = range.lowerBound
    while at < range.upperBound {
      if hasText, !owesBreak, blanks.isEmpty {
        output.append(input, at..<range.upperBound)
        isLineEmpty = input[range.upperBound - 1] == 10
        at = range.upperBound
        break
      }
      guard put(UInt32(input[at]), isByte: true, &output) else { return false }
      at += 1
    }
    return true
  }

  /// Writes a character, or a byte of one. False if newlines are owed: those come first.
  mutating func put(_ scalar: UInt32, isByte: Bool = false, _ output: inout [UInt8]) -> Bool {
    if scalar == 10 {
      newline(&output)
    } else if scalar < 33, Span<UInt8>.isSpace(UInt8(scalar)), !hasText || owesBreak || !blanks.isEmpty {
      if blanks.count < Self.mostBlanks { blanks.append(UInt8(scalar)) }
    } else {
      guard begin(&output) else { return false }
      if isByte { output.append(UInt8(scalar)) } else { output.append(scalar: scalar) }
    }
    return true
  }

  /// Writes what is due before text.
  private mutating func begin(_ output: inout [UInt8]) -> Bool {
    hasText = true
    if mustPay { return false }
    if owesBreak { output.append(10) }
    owesBreak = false
    isLineEmpty = false
    output.append(contentsOf: blanks)
    blanks.removeAll()
    return true
  }
}
