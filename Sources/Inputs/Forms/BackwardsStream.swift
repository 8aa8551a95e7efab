import Bytes

/// A log whose newest line comes first (`journalctl -r`, `tac`), turned round. Its last line must be read first: meanwhile all of it
/// is in a temporary file.
final class BackwardsStream: ByteStream {
  private let file: TemporaryFile
  /// Where the part of the file that was not turned round yet ends.
  private var end: Int
  /// Lines in the right order, and how far they were handed out.
  private var turned: [UInt8] = []
  private var handed = 0

  /// Longer lines come out in pieces.
  private static let window = 1 << 20

  init(_ stream: any ByteStream) throws {
    file = try TemporaryFile(stream)
    end = file.length
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if handed == turned.count, end > 0 { try turn() }
    let count = min(buffer.count, turned.count - handed)
    // count is bounded by both sides.
    unsafe buffer.copyBytes(from: turned[handed..<handed + count])
    handed += count
    return count
  }

  /// Turns round the lines in front of `end`: as many as the window holds.
  private func turn() throws {
    turned.removeAll(keepingCapacity: true)
    handed = 0
    let start = max(0, end - Self.window)
    let bytes = try file.bytes(start..<end)
    let text = bytes.span
    // The line that the window cuts is left for the next time.
    let whole = start == 0 ? 0 : text.index(of: 10).map { $0 + 1 } ?? 0
    let floor = whole < text.count ? whole : 0
    var above = text.count
    while above > floor {
      let newline = text[above - 1] == 10 ? above - 1 : above
      var begin = newline
      while begin > floor, text[begin - 1] != 10 { begin -= 1 }
      turned.append(text, begin..<newline)
      turned.append(10)
      above = begin
    }
    end = start + floor
  }
}

/// Whether a text's lines run backwards, by the times at their left: the kernel's stamps, a day's, or a journal's.
enum LineOrder {
  /// So many times must fall in what is looked at, and hardly one rise.
  private static let falls = 4

  static func isBackwards(_ head: Span<UInt8>) -> Bool {
    var last: Int64?
    var fallen = 0
    var risen = 0
    var start = 0
    while start < head.count, let end = head.index(of: 10, from: start) {
      if let time = time(head, start..<end) {
        if let last, time > last { risen += 1 }
        if let last, time < last { fallen += 1 }
        // Nearly all texts are told by their first lines.
        if risen > 1, risen * 16 > fallen { return false }
        last = time
      }
      start = end + 1
    }
    return fallen >= falls && risen * 16 <= fallen
  }

  /// Comparable with those of the same text only.
  private static func time(_ head: Span<UInt8>, _ line: Range<Int>) -> Int64? {
    kernelStamp(head, line) ?? journal(head, line) ?? clock(head, line)
  }

  /// `[   12.345678] `, behind whatever stands in front of it.
  private static func kernelStamp(_ head: Span<UInt8>, _ line: Range<Int>) -> Int64? {
    guard
      let open = head.index(
        of: UInt8(ascii: "["), from: line.lowerBound, to: min(line.upperBound, line.lowerBound + 96))
    else { return nil }
    if let time = head.bracketedSeconds(open) { return time }
    guard
      let close = head.index(of: UInt8(ascii: "]"), from: open, to: min(line.upperBound, open + 24)),
      head.index(of: UInt8(ascii: "."), from: open, to: close) != nil
    else { return nil }
    return head.seconds(head.skipBlanks(from: open + 1, to: close)..<close)
  }

  /// `"__REALTIME_TIMESTAMP" : "1764313852123456"`
  private static func journal(_ head: Span<UInt8>, _ line: Range<Int>) -> Int64? {
    guard head.has("{", at: line.lowerBound),
      let key = head.index(of: "__REALTIME_TIMESTAMP\"", from: line.lowerBound, to: line.upperBound)
    else { return nil }
    var at = key + 21
    while at < line.upperBound, !(head[at] &- 48 < 10) { at += 1 }
    return head.decimal(at..<head.digitsEnd(from: at, to: line.upperBound))
  }

  /// `Nov 28 07:10:52`, `2026-11-28T07:10:52.123456`: the digits in front of whatever is no part of a time.
  private static func clock(_ head: Span<UInt8>, _ line: Range<Int>) -> Int64? {
    var at = line.lowerBound
    // A month's name. At the turn of one the times rise: once.
    if at + 4 < line.upperBound, head[at] &- 65 < 26, head[at + 3] == 32 { at += 4 }
    var value: Int64 = 0
    var digits = 0
    var colons = 0
    while at < line.upperBound, digits < 18 {
      switch head[at] {
      case 48...57:
        value = value * 10 + Int64(head[at] - 48)
        digits += 1
      case UInt8(ascii: ":"): colons += 1
      case 32 where digits < 8, UInt8(ascii: "-"), UInt8(ascii: "T"), UInt8(ascii: "."): break
      default: return colons == 2 && digits >= 7 ? value : nil
      }
      at += 1
    }
    return colons == 2 && digits >= 7 ? value : nil
  }
}
