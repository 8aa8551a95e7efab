import Bytes

/// What of a text is spelled: characters that stand for a kernel's own, entities where no page is (XML, a paste that was escaped),
/// and the blank that keeps its neighbours together, which word processors and mailers put in.
struct Spelling {
  let hasEntities: Bool

  /// Where so many stand near the beginning they are no message's own: the kernel prints none.
  private static let wanted = 3

  /// Nil if nothing is.
  init?(_ head: Span<UInt8>) {
    // The bytes of U+00A0 stand in recordings, too.
    guard head.beginsAsText else { return nil }
    hasEntities = Self.mayBeEscaped(head) && Self.countEntities(head) >= Self.wanted
    guard hasEntities || head.count(of: "\u{a0}") >= Self.wanted else { return nil }
  }

  /// Who escapes a text escapes all of its `<`; those of XML are its own, and it begins with one. What a feed has escaped twice has a
  /// page's left.
  private static func mayBeEscaped(_ head: Span<UInt8>) -> Bool {
    var first = 0
    while first < head.count, Span<UInt8>.isSpace(head[first]) { first += 1 }
    guard let open = head.index(of: UInt8(ascii: "<"), from: first), open > first else { return true }
    return (["<pre", "<p>", "<code", "<div", "<br"] as [StaticString]).contains { head.has($0, at: open) }
  }

  /// Quotes that are spelled in a line of JSON must not end its strings.
  private static func countEntities(_ head: Span<UInt8>) -> Int {
    var count = 0
    var at = 0
    while count < wanted, let place = head.index(of: 38, from: at) {
      at = place + 1
      guard HTMLEntity.read(head, place) != nil else { continue }
      if count == 0 {
        if head.index(of: "{\"", from: head.lineStart(of: place), to: place) != nil { return 0 }
      }
      count += 1
    }
    return count
  }
}

/// A text with those characters as they are meant. Lines stay lines.
struct SpelledDecoder: FormDecoder {
  static let window = 1 << 15

  let spelling: Spelling

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var ampersand = NextByte(38)
    var lead = NextByte(0xc2)
    var at = 0
    while at < input.count {
      let entity = spelling.hasEntities ? ampersand.from(at, input) ?? input.count : input.count
      let next = min(entity, lead.from(at, input) ?? input.count)
      output.append(input, at..<next)
      at = next
      guard at < input.count else { break }
      let longest = at == entity ? HTMLEntity.longest : 2
      if at == entity, let (scalar, length) = HTMLEntity.read(input, at) {
        output.append(scalar: scalar)
        at += length
      } else if input.has("\u{a0}", at: at) {
        output.append(32)
        at += 2
      } else if isAll || input.count - at >= longest {
        output.append(input[at])
        at += 1
      } else {
        return at
      }
    }
    return at
  }
}
