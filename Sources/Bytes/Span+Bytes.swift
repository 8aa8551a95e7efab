// Looking at borrowed bytes: search, compare, read numbers. This is the hot path of every text format, so
// the searches go to libc's vectorised memchr and to CBytes; everything else is bounds-checked Span access.
import CBytes
import Glibc

/// What a time can be.
@usableFromInline
package enum Stamp {
  /// No time is higher, in nanoseconds or ticks: past the year 2038 on a wall clock. What is higher is a damaged
  /// number; below it, a time moved to another clock and the distance of two such times still fit in Int64.
  @usableFromInline
  package static let highest: Int64 = 2_200_000_000_000_000_000
}

extension Span where Element == UInt8 {
  /// The first place of `byte` in `start ..< end`, or nil.
  @inlinable
  package func index(of byte: UInt8, from start: Int = 0, to end: Int? = nil) -> Int? {
    let end = Swift.min(end ?? count, count)
    guard start >= 0, start < end else { return nil }
    return unsafe withUnsafeBufferPointer { buffer -> Int? in
      // In bounds: start < end <= count was checked above.
      guard let base = buffer.baseAddress, let hit = unsafe memchr(base + start, Int32(byte), end - start)
      else { return nil }
      return unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base)
    }
  }

  /// One bit for each of the 64 bytes at `start` that is `byte`.
  @inlinable @inline(__always)
  func places(of byte: UInt8, _ start: Int) -> UInt64 {
    precondition(start >= 0 && start + 64 <= count)
    // In bounds: checked above.
    return unsafe bytes.withUnsafeBytes { unsafe cbytes_places($0.baseAddress! + start, byte) }
  }

  /// How often `byte` stands before `end`.
  package func count(of byte: UInt8, before end: Int) -> Int {
    let end = Swift.min(end, count)
    var count = 0
    var at = 0
    while end - at >= 64 {
      count += places(of: byte, at).nonzeroBitCount
      at += 64
    }
    while at < end {
      if self[at] == byte { count += 1 }
      at += 1
    }
    return count
  }

  /// The end of the run of letters, digits, `_` and `$` that starts at `start`.
  @inlinable @inline(__always)
  package func wordEnd(from start: Int, to end: Int) -> Int {
    precondition(start >= 0)
    var at = start
    while at < end, count - at >= 16 {
      // In bounds: 16 bytes are there.
      let length = unsafe bytes.withUnsafeBytes { unsafe cbytes_word($0.baseAddress! + at) }
      at += length
      if length < 16 { return Swift.min(at, end) }
    }
    while at < end, Self.isOfWord(self[at]) { at += 1 }
    return Swift.min(at, Swift.max(start, end))
  }

  /// Whether `byte` is a letter, a digit, `_` or `$`.
  @inlinable @inline(__always)
  package static func isOfWord(_ byte: UInt8) -> Bool {
    byte | 32 &- 97 < 26 || byte &- 48 < 10 || byte == 95 || byte == 36
  }

  /// The first place of `needle` in `start ..< end`, or nil.
  @inlinable
  package func index(of needle: StaticString, from start: Int = 0, to end: Int? = nil) -> Int? {
    let end = Swift.min(end ?? count, count)
    guard start >= 0, start < end else { return nil }
    return unsafe withUnsafeBufferPointer { buffer -> Int? in
      // In bounds: start < end <= count; a StaticString literal lives for ever.
      guard let base = buffer.baseAddress,
        let hit = unsafe cbytes_find(base + start, end - start, needle.utf8Start, needle.utf8CodeUnitCount)
      else { return nil }
      return unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base)
    }
  }

  /// The first place at or after `start` that holds one of the bytes of `set`, or nil.
  package func index(ofAny set: StaticString, from start: Int) -> Int? {
    guard start >= 0, start < count else { return nil }
    // In bounds: start < count; a StaticString literal has as many bytes as it says.
    let before = unsafe bytes.withUnsafeBytes {
      unsafe cbytes_before($0.baseAddress! + start, count - start, set.utf8Start, set.utf8CodeUnitCount)
    }
    return start + before < count ? start + before : nil
  }

  /// Whether `text` stands at `position` and ends at or before `end`.
  @inlinable @inline(__always)
  package func has(_ text: StaticString, at position: Int, before end: Int? = nil) -> Bool {
    let end = Swift.min(end ?? count, count)
    let length = text.utf8CodeUnitCount
    guard position >= 0, position <= end, end - position >= length else { return false }
    // The first byte tells nearly always, and costs no call. A StaticString literal has as many bytes as it says.
    return unsafe length == 0 || self[position] == text.utf8Start[0] && matches(text, position)
  }

  /// Whether `text` stands at `position`; the caller has checked that so many bytes are there.
  @inlinable @inline(never)
  func matches(_ text: StaticString, _ position: Int) -> Bool {
    unsafe withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return false }
      return unsafe memcmp(base + position, text.utf8Start, text.utf8CodeUnitCount) == 0
    }
  }

  /// Whether `range` holds exactly `text`.
  @inlinable
  package func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
    range.count == text.utf8CodeUnitCount && has(text, at: range.lowerBound, before: range.upperBound)
  }

  /// Whether `range` ends with `text`.
  @inlinable
  package func ends(_ range: Range<Int>, with text: StaticString) -> Bool {
    range.count >= text.utf8CodeUnitCount
      && has(text, at: range.upperBound - text.utf8CodeUnitCount, before: range.upperBound)
  }

  /// The first position at or after `start` that holds neither space nor tab; `end` if there is none.
  @inlinable
  package func skipBlanks(from start: Int, to end: Int) -> Int {
    var at = start
    while at < end, self[at] == 32 || self[at] == 9 { at += 1 }
    return at
  }

  @inlinable @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }

  /// `range` without blanks on either side.
  @inlinable
  package func trimmed(_ range: Range<Int>) -> Range<Int> {
    precondition(range.isEmpty || range.lowerBound >= 0 && range.upperBound <= count)
    var low = range.lowerBound
    var high = range.upperBound
    // In bounds: low and high stay inside the range.
    while low < high, unsafe Self.isBlank(self[unchecked: low]) { low += 1 }
    while high > low {
      let last = unsafe self[unchecked: high - 1]
      guard Self.isBlank(last) || last == 13 else { break }
      high -= 1
    }
    return low..<high
  }

  /// The end of the run of decimal digits that starts at `start`.
  @inlinable
  package func digitsEnd(from start: Int, to end: Int) -> Int {
    var at = start
    while at < end, self[at] &- 48 < 10 { at += 1 }
    return at
  }

  /// A decimal number that fills `range` (an optional leading `-` included), or nil.
  @inlinable
  package func decimal(_ range: Range<Int>) -> Int64? {
    var at = range.lowerBound
    guard at < range.upperBound else { return nil }
    let negative = self[at] == 45
    if negative { at += 1 }
    // Nineteen digits (trace-cmd report --date) always fit an unsigned number.
    guard at < range.upperBound, range.upperBound - at <= 19 else { return nil }
    var value: UInt64 = 0
    while at < range.upperBound {
      let digit = self[at] &- 48
      guard digit < 10 else { return nil }
      value = value &* 10 &+ UInt64(digit)
      at += 1
    }
    guard value <= UInt64(Int64.max) else { return nil }
    return negative ? -Int64(value) : Int64(value)
  }

  /// The eight bytes at `start` as one number that has their order.
  @inlinable @inline(__always)
  package func word(_ start: Int) -> UInt64 {
    // The load checks its bounds and traps; callers check first. Any bit pattern is a valid integer.
    UInt64(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
  }

  /// A hash of the bytes in `range`, the same in every run; eight bytes at a time.
  package func hash(_ range: Range<Int>) -> UInt64 {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(range.count)
    func mix(_ word: UInt64) {
      hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
      hash ^= hash >> 29
    }
    var at = range.lowerBound
    while range.upperBound - at >= 8 {
      // In bounds as checked above. Any bit pattern is a valid integer; its order does not matter.
      mix(UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)))
      at += 8
    }
    guard at < range.upperBound else { return hash }
    if range.count >= 8 {
      // The last eight bytes, some of them once more: the count is in the hash. In bounds: eight are there.
      mix(
        UInt64(
          littleEndian: unsafe bytes.unsafeLoadUnaligned(
            fromByteOffset: range.upperBound - 8, as: UInt64.self)))
      return hash
    }
    var rest: UInt64 = 0
    while at < range.upperBound {
      rest = rest << 8 | UInt64(self[at])
      at += 1
    }
    mix(rest)
    return hash
  }

  /// The number that eight hexadecimal digits at `start` spell, or nil: all at once, because a list of symbols has
  /// hundreds of thousands of addresses.
  @inlinable @inline(__always)
  func eightDigits(_ start: Int) -> UInt64? {
    let each: UInt64 = 0x0101_0101_0101_0101
    let word = word(start)
    let letters = (word >> 6) & each
    let low = word & (each &* 15)
    // 9 is the last digit, 6 the low half of `f`; neither sum leaves its byte.
    let isInRange = (low &+ each &* 6 &+ letters &* 3) & (each &* 16) == 0
    // No letter has a low half of 0.
    let isLettered = ((low &+ letters &* 15) >> 4) & each == letters
    var value = low &+ letters &* 9
    let spelled = value &+ each &* 0x30 &+ letters &* 0x27
    guard isInRange, isLettered, spelled == word | (letters << 5) else { return nil }
    value = (value | value >> 4) & 0x00ff_00ff_00ff_00ff
    value = (value | value >> 8) & 0x0000_ffff_0000_ffff
    return (value | value >> 16) & 0xffff_ffff
  }

  /// A hexadecimal number that fills `range`, with or without `0x`, or nil.
  @inlinable
  package func hexadecimal(_ range: Range<Int>) -> UInt64? {
    var at = range.lowerBound
    if has("0x", at: at, before: range.upperBound) { at += 2 }
    guard at < range.upperBound, range.upperBound - at <= 16 else { return nil }
    if range.upperBound - at == 16, at >= 0, range.upperBound <= count {
      guard let high = eightDigits(at), let low = eightDigits(at + 8) else { return nil }
      return high << 32 | low
    }
    var value: UInt64 = 0
    while at < range.upperBound {
      let byte = self[at]
      let digit: UInt8
      switch byte {
      case 48...57: digit = byte - 48
      case 97...102: digit = byte - 87
      case 65...70: digit = byte - 55
      default: return nil
      }
      value = value << 4 | UInt64(digit)
      at += 1
    }
    return value
  }

  /// Seconds with a fraction (`25.184963`) as integer nanoseconds, or nil. Up to nine digits of fraction, and up
  /// to `Stamp.highest`.
  @inlinable
  package func seconds(_ range: Range<Int>) -> Int64? {
    guard let point = index(of: 46, from: range.lowerBound, to: range.upperBound),
      let whole = decimal(range.lowerBound..<point), whole >= 0, whole < Stamp.highest / 1_000_000_000
    else { return nil }
    let digits = range.upperBound - point - 1
    guard digits > 0, digits <= 9, var fraction = decimal(point + 1..<range.upperBound), fraction >= 0
    else { return nil }
    for _ in digits..<9 { fraction *= 10 }
    return whole * 1_000_000_000 + fraction
  }

  /// `range` as text; bytes that are not UTF-8 are replaced.
  package func string(_ range: Range<Int>) -> String {
    // Copies; the buffer is not kept. `extracting` traps on a bad range.
    unsafe extracting(range).withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// A copy.
  package var array: [UInt8] {
    // Lent for the call, and copied in it.
    unsafe withUnsafeBufferPointer { unsafe Array($0) }
  }
}
