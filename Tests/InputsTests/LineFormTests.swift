import Bytes
import Testing

@testable import Inputs

/// Text forms that are around the lines of a whole text: what stands behind each, characters that are spelled, one line of JSON.
struct LineFormTests {
  private static let log = (0..<12).map { "[    0.1\($0 < 10 ? "0" : "")\($0)000] toy, a \"b\" \($0)" }

  private func read(_ text: String) throws -> String {
    var all: [String] = []
    let documents = Documents { document in
      all.append(String(decoding: try InputsTests.all(document.stream), as: UTF8.self))
    } failed: { name, _, error in
      Issue.record("\(name): \(error)")
    }
    try documents.visit(Array(text.utf8), name: "toy")
    return all.joined(separator: "|")
  }

  private static func lines(_ write: (String) -> String) -> String { log.map { write($0) + "\n" }.joined() }

  @Test(arguments: [
    ("", "$"), ("", "^M$"), ("", "<br>"), ("msg=\"", "\" host=toy"), ("  '", "',"), ("x,", ",console"),
    ("<line n=\"1\">", "</line>"), ("<line><![CDATA[", "]]></line>"), ("| 1 | ", "     |"), ("│ 1 │ ", " │"),
    ("  1 | ", "   +"),
  ])
  func whatStandsBehindEveryLine(_ left: String, _ right: String) throws {
    #expect(try read(Self.lines { left + $0 + right }) == Self.lines { left + $0 })
    #expect(try read(Self.lines { left + $0 + right + "\r" }) == Self.lines { left + $0 })
  }

  @Test(arguments: ["", "<6>", "> ", "{\"log\":\""])
  func whatALineEndsWithIsItsOwn(_ left: String) throws {
    let same = Self.lines { left + $0 + " done)" }
    #expect(try read(same) == same)
    let one = Self.lines { left + $0 + ($0.hasSuffix(" 9") ? "" : "$") }
    #expect(try read(one) == one)
  }

  @Test func spelledCharacters() throws {
    #expect(
      try read("<?xml?>\n<system-out>\n" + Self.lines { "&lt;&amp;&gt; &#39;&quot;&nbsp;" + $0 })
        == "<?xml?>\n<system-out>\n" + Self.lines { "<&> '\" " + $0 })
    #expect(try read(Self.lines { $0.replacing(" ", with: "\u{a0}") }) == Self.lines { $0 })
    // A quote that is spelled in JSON would end its string.
    let json = Self.lines { _ in "{\"log\":\"a &quot;b&quot;\"}" }
    #expect(try read(json) == json)
  }

  private static func json(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
      + "\""
  }

  /// A recorder writes what it read, wherever that ends.
  @Test(arguments: [2, 3], [1, 37, 4000]) func aSessionsPieces(_ version: Int, _ size: Int) throws {
    let text = Array(Self.lines { $0 } + "no stamp \\ here\n")
    let pieces = stride(from: 0, to: text.count, by: size).map {
      String(text[$0..<min($0 + size, text.count)])
    }
    let events = pieces.map { "[0.25, \"o\", \(Self.json($0))]\n[0.25, \"i\", \"typed\"]\n" }
    let header = "{\"version\": \(version), \"width\": 80, \"height\": 24}\n"
    #expect(try read(header + events.joined()) == String(text) + "\n")
  }

  @Test func oneLineOfJSON() throws {
    let text = Self.lines { $0 } + "no stamp \\ here\n"
    let lines = (Self.log + ["no stamp \\ here"]).map(Self.json)
    for end in ["", "\n"] {
      #expect(try read("{\"id\": \"i-1\", \"Output\": \(Self.json(text)), \"x\": [1, \"y\"]}" + end) == text)
      #expect(
        try read(
          "[" + lines.map { "{\"message\": \($0), \"type\": \"out\"}" }.joined(separator: ", ") + "]" + end)
          == text)
      #expect(
        try read("{\"values\": [" + lines.map { "[\"17\", \($0)]" }.joined(separator: ",") + "]}" + end)
          == text)
    }
  }

  @Test func aCharacterInTwoEscapes() throws {
    let text = "[    0.100000] a \u{1f427} b\n[    0.200000] c\td\n"
    let spelled = "[    0.100000] a \\ud83d\\udc27 b\\n[    0.200000] c\\td"
    #expect(try read("{\"o\":\"\(spelled)\"}") == text)
  }

  @Test func cutJSONKeepsWhatIsThere() throws {
    #expect(
      try read("{\"o\":\"[    0.100000] a\\n[    0.200000] b") == "[    0.100000] a\n[    0.200000] b\n")
  }
}
