import Bytes

/// What a page holds: its text without markup, and what systrace has packed into it.
package final class HTMLStream: ByteStream {
  /// A document of the page.
  package enum Part: Equatable, Sendable {
    /// The text. A page has several if something packed stands between them.
    case text
    /// A trace in gzip or zlib data, which are undone next; counted from 1.
    case packed(Int)
  }

  private let decoded: DecodingStream<HTMLDecoder>
  private var packed = 0
  private var parts = 0

  /// `page` is UTF-8 text, as `UnicodeStream` makes it. Call `next` before anything is read.
  package init(_ page: any ByteStream) { decoded = DecodingStream(page, HTMLDecoder()) }

  /// Goes on to the next part, which is then read; nil at the end. A text is one only if there is something in it, but a
  /// page with nothing at all has one that is empty.
  package func next() throws -> Part? {
    if parts > 0 { try decoded.drain() }
    parts += 1
    if decoded.decoder.stop == .packedEnds { decoded.decoder.resume() }
    if decoded.decoder.stop == nil {
      if try decoded.advance() { return .text }
      if decoded.isFinished { return parts == 1 ? .text : nil }
    }
    decoded.decoder.resume()
    packed += 1
    return .packed(packed)
  }

  /// Reads the part that `next` has said.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard parts > 0 else { return 0 }
    return try unsafe decoded.read(into: buffer)
  }

  /// Whether a document is a page: it begins as one, or one begins near its beginning.
  package static func isPage(_ head: Span<UInt8>) -> Bool {
    let end = min(head.count, 4096)
    var at = head.has("\u{feff}", at: 0) ? 3 : 0
    while at < end, Span<UInt8>.isSpace(head[at]) { at += 1 }
    if beginsPage(head, at) { return true }
    // A comment may stand first, or what XML begins with.
    let isMarked = head.has("<!--", at: at) || head.hasAnyCase("<?xml", at: at)
    while let less = head.index(of: 60, from: at, to: end) {
      at = less + 1
      if isMarked {
        if beginsPage(head, less) { return true }
      } else if less == 0 || head[less - 1] == 10 {
        let isOne =
          isTag("<html", head, less) || isTag("<body", head, less) || isTag("<pre", head, less)
          || head.hasAnyCase("<!doctype html", at: less)
        if isOne { return true }
      }
    }
    return false
  }

  private static func beginsPage(_ head: Span<UInt8>, _ at: Int) -> Bool {
    guard head.has("<", at: at) else { return false }
    if head.hasAnyCase("<!doctype html", at: at) { return true }
    var end = at + 1
    while end < head.count, Span<UInt8>.isOfWord(head[end]) { end += 1 }
    guard end < head.count, head[end] == 62 || Span<UInt8>.isSpace(head[end]) else { return false }
    return HTMLElement.isAtPageStart(head, at + 1..<end)
  }

  private static func isTag(_ text: StaticString, _ head: Span<UInt8>, _ at: Int) -> Bool {
    let end = at + text.utf8CodeUnitCount
    return head.hasAnyCase(text, at: at) && end < head.count
      && (head[end] == 62 || Span<UInt8>.isSpace(head[end]))
  }
}
