import Bytes

/// The two texts that describe the ring buffer's pages and records.
struct HeaderInfo: Sendable {
  /// Range of `events/header_page`.
  var page: Range<Int>

  /// Reads from `cursor` over both; nil if they are not there.
  init?(_ bytes: Span<UInt8>, _ cursor: inout Cursor) {
    guard cursor.skip(bytes, "header_page\0"), let size = cursor.u64(bytes), let page = cursor.take(size),
      cursor.skip(bytes, "header_event\0"), let rest = cursor.u64(bytes), cursor.take(rest) != nil
    else { return nil }
    self.page = page
  }
}

/// Lists of event formats: u32 count, then (u64 size, text) each; the named kind holds such lists by system.
enum FormatList {
  /// Moves over a list; false if it runs past the end.
  static func skip(_ bytes: Span<UInt8>, _ cursor: inout Cursor, named: Bool) -> Bool {
    each(bytes, &cursor, named: named) { _ in }
  }

  /// Hands the range of every format to `body`; false if the list runs past the end.
  static func each(
    _ bytes: Span<UInt8>, _ cursor: inout Cursor, named: Bool, _ body: (Range<Int>) -> Void
  ) -> Bool {
    guard named else { return list(bytes, &cursor, body) }
    guard let systems = cursor.u32(bytes) else { return false }
    for _ in 0..<systems {
      guard cursor.string(bytes) != nil, list(bytes, &cursor, body) else { return false }
    }
    return true
  }

  private static func list(_ bytes: Span<UInt8>, _ cursor: inout Cursor, _ body: (Range<Int>) -> Void) -> Bool
  {
    guard let count = cursor.u32(bytes) else { return false }
    for _ in 0..<count {
      guard let size = cursor.u64(bytes), let text = cursor.take(size) else { return false }
      body(text)
    }
    return true
  }
}
