import Bytes
import Testing

@testable import Inputs

struct TransferTests {
  private func quoted(_ text: String) throws -> String {
    try decoded(Array(text.utf8)) { try all(QuotedPrintableStream($0), step: $1) }
  }

  private func base64(_ text: String) throws -> String {
    try decoded(Array(text.utf8)) { try all(Base64Stream($0), step: $1) }
  }

  @Test(arguments: [
    ("", ""), ("plain\n", "plain\n"), ("a=3Db=3dc\n", "a=b=c\n"),
    ("one=\n two=\r\n three\r\n", "one two three\r\n"),
    ("one=  \t\n two\n", "one two\n"), ("=C3=BC=c3=bc", "üü"), ("a=b =zz =3 =\r x =", "a=b =zz =3 =\r x ="),
    ("==3D=3", "===3"),
    ("x=" + String(repeating: " ", count: 100) + "\n", "x=" + String(repeating: " ", count: 100) + "\n"),
    ("a =3C- b=20\n", "a <- b \n"),
  ])
  func quotedPrintable(_ input: String, _ expected: String) throws {
    #expect(try quoted(input) == expected)
  }

  @Test(arguments: [
    ("", ""), ("YQ==", "a"), ("YWI=", "ab"), ("YWJj", "abc"), ("YW\r\nJj\r\n", "abc"), ("YWJjZA", "abcd"),
    ("YQ==\nYg==\n", "ab"), ("  YWJj  \n", "abc"), ("Y", ""),
    ("YWJj\n_____\na mailing list, see below\n", "abc"),
    ("YWJj\n!WJj\nYWJj\n", "abcabc"),
  ])
  func base64(_ input: String, _ expected: String) throws {
    #expect(try base64(input) == expected)
  }

  @Test func longLinesOfBase64() throws {
    let line = String(repeating: "YWJj", count: 5000)
    #expect(try base64(line + "\nYQ==") == String(repeating: "abc", count: 5000) + "a")
  }

  @Test func quotedPrintableIsTold() {
    func takes(_ text: String) -> Bool { QuotedPrintableStream.isQuotedPrintable(Array(text.utf8).span) }
    let pasted =
      "[    1.2] toycodec b2000000.toycodec: late IOMMU probe at driver bind, somethin=\ng fishy here!\n"
    #expect(takes(String(repeating: pasted, count: 3) + "command line: root=3D/dev/vda1\n"))
    #expect(takes(String(repeating: pasted, count: 3) + "Call trace:=20\r\n x=3"))
    #expect(!takes(String(repeating: pasted, count: 3)))
    #expect(!takes(pasted + "root=3D/dev/vda1\n"))
    #expect(!takes(String(repeating: "a=\\\nb=3D c=1 d=e\n", count: 10)))
    #expect(!takes(String(repeating: "x=\ny=\nz=\nroot=/dev/sda rw=1 init=20\n", count: 10)))
    for other in ["", plainLog, plainTrace] { #expect(!takes(other)) }
  }

  @Test func longTextsPassThrough() throws {
    let size = 4 << 20
    #expect(try length(QuotedPrintableStream(RepeatedBytes("=3D=\nx=", count: size))) > size / 4)
    #expect(try length(Base64Stream(RepeatedBytes("YWJj", count: size))) == size / 4 * 3)
    #expect(try length(Base64Stream(RepeatedBytes("=\n", count: size))) == 0)
  }

  @Test(arguments: [
    ("", ""), ("one", "one\n"), ("one\n", "one\n"), ("one\ntwo\n\nthree", "three\n\ntwo\none\n"),
    ("a\r\nb\r\n", "b\r\na\r\n"),
  ])
  func linesAreTurnedRound(_ input: String, _ expected: String) throws {
    for step in [1, 3, 1 << 16] {
      let turned = try all(BackwardsStream(Pieces(Array(input.utf8), step: step)), step: step)
      #expect(turned == Array(expected.utf8), "\(step) bytes at a time")
    }
  }

  @Test func linesAcrossWindowsAreTurnedRound() throws {
    let lines = (0..<200_000).map { "line number \($0)" }
    let text = lines.joined(separator: "\n") + "\n"
    #expect(text.utf8.count > 3 << 20)
    let turned = try all(BackwardsStream(Pieces(Array(text.utf8), step: 4096)), step: 1000)
    #expect(turned == Array((lines.reversed().joined(separator: "\n") + "\n").utf8))
  }

  @Test func whatRunsBackwardsIsTold() {
    func takes(_ lines: [String]) -> Bool {
      LineOrder.isBackwards(Array((lines.joined(separator: "\n") + "\n").utf8).span)
    }
    func isTold(_ lines: [String]) -> Bool { takes(lines.reversed()) && !takes(lines) }
    #expect(isTold((0..<9).map { "[    1.00000\($0)] line" }))
    #expect(isTold((0..<9).map { "[    1.00000\($0)][    T\(9 - $0)] line" }))
    #expect(isTold((0..<9).map { "Nov 28 07:10:5\($0) host kernel: line" }))
    #expect(isTold((0..<9).map { "2026-11-28T07:10:5\($0).123456+0000 host kernel: line" }))
    #expect(
      isTold(
        (0..<9).map { "{ \"__REALTIME_TIMESTAMP\" : \"176431385212345\($0)\", \"MESSAGE\" : \"line\" }" }))
    // Two hosts, a CPU in brackets, too few lines, no times at all.
    #expect(!takes((0..<20).map { "[    \($0 % 2 == 0 ? 10 + $0 : 40 - $0).000000] line" }))
    #expect(!takes((0..<9).map { "sh-1 [00\(9 - $0)] d.... 1.00000\($0): event" }))
    #expect(!takes((0..<4).map { "[    1.00000\(9 - $0)] line" }))
    #expect(!takes((0..<9).map { "line \(9 - $0)" }))
  }
}
