import Bytes

/// How a whole text is written, by its beginning; what is around its lines is the readers' affair.
enum TextForm {
  case encoded(TextEncoding)
  case quotedPrintable
  case page
  case cast
  case strings
  case quotedLines(QuotedLines)
  case tailed(LineTail)
  case spelledLines(SpelledLines)
  case rows(TerminalRows)
  case spelled(Spelling)
  case backwards

  /// Bytes that tell it: a trace's first entry, behind its header.
  static let sniffed = 1 << 14

  init?(_ all: Span<UInt8>) {
    let head = all.extracting(first: Packing.sniffed)
    if let encoding = TextEncoding(head) {
      self = .encoded(encoding)
    } else if HTMLStream.isPage(head) {
      self = .page
    } else if QuotedPrintableStream.isQuotedPrintable(head) {
      self = .quotedPrintable
    } else if CastDecoder.isCast(head) {
      self = .cast
    } else if JSONStringsDecoder.isOne(all) {
      self = .strings
    } else if let lines = SpelledLines(all) {
      self = .spelledLines(lines)
    } else if let lines = Self.lineEnds(all) {
      self = lines
    } else if let spelling = Spelling(all) {
      self = .spelled(spelling)
    } else if let rows = TerminalRows(all) {
      self = .rows(rows)
    } else if LineOrder.isBackwards(head) {
      self = .backwards
    } else {
      return nil
    }
  }
  /// Where nothing is spelled in the strings, what all lines end with says best where those end.
  private static func lineEnds(_ head: Span<UInt8>) -> TextForm? {
    let quoted = QuotedLines(head)
    if let quoted, quoted.hasEscapes { return .quotedLines(quoted) }
    return LineTail(head).map { .tailed($0) } ?? quoted.map { .quotedLines($0) }
  }
}
