import Bytes

/// A search that knows nothing of the readers: whatever a document is, the warning's words in it must be explained. What the
/// readers miss is said, and never a pass.
package struct Tripwire: Sendable {
  /// A place where the warning stands, whoever wrote it.
  package struct Hit: Sendable {
    enum What: Sendable { case message, header }
    var what: What
    /// Of the words themselves.
    package var place: Place
    /// Where its line begins.
    package var lineStart: Int64
    /// Of driver and device, or of a header's words, to know a second copy.
    package var subject: UInt64
    /// It is the sentence itself, not the header of a warning.
    package var isMessage: Bool { what == .message }
  }

  /// By place; at most 10 000.
  package private(set) var hits: [Hit] = []
  /// The end of what came before, for what is broken over runs.
  private var tail: [UInt8] = []
  private let input: Int
  /// The place of the last hit in the document, and the lines above it.
  private var counted = (at: -1, lines: 0)

  /// A log of nothing but warnings: the first ones tell enough.
  private static let kept = 10_000
  /// The message with its names, however it is quoted, and the header of a warning, are no longer.
  private static let longest = 1024

  package init(input: Int) { self.input = input }

  /// Searches a run of whole lines that begins at `offset` in the document, behind `lines` lines.
  package mutating func look(_ text: Span<UInt8>, at offset: Int, lines: Int) {
    begin(text, at: offset, lines: lines)
    search(text, 0..<text.count, offset, lines, newline: 0)
  }

  /// Looks for what is broken between the run before and this one, which others search: they tell where the words stand.
  package mutating func begin(_ text: Span<UInt8>, at offset: Int, lines: Int) {
    if !tail.isEmpty {
      var seam = tail
      seam += text.extracting(0..<min(text.count, Self.longest)).array
      let before = tail.count
      let bytes = seam.span
      Self.words.each(in: bytes) { number, place in
        found(number, bytes, place, offset - before, lines, newline: before) { $0 < before && $1 > before }
        return true
      }
    }
    // Runs may be single lines, as a console gives them: what is broken may lie across several.
    tail.removeFirst(max(0, min(tail.count, tail.count + text.count - Self.longest)))
    tail += text.extracting(max(0, text.count - Self.longest)..<text.count).array
  }

  /// Searches a piece of the run. `newline`: where the lines begin that have `lines` above them.
  package mutating func search(
    _ text: Span<UInt8>, _ piece: Range<Int>, _ offset: Int, _ lines: Int, newline: Int
  ) {
    Self.words.each(in: text.extracting(piece)) { number, place in
      found(number, text, piece.lowerBound + place, offset, lines, newline: newline)
      return true
    }
  }

  /// The words that it looks for, for a search that looks for others too: by bytes that hardly any line of a trace has, for
  /// `comm` is in every other one.
  package static let texts: [(text: StaticString, mark: Int)] = [("IOMMU", 1), ("__iommu_probe_device", 4)]
  private static let words = TextSet(texts)

  /// Takes the place of one of those words. `isWanted`: by its ends.
  package mutating func found(
    _ number: Int, _ text: Span<UInt8>, _ place: Int, _ offset: Int, _ lines: Int, newline: Int,
    _ isWanted: (Int, Int) -> Bool = { _, _ in true }
  ) {
    if number == 0 {
      if let message = Self.message(text, at: place), isWanted(message.start, message.end) {
        add(.message, text, message.start, offset, lines, newline, message.subject)
      }
    } else if let start = Self.header(text, at: place), isWanted(start, place + 20) {
      add(.header, text, start, offset, lines, newline, text.hash(start..<place))
    }
  }

  private mutating func add(
    _ what: Hit.What, _ text: Span<UInt8>, _ start: Int, _ offset: Int, _ lines: Int, _ newline: Int,
    _ subject: UInt64
  ) {
    guard hits.count < Self.kept else { return }
    var lineStart = text.lineStart(of: start)
    // A terminal's last column may stand inside the driver's name: the line began above.
    if lineStart == start, start > 0 { lineStart = text.lineStart(of: start - 1) }
    // Many hits in one run: each goes on from the one before.
    var (from, above) = (newline, lines)
    let last = counted.at - offset
    if newline <= last, last <= start { (from, above) = (last, counted.lines) }
    let between = text.extracting(min(from, start)..<max(from, start))
    let newlines = between.count(of: 10, before: between.count)
    above += start < from ? -newlines : newlines
    counted = (offset + start, above)
    hits.append(
      Hit(
        what: what, place: Place(input: input, line: above + 1, offset: offset + start),
        lineStart: Int64(offset + lineStart), subject: subject))
  }

  /// `DRIVER DEV: late IOMMU probe at driver bind`, of which `IOMMU` stands at `place`: blanks, line breaks, quote marks and
  /// escapes between the words do not count, nor does a terminal's last column inside one. The line may have been chopped within the
  /// sentence. Nil if it is something else.
  package static func message(_ text: Span<UInt8>, at place: Int) -> (start: Int, end: Int, subject: UInt64)?
  {
    var end = place + 5
    // What follows is told faster than what stands in front.
    let behind = TripwireGap.end(text, end)
    guard
      behind > end && TripwireGap.wordEnd("probe", text, behind) != nil
        || TripwireGap.cutEnd(text, end, inside: "probe", isFar: false) != nil,
      let late = TripwireGap.wordStart("late", text, TripwireGap.start(text, place)), late < place - 4
    else { return nil }
    for (index, next) in (["probe", "at", "driver", "bind"] as [StaticString]).enumerated() {
      let at = TripwireGap.end(text, end)
      if at > end, let wordEnd = TripwireGap.wordEnd(next, text, at) {
        end = wordEnd
        continue
      }
      guard let cut = TripwireGap.cutEnd(text, end, inside: next, isFar: index > 1) else { return nil }
      end = cut
      break
    }
    let colon = TripwireGap.start(text, late)
    guard colon > 0, text[colon - 1] == UInt8(ascii: ":"), let device = name(text, endingAt: colon - 1),
      let driver = name(text, endingAt: TripwireGap.start(text, device.lowerBound)),
      driver.upperBound < device.lowerBound
    else { return nil }
    return (driver.lowerBound, end, text.hash(driver) ^ (text.hash(device) &* 31))
  }

  /// Where `WARNING: ` begins in front of the function at `place`; nil if none does, or another function is warned of.
  private static func header(_ text: Span<UInt8>, at place: Int) -> Int? {
    guard text.has("+0x", at: place + 20) || text.has(".", at: place + 20) else { return nil }
    let low = max(0, place - 200)
    var found: Int?
    var at = low
    while let warning = text.index(of: "WARNING: ", from: at, to: place) {
      found = warning
      at = warning + 9
    }
    guard let found, text.index(of: "drivers/iommu/iommu.c:", from: found, to: place) != nil,
      text.index(of: "+0x", from: found, to: place) == nil
    else { return nil }
    return found
  }

  /// The run of what names are made of that ends at `end`.
  private static func name(_ text: Span<UInt8>, endingAt end: Int) -> Range<Int>? {
    var start = end
    while start > 0, end - start < 128, isOfName(text[start - 1]), !TripwireGap.endsSpelled(text, start) {
      start -= 1
    }
    // What stands behind an escape's first byte is its rest.
    if start > 0, text[start - 1] == 27 || text[start - 1] == UInt8(ascii: "\\") {
      start = TripwireGap.end(text, start - 1)
    }
    return start < end ? start..<end : nil
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...32, UInt8(ascii: ">"), UInt8(ascii: "|"), UInt8(ascii: "\""), UInt8(ascii: "'"),
      UInt8(ascii: "]"),
      UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\\"), 127...:
      false
    default: true
    }
  }
}
