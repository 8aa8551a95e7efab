// Mail programs break long lines: they then go on in the next line, which has no prefix of its own. A line that may be broken
// is held back until the next one shows whether it belongs to it: by its words for those of a warning, which are told however
// they were broken; by the width at which the text was wrapped for all others.
import Bytes

struct LineJoiner {
  private enum Break { case message, header, cpu, width }
  private var text: [UInt8] = []
  private var held: (record: LogRecord, place: Place, kind: Break)?
  /// Of the line that came last of those that are held as one.
  private var last = WrapWidth.Row()
  var isHolding: Bool { held != nil }
  /// Nothing is held but for the width: the line may well be whole.
  var holdsForWidth: Bool { held?.kind == .width }

  /// No line of a kernel that was wrapped is longer.
  private static let longest = 4096

  /// Holds the line back if something is missing at its end, or if it may have been wrapped.
  @inline(__always)
  mutating func hold(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place, _ width: WrapWidth) -> Bool {
    if Self.mayBreak(line, record.message), let kind = Self.broken(line, record.message) {
      hold(record, line, place, kind)
      return true
    }
    guard record.hasPrefix, width.mayBreak(line.count) else { return false }
    hold(record, line, place, .width)
    return true
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

  private mutating func hold(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place, _ kind: Break) {
    text.removeAll(keepingCapacity: true)
    for at in 0..<line.count { text.append(line[at]) }
    held = (record, place, kind)
    last = WrapWidth.Row(line)
  }

  mutating func drop() { held = nil }

  /// Takes the next line if it is the rest of what is held; else hands on what is held, as is done once it is whole.
  mutating func release(
    _ next: Span<UInt8>, _ range: Range<Int>, hasPrefix: Bool, _ width: inout WrapWidth, _ sink: LogLines.Sink
  ) -> Bool {
    guard let (record, _, kind) = held else { return false }
    var rest = next.trimmed(range)
    let mayBeRest =
      !hasPrefix && record.hasPrefix && text.count + rest.count < Self.longest && !Self.isDrawn(next, rest)
    if mayBeRest { width.note(last, before: next, rest) }
    let isWrapped = mayBeRest && width.breaks(last, before: next, rest)
    guard isWrapped || !hasPrefix && Self.continues(next, rest, kind) else {
      flush(sink)
      return false
    }
    if isWrapped, width.endsInside(last) {
      // Blanks in front are the text's own, and what looks like a layer is none: terminals put nothing in front.
      rest = min(WrapWidth.Row.quotes(next), rest.lowerBound)..<rest.upperBound
    } else {
      // Apple's mails have two (RFC 3676: DelSp).
      while let end = text.last, WrapWidth.Row.isBlank(end) { text.removeLast() }
      text.append(32)
    }
    for at in rest { text.append(next[at]) }
    held?.record.message = record.message.lowerBound..<text.count
    last = WrapWidth.Row(next)
    // A third piece may follow.
    if isWrapped, width.mayBreak(last.count) { held?.kind = .width } else { flush(sink) }
    return true
  }

  /// `[  OK  ]` and `------`: user space draws them at the beginning of its lines.
  static func isDrawn(_ next: Span<UInt8>, _ rest: Range<Int>) -> Bool {
    guard let first = rest.first else { return false }
    if next.has("[ ", at: first, before: rest.upperBound) { return true }
    return rest.count > 2 && next[first] == next[first + 1] && next[first] == next[first + 2]
      && !Symbol.isByte(next[first])
  }

  /// Hands on what is held.
  mutating func flush(_ sink: LogLines.Sink) {
    guard let (record, place, _) = held else { return }
    held = nil
    let bytes = text
    sink(record, bytes.span, place)
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
    case .width: return false
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
