import Bytes

/// What a `<` begins. Kernel text in pages is often not escaped: `<4>[    0.1]`, `(a+0x1 <- b)`, `<idle>-0`, `<...>-1`,
/// `func <-caller`. What is plainly no tag is text, which a parser that follows the standard, as libxml2's, would drop.
enum HTMLMarkup {
  case tag(HTMLElement, isEnd: Bool, end: Int)
  /// `<!doctype …>`, `<?xml …?>`, `<![CDATA[`.
  case declaration(end: Int)
  case text
  /// The bytes behind must tell.
  case undecided
}

/// Reads markup in one run of a page. It remembers what it has looked for in vain: a page of ten thousand tags that all
/// have no end is not searched ten thousand times.
struct HTMLScanner {
  /// No tag is longer, but for images that stand in the page, which are nothing to read.
  static let longestTag = 1 << 16
  /// No title of a page is.
  static let longestTitle = 1 << 12

  private var greater = NextByte(62)
  /// Up to here quotes are not to be trusted: one of them has no end.
  private var brokenQuotes = 0

  /// What the `<` at `at` begins.
  mutating func read(_ input: Span<UInt8>, _ at: Int, isAll: Bool) -> HTMLMarkup {
    guard at + 1 < input.count else { return isAll ? .text : .undecided }
    switch input[at + 1] {
    case 33:
      if input.hasAnyCase("<![cdata[", at: at) { return .declaration(end: at + 9) }
      guard input.count - at > 9 || isAll else { return .undecided }
      return input.hasAnyCase("<!doctype", at: at) ? declaration(input, at, isAll) : .text
    case 63:
      guard input.count - at > 5 || isAll else { return .undecided }
      return input.hasAnyCase("<?xml", at: at) ? declaration(input, at, isAll) : .text
    case 47: return tag(input, at, name: at + 2, isAll)
    default: return tag(input, at, name: at + 1, isAll)
    }
  }

  private mutating func declaration(_ input: Span<UInt8>, _ at: Int, _ isAll: Bool) -> HTMLMarkup {
    if let close = greater.from(at, input), close - at < Self.longestTag {
      return .declaration(end: close + 1)
    }
    return isAll || input.count - at >= Self.longestTag ? .text : .undecided
  }

  private mutating func tag(_ input: Span<UInt8>, _ at: Int, name start: Int, _ isAll: Bool) -> HTMLMarkup {
    var end = start
    while end < input.count, end - start < 40,
      Span<UInt8>.isOfWord(input[end]) || end > start && (input[end] == 45 || input[end] == 58)
    { end += 1 }
    guard end < input.count else { return isAll ? .text : .undecided }
    let isEnd = start > at + 1
    let after = input[end]
    guard end > start, Span<UInt8>.isLetter(input[start]),
      Span<UInt8>.isSpace(after) || after == 47 || after == 62,
      let element = HTMLElement(input, start..<end)
    else { return .text }
    // `<path>` is what a usage line says; drawings give more than the name.
    if element == .drawing, after == 62, !isEnd { return .text }
    if let close = close(input, end) { return .tag(element, isEnd: isEnd, end: close + 1) }
    if !isAll, input.count - at < Self.longestTag { return .undecided }
    brokenQuotes = max(brokenQuotes, end + Self.longestTag)
    guard let close = greater.from(end, input), close - at < Self.longestTag else { return .text }
    return .tag(element, isEnd: isEnd, end: close + 1)
  }

  /// The `>` that ends the tag whose name ends at `start`: one in an attribute's quotes does not.
  private mutating func close(_ input: Span<UInt8>, _ start: Int) -> Int? {
    guard let first = greater.from(start, input) else { return nil }
    if start < brokenQuotes { return first }
    let limit = min(input.count, start + Self.longestTag)
    var at = start
    while at < limit {
      let byte = input[at]
      if byte == 62 { return at }
      if byte == 61 {
        at += 1
        while at < limit, Span<UInt8>.isSpace(input[at]) { at += 1 }
        guard at < limit else { return nil }
        if input[at] == 34 || input[at] == 39 {
          guard let quote = input.index(of: input[at], from: at + 1, to: limit) else { return nil }
          at = quote + 1
        }
      } else {
        at += 1
      }
    }
    return nil
  }
}

/// The next place of a byte, searched for once.
struct NextByte {
  private let byte: UInt8
  private var known = -1
  private var place: Int?

  init(_ byte: UInt8) { self.byte = byte }

  /// The first place at or after `start`, which never falls.
  mutating func from(_ start: Int, _ input: Span<UInt8>) -> Int? {
    if known < 0 || place.map({ $0 < start }) ?? false {
      place = input.index(of: byte, from: start)
      known = start
    }
    return place
  }
}
