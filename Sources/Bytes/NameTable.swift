/// A name that a `NameTable` knows: a device, a driver, a task, a function. Cheap to copy and compare.
@usableFromInline
package struct Name: Hashable, Sendable {
  /// Of the table that made it; names of two tables are not to be compared. 0: none.
  @usableFromInline
  package let index: UInt32
  @inlinable
  package init(index: UInt32) { self.index = index }
  /// No name, or an unknown one.
  @inlinable @inline(__always)
  package static var none: Name { Name(index: 0) }
}

/// Names interned once, so that events hold four bytes instead of a string.
package struct NameTable: Sendable {
  private var strings: [String] = [""]
  /// Of each of them.
  private var keys = [NameKey(Span<UInt8>(), 0..<0)]
  /// Where a hash points to: its name's index, or that of one that came before, and then the next slot; 0 is free. A
  /// dictionary would hash the hashes again, which costs more than all the rest.
  private var slots: [UInt32] = []
  /// Of all texts.
  private var bytes = 0

  /// Ten times what a boot's devices, drivers, threads and messages have.
  private static let most = (names: 100_000, bytes: 8 << 20)

  package init() {}

  /// Names that it knows.
  package var count: Int { strings.count }
  /// Texts that are many, and not needed to tell things apart, may still be interned.
  package var hasRoom: Bool { strings.count < Self.most.names && bytes < Self.most.bytes }

  /// The text of a name that this table made.
  package subscript(_ name: Name) -> String { strings[Int(name.index)] }

  /// The name of the text at `range`; `.none` if that is empty. Bytes that are no UTF-8 become U+FFFD.
  package mutating func intern(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Name {
    guard !range.isEmpty else { return .none }
    let key = NameKey(bytes, range)
    if strings.count * 2 > slots.count { grow() }
    var slot = slot(of: key)
    while slots[slot] != 0 {
      let known = Int(slots[slot])
      if keys[known] == key,
        key.isWhole || Self.same(strings[known], bytes, range)
          || Self.sameRepaired(strings[known], bytes, range)
      {
        return Name(index: slots[slot])
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = UInt32(strings.count)
    strings.append(bytes.string(range))
    self.bytes += range.count
    keys.append(key)
    return Name(index: slots[slot])
  }

  /// The same for a `String`.
  package mutating func intern(_ text: String) -> Name {
    var text = text
    return text.withUTF8 { unsafe intern($0.span, 0..<$0.count) }
  }

  /// The name of `text` if it was interned before.
  package func find(_ text: String) -> Name? {
    strings.firstIndex(of: text).map { Name(index: UInt32($0)) }
  }

  /// By the hash's high bits: the low ones do not see how the names of PCI devices differ, and all would share a slot.
  private func slot(of key: NameKey) -> Int {
    Int(truncatingIfNeeded: key.hash >> UInt64(64 - slots.count.trailingZeroBitCount))
  }

  /// Twice the slots, a power of two: at most half of them are taken.
  private mutating func grow() {
    slots = Array(repeating: 0, count: max(64, slots.count * 2))
    for known in keys.indices.dropFirst() {
      var slot = slot(of: keys[known])
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(known)
    }
  }

  /// Bytes that are no UTF-8 became U+FFFD in the known text; without this each sight of them is a new name.
  private static func sameRepaired(_ known: String, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    known.unicodeScalars.contains("\u{fffd}") && known.utf8.elementsEqual(bytes.string(range).utf8)
  }

  private static func same(_ known: String, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let text = known.utf8Span.span
    guard text.count == range.count else { return false }
    var at = 0
    while text.count - at >= 8 {
      guard text.word(at) == bytes.word(range.lowerBound + at) else { return false }
      at += 8
    }
    while at < text.count {
      guard text[at] == bytes[range.lowerBound + at] else { return false }
      at += 1
    }
    return true
  }
}

/// What a text is told from others by. Most names are short, and then it has all of their bytes: no text is compared.
private struct NameKey: Equatable {
  let hash: UInt64
  private let first: UInt64
  private let last: UInt64
  private let count: Int

  /// Keys that are equal have equal texts.
  var isWhole: Bool { count <= 16 }

  init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    count = range.count
    if count < 8 {
      first = range.reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
      last = 0
    } else {
      first = bytes.word(range.lowerBound)
      last = bytes.word(range.upperBound - 8)
    }
    let factor: UInt64 = 0x9e37_79b9_7f4a_7c15
    let head = (first ^ UInt64(truncatingIfNeeded: count)) &* factor
    hash = count <= 16 ? (head ^ head >> 29 ^ last) &* factor : bytes.hash(range)
  }
}
