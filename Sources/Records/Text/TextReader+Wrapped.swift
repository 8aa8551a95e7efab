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
}
