import Bytes

/// How a whole text is written, by its beginning; what is around its lines is the readers' affair.
enum TextForm {
  case encoded(TextEncoding)
  case quotedPrintable
  case page
  case cast
  case strings
  case tailed(LineTail)
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
    } else if let tail = LineTail(all) {
      self = .tailed(tail)
    } else if let spelling = Spelling(all) {
      self = .spelled(spelling)
    } else if LineOrder.isBackwards(head) {
      self = .backwards
    } else {
      return nil
    }
  }
}
