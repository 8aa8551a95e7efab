import Bytes

/// The text of /proc/kallsyms: `address type name[\t[module]]` lines, sorted only within the kernel proper.
enum Kallsyms {
  /// No function is longer: an address this far behind a symbol belongs to something that is not listed.
  private static let longestFunction: UInt64 = 1 << 20

  /// Hands address and name of every function to `body`.
  @inline(__always)
  private static func each(_ text: Span<UInt8>, _ body: (UInt64, Range<Int>) -> Void) {
    var start = 0
    while start < text.count {
      let end = text.index(of: 10, from: start) ?? text.count
      if let blank = text.index(of: 32, from: start, to: min(end, start + 17)), blank + 3 < end,
        isFunction(text[blank + 1]), let address = text.hexadecimal(start..<blank)
      {
        var stop = end
        if text[end - 1] == UInt8(ascii: "]") { stop = text.index(of: 9, from: blank, to: end) ?? end }
        if stop > blank + 3 { body(address, blank + 3..<stop) }
      }
      start = end + 1
    }
  }

  private static func isFunction(_ type: UInt8) -> Bool {
    type == UInt8(ascii: "t") || type == UInt8(ascii: "T") || type == UInt8(ascii: "w") || type == UInt8(ascii: "W")
  }

  /// The functions that have a role.
  static func roles(_ text: Span<UInt8>) -> RoleTable {
    var found: [RoleTable.Symbol] = []
    each(text) { address, name in
      if address != 0, let symbol = RoleTable.Symbol(address, text, name) { found.append(symbol) }
    }
    return RoleTable(found)
  }

  /// The names of the functions that `addresses` lie in, without compiler suffixes; none for those in no function.
  /// One pass over the text whatever the number of addresses: most files ask for some hundred of 150 000.
  static func names(of addresses: [UInt64], _ text: Span<UInt8>, _ table: inout NameTable) -> [UInt64: Name] {
    var best = [(start: UInt64, name: Range<Int>)](repeating: (0, 0..<0), count: addresses.count)
    each(text) { address, name in
      // The first wanted address that this function may hold; those behind it are settled below.
      let index = addresses.firstSorted(atOrAbove: address)
      if index < best.count, address > best[index].start { best[index] = (address, name) }
    }
    var names: [UInt64: Name] = [:]
    var last: (start: UInt64, name: Range<Int>) = (0, 0..<0)
    for (address, own) in zip(addresses, best) {
      if own.start > last.start { last = own }
      guard last.start > 0, address - last.start < longestFunction else { continue }
      let end = text.index(of: UInt8(ascii: "."), from: last.name.lowerBound, to: last.name.upperBound)
      names[address] = table.intern(text, last.name.lowerBound..<(end ?? last.name.upperBound))
    }
    return names
  }
}

extension Array where Element == UInt64 {
  /// The index of the first element of a sorted array that is not below `value`.
  func firstSorted(atOrAbove value: UInt64) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
