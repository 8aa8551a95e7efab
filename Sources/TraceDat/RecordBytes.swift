import Bytes

/// A record's place in the bytes that hold it: fields are read from there after a look at the bounds.
struct RecordBytes: Sendable {
  private let order: ByteOrder
  private let range: Range<Int>

  init(_ kept: Kept, _ order: ByteOrder) {
    self.order = order
    range = kept.start..<kept.start + Int(kept.length)
  }

  /// The value of `field` without its sign.
  func unsigned(_ field: Field, _ bytes: Span<UInt8>) -> UInt64? {
    word(field.offset, size: field.size, bytes)
  }

  /// The value of `field`, its sign extended.
  func signed(_ field: Field, _ bytes: Span<UInt8>) -> Int64? {
    guard let value = unsigned(field, bytes) else { return nil }
    guard field.isSigned, field.size < 8 else { return Int64(bitPattern: value) }
    let shift = UInt64(64 - field.size * 8)
    return Int64(bitPattern: value << shift) >> Int64(shift)
  }

  func word(_ offset: Int, size: Int, _ bytes: Span<UInt8>) -> UInt64? {
    guard offset >= 0, offset <= range.count else { return nil }
    // A raw view of bytes has no padding to expose; the load checks its bounds.
    return unsafe order.integer(bytes.bytes, range.lowerBound + offset, size: size, end: range.upperBound)
  }

  /// Where the text of `field` is, without its NUL; nil if it is not inside the record.
  func text(_ field: Field, _ bytes: Span<UInt8>) -> Range<Int>? {
    var start = field.offset
    var length = field.size
    if field.shape != .fixedText {
      guard let location = word(field.offset, size: 4, bytes) else { return nil }
      start = Int(location & 0xffff) + (field.shape == .relativeText ? field.offset + 4 : 0)
      length = Int(location >> 16)
    }
    // A fixed array of no size fills the rest of the record.
    if length == 0, field.shape == .fixedText { length = range.count - start }
    guard start >= 0, length >= 0, start <= range.count, length <= range.count - start,
      range.upperBound <= bytes.count
    else { return nil }
    let first = range.lowerBound + start
    let end = bytes.index(of: 0, from: first, to: first + length) ?? first + length
    return first..<end
  }
}
