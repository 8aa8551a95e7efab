import Bytes

/// The parts of a mail, or of a mailbox of several: `next` goes on to one, which is then read, decoded.
package final class MailParts: ByteStream {
  private let raw: DecodingStream<MailDecoder>
  private var part: (any ByteStream)?
  /// What the last plain text was that HTML may repeat.
  private var plain: TextTally?

  /// `mail` begins with a header. Call `next` before anything is read.
  package init(_ mail: any ByteStream) { raw = DecodingStream(mail, MailDecoder()) }

  /// Goes on to the next part; nil at the end. Its name is the sender's: not to be trusted.
  package func next() throws -> String? {
    part = nil
    while true {
      try raw.drain()
      switch raw.decoder.stop {
      case nil: return nil
      case .partEnds: raw.decoder.resume()
      case .partBegins(let begun):
        raw.decoder.resume()
        let decoded: any ByteStream =
          switch begun.transfer {
          case .asItIs: raw
          case .quotedPrintable: QuotedPrintableStream(raw)
          case .base64: Base64Stream(raw)
          }
        switch begun.role {
        case .any: part = decoded
        case .plainText:
          plain = TextTally(decoded)
          part = plain
        case .repetition: part = try unlessRepeated(decoded)
        }
        if part != nil { return begun.name }
      }
    }
  }

  /// HTML, or nil if it says no more than the plain text beside it. What is too long to be compared is read.
  private func unlessRepeated(_ page: any ByteStream) throws -> (any ByteStream)? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < Self.longestRepetition {
      // The array's own storage.
      let more = try unsafe buffer.withUnsafeMutableBytes { try unsafe page.read(into: $0) }
      guard more > 0 else { break }
      bytes += buffer[..<more]
    }
    guard bytes.count < Self.longestRepetition, let plain else { return JoinedStream(bytes, page) }
    let text = HTMLStream(JoinedStream(bytes, nil))
    var pages = 0
    let html = TextTally(text)
    while try text.next() != nil {
      pages += 1
      try Documents.drain(html)
    }
    return pages == 1 && !html.saysMore(than: plain) ? nil : JoinedStream(bytes, nil)
  }

  /// Bytes of HTML that are kept until it is known whether they say anything new.
  private static let longestRepetition = 4 << 20

  package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try unsafe part?.read(into: buffer) ?? 0
  }

  /// Bytes that `isMail` looks at.
  static let sniffed = 1 << 16

  /// Whether a document may be a mail, by its first lines.
  static func mayBegin(_ head: Span<UInt8>) -> Bool { beginsWithHeader(head) }

  /// Whether a document is a mail that must be decoded: a header at its beginning, and something encoded or in parts
  /// within `head`. A mail that is plain text is no such thing.
  package static func isMail(_ head: Span<UInt8>) -> Bool {
    let head = head.extracting(first: sniffed)
    guard beginsWithHeader(head) else { return false }
    var next: Int? = skipSpace(head, 0)
    while let at = next, at < head.count {
      next = head.index(of: 10, from: at).map { $0 + 1 }
      if head.hasAnyCase("content-transfer-encoding:", at: at) {
        let value = skipSpace(head, at + 26)
        if head.hasAnyCase("base64", at: value) || head.hasAnyCase("quoted-printable", at: value) {
          return true
        }
      } else if head.hasAnyCase("content-type:", at: at) {
        let value = skipSpace(head, at + 13)
        if head.hasAnyCase("multipart/", at: value) || head.hasAnyCase("text/html", at: value) { return true }
      }
    }
    return false
  }

  private static func skipSpace(_ head: Span<UInt8>, _ start: Int) -> Int {
    var at = start
    while at < head.count, Span<UInt8>.isSpace(head[at]) { at += 1 }
    return at
  }

  /// Whether lines of a header stand first, two of them at least with names that mails have.
  private static func beginsWithHeader(_ head: Span<UInt8>) -> Bool {
    var known: Set<Int> = []
    var at = skipSpace(head, 0)
    if head.has("From ", at: at) {
      known.insert(-1)
      at = head.index(of: 10, from: at).map { $0 + 1 } ?? head.count
    }
    while at < head.count, known.count < 2 {
      let end = head.index(of: 10, from: at) ?? head.count
      let line = head.extracting(at..<end)
      at = end + 1
      if MailHeader.goesOn(line) { continue }
      guard MailHeader.nameEnd(line) != nil else { return false }
      for (index, name) in names.enumerated() where line.hasAnyCase(name, at: 0) { known.insert(index) }
    }
    return known.count >= 2
  }

  private static let names: [StaticString] = [
    "return-path:", "received:", "message-id:", "from:", "to:", "cc:", "subject:", "date:", "mime-version:",
    "delivered-to:", "reply-to:", "in-reply-to:", "references:", "list-id:", "x-mailer:", "user-agent:",
    "sender:",
    "dkim-signature:", "content-type:", "content-transfer-encoding:", "x-original-to:", "x-spam-status:",
  ]
}
