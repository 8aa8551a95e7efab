import Bytes

/// An entry of a trace that a mail program may have broken: held until the next line shows whether it is its rest.
struct TraceJoiner {
  private var text: [UInt8] = []
  private var place = Place(input: 0, line: 0, offset: 0)
  private var joined = 0
  private(set) var isHolding = false
  /// What is held lacks what every entry has: a line without columns behind it can only be its rest.
  private var isCut = false
  /// Of the line that came last of those that are held as one.
  private var last = WrapWidth.Row()

  /// No entry that matters is broken into more lines, or is longer.
  private static let mostJoined = 6
  private static let longest = 4096

  /// Blanks at the line's end stay: they may be the indentation of what follows.
  mutating func hold(_ line: Span<UInt8>, _ place: Place, isCut: Bool) {
    text.removeAll(keepingCapacity: true)
    for at in 0..<line.count { text.append(line[at]) }
    self.place = place
    self.isCut = isCut
    last = WrapWidth.Row(line)
    joined = 0
    isHolding = true
  }

  /// Appends a line that has no columns of its own; false if it is no rest of what is held.
  mutating func join(_ line: Span<UInt8>, _ first: Int, _ width: WrapWidth) -> Bool {
    let rest = line.trimmed(first..<line.count)
    guard joined < Self.mostJoined, text.count + rest.count < Self.longest,
      isCut || width.breaks(last, before: line, rest)
    else { return false }
    joined += 1
    isCut = false
    last = WrapWidth.Row(line)
    if let end = text.last, !WrapWidth.Row.isBlank(end) { text.append(32) }
    for at in rest { text.append(line[at]) }
    return true
  }

  mutating func take() -> (text: [UInt8], place: Place) {
    isHolding = false
    return (text, place)
  }
}
