// Mail programs break long lines: a warning's message, its header and its CPU line then go on in the next line, which
// has no prefix of its own. Such a line is held back until the next one shows whether it belongs to it.
import Bytes

struct LineJoiner {
  private enum Break { case message, header, cpu }
  private var text: [UInt8] = []
  private var held: (record: LogRecord, place: Place, kind: Break)?
  var isHolding: Bool { held != nil }

  /// Holds the line back if something is missing at its end.
  @inline(__always)
  mutating func hold(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) -> Bool {
    Self.mayBreak(line, record.message) && holdBroken(record, line, place)
  }

  /// Whether the line would be held back.
  @inline(__always)
  static func mayGoOn(_ line: Span<UInt8>, _ message: Range<Int>) -> Bool {
    mayBreak(line, message) && broken(line, message) != nil
  }

  /// Whether the line may be one that is broken, by its first and its last byte.
  @inline(__always)
  private static func mayBreak(_ line: Span<UInt8>, _ message: Range<Int>) -> Bool {
    guard message.count > 8 else { return false }
    switch line[message.lowerBound] {
    case UInt8(ascii: "W"), UInt8(ascii: "C"), 32, 9: return true
    default: break
    }
    switch line[message.upperBound - 1] {
    case UInt8(ascii: ","), UInt8(ascii: "e"), UInt8(ascii: "U"), UInt8(ascii: "t"), UInt8(ascii: "r"),
      UInt8(ascii: "g"), UInt8(ascii: "y"), 32, 9, 13:
      return true
    default: return false
    }
  }

  private mutating func holdBroken(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) -> Bool {
    guard let kind = Self.broken(line, record.message) else { return false }
    text.removeAll(keepingCapacity: true)
    for at in 0..<line.count { text.append(line[at]) }
    held = (record, place, kind)
    return true
  }

  mutating func drop() { held = nil }

  /// Hands on what is held, together with the next line if that is its rest; true if it was.
  mutating func release(
    _ next: Span<UInt8>, _ range: Range<Int>, hasPrefix: Bool, _ sink: LogLines.Sink
  ) -> Bool {
    guard let (whole, place, kind) = held else { return false }
    var record = whole
    held = nil
    let rest = next.trimmed(range)
    let joins = !hasPrefix && Self.continues(next, rest, kind)
    if joins {
      if text.last != 32 { text.append(32) }
      for at in rest { text.append(next[at]) }
      record.message = record.message.lowerBound..<text.count
    }
    let bytes = text
    sink(record, bytes.span, place)
    return joins
  }

  /// What the line lacks; nil if it is whole, as nearly every line is.
  private static func broken(_ line: Span<UInt8>, _ message: Range<Int>) -> Break? {
    let body = line.trimmed(message)
    guard body.count > 8 else { return nil }
    switch line[body.lowerBound] {
    case UInt8(ascii: "W") where line.has("WARNING: ", at: body.lowerBound):
      let isWhole =
        line.index(of: "+0x", from: body.lowerBound, to: body.upperBound) != nil
        && (line.index(of: "CPU", from: body.lowerBound, to: body.upperBound) != nil)
      return isWhole ? nil : .header
    case UInt8(ascii: "C") where line.has("CPU: ", at: body.lowerBound):
      let isWhole =
        line.index(of: UInt8(ascii: "#"), from: body.lowerBound, to: body.upperBound) != nil
        || line.index(of: "PID: ", from: body.lowerBound, to: body.upperBound) == nil
      return isWhole ? nil : .cpu
    default: break
    }
    return endsInsideMessage(line, body) ? .message : nil
  }

  /// `…: late IOMMU probe at driver bind,`, broken at any of its blanks.
  private static func endsInsideMessage(_ line: Span<UInt8>, _ body: Range<Int>) -> Bool {
    func ends(_ word: StaticString) -> Bool { line.ends(body, with: word) }
    switch line[body.upperBound - 1] {
    case UInt8(ascii: ","): guard ends(" bind,") else { return false }
    case UInt8(ascii: "e"): guard ends(": late") || ends(" probe") else { return false }
    case UInt8(ascii: "U"): guard ends(" IOMMU") else { return false }
    case UInt8(ascii: "t"): guard ends(" probe at") else { return false }
    case UInt8(ascii: "r"): guard ends(" at driver") else { return false }
    case UInt8(ascii: "g"): guard ends(" something") else { return false }
    case UInt8(ascii: "y"): guard ends(" fishy") else { return false }
    default: return false
    }
    return line.index(of: ": late", from: body.lowerBound, to: body.upperBound) != nil
  }

  private static func continues(_ line: Span<UInt8>, _ rest: Range<Int>, _ kind: Break) -> Bool {
    guard !rest.isEmpty else { return false }
    func begins(_ word: StaticString) -> Bool { line.has(word, at: rest.lowerBound, before: rest.upperBound) }
    switch kind {
    case .message:
      return begins("IOMMU") || begins("probe") || begins("at driver") || begins("driver bind")
        || begins("bind,") || begins("something") || begins("fishy") || begins("here!")
    case .header:
      let end = line.index(of: 32, from: rest.lowerBound, to: rest.upperBound) ?? rest.upperBound
      return begins("at ") || begins("CPU") || begins("PID: ") || begins("drivers/")
        || line.index(of: "+0x", from: rest.lowerBound, to: end) != nil
    case .cpu:
      return line[rest.lowerBound] &- 48 < 10 || begins("Comm: ") || begins("Not ") || begins("tainted")
        || begins("Tainted: ")
    }
  }
}
