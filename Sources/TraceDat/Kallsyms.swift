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
  /// What holds the text: a copy of these megabytes would cost as much as reading them.
  enum Source: Sendable {
    case file(MappedFile)
    case unpacked([UInt8])

    func withBytes<R>(_ body: (Span<UInt8>) -> R) -> R {
      switch self {
      case .file(let file): file.withBytes(body)
      case .unpacked(let bytes): body(bytes.span)
      }
    }
  }
  private let source: Source?
  private let range: Range<Int>
  /// All symbols by address. Nil until a caller is asked for: to read all addresses takes a small file's whole time.
  private var symbols: [Symbol]?
  /// The functions that have a role.
  private(set) var roles = RoleTable([])
  /// Lines that are no symbol, or out of order: then names may be wrong anywhere, and with them who called whom.
  private(set) var brokenLines = 0

  /// No symbols.
  init() {
    source = nil
    range = 0..<0
  }

  /// `range` must be in the bounds of `source`.
  init(_ source: Source, _ range: Range<Int>) {
    self.source = source
    self.range = range
    var found: [RoleTable.Symbol] = []
    var broken = 0
    source.withBytes { bytes in
      let text = bytes.extracting(range)
      var last = (high: UInt64(0), low: UInt64(0))
      let noSymbols = Self.eachLine(text) { line in
        if !line.isInOrder(after: &last, text) { broken += 1 }
        guard line.isFunction, let symbol = RoleTable.Symbol(line.address(text), text, line.name) else {
          return
        }
        found.append(symbol)
      }
      broken += noSymbols
      // A hole hides the ends of lines.
      if text.index(of: 0) != nil { broken += 1 }
    }
    brokenLines = broken
    roles = RoleTable(found)
  }

  /// A line that names a symbol. Its address is digits still, and may be none.
  private struct Line {
    var digits: Range<Int>
    var name: Range<Int>
    var type: UInt8
    /// What comes with a module, or is made at run time, has its name in brackets: those are in no order.
    var isModules: Bool

    var isFunction: Bool { !isMark && (type == UInt8(ascii: "t") || type == UInt8(ascii: "w")) }
    /// `$x` and `$d` mark kinds of content on arm, not functions.
    var isMark: Bool

    /// Nil for what is no symbol.
    @inline(__always)
    init?(_ text: Span<UInt8>, _ start: Int, _ end: Int) {
      guard let blank = Kallsyms.blank(text, start, end), blank + 3 < end, text[blank + 2] == 32,
        text[blank + 3] > 32, text[blank + 3] < 127, text[start] > 32
      else { return nil }
      isModules = text[end - 1] == UInt8(ascii: "]")
      var stop = end
      if isModules { stop = text.index(of: 9, from: blank, to: end) ?? end }
      guard stop > blank + 3 else { return nil }
      digits = start..<blank
      name = blank + 3..<stop
      type = text[blank + 1] | 32
      isMark = text[blank + 3] == UInt8(ascii: "$")
    }

    /// Whether its address is not below that of the line before it, as in /proc/kallsyms; takes its place.
    @inline(__always)
    func isInOrder(after last: inout (high: UInt64, low: UInt64), _ text: Span<UInt8>) -> Bool {
      // Digits of equal number are in the order of their characters.
      guard !isModules, digits.count == 16 else { return true }
      let own = (high: text.word(digits.lowerBound), low: text.word(digits.lowerBound + 8))
      defer { last = own }
      return own >= last
    }

    /// Nil for no address: kptr_restrict shows zeros.
    @inline(__always)
    func address(_ text: Span<UInt8>) -> UInt64? {
      let address = text.hexadecimal(digits)
      return address == 0 ? nil : address
    }
  }

  /// Hands out the lines that are symbols; how many are not.
  @inline(__always)
  private static func eachLine(_ text: Span<UInt8>, _ body: (Line) -> Void) -> Int {
    var start = 0
    var broken = 0
    while start < text.count {
      let end = text.index(of: 10, from: start) ?? text.count
      if let line = Line(text, start, end) {
        body(line)
      } else if end > start {
        broken += 1
      }
      start = end + 1
    }
    return broken
  }

  private static func byAddress(_ text: Span<UInt8>) -> [Symbol] {
    var symbols: [Symbol] = []
    symbols.reserveCapacity(text.count / 40)
    var isSorted = true
    _ = eachLine(text) { line in
      guard !line.isMark, let address = line.address(text) else { return }
      if let last = symbols.last, last.address > address { isSorted = false }
      symbols.append(
        Symbol(
          address: address, name: UInt32(truncatingIfNeeded: line.name.lowerBound),
          isFunction: line.isFunction))
    }
    // Of equal addresses the first stays first.
    if !isSorted { symbols.sort { ($0.address, $0.name) < ($1.address, $1.name) } }
    return symbols
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
    // A wrong name would blame a caller that is none.
    guard let source, brokenLines == 0 else { return .none }
    let symbols = symbols ?? source.withBytes { Self.byAddress($0.extracting(range)) }
    self.symbols = symbols
    guard !symbols.isEmpty else { return .none }
    guard let symbol = Self.nearest(address, symbols), address - symbol.address < Self.longestFunction else {
      return names.intern("0x" + String(address, radix: 16))
    }
    return source.withBytes { bytes in
      let text = bytes.extracting(range)
      let start = Int(symbol.name)
      var end = start
      while end < text.count, !Self.endsName(text[end]) { end += 1 }
      return Self.isTrampoline(text, start..<end) ? .none : names.intern(text, start..<end)
    }
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
    let name = Int(symbol.name)..<Int(symbol.name) + Int(symbol.nameLength)
    return source?.withBytes { names.intern($0.extracting(range), name) } ?? .none
  }

  /// The first function at the nearest address that has a symbol; nil if there is none or it is data.
  private static func nearest(_ address: UInt64, _ symbols: [Symbol]) -> Symbol? {
    let next = symbols.partitioningIndex { $0.address > address }
    guard next > 0 else { return nil }
    var best: Symbol?
    var index = next - 1
    // A symbol has a few aliases; a file that lies may give all of them one address.
    while index >= max(0, next - 64), symbols[index].address == symbols[next - 1].address {
      if symbols[index].isFunction { best = symbols[index] }
      index -= 1
    }
    return best
  }
}
