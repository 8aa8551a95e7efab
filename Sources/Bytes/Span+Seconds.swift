// Seconds in brackets, the column that nearly every line of a log begins with.

extension Span where Element == UInt8 {
  /// From one bracket to behind the other.
  package static var bracketedSecondsLength: Int { 14 }

  /// The nanoseconds of `[    3.993045]` and `[12345.993045]` at `start`, eight bytes at once. Nil for what has another shape,
  /// seconds too: that must be looked at byte by byte.
  @inlinable @inline(__always)
  package func bracketedSeconds(_ start: Int) -> Int64? {
    guard start >= 0, count - start >= 14, self[start] == UInt8(ascii: "["),
      self[start + 6] == UInt8(ascii: "."),
      self[start + 13] == UInt8(ascii: "]")
    else { return nil }
    // As digits, their bytes are 0 to 9 and a blank's is 16.
    let column = (word(start + 1) >> 24) ^ 0x30_3030_3030
    let blanks = column & 0x10_1010_1010
    let seconds = column ^ blanks
    let fraction = ((word(start + 6) >> 8) & 0xffff_ffff_ffff) ^ 0x3030_3030_3030
    // What is higher than 9 reaches a byte's highest bit.
    let most: UInt64 = 0x7676_7676_7676
    guard (seconds | (seconds &+ most) | fraction | (fraction &+ most)) & 0x8080_8080_8080 == 0 else {
      return nil
    }
    // Blanks stand in front of the digits, and a digit of 0 in front of no other.
    let width = UInt64(5 - blanks.nonzeroBitCount)
    guard width > 0, blanks == (0x10_1010_1010 << (8 * width)) & 0xff_ffff_ffff,
      seconds & ((blanks >> 4) * 15) == 0, width == 1 || seconds >> (8 * (width - 1)) != 0
    else { return nil }
    return Int64(Self.number(seconds) * 1_000_000_000 + Self.number(fraction) * 1000)
  }

  /// The number whose digits are the lowest six bytes, the last one the lowest.
  @inlinable @inline(__always)
  static func number(_ digits: UInt64) -> UInt64 {
    let each: UInt64 = 0x00ff_00ff_00ff
    let pairs = ((digits >> 8) & each) * 10 + (digits & each)
    return (pairs >> 32) * 10_000 + ((pairs >> 16) & 0xffff) * 100 + (pairs & 0xffff)
  }
}
