import Bytes

/// An entry of a trace that a mail program may have broken: held until the next line shows whether it is its rest.
struct TraceJoiner {
  private var text: [UInt8] = []
  private var place = Place(input: 0, line: 0, offset: 0)
  private var joined = 0
  private(set) var isHolding = false

  /// No entry that matters is broken into more lines, or is longer.
  private static let mostJoined = 6
  private static let longest = 4096

  mutating func hold(_ line: Span<UInt8>, _ place: Place) {
    text.removeAll(keepingCapacity: true)
    for at in line.trimmed(0..<line.count).upperBound > 0
      ? 0..<line.trimmed(0..<line.count).upperBound : 0..<0
    {
      text.append(line[at])
    }
    self.place = place
    joined = 0
    isHolding = true
  }

  /// Appends a line that has no columns of its own; false if it is too much to be a rest.
  mutating func join(_ line: Span<UInt8>, _ first: Int) -> Bool {
    let rest = line.trimmed(first..<line.count)
    guard joined < Self.mostJoined, text.count + rest.count < Self.longest else { return false }
    joined += 1
    text.append(32)
    for at in rest { text.append(line[at]) }
    return true
  }

  mutating func take() -> (text: [UInt8], place: Place) {
    isHolding = false
    return (text, place)
  }
}
