// board-facts, a line each: KEY, one blank, what it says. A part ends with `read PART LINES`, so that lost lines show.
import Bytes
import Records

/// Reads a file of facts line by line; no line can make it fail.
package struct FactsReader {
  /// Of this version and no other.
  package static let version: Int64 = 1
  static let buses = ["pci", "platform", "amba", "fsl-mc", "cdx"]
  /// More no board has; memory stays bounded.
  private static let mostLines = 200_000
  private static let mostBytes = 32 << 20
  private static let longestLine = 8192

  /// What was read so far.
  package private(set) var facts: BoardFacts
  private let input: Int
  private var line = 0
  /// Lines since the last part ended.
  private var ofPart = 0
  private var kept = 0
  private var keptBytes = 0
  private var isFull = false
  private var hasEnded = false
  private var isUnknown = false
  private var hasHead = false

  package init(input: Int) {
    self.input = input
    facts = BoardFacts(begins: Place(input: input, line: 1, offset: 0))
  }

  /// They are of a version that is read.
  package var isUsable: Bool { hasHead && !isUnknown }

  /// Takes whole lines, which begin at `offset` in the document.
  package mutating func read(_ text: Span<UInt8>, at offset: Int) {
    var start = 0
    while start < text.count {
      let end = text.index(of: 10, from: start) ?? text.count
      line += 1
      let place = Place(input: input, line: line, offset: offset + start)
      // A terminal's lines end with CR LF, and with one CR more where two of them stood in the way (adb shell -t).
      var last = end
      while last > start, text[last - 1] == 13 { last -= 1 }
      if last > start { take(text, start..<last, place) }
      start = end + 1
    }
  }

  /// Takes one line, without its newline, of facts that stand among other text.
  package mutating func take(_ line: Span<UInt8>, _ place: Place) {
    self.line = Int(place.line)
    take(line, 0..<line.count, place)
  }

  /// To be called once, at the end. `isCut`: inside the last line.
  package mutating func finish(isCut: Bool) {
    guard !isUnknown else { return }
    facts.translateNodes()
    if !hasEnded || isCut {
      lose(
        .truncated, "the board facts have no last line (`end`): what was behind this place is missing",
        Place(input: input, line: line, offset: 0))
    }
    facts.losses.fold()
  }

  private mutating func lose(_ kind: Loss.Kind, _ detail: String, _ place: Place) {
    facts.losses.append(Loss(kind, detail, at: place))
    if facts.losses.count > 64 { facts.losses.fold() }
  }

  private mutating func take(_ text: Span<UInt8>, _ range: Range<Int>, _ place: Place) {
    guard hasHead else { return takeHead(text, range, place) }
    guard !isUnknown, !isFull else { return }
    kept += 1
    keptBytes += range.count
    isFull = kept > Self.mostLines || keptBytes > Self.mostBytes
    guard !isFull else {
      return lose(.tooMany, "more than board facts can say: the rest is not read", place)
    }
    let key = text.index(of: 32, from: range.lowerBound, to: range.upperBound) ?? range.upperBound
    let isClean = range.allSatisfy { text[$0] >= 32 && text[$0] != 127 || text[$0] == 9 }
    let word = text.string(range.lowerBound..<min(key, range.lowerBound + 64))
    let value = text.string(min(key + 1, range.upperBound)..<range.upperBound)
    // What follows the end is not of these facts.
    guard !hasEnded else {
      guard !Self.isPrompt(text, range) else { return }
      return lose(.damaged, "something stands behind the end of the board facts", place)
    }
    switch word {
    case "end": hasEnded = true
    case "skipped": facts.skipped.append(String(value.prefix(200)))
    case "read": end(value, place)
    default:
      ofPart += 1
      guard isClean, range.count <= Self.longestLine, FactsLine.take(word, value, place, &facts) else {
        // A line less: its part is not whole.
        ofPart -= 1
        return lose(.damaged, "no line of board facts can be so: it is not used", place)
      }
    }
  }

  /// The shell again, whose screen was copied: `root@board:~# `, with or without the next command.
  private static func isPrompt(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let head = range.lowerBound..<min(range.upperBound, range.lowerBound + longestPrompt)
    return head.contains { at in
      let isEnd = at + 1 == range.upperBound || text[at + 1] == 32
      return isEnd && (text[at] == UInt8(ascii: "#") || text[at] == UInt8(ascii: "$"))
    }
  }
  private static let longestPrompt = 80

  private mutating func takeHead(_ text: Span<UInt8>, _ range: Range<Int>, _ place: Place) {
    hasHead = true
    facts.begins = place
    let version = range.lowerBound + TextReader.factsBegin.utf8CodeUnitCount
    guard text.has(TextReader.factsBegin, at: range.lowerBound, before: range.upperBound),
      text.decimal(version..<text.digitsEnd(from: version, to: range.upperBound)) == Self.version
    else {
      isUnknown = true
      return lose(
        .unusable,
        "board facts of another version than \(Self.version), or none: collect them with this proberace capture --facts",
        place)
    }
  }

  /// `read PART LINES`
  private mutating func end(_ value: String, _ place: Place) {
    defer { ofPart = 0 }
    let words = value.split(separator: " ")
    guard words.count == 2, let part = BoardFacts.Part(rawValue: String(words[0])), let count = Int(words[1])
    else { return lose(.damaged, "no line of board facts can be so: it is not used", place) }
    if count == ofPart {
      facts.whole.insert(part)
    } else {
      lose(
        .damaged,
        "\(part.rawValue): not the lines that were collected are here: that one is missing proves nothing",
        place)
    }
  }
}
