import Bytes

extension TextReader {
  /// Whether a line of a kernel log in a text may have been broken by who handed it on, so that words may stand over two lines: to be
  /// asked before the words of a whole text are looked for. Of a log as it was printed the first long line says no.
  package static func mayBeWrapped(_ text: Span<UInt8>) -> Bool {
    var width = WrapWidth()
    var last = WrapWidth.Row()
    var start = 0
    while start < text.count {
      let end = text.index(of: 10, from: start) ?? text.count
      let line = text.extracting(start..<end)
      let isStamped =
        PlainLine.mayBegin(text, at: start)
        || !line.isEmpty && LogRecord(LogPrefix.parse(line), 0..<0).hasPrefix
      if !isStamped, width.breaks(last, before: line, line.trimmed(0..<line.count)) { return true }
      if isStamped { width.see(line) }
      guard width.isOpen else { return false }
      last = isStamped ? WrapWidth.Row(line) : WrapWidth.Row()
      start = end + 1
    }
    return false
  }

  /// No line of printk's is nearly as long, whatever stands in front of it.
  static let longLine = 2048
  /// Two may be a console's that broke off.
  private static let manyStamps = 3

  /// Whether a line may be so long, and hold several: to be asked before the words of a whole text are looked
  /// for.
  package static func mayHoldLines(_ text: Span<UInt8>) -> Bool {
    // Such a line fills one of these.
    let block = longLine / 2
    var start = 0
    while start + block <= text.count {
      let end = start + block
      if text.index(of: 10, from: start, to: end) == nil, text.index(of: 13, from: start, to: end) == nil {
        return true
      }
      start = end
    }
    return false
  }

  /// Notes a line in which several of the kernel's stand: what parted them is gone, and only the first is read.
  mutating func noteLines(in line: Span<UInt8>, _ prefix: LogPrefix, _ place: Place) {
    var stamps = 0
    var at = prefix.text
    while stamps < Self.manyStamps, let bracket = line.index(of: UInt8(ascii: "["), from: at) {
      var found = LogPrefix()
      if PrintkStamp.strip(&found, line, bracket), found.resolution == 1000 { stamps += 1 }
      at = bracket + 1
    }
    guard stamps == Self.manyStamps else { return }
    losses.append(
      Loss(
        .damaged,
        "several lines of a kernel's stand in one, and what parted them is gone: save the log with its line ends",
        at: place))
  }
}
