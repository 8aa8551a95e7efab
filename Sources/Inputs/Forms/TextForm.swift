import Bytes

/// How a whole text is written, by its beginning; what is around its lines is the readers' affair.
enum TextForm {
  case encoded(TextEncoding)
  case quotedPrintable
  case page
  case cast
  case strings(JSONStrings)
  case mixed(LineLabel)
  case foldedStrings
  case quotedLines(QuotedLines)
  case tailed(LineTail)
  case spelledLines(SpelledLines)
  case rows(TerminalRows)
  case broken(BrokenRows)
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
    } else if let strings = JSONStrings(all) {
      self = .strings(strings)
    } else if let label = LineLabel(all) {
      self = .mixed(label)
    } else if FoldedStrings(all) != nil {
      self = .foldedStrings
    } else if let rows = BrokenRows(all) {
      self = .broken(rows)
    } else if let lines = Self.lines(all) {
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
  /// Where lines end that do not end as lines do.
  private static func lines(_ head: Span<UInt8>) -> TextForm? {
    let quoted = QuotedLines(head)
    // Pieces have line ends that are spelled, and are not the whole of a line's text.
    if let quoted, quoted.ends == .ofPieces { return .quotedLines(quoted) }
    if let lines = SpelledLines(head) { return .spelledLines(lines) }
    // Where nothing is spelled in the strings, what all lines end with says best where those end.
    if let quoted, quoted.hasEscapes { return .quotedLines(quoted) }
    return LineTail(head).map { .tailed($0) } ?? quoted.map { .quotedLines($0) }
  }
}
