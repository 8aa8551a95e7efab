import Bytes

/// How a whole text is written, by its beginning; what is around its lines is the readers' affair.
enum TextForm {
  case encoded(TextEncoding)
  case quotedPrintable
  case page
  case backwards

  init?(_ head: Span<UInt8>) {
    if let encoding = TextEncoding(head) {
      self = .encoded(encoding)
    } else if HTMLStream.isPage(head) {
      self = .page
    } else if QuotedPrintableStream.isQuotedPrintable(head) {
      self = .quotedPrintable
    } else if LineOrder.isBackwards(head) {
      self = .backwards
    } else {
      return nil
    }
  }
}
