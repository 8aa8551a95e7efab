// Protobuf's wire format: fields one after the other, each a tag and a value. Nothing is copied, and what nobody wants is passed
// over by its length.
import Bytes

/// One field of a message.
struct WireField {
  var number: Int
  /// A number; for a field of bytes, how many there are.
  var value: UInt64
  /// Where its bytes are; empty for a number.
  var range: Range<Int>
  var isBytes: Bool

  /// A number as protobuf's int32 and int64 spell it: below zero in ten bytes.
  var signed: Int64 { Int64(bitPattern: value) }
  /// A CPU, a thread: what does not fit is none.
  var small: Int32 { Int32(exactly: Int64(bitPattern: value)) ?? -1 }
}

/// A position in a message, which moves only over bytes that are there.
struct Wire {
  private(set) var at: Int
  private let end: Int
  /// A field that cannot be: what follows it is not known.
  private(set) var isBroken = false

  /// `range` must be in the bounds of what is read.
  init(_ range: Range<Int>) {
    at = range.lowerBound
    end = range.upperBound
  }

  /// The next field; nil at the end, and where the message is broken.
  @inline(__always)
  mutating func next(_ bytes: Span<UInt8>) -> WireField? {
    guard at < end else { return nil }
    guard let tag = varint(bytes) else { return fail() }
    let number = Int(truncatingIfNeeded: tag >> 3)
    switch tag & 7 {
    case 0:
      guard let value = varint(bytes) else { return fail() }
      return WireField(number: number, value: value, range: at..<at, isBytes: false)
    case 2:
      guard let length = varint(bytes), length <= UInt64(end - at) else { return fail() }
      let start = at
      at += Int(length)
      return WireField(number: number, value: length, range: start..<at, isBytes: true)
    case 1: return fixed(bytes, number, 8)
    case 5: return fixed(bytes, number, 4)
    // Groups are long out of use.
    default: return fail()
    }
  }

  @inline(__always)
  mutating func varint(_ bytes: Span<UInt8>) -> UInt64? {
    guard at < end else { return nil }
    let first = bytes[at]
    at += 1
    return first < 0x80 ? UInt64(first) : rest(bytes, UInt64(first & 0x7f))
  }

  @inline(__always)
  private mutating func rest(_ bytes: Span<UInt8>, _ low: UInt64) -> UInt64? {
    var value = low
    var shift: UInt64 = 7
    while at < end, shift < 70 {
      let byte = bytes[at]
      at += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    return nil
  }

  @inline(never)
  private mutating func fixed(_ bytes: Span<UInt8>, _ number: Int, _ size: Int) -> WireField? {
    guard end - at >= size else { return fail() }
    var value: UInt64 = 0
    for index in 0..<size { value |= UInt64(bytes[at + index]) << UInt64(8 * index) }
    at += size
    return WireField(number: number, value: value, range: at..<at, isBytes: false)
  }

  @inline(never)
  private mutating func fail() -> WireField? {
    isBroken = true
    at = end
    return nil
  }

  /// The number in one field of a message; 0 if it has none.
  static func number(_ number: Int, _ range: Range<Int>, _ bytes: Span<UInt8>) -> UInt64 {
    var value: UInt64 = 0
    var wire = Wire(range)
    while let field = wire.next(bytes) { if field.number == number, !field.isBytes { value = field.value } }
    return value
  }
}
