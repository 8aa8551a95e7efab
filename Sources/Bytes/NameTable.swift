/// A name that a `NameTable` knows: a device, a driver, a task, a function. Cheap to copy and compare.
public struct Name: Hashable, Sendable {
  public let index: UInt32
  @inlinable
  public init(index: UInt32) { self.index = index }
  /// No name, or an unknown one.
  public static let none = Name(index: 0)
}

/// Names interned once, so that events hold four bytes instead of a string.
public struct NameTable: Sendable {
  private var strings: [String] = [""]
  private var byHash: [UInt64: UInt32] = [:]

  public init() {}

  /// Names that it knows.
  public var count: Int { strings.count }
  /// Texts that are many, and not needed to tell things apart, may still be interned.
  public var hasRoom: Bool { strings.count < 100_000 }

  public subscript(_ name: Name) -> String { strings[Int(name.index)] }

  public mutating func intern(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Name {
    guard !range.isEmpty else { return .none }
    var hash = bytes.hash(range)
    while let known = byHash[hash] {
      let string = strings[Int(known)]
      if Self.same(string, bytes, range) || Self.sameRepaired(string, bytes, range) {
        return Name(index: known)
      }
      hash = hash &+ 1
    }
    return add(bytes.string(range), hash)
  }

  public mutating func intern(_ text: String) -> Name {
    var text = text
    return text.withUTF8 { unsafe intern($0.span, 0..<$0.count) }
  }

  /// The name of `text` if it was interned before.
  public func find(_ text: String) -> Name? {
    strings.firstIndex(of: text).map { Name(index: UInt32($0)) }
  }

  private mutating func add(_ text: String, _ hash: UInt64) -> Name {
    let index = UInt32(strings.count)
    strings.append(text)
    byHash[hash] = index
    return Name(index: index)
  }

  /// Bytes that are no UTF-8 became U+FFFD in the known text; without this each sight of them is a new name.
  private static func sameRepaired(_ known: String, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    known.unicodeScalars.contains("\u{fffd}") && known.utf8.elementsEqual(bytes.string(range).utf8)
  }

  private static func same(_ known: String, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let text = known.utf8Span.span
    guard text.count == range.count else { return false }
    for at in text.indices where text[at] != bytes[range.lowerBound + at] { return false }
    return true
  }
}
