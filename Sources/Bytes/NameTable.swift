/// A name that a `NameTable` knows: a device, a driver, a task, a function. Cheap to copy and compare.
package struct Name: Hashable, Sendable {
  /// Of the table that made it; names of two tables are not to be compared. 0: none.
  package let index: UInt32
  @inlinable
  package init(index: UInt32) { self.index = index }
  /// No name, or an unknown one.
  package static let none = Name(index: 0)
}

/// Names interned once, so that events hold four bytes instead of a string.
package struct NameTable: Sendable {
  private var strings: [String] = [""]
  /// Of each of them.
  private var hashes: [UInt64] = [0]
  /// Where a hash points to: its name's index, or that of one that came before, and then the next slot; 0 is free. A
  /// dictionary would hash the hashes again, which costs more than all the rest.
  private var slots: [UInt32] = []

  package init() {}

  /// Names that it knows.
  package var count: Int { strings.count }
  /// Texts that are many, and not needed to tell things apart, may still be interned.
  package var hasRoom: Bool { strings.count < 100_000 }

  /// The text of a name that this table made.
  package subscript(_ name: Name) -> String { strings[Int(name.index)] }

  /// The name of the text at `range`; `.none` if that is empty. Bytes that are no UTF-8 become U+FFFD.
  package mutating func intern(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Name {
    guard !range.isEmpty else { return .none }
    let hash = bytes.hash(range)
    if strings.count * 2 > slots.count { grow() }
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let known = Int(slots[slot])
      if hashes[known] == hash,
        Self.same(strings[known], bytes, range) || Self.sameRepaired(strings[known], bytes, range)
      {
        return Name(index: slots[slot])
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = UInt32(strings.count)
    strings.append(bytes.string(range))
    hashes.append(hash)
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

  /// Twice the slots, a power of two: at most half of them are taken.
  private mutating func grow() {
    slots = Array(repeating: 0, count: max(64, slots.count * 2))
    for known in hashes.indices.dropFirst() {
      var slot = Int(truncatingIfNeeded: hashes[known]) & (slots.count - 1)
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
