import Bytes

/// What may stand between two words of the warning, whoever wrote it and however it was quoted, escaped or wrapped: blanks,
/// line ends with what stands left of the next line, quote marks, colours, and all of these as they are spelled.
enum TripwireGap {
  /// No piece of a gap is longer; a wrapped line's date and host are.
  private static let longestPiece = 96
  /// Nor a gap.
  private static let longest = 200

  /// Behind the gap that begins at `start`; `start` if none does.
  static func end(_ text: Span<UInt8>, _ start: Int) -> Int {
    var at = start
    let last = min(text.count, start + longest)
    while at < last, let end = piece(text, at) { at = end }
    return at
  }

  /// Where the gap begins that ends at `end`. It is the same pieces, of each the longest: what ends a long one may look like
  /// a short one.
  static func start(_ text: Span<UInt8>, _ end: Int) -> Int {
    var at = end
    let low = max(0, end - longest)
    while at > low {
      var begin = max(low, at - longestPiece)
      while begin < at, piece(text, begin) != at { begin += 1 }
      // What stands behind a line end looks like a prefix and is the word itself.
      if begin == at, text[at - 1] == 10 { begin -= 1 }
      guard begin < at else { return at }
      at = begin
    }
    return at
  }

  /// Behind a word that begins at `start`, which a line end may break; nil if another one stands there.
  static func wordEnd(_ word: StaticString, _ text: Span<UInt8>, _ start: Int) -> Int? {
    let length = word.utf8CodeUnitCount
    if text.has(word, at: start) { return start + length }
    var at = start
    for index in 0..<length {
      if index > 0, let next = lineBreakEnd(text, at) { at = next }
      // A StaticString literal has as many bytes as it says.
      guard at < text.count, text[at] == (unsafe word.utf8Start[index]) else { return nil }
      at += 1
    }
    return at
  }

  /// The same backwards: where a word begins that ends at `end`.
  static func wordStart(_ word: StaticString, _ text: Span<UInt8>, _ end: Int) -> Int? {
    let length = word.utf8CodeUnitCount
    // A line's end and what stands left of the next line may be between.
    for start in stride(from: end - length, through: max(0, end - length - longestPiece), by: -1)
    where wordEnd(word, text, start) == end { return start }
    return nil
  }

  /// The end of a line that was chopped behind `start`, within the blanks or the word that belong there: `cut -c1-80`, or with the mark
  /// of a pager (`less -S`, which journalctl calls) or of journalctl itself. Nil of other lines. `isFar`: what stands in front is
  /// enough of the sentence; prose may end with less, too.
  static func cutEnd(_ text: Span<UInt8>, _ start: Int, inside word: StaticString, isFar: Bool) -> Int? {
    var at = text.skipBlanks(from: start, to: text.count)
    let begin = at
    // A StaticString literal has as many bytes as it says.
    while at > start, at < text.count, at - begin < word.utf8CodeUnitCount,
      text[at] == (unsafe word.utf8Start[at - begin])
    {
      at += 1
    }
    return chopEnd(text, at, isMarked: at == begin && !isFar)
  }

  /// Where a line ends of which something is missing behind `start`: a mark shows it, the line's end, or another column that begins there
  /// (`diff -y`, `pr -m`). Nil if the line goes on. `isMarked`: only a mark counts. `isLine`: the text is one line, without its end.
  static func chopEnd(
    _ text: Span<UInt8>, _ start: Int, isMarked: Bool = false, isLine: Bool = false
  ) -> Int? {
    var at = start
    let end = isLine ? text.count : -1
    if text.has(">", at: at) {
      at += 1
    } else if text.has("\u{2026}", at: at) {
      // journalctl --no-full keeps a few letters of the line's end.
      return isLine ? end : text.index(of: 10, from: at, to: min(text.count, at + 48))
    } else if isMarked {
      return nil
    } else if text.has("...", at: at) {
      at += 3
    } else if let column = columnEnd(text, at) {
      return column
    }
    if text.has("\r", at: at) { at += 1 }
    return at == end || text.has("\n", at: at) ? at : nil
  }

  /// Behind the blanks that fill a column, and the mark of `diff -y` between two; nil if neither a column nor the line's end follows.
  private static func columnEnd(_ text: Span<UInt8>, _ start: Int) -> Int? {
    let at = text.skipBlanks(from: start, to: text.count)
    guard at > 0, at < text.count, text[at - 1] == 32 || text[at - 1] == 9 else { return nil }
    switch text[at] {
    case 10, 13: return at
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "|"):
      return at + 1 == text.count || text[at + 1] <= 32 ? at + 1 : nil
    // A stamp.
    case UInt8(ascii: "["):
      return at + 1 < text.count && (text[at + 1] == 32 || text[at + 1] &- 48 < 10) ? at : nil
    default: return nil
    }
  }

  private static func lineBreakEnd(_ text: Span<UInt8>, _ at: Int) -> Int? {
    let newline = text.has("\r\n", at: at) ? at + 1 : at
    return text.has("\n", at: newline) ? lineStart(text, newline + 1) : nil
  }

  /// Whether `%20`, `=20` or `&#32;` ends at `end`: of what a name is made of, too.
  static func endsSpelled(_ text: Span<UInt8>, _ end: Int) -> Bool {
    for at in max(0, end - 12)..<end {
      switch text[at] {
      case UInt8(ascii: "%"), UInt8(ascii: "="), UInt8(ascii: "&"): if piece(text, at) == end { return true }
      default: break
      }
    }
    return false
  }

  /// Behind the one piece at `at`; nil if none is there.
  private static func piece(_ text: Span<UInt8>, _ at: Int) -> Int? {
    switch text[at] {
    case 0, 9, 13, 32, UInt8(ascii: ">"), UInt8(ascii: "|"), UInt8(ascii: "\""), UInt8(ascii: "'"),
      UInt8(ascii: "`"):
      return at + 1
    case 10: return lineStart(text, at + 1)
    case 27: return LineCleaner.escapeEnd(text, at)
    case UInt8(ascii: "\\"): return backslash(text, at)
    case UInt8(ascii: "="):
      if let byte = spelled(text, at + 1), isGap(byte) { return at + 3 }
      // Quoted-printable's mark of a line that goes on.
      return text.has("\n", at: at + 1) || text.has("\r\n", at: at + 1) ? at + 1 : nil
    case UInt8(ascii: "%"): return spelled(text, at + 1).flatMap { isGap($0) ? at + 3 : nil }
    case UInt8(ascii: "&"): return entity(text, at)
    case UInt8(ascii: "<"): return tag(text, at)
    default: return beyondASCII(text, at)
    }
  }

  /// Behind what stands left of a wrapped line's text: any log's prefix, or the mark of a comment or a patch.
  private static func lineStart(_ text: Span<UInt8>, _ start: Int) -> Int {
    let limit = min(text.count, start + longestPiece - 1)
    let end = text.index(of: 10, from: start, to: limit) ?? limit
    let prefix = LogPrefix.layers(text.extracting(start..<end), inside: LogPrefix()).text
    if prefix > 0 { return start + prefix }
    var at = start
    while at < end, text[at] == 32 || text[at] == 9 { at += 1 }
    let mark = at
    while at < end, at - mark < 3, isMark(text[at]) { at += 1 }
    return at > mark ? at : start
  }

  private static func isMark(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "#"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"),
      UInt8(ascii: ";"), UInt8(ascii: "%"), UInt8(ascii: "!"):
      true
    default: false
    }
  }

  /// `\n`, `\"`, a line that a shell goes on with; `\x20`, `\u0020`, `\040`, and a colour whose escape is spelled so.
  private static func backslash(_ text: Span<UInt8>, _ at: Int) -> Int? {
    guard at + 1 < text.count else { return nil }
    switch text[at + 1] {
    case UInt8(ascii: "u") where at + 6 <= text.count: return colourEnd(text, at + 6)
    case UInt8(ascii: "x"):
      guard let byte = spelled(text, at + 2) else { return at + 2 }
      return byte == 27 ? colourEnd(text, at + 4) : isGap(byte) ? at + 4 : nil
    case UInt8(ascii: "0") where text.digitsEnd(from: at + 1, to: min(text.count, at + 4)) == at + 4:
      return colourEnd(text, at + 4)
    case UInt8(ascii: "e"): return colourEnd(text, at + 2)
    default: return at + 2
    }
  }

  /// Behind the rest of a terminal's sequence, if one stands at `at`.
  private static func colourEnd(_ text: Span<UInt8>, _ at: Int) -> Int {
    guard text.has("[", at: at) else { return at }
    var end = at + 1
    while end < text.count, end < at + 24, text[end] &- 48 < 10 || text[end] == UInt8(ascii: ";") { end += 1 }
    return end < text.count && text[end] | 32 &- 97 < 26 ? end + 1 : at
  }

  /// The byte that two hexadecimal digits spell.
  private static func spelled(_ text: Span<UInt8>, _ at: Int) -> UInt64? {
    at + 2 <= text.count ? text.hexadecimal(at..<at + 2) : nil
  }

  /// A blank, a line end, a quote mark, or a byte of one that is not ASCII.
  private static func isGap(_ byte: UInt64) -> Bool {
    byte <= 13 || byte == 27 || byte == 32 || byte == 34 || byte == 39 || byte >= 128
  }

  /// `&nbsp;` `&#32;` `&quot;`
  private static func entity(_ text: Span<UInt8>, _ at: Int) -> Int? {
    guard let end = text.index(of: UInt8(ascii: ";"), from: at + 1, to: min(text.count, at + 12)),
      end > at + 1
    else { return nil }
    for place in at + 1..<end
    where text[place] | 32 &- 97 >= 26 && text[place] &- 48 >= 10 && text[place] != UInt8(ascii: "#") {
      return nil
    }
    return end + 1
  }

  /// `<br>` `</span>`
  private static func tag(_ text: Span<UInt8>, _ at: Int) -> Int? {
    guard at + 2 < text.count, text[at + 1] == UInt8(ascii: "/") || text[at + 1] | 32 &- 97 < 26 else {
      return nil
    }
    return text.index(of: UInt8(ascii: ">"), from: at, to: min(text.count, at + longestPiece)).map { $0 + 1 }
  }

  /// Blanks of any width, marks without one, typographic quotes.
  private static func beyondASCII(_ text: Span<UInt8>, _ at: Int) -> Int? {
    guard text[at] >= 0xc2, at + 1 < text.count else { return nil }
    switch (text[at], text[at + 1]) {
    case (0xc2, 0xa0), (0xc2, 0x85), (0xc2, 0xab), (0xc2, 0xbb): return at + 2
    case (0xe2, 0x80) where at + 2 < text.count, (0xe2, 0x81) where at + 2 < text.count: return at + 3
    case (0xe3, 0x80) where text.has("\u{3000}", at: at), (0xef, 0xbb) where text.has("\u{feff}", at: at):
      return at + 3
    default: return nil
    }
  }
}
