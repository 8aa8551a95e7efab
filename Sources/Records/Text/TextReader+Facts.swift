// Board facts among other text: pasted below a log, between the fences of a mail, behind a CI system's time.
import Bytes

extension TextReader {
  /// How board facts begin; their version follows.
  package static let factsBegin: StaticString = "proberace board-facts "

  /// False if the line is none of board facts. They go on to their `end`, or to a line that they cannot have: then they were cut.
  mutating func takeFacts(
    _ line: Span<UInt8>, _ prefix: LogPrefix, _ place: Place, _ sink: inout some TextSink
  ) -> Bool {
    let start = line.skipBlanks(from: prefix.text, to: line.count)
    let begins = line.has(Self.factsBegin, at: start)
    // A kernel may print on the console that they are printed on.
    guard begins || isInFacts && !prefix.hasStamp && !prefix.isForeign else { return false }
    let text = line.trimmed(start..<line.count)
    if begins {
      log.flush { sink.take($0, $1, $2) }
      endFacts(&sink)
      isInFacts = true
      isInTrace = false
      sink.begin(.facts, at: place)
    } else if !Self.mayBeFact(line, text) {
      endFacts(&sink)
      return false
    }
    sink.take(fact: line.extracting(text), place)
    if line.equals(text, "end") { endFacts(&sink) }
    return true
  }

  mutating func endFacts(_ sink: inout some TextSink) {
    guard isInFacts else { return }
    isInFacts = false
    sink.begin(.factsEnd, at: Place(input: input, line: self.line, offset: 0))
  }

  /// `iommu-map pci/0000:00/…`: a key in small letters, and what it says.
  private static func mayBeFact(_ line: Span<UInt8>, _ text: Range<Int>) -> Bool {
    var end = text.lowerBound
    while end < text.upperBound, line[end] &- 97 < 26 || line[end] == UInt8(ascii: "-") { end += 1 }
    guard end > text.lowerBound else { return false }
    return end == text.upperBound ? line.equals(text, "end") : line[end] == 32
  }
}
