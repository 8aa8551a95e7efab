// Mail programs, and those that set a text, break lines at 60 to 100 columns, between words; terminals break them at their
// last column, wherever that is. What is behind such a break is told by the width alone: its first word would not have fitted.
// Logs and traces as they were printed have longer lines, and are told by those; what was wrapped may stand behind one.
import Bytes

/// How wide a text's lines are, as far as it was read, and what that says of a line without columns of its own.
struct WrapWidth: Sendable {
  private let mayReopen: Bool
  /// Of the lines that begin as the text's lines do; without blanks at their end.
  private var longest = Self.narrowest
  /// Broken lines that were as long as the longest, and those that were shorter.
  private var full = 0
  private var short = 0
  /// Lines in a row that look broken, since one showed that nobody has wrapped the text; a text begins as if it had enough of them.
  private var broken: Int

  init(isOpen: Bool = true) {
    mayReopen = isOpen
    broken = isOpen ? Self.fewestBroken : 0
  }

  /// So many lines that look broken are no chance.
  private static let fewestBroken = 4

  /// No line so far shows that nobody has wrapped the text, or what came since looks as if it was.
  @inline(__always)
  var isOpen: Bool { broken == Self.fewestBroken }

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
    if broken > 0, line.count > longest { learn(text, line) }
  }

  @inline(never)
  private mutating func learn(_ text: Span<UInt8>, _ line: Range<Int>) {
    if !isOpen || Self.isUnwrapped(text, line) {
      (broken, longest) = (0, Self.narrowest)
      (full, short) = (0, 0)
    } else if line.count <= Self.widest {
      let length = text.trimmed(line).upperBound - line.lowerBound
      guard length > longest else { return }
      (short, full) = (short + full, 0)
      longest = length
    }
  }

  /// Takes note of a line behind which one stands that has nothing of its own in front, if it may end for its width. `longest` is
  /// without blanks: where those are kept, a line of words may be as long; where not, a terminal's lacks the one of the last column.
  /// Neither says which of the two broke the text.
  mutating func note(_ row: Row, before next: Span<UInt8>, _ rest: Range<Int>) {
    guard mayBreak(row.count), !rest.isEmpty, !Self.isUnwrapped(next, 0..<next.count),
      Self.lacksRoom(row, next, rest, longest)
    else { return }
    if row.count + 1 < longest { short += 1 } else if row.count >= longest, !row.endsBlank { full += 1 }
  }

  /// Nearly all broken lines are of one length, and none is longer: a terminal's last column broke them.
  private var isTerminals: Bool { full > 3 && full > 2 * short }

  /// Whether a broken line may end inside a word.
  func endsInside(_ row: Row) -> Bool { isTerminals && row.count >= longest }

  /// Whether a line is longer than any that was wrapped, and has a blank at which it would have been.
  static func isUnwrapped(_ text: Span<UInt8>, _ line: Range<Int>) -> Bool {
    let end = text.trimmed(line).upperBound
    guard end - line.lowerBound > widest else { return false }
    return text.index(of: 32, from: line.lowerBound + leftmost, to: line.lowerBound + widest) != nil
  }

  /// Whether a line of so many bytes may be broken.
  @inline(__always)
  func mayBreak(_ count: Int) -> Bool { isOpen && Self.mayBreak(count) }

  @inline(__always)
  private static func mayBreak(_ count: Int) -> Bool { count >= shortest && count <= widest }

  /// The same, where that may tell that the text is wrapped from here on.
  @inline(__always)
  func matters(_ count: Int) -> Bool { mayReopen && Self.mayBreak(count) }

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

    /// Behind a mail's quote marks.
    static func quotes(_ line: Span<UInt8>) -> Int {
      var at = 0
      while line.has(">", at: at) || line.has("|", at: at)
        || at > 0 && line.has(" ", at: at) && line[at - 1] != 32
      {
        at += 1
      }
      return at
    }

    /// Whether words may follow without one more blank.
    static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
  }

  /// Whether a line may end where it does because the first word of the next line did not fit; `rest` is what that one holds.
  func breaks(_ row: Row, before next: Span<UInt8>, _ rest: Range<Int>) -> Bool {
    guard mayBreak(row.count), !rest.isEmpty, !Self.isUnwrapped(next, 0..<next.count) else { return false }
    // A terminal's text may lack the blanks in its last columns.
    return isTerminals ? row.count + 2 >= longest : Self.lacksRoom(row, next, rest, longest)
  }

  /// Whether the first word of the next line would have made the line longer than `longest`.
  private static func lacksRoom(_ row: Row, _ next: Span<UInt8>, _ rest: Range<Int>, _ longest: Int) -> Bool {
    var end = next.index(of: 32, from: rest.lowerBound, to: rest.upperBound) ?? rest.upperBound
    // Who keeps the blanks has no room for a word without the one behind it.
    if row.endsBlank, end < next.count, Row.isBlank(next[end]) { end += 1 }
    return row.count + (row.endsBlank ? 0 : 1) + (end - rest.lowerBound) > longest
  }

  /// A text that was not wrapped so far: takes note of a line that may be broken, and of the one behind it, which has nothing of its
  /// own in front. A log beside which somebody put a wrapped one is told by several of these, between which no line is longer.
  mutating func doubt(_ row: Row, before next: Span<UInt8>, _ rest: Range<Int>) {
    guard mayReopen, !isOpen, row.count >= Self.narrowest, row.count <= Self.widest, !rest.isEmpty else {
      return
    }
    longest = max(longest, row.count)
    // Who indents a line has not wrapped the one above.
    let isIndented =
      rest.lowerBound > 1 && Row.isBlank(next[rest.lowerBound - 1]) && Row.isBlank(next[rest.lowerBound - 2])
    let isBroken =
      !isIndented && !Self.isUnwrapped(next, 0..<next.count) && Self.lacksRoom(row, next, rest, longest)
    broken = isBroken ? broken + 1 : 0
    if broken == 0 { longest = Self.narrowest }
  }
}
