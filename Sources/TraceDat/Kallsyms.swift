import Bytes
import Events

/// The kernel's symbols, from the text of /proc/kallsyms: `address type name[\t[module]]` lines, which are sorted
/// only within the kernel proper.
struct Kallsyms: Sendable {
  /// No function is longer: an address this far behind one belongs to something that is not listed.
  private static let longestFunction: UInt64 = 1 << 16

  private struct Symbol: Sendable {
    var address: UInt64
    /// Offset of the name in the text; a file's kallsyms is shorter than 4 GiB by its own length word.
    var name: UInt32
    var isFunction: Bool
  }
  private var text: [UInt8] = []
  private var symbols: [Symbol] = []
  private var isSorted = true
  /// The functions that have a role.
  private(set) var roles = RoleTable([])

  init() {}

  init(_ source: Span<UInt8>) {
    // A copy: what the file holds is mapped or was decompressed for this call only.
    text = unsafe source.withUnsafeBufferPointer { unsafe Array($0) }
    symbols.reserveCapacity(text.count / 40)
    var found: [RoleTable.Symbol] = []
    var start = 0
    while start < source.count {
      let end = source.index(of: 10, from: start) ?? source.count
      if let (symbol, name) = Self.parse(source, start, end) {
        if let last = symbols.last, last.address > symbol.address { isSorted = false }
        symbols.append(symbol)
        if symbol.isFunction, let role = RoleTable.Symbol(symbol.address, source, name) { found.append(role) }
      }
      start = end + 1
    }
    roles = RoleTable(found)
  }

  /// One line; nil for what is no symbol, or one without an address (kptr_restrict).
  @inline(__always)
  private static func parse(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> (Symbol, Range<Int>)? {
    // `$x` and `$d` mark kinds of content on arm, not functions.
    guard let blank = blank(text, start, end), blank + 3 < end,
      text[blank + 3] != UInt8(ascii: "$"), let address = text.hexadecimal(start..<blank), address != 0
    else { return nil }
    var stop = end
    if text[end - 1] == UInt8(ascii: "]") { stop = text.index(of: 9, from: blank, to: end) ?? end }
    guard stop > blank + 3 else { return nil }
    let type = text[blank + 1] | 32
    let isFunction = type == UInt8(ascii: "t") || type == UInt8(ascii: "w")
    let symbol = Symbol(address: address, name: UInt32(truncatingIfNeeded: blank + 3), isFunction: isFunction)
    return (symbol, blank + 3..<stop)
  }

  /// Where the address ends: after 16 digits on nearly all machines.
  @inline(__always)
  private static func blank(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    if start + 16 < end, text[start + 16] == 32 { return start + 16 }
    return text.index(of: 32, from: start, to: min(end, start + 16))
  }

  /// The name of the function that `address` lies in, without compiler suffix; or the address in hex as the kernel
  /// prints it, for what lies in no function: a module that is gone.
  mutating func name(of address: UInt64, _ names: inout NameTable) -> Name {
    guard !symbols.isEmpty else { return .none }
    if !isSorted {
      // Only a file whose callers are asked for pays for this. Of equal addresses the first stays first.
      symbols.sort { ($0.address, $0.name) < ($1.address, $1.name) }
      isSorted = true
    }
    guard let symbol = nearest(address), address - symbol.address < Self.longestFunction else {
      return names.intern("0x" + String(address, radix: 16))
    }
    let start = Int(symbol.name)
    var end = start
    while end < text.count, !Self.endsName(text[end]) { end += 1 }
    return Self.isTrampoline(text.span, start..<end) ? .none : names.intern(text.span, start..<end)
  }

  /// Where a function returns to while another return probe sits on it: that is no caller. The kernel prints
  /// `[unknown/kretprobe'd]`.
  private static func isTrampoline(_ text: Span<UInt8>, _ name: Range<Int>) -> Bool {
    text.equals(name, "arch_rethook_trampoline") || text.ends(name, with: "kretprobe_trampoline")
  }

  /// A dot begins a compiler's suffix.
  private static func endsName(_ byte: UInt8) -> Bool { byte == 10 || byte == 9 || byte == UInt8(ascii: ".") }

  /// The name of a function of the role table.
  func name(of symbol: RoleTable.Symbol, _ names: inout NameTable) -> Name {
    names.intern(text.span, Int(symbol.name)..<Int(symbol.name) + Int(symbol.nameLength))
  }

  /// The first function at the nearest address that has a symbol; nil if there is none or it is data.
  private func nearest(_ address: UInt64) -> Symbol? {
    var low = 0
    var high = symbols.count
    while low < high {
      let middle = (low + high) / 2
      if symbols[middle].address <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    var best: Symbol?
    var index = low - 1
    // A symbol has a few aliases; a file that lies may give all of them one address.
    while index >= max(0, low - 64), symbols[index].address == symbols[low - 1].address {
      if symbols[index].isFunction { best = symbols[index] }
      index -= 1
    }
    return best
  }
}
