import Bytes

/// The text of /proc/kallsyms: `address type name[\t[module]]` lines, sorted only within the kernel proper.
enum Kallsyms {
  /// No function is longer: an address this far behind one belongs to something that is not listed.
  private static let longestFunction: UInt64 = 1 << 16

  /// Hands address, name, and whether it is a function, of every symbol to `body`.
  @inline(__always)
  private static func each(_ text: Span<UInt8>, _ body: (UInt64, Range<Int>, Bool) -> Void) {
    var start = 0
    while start < text.count {
      let end = text.index(of: 10, from: start) ?? text.count
      // `$x` and `$d` mark kinds of content on arm, not functions.
      if let blank = text.index(of: 32, from: start, to: min(end, start + 17)), blank + 3 < end,
        text[blank + 3] != UInt8(ascii: "$"), let address = text.hexadecimal(start..<blank)
      {
        var stop = end
        if text[end - 1] == UInt8(ascii: "]") { stop = text.index(of: 9, from: blank, to: end) ?? end }
        if stop > blank + 3 { body(address, blank + 3..<stop, isFunction(text[blank + 1])) }
      }
      start = end + 1
    }
  }

  private static func isFunction(_ type: UInt8) -> Bool {
    type == UInt8(ascii: "t") || type == UInt8(ascii: "T") || type == UInt8(ascii: "w")
      || type == UInt8(ascii: "W")
  }

  /// The functions that have a role.
  static func roles(_ text: Span<UInt8>) -> RoleTable {
    var found: [RoleTable.Symbol] = []
    each(text) { address, name, isFunction in
      if isFunction, address != 0, let symbol = RoleTable.Symbol(address, text, name) { found.append(symbol) }
    }
    return RoleTable(found)
  }

  /// The names of the functions that `addresses` (sorted) lie in, without compiler suffixes, or the address in hex
  /// as the kernel prints it, for what lies in no function: a module that is gone.
  /// One pass over the text whatever the number of addresses: most files ask for some hundred of 150 000.
  static func names(of addresses: [UInt64], _ text: Span<UInt8>, _ table: inout NameTable) -> [UInt64: Name] {
    let best = nearest(addresses, text)
    var names: [UInt64: Name] = [:]
    var last = Nearest()
    for (address, own) in zip(addresses, best) {
      if own.start > last.start { last = own }
      if last.isFunction, address - last.start < longestFunction {
        let end = text.index(of: UInt8(ascii: "."), from: last.name.lowerBound, to: last.name.upperBound)
        names[address] = table.intern(text, last.name.lowerBound..<(end ?? last.name.upperBound))
      } else {
        names[address] = table.intern("0x" + String(address, radix: 16))
      }
    }
    return names
  }

  private struct Nearest {
    var start: UInt64 = 0
    var name = 0..<0
    var isFunction = false
  }

  /// For each of `addresses` the last symbol above the address before it; the true nearest may be an earlier one's.
  private static func nearest(_ addresses: [UInt64], _ text: Span<UInt8>) -> [Nearest] {
    var best = [Nearest](repeating: Nearest(), count: addresses.count)
    each(text) { address, name, isFunction in
      let index = addresses.firstSorted(atOrAbove: address)
      guard index < best.count else { return }
      // Of several symbols for one address the first function counts.
      if address > best[index].start || address == best[index].start && isFunction && !best[index].isFunction
      {
        best[index] = Nearest(start: address, name: name, isFunction: isFunction)
      }
    }
    return best
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
