import Bytes

/// Where in a mail its parts are: multiparts in multiparts, mails in mails, and mails behind each other in a mailbox.
struct MailStructure {
  /// Multiparts in multiparts, and mails in mails.
  private static let deepest = 16

  /// What stands behind a header.
  enum Body {
    /// Another header: the part is a mail.
    case mail
    /// The parts of a multipart.
    case parts
    /// `isPacked`: the newline before its boundary would do harm.
    case part(MailDecoder.Part, isPacked: Bool)
  }

  /// A multipart body.
  private struct Frame {
    let boundary: [UInt8]
    /// The numbers of the part that it is.
    let path: [Int]
    var parts = 0
    let isAlternative: Bool
    /// Its parts are mails, if they do not say otherwise.
    let isDigest: Bool
    /// There is plain text in it, or in the alternative around it: HTML may say the same.
    var hasPlainText: Bool
  }

  private var frames: [Frame] = []
  /// The numbers of the part that the header belongs to; of a mail in a mail, those of the outer part.
  private var path: [Int] = []
  /// The header is a mail's, not a part's.
  private var isMail = true
  private var mail = 0
  /// The input is several mails, each behind a line `From …`.
  private(set) var isMailbox = false

  mutating func beginMailbox() {
    isMailbox = true
    mail = 1
  }

  /// The next one of a mailbox.
  mutating func beginMail() {
    frames.removeAll()
    path.removeAll()
    mail += 1
    isMail = true
  }

  /// The multipart whose boundary the line is, and whether it is its end.
  func boundary(_ input: Span<UInt8>, _ line: Range<Int>) -> (frame: Int, isLast: Bool)? {
    let text = line.lowerBound + 2..<line.upperBound
    for frame in frames.indices.reversed() {
      let boundary = frames[frame].boundary
      let end = text.lowerBound + boundary.count
      guard end <= text.upperBound else { continue }
      var at = 0
      while at < boundary.count, input[text.lowerBound + at] == boundary[at] { at += 1 }
      guard at == boundary.count else { continue }
      if end == text.upperBound { return (frame, false) }
      if end + 2 == text.upperBound, input.has("--", at: end) { return (frame, true) }
    }
    return nil
  }

  /// A boundary: the parts inside are over, whether they have said so or not.
  mutating func pass(_ frame: Int, _ isLast: Bool) {
    frames.removeLast(frames.count - frame - 1)
    path = frames[frame].path
    if isLast {
      frames.removeLast()
    } else {
      frames[frame].parts += 1
      path.append(frames[frame].parts)
      isMail = false
    }
  }

  /// The header is over.
  mutating func body(behind header: MailHeader) -> Body {
    let holder = frames.last
    // A mail in a mail is taken apart as well, unless it is encoded, which mails must not be.
    let isMessage = header.isType("message/rfc822") || header.isType("message/global")
    let isDigested = !header.hasType && holder?.isDigest == true && !isMail
    if isMessage || isDigested, header.transfer == .asItIs, path.count < Self.deepest {
      if isMail { path.append(1) }
      isMail = true
      return .mail
    }
    // Whether HTML here may say what plain text has said.
    let repeatsText = holder?.hasPlainText ?? false
    if let boundary = header.boundary, frames.count < Self.deepest {
      let isAlternative = header.isType("multipart/alternative")
      frames.append(
        Frame(
          boundary: boundary, path: path, isAlternative: isAlternative,
          isDigest: header.isType("multipart/digest"), hasPlainText: repeatsText))
      return .parts
    }
    let number = (isMail ? path + [1] : path).map(String.init).joined(separator: ".")
    var part = part(header.fileName ?? "part \(number)", header.transfer)
    if repeatsText, header.isType("text/html"), header.fileName == nil {
      part.role = .repetition
    } else if holder?.isAlternative == true, header.isType("text/plain") || !header.hasType {
      part.role = .plainText
    }
    return .part(
      part,
      isPacked: !isMail && header.hasType && !header.isType("text/") && header.transfer == .asItIs)
  }

  /// The plain text of the innermost multipart has come.
  mutating func takePlainText() { frames[frames.count - 1].hasPlainText = true }

  /// Text where none should be.
  func outside() -> MailDecoder.Part {
    let number = path.map(String.init).joined(separator: ".")
    return part(number.isEmpty ? "text around the parts" : "text around part \(number)", .asItIs)
  }

  private func part(_ name: String, _ transfer: MailHeader.Transfer) -> MailDecoder.Part {
    MailDecoder.Part(name: isMailbox ? "mail \(mail) \(name)" : name, transfer: transfer)
  }
}
