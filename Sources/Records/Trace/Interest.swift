// The fast path of trace text: is this line worth parsing at all?
import Bytes

/// Where the columns of the last parsed line were. Most lines of a trace share them, so two bytes tell where the
/// event begins; a line with other columns takes the full grammar.
struct ColumnHint {
  private var bracket = -1
  private var colon = -1

  var isSet: Bool { bracket >= 0 }
  /// Where the CPU's digits begin in a line; asked only of lines that fit.
  var cpu: Int { bracket + 1 }

  mutating func learn(_ line: Span<UInt8>, _ header: TraceHeader) {
    guard !header.isRelative, let open = line.index(of: UInt8(ascii: "["), from: header.task.upperBound),
      open < header.body, let close = line.index(of: UInt8(ascii: "]"), from: open), close == open + 4
    else { return }
    var at = header.body
    while at > close, line[at - 1] == 32 { at -= 1 }
    guard at > close, line[at - 1] == UInt8(ascii: ":") else { return }
    bracket = open
    colon = at - 1
  }

  /// Where the event of the line `start ..< end` begins, if its columns are the known ones.
  @inline(__always)
  func body(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    guard bracket >= 0, start + colon + 2 < end else { return nil }
    let open = start + bracket
    guard text.count - open >= 8 else { return nil }
    // `[002]` at once. As digits, its bytes are 0 to 9; what is higher reaches a byte's highest bit.
    let column = text.word(open) >> 24
    let digits = (column >> 8 & 0xff_ffff) ^ 0x30_3030
    guard column & 0xff_0000_00ff == 0x5b_0000_005d, (digits | (digits + 0x76_7676)) & 0x80_8080 == 0 else {
      return nil
    }
    let at = start + colon
    guard text[at] == UInt8(ascii: ":"), text[at + 1] == 32, text[at - 1] &- 48 < 10 else { return nil }
    return text.skipBlanks(from: at + 2, to: end)
  }

  /// Whether the line that begins at `start` has the known columns, wherever it ends.
  func fits(_ text: Span<UInt8>, _ start: Int) -> Bool {
    guard body(text, start, text.count) != nil else { return false }
    return text.index(of: 10, from: start, to: start + colon + 2) == nil
  }
}

enum Interest {
  /// False only if the event or function at `body` is certainly not needed.
  @inline(__always)
  static func mayNeed(_ text: Span<UInt8>, _ body: Int, _ end: Int) -> Bool {
    let base = body..<text.wordEnd(from: body, to: end)
    var at = base.upperBound
    if at < end, text[at] == UInt8(ascii: ".") { at = Symbol.end(text, at, end) }
    guard at < end, text[at] == UInt8(ascii: ":") else {
      // A function, or something with a shape of its own.
      return at == body && body < end || Role.of(text, base: base) != nil
    }
    return mayNeedEvent(text, body..<at, end)
  }

  private static func mayNeedEvent(_ text: Span<UInt8>, _ name: Range<Int>, _ end: Int) -> Bool {
    let value = text.skipBlanks(from: name.upperBound + 1, to: end)
    // Broken behind the name.
    guard value < end else { return true }
    // A probe's parentheses, its fields, or "Disabling tracing due to warning".
    if text[value] == UInt8(ascii: "(") || text[value] == UInt8(ascii: "_")
      || text[value] == UInt8(ascii: "D")
    {
      return true
    }
    switch text[name.lowerBound] {
    case UInt8(ascii: "f"):
      if text.equals(name, "function") {
        return Role.of(text, base: value..<text.wordEnd(from: value, to: end)) != nil
      }
      return text.has("funcgraph_e", at: name.lowerBound, before: name.upperBound)
    case UInt8(ascii: "k"): return text.equals(name, "kernel_stack")
    case UInt8(ascii: "a"), UInt8(ascii: "r"), UInt8(ascii: "i"), UInt8(ascii: "c"), UInt8(ascii: "e"),
      UInt8(ascii: "d"):
      return TraceEvent.named(text, name) != nil
    default: return false
    }
  }

  /// A line of a trace that was printed without its columns: `rp: (really_probe+0x0/0x3a0) …`, or the raw format.
  static func isBareProbe(_ line: Span<UInt8>) -> Bool {
    if let open = line.index(of: ": (") {
      return Symbol.end(line, 0, line.count) == open && line.index(of: "+0x", from: open) != nil
    }
    return line.index(of: " type: ") != nil && line[0] &- 48 < 10
  }

  /// Whether a needed function stands in a line as entries have it: `(really_probe+0x0/0x3a0)`, `really_probe <-`, or behind a column
  /// `really_probe(` and `/* really_probe */`. For lines that are no entries: something has hidden one.
  static func wasEntry(_ line: Span<UInt8>) -> Bool {
    var at = 0
    var hasColumn = false
    let end = min(line.count, 512)
    while at < end {
      guard Symbol.isByte(line[at]) else {
        if line[at] == UInt8(ascii: "|") { hasColumn = true }
        at += 1
        continue
      }
      let name = at..<Symbol.end(line, at, end)
      at = max(name.upperBound, at + 1)
      guard name.count > 8, Role.of(line, name) != nil else { continue }
      if line.has("+0x", at: name.upperBound), name.lowerBound > 0,
        line[name.lowerBound - 1] == UInt8(ascii: "(")
      {
        return true
      }
      if line.has(" <-", at: name.upperBound)
        || hasColumn && (line.has("(", at: name.upperBound) || line.has(" */", at: name.upperBound))
      {
        return true
      }
    }
    return false
  }
}
