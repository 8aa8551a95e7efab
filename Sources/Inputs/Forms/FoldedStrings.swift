import Bytes

/// YAML whose strings go on over lines, as PyYAML writes them: what is longer than 80 columns is broken at a blank or behind a
/// backslash, and between apostrophes an empty line is a line's end.
struct FoldedStrings {
  /// So many lines must be rests of strings, so many of the kernel's lines must stand in strings.
  private static let fewestRests = 4
  private static let fewestLines = 2

  /// Nil if no string goes on, or where lines are broken outside of strings, too.
  init?(_ head: Span<UInt8>) {
    guard !head.has("[{", at: head.skipBlanks(from: 0, to: head.count)) else { return nil }
    var string = FoldedString()
    var (rests, lines, start) = (0, 0, 0)
    var quotes = (NextByte(34), NextByte(39))
    var output: [UInt8] = []
    while let end = head.index(of: 10, from: start) {
      defer { start = end + 1 }
      let isRest = string.quote != nil
      if !isRest {
        // Hardly a line has a quote, in which a string may begin.
        let next = min(quotes.0.from(start, head) ?? head.count, quotes.1.from(start, head) ?? head.count)
        guard next < head.count else { break }
        guard next < end else { continue }
      }
      let line = string.line(head, start..<end)
      if isRest, !line.isEmpty {
        // It is written further right than what the string belongs to.
        guard head[start] == 32, rests < Self.fewestRests || lines > 0 else { return nil }
        rests += 1
      } else if !isRest {
        if Self.beginsString(head, line) { return nil }
        guard Self.opensString(head, line) else { continue }
      }
      if lines < Self.fewestLines { lines += head.kernelLines(in: line, enough: Self.fewestLines) }
      string.write(head, line, &output)
      output.removeAll(keepingCapacity: true)
    }
    guard rests >= Self.fewestRests, lines >= Self.fewestLines else { return nil }
  }

  /// Of Python and C a line may begin with a string, of YAML as it is written none does.
  private static func beginsString(_ head: Span<UInt8>, _ line: Range<Int>) -> Bool {
    var first = head.skipBlanks(from: line.lowerBound, to: line.upperBound)
    if first + 1 < line.upperBound, head[first] == UInt8(ascii: "b") { first += 1 }
    return first < line.upperBound && (head[first] == 34 || head[first] == 39)
  }

  private static func opensString(_ head: Span<UInt8>, _ line: Range<Int>) -> Bool {
    line.contains { FoldedString.opens(head, $0, line) }
  }
}

/// A string of YAML while it is read, a line at a time.
struct FoldedString {
  /// What it ends with; nil outside of strings.
  private(set) var quote: UInt8?
  /// Empty lines since its last words.
  private var breaks = 0
  /// A line of it has ended: apostrophes in it are its own.
  private var hasLines = false
  /// The line before ended with a backslash.
  private var isGlued = false

  /// A line without what YAML does not count at its end.
  func line(_ text: Span<UInt8>, _ line: Range<Int>) -> Range<Int> {
    var end = line.upperBound
    while end > line.lowerBound, text[end - 1] == 13 || quote != nil && text[end - 1] == 32 { end -= 1 }
    return line.lowerBound..<end
  }

  /// Whether a string begins at `at`: behind a key, in a list or an object.
  static func opens(_ text: Span<UInt8>, _ at: Int, _ line: Range<Int>) -> Bool {
    guard text[at] == 34 || text[at] == 39, at > line.lowerBound else { return false }
    var before = at - 1
    if text[before] == UInt8(ascii: "[") || text[before] == UInt8(ascii: "{") { return true }
    guard text[before] == 32 else { return false }
    while before > line.lowerBound, text[before] == 32 { before -= 1 }
    return text[before] == UInt8(ascii: ":") || text[before] == UInt8(ascii: "-")
      || text[before] == UInt8(ascii: ",")
  }

  /// Writes a line, with its end where a line of the text ends there.
  mutating func write(_ text: Span<UInt8>, _ line: Range<Int>, _ output: inout [UInt8]) {
    var at = line.lowerBound
    if quote != nil {
      at = text.skipBlanks(from: at, to: line.upperBound)
      guard at < line.upperBound else {
        breaks += 1
        return
      }
      goOn(&output)
    }
    while at < line.upperBound {
      if quote != nil {
        at = writeString(text, at..<line.upperBound, &output)
      } else if Self.opens(text, at, line) {
        output.append(text[at])
        (quote, breaks, hasLines, isGlued) = (text[at], 0, false, false)
        at += 1
      } else {
        output.append(text[at])
        at += 1
      }
    }
    if quote == nil { output.append(10) }
  }

  /// What stands for the line's end in front of a rest.
  private mutating func goOn(_ output: inout [UInt8]) {
    if breaks > 0 {
      output.append(contentsOf: repeatElement(10, count: breaks))
      hasLines = true
    } else if !isGlued {
      output.append(32)
    }
    (breaks, isGlued) = (0, false)
  }

  /// Writes up to the string's end, or the line's; gives what is behind.
  private mutating func writeString(_ text: Span<UInt8>, _ rest: Range<Int>, _ output: inout [UInt8]) -> Int {
    var at = rest.lowerBound
    while at < rest.upperBound {
      let byte = text[at]
      if byte == 39, quote == 39, at + 1 < rest.upperBound, text[at + 1] == 39 {
        output.append(39)
        if !hasLines { output.append(39) }
        at += 2
      } else if byte == quote {
        output.append(byte)
        quote = nil
        return at + 1
      } else if byte == UInt8(ascii: "\\"), quote == 34 {
        guard at + 1 < rest.upperBound else {
          isGlued = true
          return rest.upperBound
        }
        // A blank that begins a rest is written so.
        if text[at + 1] != 32 { output.append(byte) }
        output.append(text[at + 1])
        at += 2
      } else {
        output.append(byte)
        at += 1
      }
    }
    return at
  }
}

/// The same with each string in one line, or in as many as it has.
struct FoldedStringsDecoder: FormDecoder {
  static let window = 1 << 16

  private var string = FoldedString()

  mutating func decode(_ input: Span<UInt8>, isAll: Bool, into output: inout [UInt8]) -> Int {
    var at = 0
    while let newline = input.index(of: 10, from: at) {
      string.write(input, string.line(input, at..<newline), &output)
      at = newline + 1
    }
    guard isAll || at == 0 && input.count == Self.window else { return at }
    // The last line, or one that is longer than any: as it is.
    if isAll, at < input.count {
      string.write(input, at..<input.count, &output)
    } else {
      output.append(input, at..<input.count)
    }
    return input.count
  }
}
