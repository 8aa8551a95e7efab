import Bytes

/// The byte order of the traced machine: every integer of a trace.dat is in it.
struct ByteOrder: Sendable, Equatable {
  let isBig: Bool

  // The loads check their bounds and trap; callers check first. Any bit pattern is a valid integer.
  @inline(__always)
  func u16(_ bytes: RawSpan, _ at: Int) -> UInt16 {
    let value = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt16.self)
    return isBig ? UInt16(bigEndian: value) : UInt16(littleEndian: value)
  }

  @inline(__always)
  func u32(_ bytes: RawSpan, _ at: Int) -> UInt32 {
    let value = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt32.self)
    return isBig ? UInt32(bigEndian: value) : UInt32(littleEndian: value)
  }

  @inline(__always)
  func u64(_ bytes: RawSpan, _ at: Int) -> UInt64 {
    let value = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
    return isBig ? UInt64(bigEndian: value) : UInt64(littleEndian: value)
  }

  /// The unsigned integer of `size` bytes at `at`; nil if it does not end by `end` or has no such size.
  @inline(__always)
  func integer(_ bytes: RawSpan, _ at: Int, size: Int, end: Int) -> UInt64? {
    guard at >= 0, size > 0, at <= end - size, end <= bytes.byteCount else { return nil }
    switch size {
    case 8: return u64(bytes, at)
    case 4: return UInt64(u32(bytes, at))
    case 2: return UInt64(u16(bytes, at))
    case 1: return UInt64(unsafe bytes.unsafeLoad(fromByteOffset: at, as: UInt8.self))
    default: return nil
    }
  }
}

/// A position in the file that moves only over bytes that are there.
struct Cursor: Sendable {
  let order: ByteOrder
  var at: Int
  let end: Int

  init(_ order: ByteOrder, _ range: Range<Int>) {
    self.order = order
    at = range.lowerBound
    end = range.upperBound
  }

  mutating func u16(_ bytes: Span<UInt8>) -> UInt16? { integer(bytes, 2).map { UInt16($0) } }
  mutating func u32(_ bytes: Span<UInt8>) -> UInt32? { integer(bytes, 4).map { UInt32($0) } }
  mutating func u64(_ bytes: Span<UInt8>) -> UInt64? { integer(bytes, 8) }

  private mutating func integer(_ bytes: Span<UInt8>, _ size: Int) -> UInt64? {
    // A raw view of bytes has no padding to expose.
    guard let value = unsafe order.integer(bytes.bytes, at, size: size, end: end) else { return nil }
    at += size
    return value
  }

  /// A NUL-terminated string, without its NUL.
  mutating func string(_ bytes: Span<UInt8>) -> Range<Int>? {
    guard let zero = bytes.index(of: 0, from: at, to: end) else { return nil }
    defer { at = zero + 1 }
    return at..<zero
  }

  /// The next `count` bytes, if there are so many.
  mutating func take(_ count: UInt64) -> Range<Int>? {
    guard count <= UInt64(max(0, end - at)) else { return nil }
    defer { at += Int(count) }
    return at..<at + Int(count)
  }

  /// Whether `text` (its NULs included) comes next; moves over it if so.
  mutating func skip(_ bytes: Span<UInt8>, _ text: StaticString) -> Bool {
    guard bytes.has(text, at: at, before: end) else { return false }
    at += text.utf8CodeUnitCount
    return true
  }
}
