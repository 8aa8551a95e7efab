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

/// A position in a message, which moves only over bytes that are there. What is not inlined gets its parts, never itself: its
/// position would have to be in memory, and every byte would wait for it.
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
    if first < 0x80 {
      at += 1
      return UInt64(first)
    }
    let (value, next) = Self.long(at..<end, bytes)
    at = next
    return value
  }

  /// Of several bytes, and where it ends. All at once: addresses of the kernel have ten.
  @inline(never)
  private static func long(_ range: Range<Int>, _ bytes: Span<UInt8>) -> (value: UInt64?, end: Int) {
    guard range.count >= 10 else { return short(range, bytes) }
    let at = range.lowerBound
    let word = bytes.word(at).byteSwapped
    let stops = ~word & 0x8080_8080_8080_8080
    guard stops == 0 else {
      // The first byte without the mark is the last one; what stands behind it is none of ours.
      return (sevens(word & (stops ^ (stops &- 1))), at + stops.trailingZeroBitCount / 8 + 1)
    }
    let (ninth, tenth) = (UInt64(bytes[at + 8]), UInt64(bytes[at + 9]))
    let value = sevens(word) | (ninth & 0x7f) << 56
    if ninth < 0x80 { return (value, at + 9) }
    return (tenth < 0x80 ? value | tenth << 63 : nil, at + 10)
  }

  /// The low seven bits of each byte, without gaps.
  @inline(__always)
  private static func sevens(_ word: UInt64) -> UInt64 {
    let pairs = word & 0x007f_007f_007f_007f | (word & 0x7f00_7f00_7f00_7f00) >> 1
    let fours = pairs & 0x0000_3fff_0000_3fff | (pairs & 0x3fff_0000_3fff_0000) >> 2
    return fours & 0x0fff_ffff | (fours & 0x0fff_ffff_0000_0000) >> 4
  }

  /// Byte by byte: near a message's end.
  @inline(never)
  private static func short(_ range: Range<Int>, _ bytes: Span<UInt8>) -> (value: UInt64?, end: Int) {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    for at in range {
      let byte = bytes[at]
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return (value, at + 1) }
      shift += 7
    }
    return (nil, range.upperBound)
  }

  @inline(__always)
  private mutating func fixed(_ bytes: Span<UInt8>, _ number: Int, _ size: Int) -> WireField? {
    guard end - at >= size else { return fail() }
    let value = Self.fixed(at..<at + size, bytes)
    at += size
    return WireField(number: number, value: value, range: at..<at, isBytes: false)
  }

  @inline(never)
  private static func fixed(_ range: Range<Int>, _ bytes: Span<UInt8>) -> UInt64 {
    range.reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
  }

  @inline(__always)
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
