import Bytes

/// A terminal's session as asciinema records it: after a header an event a line, of which `"o"` is what was printed, in the pieces
/// in which it was read. Handed out is what was printed, and no more.
struct CastDecoder: FormDecoder {
  static let window = 1 << 15
  /// What stands in front of an event's text is shorter.
  private static let longestStart = 64

  private enum State { case lineStart, string, rest }
  private var state = State.lineStart

  /// `{"version": 2, …}`, and `[` begins the line behind it.
  static func isCast(_ head: Span<UInt8>) -> Bool {
    guard head.has("{\"version\"", at: 0), let newline = head.index(of: 10) else { return false }
    let colon = head.skipBlanks(from: 10, to: newline)
    let version = head.skipBlanks(from: colon + 1, to: newline)
    return head.has(":", at: colon) && (head.has("2", at: version) || head.has("3", at: version))
      && head.has("[", at: newline + 1)
  }

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var at = 0
    while at < input.count {
      switch state {
      case .lineStart:
        guard isAll || input.count - at >= Self.longestStart || input.index(of: 10, from: at) != nil else {
          return at
        }
        let text = Self.textStart(input, at)
        state = text == nil ? .rest : .string
        at = text ?? at
      case .rest:
        guard let newline = input.index(of: 10, from: at) else { return input.count }
        state = .lineStart
        at = newline + 1
      case .string:
        guard let next = readString(input, at, isAll, &output) else { return at }
        at = next
      }
    }
    return at
  }

  /// A session ends at a prompt: its line is no log's that was cut.
  mutating func finish(into output: inout [UInt8]) { output.append(10) }

  /// Behind the quote with which the text of `[1.234, "o", "…"]` begins; nil if another event stands at `start`.
  private static func textStart(_ input: Span<UInt8>, _ start: Int) -> Int? {
    guard input.has("[", at: start) else { return nil }
    let end = min(input.count, start + longestStart)
    guard let kind = input.index(of: "\"o\"", from: start, to: end),
      input.index(of: UInt8(ascii: "\""), from: start, to: kind) == nil
    else { return nil }
    let comma = input.skipBlanks(from: kind + 3, to: end)
    let quote = input.skipBlanks(from: comma + 1, to: end)
    return input.has(",", at: comma) && input.has("\"", at: quote) ? quote + 1 : nil
  }

  /// Reads in a string; nil if more must be seen.
  private mutating func readString(
    _ input: Span<UInt8>, _ start: Int, _ isAll: Bool, _ output: inout [UInt8]
  ) -> Int? {
    var at = start
    while at < input.count, input[at] != UInt8(ascii: "\""), input[at] != UInt8(ascii: "\\"), input[at] != 10
    {
      at += 1
    }
    if at > start {
      output.append(input, start..<at)
      return at
    }
    guard input[at] == UInt8(ascii: "\\") else {
      state = .rest
      return input[at] == 10 ? at : at + 1
    }
    guard isAll || input.count - at >= Span<UInt8>.longestJSONEscape else { return nil }
    guard let (scalar, length) = input.jsonEscape(at) else { return at + 1 }
    output.append(scalar: scalar)
    return at + length
  }
}
