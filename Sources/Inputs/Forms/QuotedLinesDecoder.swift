import Bytes

/// What the strings hold: a line each, or the lines that are spelled in them.
struct QuotedLinesDecoder: FormDecoder {
  static let window = 1 << 16
  /// Lines without the string wait no longer for the end of what the pieces hold.
  private static let mostHeld = 1 << 14

  let quoted: QuotedLines
  /// Line ends of strings that go on in the next one: they follow it, so that lines keep their numbers.
  private var owed = 0
  /// Pieces have ended inside a line.
  private var isInside = false
  /// Lines without the string that have come since.
  private var held: [UInt8] = []

  init(quoted: QuotedLines) { self.quoted = quoted }

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var at = 0
    while let newline = input.index(of: 10, from: at) {
      write(input.extracting(at..<newline), isEnded: true, &output)
      at = newline + 1
    }
    guard isAll || at == 0 && input.count == Self.window else { return at }
    // The last line, or one that is longer than any: as it is.
    if isAll {
      write(input.extracting(at..<input.count), isEnded: false, &output)
    } else {
      output.append(input, 0..<input.count)
    }
    return input.count
  }

  mutating func finish(into output: inout [UInt8]) {
    payEnds(&output)
    output += held
    held = []
  }

  private mutating func write(_ line: Span<UInt8>, isEnded: Bool, _ output: inout [UInt8]) {
    guard let text = QuotedLines.text(line, quoted.key) else {
      return writeOther(line, isEnded: isEnded, &output)
    }
    let start = output.count
    output.unescape(line, text, of: line[text.lowerBound - 1])
    if quoted.ends == .ofPieces {
      guard output.count > start, let last = output.last else { return }
      isInside = last != 10
      if !isInside { finish(into: &output) }
      return
    }
    let goesOn = quoted.ends == .spelled && output.last != 10
    while output.count > start, let last = output.last, last == 10 || last == 13 { output.removeLast() }
    if isEnded { owed += 1 }
    if !goesOn { payEnds(&output) }
  }

  private mutating func writeOther(_ line: Span<UInt8>, isEnded: Bool, _ output: inout [UInt8]) {
    guard quoted.ends == .ofPieces else {
      payEnds(&output)
      output.append(line, 0..<line.count)
      if isEnded { output.append(10) }
      return
    }
    guard !line.isEmpty else { return }
    held.append(line, 0..<line.count)
    held.append(10)
    if isInside, held.count > Self.mostHeld {
      output.append(10)
      isInside = false
    }
    if !isInside { finish(into: &output) }
  }

  private mutating func payEnds(_ output: inout [UInt8]) {
    output.append(contentsOf: repeatElement(10, count: owed))
    owed = 0
  }
}

extension [UInt8] {
  /// Appends what a string holds that is written between `quote`s.
  mutating func unescape(_ line: Span<UInt8>, _ text: Range<Int>, of quote: UInt8) {
    var at = text.lowerBound
    while at < text.upperBound {
      if line[at] == 39, quote == 39 {
        append(39)
        at += 2
      } else if line[at] == UInt8(ascii: "\\"), quote != 96, let (scalar, length) = line.spelledEscape(at) {
        append(scalar: scalar)
        at += length
      } else {
        append(line[at])
        at += 1
      }
    }
  }
}
