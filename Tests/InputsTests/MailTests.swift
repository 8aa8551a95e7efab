import Bytes
import Inputs
import Testing

struct MailTests {
  private static func parts(_ mail: any ByteStream, _ step: Int = 1 << 16) throws -> [(String, [UInt8])] {
    let stream = MailParts(mail)
    var parts: [(String, [UInt8])] = []
    while let part = try stream.next() { parts.append((part, try all(stream, step: step))) }
    return parts
  }

  /// The parts as `name|text|`, however the mail comes, and without harm if it is cut.
  private func read(_ mail: String) throws -> String {
    for end in 0..<mail.utf8.count {
      _ = try Self.parts(Pieces(Array(mail.utf8.prefix(end)), step: 1 << 16))
    }
    func told(_ step: Int, _ output: Int) throws -> String {
      try Self.parts(Pieces(Array(mail.utf8), step: step), output).map { "\($0.0)|\(text($0.1))|" }.joined()
    }
    let whole = try told(1 << 16, 1 << 16)
    for (input, output) in [(1, 1 << 16), (1 << 16, 1), (1, 1), (3, 7)] {
      #expect(try told(input, output) == whole)
    }
    return whole
  }

  private static let head = "From: a@example.org\nSubject: x\n"
  private static let mixed = head + "Content-Type: multipart/mixed; boundary=\"b\"\n\n"

  @Test(arguments: [
    ("plain", head + "\na\nb\n", "part 1|a\nb\n|"),
    ("quoted", head + "Content-Transfer-Encoding: Quoted-Printable\n\na=3Db=\nc\n", "part 1|a=bc\n|"),
    ("base64", head + "Content-Transfer-Encoding:\r\n base64\r\n\r\nYWJj\r\nYQ==\r\n", "part 1|abca|"),
    ("two parts", mixed + "--b\n\na\n--b\n\nc\n--b--\n", "part 1|a\n|part 2|c\n|"),
    (
      "CRLF", "From: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\na\r\n--b--\r\n",
      "part 1|a\r\n|"
    ),
    (
      "folded",
      head + "Content-Type: Multipart/Mixed;\n\tcharset=x;\n boundary=b;\n y=\"z;\"\n\n--b\n\na\n--b--\n",
      "part 1|a\n|"
    ),
    (
      "preamble", mixed + "This is a multi-part message in MIME format.\n\n--b\n\na\n--b--\n\n", "part 1|a\n|"
    ),
    ("no end", mixed + "--b\n\na\n--b\nContent-Type: text/plain\n\nc", "part 1|a\n|part 2|c|"),
    ("no boundary", mixed + "\na\n\nb\n", "text around the parts|a\n\nb\n|"),
    ("behind", mixed + "--b\n\na\n--b--\n\nc\n", "part 1|a\n|text around the parts|c\n|"),
    (
      "like a boundary", mixed + "--b\n\n--bb\n-- b\n--\n--b-\n--b--x\n--b--\t\n",
      "part 1|--bb\n-- b\n--\n--b-\n--b--x\n|"
    ),
    ("no header", mixed + "--b\n[    0.0] a\n--b\n  b\n--b--\n", "part 1|[    0.0] a\n|part 2|  b\n|"),
    (
      "no blank line", mixed + "--b\nContent-Type: multipart/mixed; boundary=c\nx y\n--c\n\na\n",
      "text around part 1|x y\n|part 1.1|a\n|"
    ),
    (
      "nested",
      mixed
        + "--b\nContent-Type: multipart/related; boundary=\"b=2\"\n\n--b=2\n\na\n--b=2\n\nc\n--b=2--\n--b\n\nd\n--b--\n",
      "part 1.1|a\n|part 1.2|c\n|part 2|d\n|"
    ),
    (
      "nested without end",
      mixed + "--b\nContent-Type: multipart/related; boundary=c\n\n--c\n\na\n--b\n\nd\n--b--\n",
      "part 1.1|a\n|part 2|d\n|"
    ),
    (
      "mail in a mail",
      mixed
        + "--b\n\na\n--b\nContent-Type: message/rfc822\n\nFrom: c\nContent-Transfer-Encoding: base64\n\nYQ==\n--b--\n",
      "part 1|a\n|part 2.1|a|"
    ),
    (
      "mail in a mail in parts",
      mixed + "--b\nContent-Type: message/rfc822\n\n\(mixed)--b\n\na\n--b--\n", "part 1.1|a\n|"
    ),
    (
      "digest",
      head
        + "Content-Type: multipart/digest; boundary=b\n\n--b\n\nFrom: c\n\na\n--b\n\nFrom: d\n\nc\n--b--\n",
      "part 1.1|a\n|part 2.1|c\n|"
    ),
    (
      "alternative",
      head + "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\na\n--b\n"
        + "Content-Type: text/html\n\n<p>a\n--b--\n", "part 1|a\n|"
    ),
    (
      "alternative whose HTML says more",
      head
        + "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nsee HTML\n--b\n"
        + "Content-Type: text/html\n\n<p>" + String(repeating: "a line of the log<br>\n", count: 40)
        + "--b--\n",
      "part 1|see HTML\n|part 2|<p>" + String(repeating: "a line of the log<br>\n", count: 40) + "|"
    ),
    (
      "alternative whose HTML alone has the word",
      head + "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\na\n--b\n"
        + "Content-Type: text/html\n\n<p>IOMMU\n--b--\n", "part 1|a\n|part 2|<p>IOMMU\n|"
    ),
    (
      "alternative of nothing",
      head + "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n\n--b\n"
        + "Content-Type: text/html\n\n<p>a\n--b--\n", "part 1|\n|part 2|<p>a\n|"
    ),
    (
      "alternative with pictures",
      head + "Content-Type: multipart/alternative; boundary=b\n\n--b\n\na\n--b\n"
        + "Content-Type: multipart/related; boundary=c\n\n--c\nContent-Type: text/html\n\n<p>\n--c\n"
        + "Content-Type: text/plain; name=log\n\nx\n--c--\n--b--\n", "part 1|a\n|log|x\n|"
    ),
    (
      "page beside text",
      mixed + "--b\nContent-Type: text/plain\n\na\n--b\nContent-Type: text/html\n\n<p>\n--b--\n",
      "part 1|a\n|part 2|<p>\n|"
    ),
    (
      "packed",
      mixed + "--b\nContent-Type: application/gzip\nContent-Transfer-Encoding: binary\n\n\u{1f}\n\r\n--b--\n",
      "part 1|\u{1f}\n|"
    ),
  ])
  func mailsAreParts(_ name: String, _ mail: String, _ expected: String) throws {
    #expect(try read(mail) == expected, "\(name)")
  }

  @Test(arguments: [
    ("Content-Disposition: attachment; filename=dmesg.txt", "dmesg.txt"),
    ("content-disposition: attachment;\n filename=\"a \\\"b\\\".log\"", "a \"b\".log"),
    ("Content-Type: text/plain; name=\"x;y=z.txt\"", "x;y=z.txt"),
    ("Content-Disposition: attachment; filename*=utf-8'en'gr%C3%B6%C3%9Fe%.txt", "größe%.txt"),
    ("Content-Disposition: attachment; filename*0=\"a-\"; filename*1*=%62; filename*2=c", "a-bc"),
    ("Content-Disposition: attachment; filename=\"=?utf-8?B?ZG1lc2c=?=\"", "=?utf-8?B?ZG1lc2c=?="),
    ("Content-Disposition: attachment; filename=", "part 1"), ("Content-Disposition: ;;;=;\"", "part 1"),
    ("Content-Type: text/plain; name=\"open", "open"), ("Content-Disposition: x; filename*=''%", "%"),
  ])
  func namesAreTheSenders(_ field: String, _ name: String) throws {
    #expect(try read(Self.mixed + "--b\n\(field)\n\na\n--b--\n") == "\(name)|a\n|")
  }

  @Test func mailboxesAreMails() throws {
    let start = "From mboxrd@z Thu Jan  1 00:00:00 1970\n"
    let box =
      start + Self.head + "\na\nFrom here on\n\nFrom the log:\n[    0.0] b\n\n" + start + Self.mixed
      + "--b\n\nb\n\n"
      + start + Self.head + "Content-Transfer-Encoding: base64\n\nYQ==\n\n"
    #expect(
      try read(box)
        == "mail 1 part 1|a\nFrom here on\n\nFrom the log:\n[    0.0] b\n\n|mail 2 part 1|b\n\n|mail 3 part 1|a|"
    )
  }

  @Test func longHeadersAreHeaders() throws {
    let long = "X-Long: " + String(repeating: "a b ", count: 5000) + "\n"
    let mail = Self.head + long + "Content-Transfer-Encoding: base64\n\nYQ==\n"
    #expect(try Self.parts(Pieces(Array(mail.utf8), step: 1 << 16)).map { text($0.1) } == ["a"])
    let body = String(repeating: "x", count: 10000) + "\n--b"
    let parts = try Self.parts(Pieces(Array((Self.mixed + "--b\n" + body + "--\n").utf8), step: 100))
    #expect(parts.map { text($0.1) } == [String(repeating: "x", count: 10000) + "\n"])
  }

  @Test func mailsAreTold() {
    func isMail(_ text: String) -> Bool { MailParts.isMail(Array(text.utf8).span) }
    let encoded = "Content-Transfer-Encoding: base64\n"
    for mail in [
      Self.mixed, Self.head + encoded, encoded + Self.head,
      "\r\n" + Self.head + "content-type:\r\n multipart/mixed\r\n",
      "From a Thu Jan  1 00:00:00 1970\nReceived: by x\n for y\nX-A: b\n" + encoded,
      Self.head + "\nplain\n\nFrom b\n" + encoded,
    ] { #expect(isMail(mail), "\(mail)") }
    for other in [
      "", Self.head, Self.head + "\nplain\n",
      Self.head + "Content-Transfer-Encoding: 8bit\nContent-Type: text/plain\n\na\n",
      encoded + "\na\n", "From: x\n" + "not a header\n" + encoded, "toy: a\nusb: b\n" + encoded, plainLog,
      plainTrace,
      plainLog + Self.mixed,
    ] { #expect(!isMail(other), "\(other)") }
  }

  @Test(arguments: [
    "--b\n", "--b\nContent-Type: message/rfc822\n\n", "--b\nContent-Type: multipart/mixed; boundary=b\n\n",
    "a\n", "\n", " ",
    "a: b\n", "--b--\n", "--b\n\n--b--\nFrom a\n", "Content-Type: multipart/mixed; boundary=\"",
  ])
  func madeMailsAreReadInTime(_ piece: String) throws {
    for head in ["", Self.mixed, "From a\n" + Self.mixed] {
      let stream = MailParts(RepeatedBytes(head + String(repeating: piece, count: 50), count: 1 << 18))
      var total = 0
      while try stream.next() != nil { total += try length(stream) }
      #expect(total <= 1 << 18)
    }
  }
}
