import Bytes

/// `DRIVER DEVICE: late IOMMU probe at driver bind, …`. A quoted patch holds the text behind `"`, not behind `: `.
struct LateProbeMessage {
  /// Nil where it is damaged.
  var driver: Range<Int>?
  var device: Range<Int>?

  /// Nil if the text is none.
  init?(_ line: Span<UInt8>, _ text: Range<Int>, isStamped: Bool) {
    // A byte is found faster than a word, and a word than the sentence.
    guard let letter = line.index(of: UInt8(ascii: "I"), from: text.lowerBound, to: text.upperBound),
      line.index(of: "IOMMU", from: letter, to: text.upperBound) != nil,
      let sentence = line.index(
        of: "late IOMMU probe at driver bind", from: text.lowerBound, to: text.upperBound)
    else { return nil }
    let front = text.lowerBound..<sentence
    // The last two words: a prompt or a mail's prose may stand in front.
    if front.count > 2, line.has(": ", at: sentence - 2), line[sentence - 3] != 32 {
      device = Self.word(line, text.lowerBound..<sentence - 2)
      driver = device.flatMap { Self.word(line, text.lowerBound..<$0.lowerBound) }
    }
    guard driver != nil || isStamped && Self.isDamaged(line, text, sentence) else { return nil }
  }

  /// Whether the sentence at `sentence` is a kernel's message of which the words in front are damaged. A mail or another
  /// program has the sentence too: here it must be whole, and behind nothing but what names a device.
  private static func isDamaged(_ line: Span<UInt8>, _ text: Range<Int>, _ sentence: Int) -> Bool {
    guard
      line.has(
        "late IOMMU probe at driver bind, something fishy here!", at: sentence, before: text.upperBound)
    else { return false }
    let front = line.trimmed(text.lowerBound..<sentence)
    guard !front.isEmpty else { return true }
    let isName = front.allSatisfy { at in
      switch line[at] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: ","), 32:
        true
      default: false
      }
    }
    return isName && line[front.upperBound - 1] == UInt8(ascii: ":")
      && line.extracting(front).count(of: 32, before: front.count) <= 2
  }

  /// The last word, if anything but blanks is there.
  private static func word(_ line: Span<UInt8>, _ text: Range<Int>) -> Range<Int>? {
    let text = line.trimmed(text)
    var start = text.upperBound
    while start > text.lowerBound, line[start - 1] != 32 { start -= 1 }
    return start < text.upperBound ? start..<text.upperBound : nil
  }
}
