// Finding a function in the table: by the bytes of a trace's line, millions of times, and by a name.
import Bytes

extension KernelFunction {
  /// The function that has a role and is named by `symbol`. What a compiler split off has the role of its part.
  package static func of(_ text: Span<UInt8>, _ symbol: Range<Int>) -> KernelFunction? {
    let base = Symbol.base(text, symbol)
    guard var function = withRole(text, base: base) else { return nil }
    guard base.upperBound < symbol.upperBound else { return function }
    // The compiler may have dropped or moved arguments.
    function.argument = nil
    // .part.N holds what follows the inlined head; .cold is never entered on its own.
    if let tail = function.tail, text.has(".part", at: base.upperBound, before: symbol.upperBound) {
      function.role = tail
    }
    return function
  }

  /// The function with a role that is called `base`, a symbol without its compiler suffix.
  @inline(__always)
  static func withRole(_ text: Span<UInt8>, base: Range<Int>) -> KernelFunction? {
    guard base.count >= 2 else { return nil }
    let slot = RoleIndex.slot(text[base.upperBound - 2], text[base.upperBound - 1])
    let first = index.first[slot]
    return first == RoleIndex.none ? nil : index.find(text, base, from: Int(first))
  }

  private static let index = RoleIndex(all)

  /// The function called `name`; of what only ends alike, that row.
  package static func named(_ name: String) -> KernelFunction? {
    byName[name] ?? endings.first { name.hasSuffix($0.name.description) }
  }

  private static let byName = Dictionary(
    uniqueKeysWithValues: all.lazy.filter { !$0.isEnding }.map { ($0.name.description, $0) })
  private static let endings = RoleIndex.ranked(all).filter(\.isEnding)
}

/// The rows that a name may be of, by its last two letters: those turn away nearly all symbols.
private struct RoleIndex {
  static let none = UInt8.max
  /// Where the rows of a pair of letters begin.
  private(set) var first = [UInt8](repeating: none, count: 1 << 10)
  /// Those of one pair stand together.
  private var rows: [(slot: Int, function: KernelFunction)] = []

  init(_ all: [KernelFunction]) {
    for function in Self.ranked(all) where function.role != nil || function.isEnding {
      let name = Array(function.name.description.utf8)
      rows.append((Self.slot(name[name.count - 2], name[name.count - 1]), function))
    }
    // Stable: in a slot the ranks stay.
    rows.sort { $0.slot < $1.slot }
    for row in rows.indices.reversed() { first[rows[row].slot] = UInt8(row) }
  }

  /// A whole name counts before an ending, and of two endings the longer one.
  static func ranked(_ all: [KernelFunction]) -> [KernelFunction] {
    func rank(_ function: KernelFunction) -> Int {
      function.isEnding ? -function.name.utf8CodeUnitCount : .min
    }
    return all.sorted { rank($0) < rank($1) }
  }

  @inline(__always)
  static func slot(_ last: UInt8, _ other: UInt8) -> Int { Int(last & 31) << 5 | Int(other & 31) }

  @inline(never)
  func find(_ text: Span<UInt8>, _ base: Range<Int>, from first: Int) -> KernelFunction? {
    for row in rows[first...] {
      guard row.slot == rows[first].slot else { return nil }
      let function = row.function
      if function.isEnding ? text.ends(base, with: function.name) : text.equals(base, function.name) {
        return function.role == nil ? nil : function
      }
    }
    return nil
  }
}
