// Where a byte stands, one place after the other: 64 bytes are looked at at once, where memchr would begin anew each time.

/// The places of `byte` in a text, in their order. To be asked about one text alone.
package struct BytePlaces {
  @usableFromInline let byte: UInt8
  /// Of the 64 bytes from `block` on, those that are to come.
  @usableFromInline var places: UInt64 = 0
  @usableFromInline var block = 0
  /// Where the block after it begins.
  @usableFromInline var next = 0

  /// The text is given to `next`, each time the same one.
  @inlinable
  package init(of byte: UInt8) { self.byte = byte }

  /// The next place in `text`, or nil.
  @inlinable @inline(__always)
  package mutating func next(in text: Span<UInt8>) -> Int? {
    while places == 0 {
      guard next < text.count else { return nil }
      guard text.count - next >= 64 else { return last(in: text) }
      places = text.places(of: byte, next)
      block = next
      next += 64
    }
    let place = block + places.trailingZeroBitCount
    places &= places - 1
    return place
  }

  /// In what is left behind the last whole block.
  @usableFromInline @inline(never)
  mutating func last(in text: Span<UInt8>) -> Int? {
    let place = text.index(of: byte, from: next)
    next = place.map { $0 + 1 } ?? text.count
    return place
  }
}
