import Bytes
import Inputs
import Testing

/// Bits of all forms in any order: nothing crashes, and how the bytes come makes no difference.
struct SoupTests {
  private static let bits = [
    "<", ">", "</", "<p", "<p>", "</p>", "<br>", "<td>", "<!--", "-->", "<!doctype html>", "<?xml ?>",
    "<script>",
    "</script>", "<script class=trace-data>", "H4sIAJkQCmsC/8S9b6/dR5Lf", "eJzLSM3JyQcABiwCFQ==",
    "linuxPerfData", "= \"", "\\n\\\n",
    "\\u00e9", "\\x4", "<style>", "</style>", "<title>", "</title>", "&lt;", "&#x27;", "&#1", "&", ";", "\"",
    "'", "=", "=3D",
    "=\n", "=\r\n", "= \t", "\n", "\r\n", "\n\n", " ", "\t", "x", "[    0.000000] toy: a", "é", "🐧", "\0",
    "--b\n", "--b--\n",
    "--c\r\n", "From a\n", "From: a\n", "Content-Type: multipart/mixed; boundary=b\n",
    "Content-Type: text/html\n",
    "Content-Type: multipart/alternative;\n boundary=\"c\"\n\n", "Content-Type: message/rfc822\n\n",
    "text/plain\n",
    "Content-Transfer-Encoding: base64\n\n", "Content-Transfer-Encoding: quoted-printable\n\n", "This is a",
    "YWJj\n", "YQ==\n",
  ].map { Array($0.utf8) }

  private static func forms(_ bytes: [UInt8], _ input: Int, _ output: Int) throws -> [[UInt8]] {
    func pieces() -> Pieces { Pieces(bytes, step: input) }
    var page: [UInt8] = []
    let html = HTMLStream(pieces())
    while let part = try html.next() { page += Array("|\(part)|".utf8) + (try all(html, step: output)) }
    var mails: [UInt8] = []
    let mail = MailParts(pieces())
    while let part = try mail.next() { mails += Array("|\(part)|".utf8) + (try all(mail, step: output)) }
    return [
      page, mails, try all(QuotedPrintableStream(pieces()), step: output),
      try all(Base64Stream(pieces()), step: output),
      try all(UnicodeStream(pieces(), .utf16(.little)), step: output),
      try all(UnicodeStream(pieces(), .utf32(.big)), step: output),
      try all(UnicodeStream(pieces(), .markedUTF8), step: output),
    ]
  }

  @Test(arguments: 0..<8)
  func anythingIsRead(_ seed: Int) throws {
    var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1
    func random(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(below))
    }
    for _ in 0..<40 {
      var soup: [UInt8] = []
      for _ in 0..<random(60) { soup += Self.bits[random(Self.bits.count)] }
      if random(4) == 0, !soup.isEmpty { soup[random(soup.count)] = UInt8(random(256)) }
      let whole = try Self.forms(soup, 1 << 16, 1 << 16)
      for (input, output) in [(1, 1 << 16), (2, 1), (5, 3)] {
        let again = try Self.forms(soup, input, output)
        for (one, other) in zip(whole, again) where one != other {
          Issue.record("read \(input): \(text(soup).debugDescription): \(text(one)) or \(text(other))")
          return
        }
      }
      _ = (HTMLStream.isPage(soup.span), MailParts.isMail(soup.span), TextEncoding(soup.span))
      _ = QuotedPrintableStream.isQuotedPrintable(soup.span)
    }
  }
}
