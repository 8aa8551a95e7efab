// Mail programs, and those that set a text, break lines at 60 to 100 columns. What is behind such a break is told by the width
// alone: its first word would not have fitted. Logs and traces as they were printed have longer lines, and are told by those.
import Bytes

/// How wide a text's lines are, as far as it was read, and what that says of a line without columns of its own.
struct WrapWidth: Sendable {
  /// No line so far shows that nobody has wrapped the text.
  private(set) var isOpen: Bool
  /// Of the lines that begin as the text's lines do; without blanks at their end.
  private var longest = Self.narrowest

  init(isOpen: Bool = true) { self.isOpen = isOpen }

  private static let narrowest = 60
  /// 100 columns, and the marks of a mail that quotes them.
  static let widest = 106
  /// A line that is shorter ends where it was meant to: no word is so long.
  private static let shortest = 30
  /// A word that begins further left would have to be longer than those of logs are.
  private static let leftmost = 40

  /// Takes note of a line that begins as the text's lines do.
  @inline(__always)
  mutating func see(_ line: Span<UInt8>) { see(line, 0..<line.count) }

  /// The same for a line of a run.
  @inline(__always)
  mutating func see(_ text: Span<UInt8>, _ line: Range<Int>) {
    if isOpen, line.count > longest { learn(text, line) }
  }

  @inline(never)
  private mutating func learn(_ text: Span<UInt8>, _ line: Range<Int>) {
    if Self.isUnwrapped(text, line) {
      isOpen = false
    } else if line.count <= Self.widest {
      longest = max(longest, text.trimmed(line).upperBound - line.lowerBound)
    }
  }

  /// Whether a line is longer than any that was wrapped, and has a blank at which it would have been.
  static func isUnwrapped(_ text: Span<UInt8>, _ line: Range<Int>) -> Bool {
    let end = text.trimmed(line).upperBound
    guard end - line.lowerBound > widest else { return false }
    return text.index(of: 32, from: line.lowerBound + leftmost, to: line.lowerBound + widest) != nil
  }

  /// Whether a line of so many bytes may be broken.
  @inline(__always)
  func mayBreak(_ count: Int) -> Bool { isOpen && count >= Self.shortest && count <= Self.widest }

  /// What is asked of a line that may be broken.
  struct Row: Sendable {
    var count = 0
    /// The blanks at which it was broken are still there.
    var endsBlank = false

    init() {}
    init(_ line: Span<UInt8>) {
      count = line.count
      endsBlank = count > 0 && Self.isBlank(line[count - 1])
    }

    /// Whether words may follow without one more blank.
    static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
  }

  /// Whether a line may end where it does because the first word of the next line did not fit; `rest` is what that one holds.
  func breaks(_ row: Row, before next: Span<UInt8>, _ rest: Range<Int>) -> Bool {
    guard mayBreak(row.count), !rest.isEmpty, !Self.isUnwrapped(next, 0..<next.count) else { return false }
    var end = next.index(of: 32, from: rest.lowerBound, to: rest.upperBound) ?? rest.upperBound
    // Who keeps the blanks has no room for a word without the one behind it.
    if row.endsBlank, end < next.count, Row.isBlank(next[end]) { end += 1 }
    return row.count + (row.endsBlank ? 0 : 1) + (end - rest.lowerBound) > longest
  }
}
