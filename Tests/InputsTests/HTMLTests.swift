import Bytes
import Glibc
import Inputs
import Testing

struct HTMLTests {
  /// The parts of a page, each behind its name.
  private static func parts(_ page: any ByteStream, _ step: Int) throws -> [(HTMLStream.Part, [UInt8])] {
    let stream = HTMLStream(page)
    var parts: [(HTMLStream.Part, [UInt8])] = []
    while let part = try stream.next() { parts.append((part, try all(stream, step: step))) }
    return parts
  }

  private func read(_ page: String) throws -> String {
    try decoded(Array(page.utf8), sure: Self.sure) { try Self.parts($0, $1).flatMap(\.1) }
  }

  /// A tag or a comment that was cut is text, and so is an entity; a script's end tag may follow blanks.
  private static func sure(_ text: [UInt8]) -> ArraySlice<UInt8> {
    text.prefix { $0 != 60 && $0 != 38 }.dropLast(8)
  }

  @Test(arguments: [
    ("", ""), ("text only\n", "text only\n"), ("<p>a<p>b", "a\nb"), ("<pre>a\nb\n</pre>\n", "a\nb\n\n"),
    ("<div>a</div><div>b</div>", "a\nb\n"), ("<div>a</div>\n<div>b</div>\n", "a\nb\n"),
    ("<div>a</div> \r\n<div>b</div>\r\n", "a\nb\n"), ("a<br>b<br/>c<BR />d", "a\nb\nc\nd"),
    ("<ul><li>a</li><li>  b</li></ul>", "a\n  b\n"),
    ("<table><tr><td>1</td><td>a</td></tr><tr><td></td><td> b</td></tr></table>", "1 a\n b\n"),
    ("<span class=\"x > y\">a</span><span\n id='1>'>b</span>", "a\nb"),
    ("<!DOCTYPE html>\n<html><head><title>no\nlog</title></head>\n<body>a</body>", "\n\n\na"),
    ("x<style>p { a: b }\n</style>y<script>if (a < b)\n c();</script>z", "x\ny\nz"),
    ("a<!-- <b> \n -- > -->b<!---->c<!-->d", "a\nbcd"),
    ("<?xml version=\"1.0\"?>\n<pre><![CDATA[a]]></pre>", "\na]]>\n"),
    (
      "a &lt;b&gt; &amp;lt; &quot;&apos;&#39;&#x27;&#X27; &nbsp;&#160;&hellip;&larr;&#8230;",
      "a <b> &lt; \"'''' \u{20}\u{20}…←…"
    ),
    (
      "&bogus; &; &# &#; &#x; &#xzz; &#12a; && &lt &#0;&#xd800;&#x110000;&#99999999999;",
      "&bogus; &; &# &#; &#x; &#xzz; &#12a; && &lt \u{fffd}\u{fffd}\u{fffd}&#99999999999;"
    ),
    // Word breaks its source; the line ends follow the paragraph.
    (
      "<p class=MsoNormal><span\nlang=x>a line\nof one<o:p></o:p></span></p>\n\n<p class=MsoNormal>b</p>\n<p>c\nd</p>",
      "a line of one\n\n\n\nb\nc\nd\n"
    ),
    ("&#10;&#x41;", "\nA"), ("&", "&"), ("&l", "&l"), ("<", "<"), ("a <b", "a <b"), ("a </", "a </"),
  ])
  func pagesAreText(_ page: String, _ expected: String) throws {
    #expect(try read(page) == expected)
  }

  /// What kernels print, escaped by nobody.
  @Test(arguments: [
    "<4>[    0.100000] toy: on", "odcr: (a+0x1/0x2 <- b) ret=0", "<idle>-0     [001] d.h1.",
    "<...>-123 [000]",
    " func <-caller", "<TASK>", " </TASK>", "<IRQ>", "Code: 00 <0f> 0b", "<unknown>", "<stack trace>",
    "[<ffffffff810>] a",
    "[<a0001234>] b", "toy <toy@example.org>", "usage: toy <path> <line>", "a < b > c", "<!-", "<!x>", "<?x>",
    "<s@x>", "<>",
    "</>", "<-- here", "<!>", "<p_x>", "<spanner>", "<12>", "</idle>", "a<!-- b",
  ])
  func kernelTextStays(_ line: String) throws {
    #expect(try read("<pre>\(line)\n\(line)</pre>\n") == "\(line)\n\(line)\n")
  }

  @Test func linesKeepTheirNumbers() throws {
    let head =
      "<!doctype html>\n<html>\n<head>\n<style>\na\n</style>\n<script>\n\n\n</script></head>\n<!--\n\n-->\n<body\n a=b><pre>"
    let lines = head.utf8.count { $0 == 10 }
    #expect(try read(head + "a\nb") == String(repeating: "\n", count: lines) + "a\nb")
  }

  @Test func whatHasNoEndHidesNothing() throws {
    let log = String(repeating: "[    1.000000] toy: a line of a log\n", count: 6000)
    for (open, left) in [
      ("<!-- ", "<!-- "), ("<p class=\"", ""), ("<title>", ""), ("<p ", "<p "), ("<!doctype ", "<!doctype "),
    ] {
      let text = try Self.parts(Pieces(Array(("x" + open + log).utf8), step: 1 << 16), 1 << 16).flatMap(\.1)
      #expect(String(decoding: text, as: UTF8.self).hasSuffix(left + log), "\(open)")
      // Tags that do end.
      let more = try Self.parts(Pieces(Array(("x" + open + log + "<b>z").utf8), step: 1 << 16), 1 << 16)
      #expect(String(decoding: more.flatMap(\.1), as: UTF8.self).hasSuffix(log + "z"), "\(open)")
    }
  }

  @Test func systraceIsRaw() throws {
    let page = """
      <!DOCTYPE html>
      <html><head><script>var a = "</b>";</script></head><body>
        <script class="trace-data" type="application/text">
      \(plainTrace)&lt; <b> </scrip
        </script>
      <script>x</script></body>
      """
    let trace = "\n\n\n\(plainTrace)&lt; <b> </scrip\n  \n"
    #expect(try read(page) == trace)
  }

  @Test func oldSystraceIsAString() throws {
    let lines = [#"# tracer: nop"#, #"a-1 dev=\"x\\y\" <- \t\x41\u00e9\'"#, "", "c </b> d"]
    let page =
      "<html>\n<script>\n  var linuxPerfDatas = 1; var linuxPerfData = \"\\\n"
      + lines.map { $0 + "\\n\\\n" }.joined()
      + "\\n\";\n</script>\n</html>"
    let trace = "\n\n\n# tracer: nop\na-1 dev=\"x\\y\" <- \tAé'\n\nc </b> d\n\n\n\n"
    #expect(try read(page) == trace)
    #expect(try read("<script>linuxPerfData = 'a\\r\\\r\nb</script>c") == "a\r\nb\nc")
  }

  /// `atrace` output packed with gzip: the first bytes of one, for nobody unpacks it here.
  private static let packed = "H4sIAJkQCmsC/8S9b6/dR5Lf99yv\ngphwYiOgtrvrbw/iAI6TIEawzgK2\nHw==\n"

  @Test func packedTraceIsAPart() throws {
    let page =
      "<!DOCTYPE html>\n<html><body>\n<script class=\"trace-data\">\n\(Self.packed)</script></body></html>"
    let parts = try Self.parts(Pieces(Array(page.utf8), step: 1), 3)
    #expect(parts.map(\.0) == [.packed(1)])
    #expect(parts[0].1.starts(with: [0x1f, 0x8b, 8, 0]))
    #expect(parts[0].1.count == 43)
    // Cut anywhere: it ends.
    for end in 0..<page.utf8.count {
      _ = try Self.parts(Pieces(Array(page.utf8.prefix(end)), step: 1 << 16), 1 << 16)
    }
  }

  @Test func textBesideWhatIsPackedIsAPart() throws {
    let script = "<script class='trace-data'>"
    let page =
      "<p>a\(script)\(Self.packed)</script>\n\(script)\(Self.packed)</script>\n<p>b\(script)eJx no</script>"
    for step in [1, 1 << 16] {
      let parts = try Self.parts(Pieces(Array(page.utf8), step: step), 1 << 16)
      #expect(parts.map(\.0) == [.text, .packed(1), .packed(2), .text])
      #expect(parts.map { text($0.1) }[0] == "a\n")
      #expect(text(parts[3].1) == "\nb\neJx no\n")
    }
  }

  @Test func emptyPageIsAnEmptyText() throws {
    for page in ["", "<html>\n</html>", "<script>x"] {
      let parts = try Self.parts(Pieces(Array(page.utf8), step: 1 << 16), 1 << 16)
      #expect(parts.map(\.0) == [.text])
      #expect(parts[0].1.isEmpty)
    }
  }

  @Test func pagesAreTold() {
    func isPage(_ text: String) -> Bool { HTMLStream.isPage(Array(text.utf8).span) }
    for page in [
      "<!DOCTYPE html>\n<p>", "\u{feff}\n <html>", "<HTML lang=en>", "<pre>", "<body\n",
      "<!-- saved -->\n<html>",
      "<?xml version='1.0'?><html xmlns='x'>", "<div class=\"log\">x", "<table>", "<span id=1>",
      "<title>x</title>",
      "some words first\n<pre>\n[    0.000000] x", "a\n<html>",
    ] { #expect(isPage(page), "\(page)") }
    for other in [
      "", "<", "<6>[    0.000000] Linux version", "<idle>-0 [000] d..1 1.0: x: y", "<...>-1 [000]",
      "<TASK>\n</TASK>\n",
      "<unknown>", "<prefix>", "<a@b.c> x", "<-", "[    0.0] <pre> x\n", "<preempt>\n",
      "<!-- a comment -->\n[    0.0] x",
      "<?xml version='1.0'?><testsuite>", "{\"a\": \"<html>\"}", plainLog, plainTrace,
    ] { #expect(!isPage(other), "\(other)") }
  }

  /// Pages made to be read again and again, and ones made to fill memory.
  @Test(arguments: [
    "<", "<p", "<p ", "<!--", "<title>", "&", "&#", "</", "<p a=\"", "<p a=\"'>", "\n", " ", "<script>",
    "<script></script>",
    "<script>linuxPerfData", "<script>linuxPerfData=\"\\", "<script class=trace-data>H4sIAJkQCmsC",
    "<script class=trace-data> ",
    "<style>", "<p =\">", "<br> ", "<td>", "<!doctype ", "<script>linuxPerfData='", "<p a='\">",
  ])
  func madePagesAreReadInTime(_ piece: String) throws {
    var size = 1 << 18
    var start = clock()
    var lengths: [Int] = []
    var ticks: [Int] = []
    for _ in 0..<2 {
      let stream = HTMLStream(RepeatedBytes(piece, count: size))
      var total = 0
      while try stream.next() != nil { total += try length(stream) }
      lengths.append(total)
      ticks.append(clock() - start)
      start = clock()
      size *= 2
    }
    #expect(lengths[0] <= 1 << 19)
    // Twice as much takes twice as long; the clock counts the other tests too.
    #expect(ticks[1] < 30_000_000)
  }
}
