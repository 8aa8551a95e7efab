import Bytes

/// A string that stands in every line of a text, behind the same key, and holds the kernel's line: logfmt's `msg="…"`, what Python
/// shows of bytes (`b'…\r\n'`), code marks, a list in YAML. What stands around it may be another thing in each line.
struct QuotedLines {
  /// From the blank in front of the string up to its quote.
  let key: [UInt8]
  /// Characters in it are spelled.
  let hasEscapes: Bool
  let ends: Ends

  /// Where the log's lines end.
  enum Ends {
    /// Where a string does.
    case ofStrings
    /// The same, but one without a line end of its own goes on in the next one: Python breaks a string that is long.
    case spelled
    /// Only where one is spelled: the strings are what was read at a time, of a serial line or a socket.
    case ofPieces
  }

  /// So many lines must have it.
  private static let fewestLines = 8
  /// Lines at the beginning that may be others.
  private static let mostOthers = 3
  /// Of a line without blanks in front, a key is no longer.
  private static let longestKey = 24
  /// Strings in a line that are tried.
  private static let mostKeys = 6

  /// Nil if lines are as they like.
  init?(_ head: Span<UInt8>) {
    var keys: [(key: [UInt8], bytes: Int, kernels: Int, pieces: Pieces)] = []
    var (lines, bytes, skipped, start) = (0, 0, 0, 0)
    var isSpelled = false
    while let end = head.index(of: 10, from: start) {
      let line = head.extracting(start..<end)
      start = end + 1
      guard !line.trimmed(0..<line.count).isEmpty else { continue }
      if skipped < Self.mostOthers {
        skipped += 1
        continue
      }
      if lines == 0 { keys = Self.keys(of: line).map { ($0, 0, 0, Pieces()) } }
      lines += 1
      bytes += line.count
      keys = keys.compactMap { key, bytes, kernels, pieces in
        guard let text = Self.text(line, key) else { return nil }
        isSpelled = isSpelled || line.index(of: 92, from: text.lowerBound, to: text.upperBound) != nil
        return (
          key, bytes + text.count, kernels + (Self.isKernels(line, text) ? 1 : 0), pieces.with(line, text)
        )
      }
      if keys.isEmpty { return nil }
    }
    guard lines >= Self.fewestLines, let best = keys.max(by: { $0.bytes < $1.bytes }) else { return nil }
    ends = best.pieces.ends(lines)
    guard best.bytes * (ends == .ofPieces ? 5 : 3) >= bytes,
      best.kernels * 2 >= best.pieces.lines(of: lines)
    else { return nil }
    key = best.key
    hasEscapes = isSpelled
  }

  private static func isQuote(_ byte: UInt8) -> Bool { byte == 34 || byte == 39 || byte == 96 }

  /// The keys of a line's strings. One that is all of the line, or in an object, is read as it stands.
  private static func keys(of line: Span<UInt8>) -> [[UInt8]] {
    let first = line.skipBlanks(from: 0, to: line.count)
    guard first < line.count, line[first] != UInt8(ascii: "{"), line[first] != 34 else { return [] }
    var keys: [[UInt8]] = []
    var at = first
    while at < line.count, keys.count < mostKeys {
      guard isQuote(line[at]) else {
        if line[at] == UInt8(ascii: "{") { break }
        at += 1
        continue
      }
      var begin = at
      while begin > first, line[begin - 1] > 32, at - begin <= longestKey { begin -= 1 }
      let key = line.extracting(begin..<at).array
      guard mayOpen(line, begin, at), let text = text(line, key) else {
        at += 1
        continue
      }
      if !keys.contains(key) { keys.append(key) }
      at = max(at, text.upperBound) + 1
    }
    return keys
  }

  /// Whether a string may begin at the quote: in a word it is an apostrophe, behind a comma a field of a table.
  private static func mayOpen(_ line: Span<UInt8>, _ begin: Int, _ quote: Int) -> Bool {
    guard quote > begin, quote - begin <= longestKey else { return quote == begin }
    switch line[quote - 1] {
    case UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "("), UInt8(ascii: "`"): return true
    case UInt8(ascii: "b"), UInt8(ascii: "u"):
      return quote - 1 == begin || line[quote - 2] == UInt8(ascii: "=")
        || line[quote - 2] == UInt8(ascii: "(")
    default: return false
    }
  }

  /// What stands between the quotes behind the key; nil if the line has no such string.
  static func text(_ line: Span<UInt8>, _ key: [UInt8]) -> Range<Int>? {
    var at = line.skipBlanks(from: 0, to: line.count)
    while at + key.count < line.count {
      let quote = at + key.count
      if at == 0 || line[at - 1] <= 32, isQuote(line[quote]),
        key.indices.allSatisfy({ line[at + $0] == key[$0] }), let end = end(line, quote)
      {
        return quote + 1..<end
      }
      at += 1
    }
    return nil
  }

  /// The closing quote of the string that opens at `quote`.
  private static func end(_ line: Span<UInt8>, _ quote: Int) -> Int? {
    var at = quote + 1
    if line[quote] == 96 {
      // Nothing is escaped between these: the last one, of two the first.
      var end = line.trimmed(0..<line.count).upperBound - 1
      guard end > quote, line[end] == 96 else { return nil }
      while end - 1 > quote, line[end - 1] == 96 { end -= 1 }
      return end
    }
    // Quotes of the kernel's, which nobody has escaped, come in pairs.
    var isInside = false
    while at < line.count {
      if line[at] == UInt8(ascii: "\\") {
        at += 2
      } else if line[at] == line[quote], line[quote] == 39, at + 1 < line.count, line[at + 1] == 39 {
        // YAML writes two for one.
        at += 2
      } else if line[at] == line[quote] {
        if !isInside, mayClose(line, at) { return at }
        isInside.toggle()
        at += 1
      } else {
        at += 1
      }
    }
    return nil
  }

  /// Whether a string may end at the quote: behind one that opens another, of the kernel's own words, stands a word.
  private static func mayClose(_ line: Span<UInt8>, _ quote: Int) -> Bool {
    guard quote + 1 < line.count, line[quote + 1] > 32 else { return true }
    switch line[quote + 1] {
    case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"),
      UInt8(ascii: ">"), UInt8(ascii: "/"):
      return true
    default: return false
    }
  }

  /// Whether a line of a kernel's log or of a trace is in it.
  private static func isKernels(_ line: Span<UInt8>, _ text: Range<Int>) -> Bool {
    let content = line.extracting(text)
    var from = 0
    while let bracket = content.index(of: UInt8(ascii: "["), from: from, to: min(content.count, 96)) {
      if content.isStamp(bracket) { return true }
      from = bracket + 1
    }
    return content.has("#", at: 0) || content.beginsEntry(0..<content.count)
  }
}
