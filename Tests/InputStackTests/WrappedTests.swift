import Foundation
import TestSupport
import Testing

/// A log or a trace that a mail program has broken says what it says as it was printed, to report and to scan.
struct WrappedTests {
  static let inputs = [
    "late-silent-7.3.4/dmesg.txt", "natural-7.3.4/dmesg.txt", "race-bind-7.2.13-fgraph/trace.txt",
  ]

  @Test(arguments: inputs, [64, 72, 80]) func findingsStay(_ path: String, _ width: Int) throws {
    let bytes = try Files.bytes(Here.sample(path))
    let plain = Answer.report(bytes)
    #expect(!plain.findings.isEmpty)
    let folder = try TemporaryFolder()
    for keepsBlanks in [true, false] {
      let wrapped = Array(
        Wrapped.text(String(decoding: bytes, as: UTF8.self), width: width, keepsBlanks: keepsBlanks).utf8)
      let report = Answer.report(wrapped)
      #expect(report.findings == plain.findings)
      #expect(try Answer.scan(wrapped, in: folder) == report)
    }
  }
}
