import Scan
import Verdicts
import Writing

/// KTAP version 1 (https://docs.kernel.org/dev-tools/ktap.html): a test of all causes, a subtest each, whose names never change; then a
/// test a log, a subtest a device and signature.
package enum KTAP {
  /// The plan first; comments have what was not judged.
  package static func render(_ report: ScanReport) -> String {
    var out = "KTAP version 1\n# \(Release.title)\n1..\(report.logs.count + 1)\n"
    out += causes(report)
    for (index, log) in report.logs.enumerated() { out += test(log, index + 2) }
    return out
  }

  private static func causes(_ report: ScanReport) -> String {
    let tests = CauseTest.all(report)
    var out = "  KTAP version 1\n  1..\(tests.count)\n"
    for (index, test) in tests.enumerated() {
      let result = test.result == .fail ? "not ok" : "ok"
      let skip = test.result == .skip ? " # SKIP no boot here could have shown it" : ""
      out += "  \(result) \(index + 1) \(test.name)\(skip)\n"
    }
    let result = tests.contains { $0.result == .fail } ? "not ok" : "ok"
    return out
      + "\(result) 1 causes\(tests.allSatisfy { $0.result == .skip } ? " # SKIP no boot could have shown one" : "")\n"
  }

  /// A log with its findings nested, two spaces deeper, and its own result after them.
  private static func test(_ log: LogResult, _ number: Int) -> String {
    let cases = TestCase.all(log)
    var out = ""
    if !cases.isEmpty {
      out += "  KTAP version 1\n  1..\(cases.count)\n"
      for (index, test) in cases.enumerated() { out += subtest(test, index + 1, log) }
    }
    for other in log.others { out += "# not judged: \(other.count) x \(plain(other.signature))\n" }
    if !cases.isEmpty, let reason = log.noPassReason { out += "# \(plain(reason))\n" }
    let name = "\(number) \(plain(log.title))"
    switch log.outcome {
    case .pass: return out + "ok \(name)\n"
    case .fail: return out + "not ok \(name)\n"
    case .error: return out + "not ok \(name) # ERROR \(plain(log.noPassReason ?? "could not be judged"))\n"
    // Nothing was judged, or not all: never plain "ok".
    case .missing: return out + "ok \(name) # SKIP \(plain(log.noPassReason ?? "not judged"))\n"
    }
  }

  private static func subtest(_ test: TestCase, _ number: Int, _ log: LogResult) -> String {
    var out = ""
    for judged in test.findings {
      out += "  # \(plain(judged.headline))\n"
      for detail in judged.details(log) { out += "  #   \(plain(detail))\n" }
    }
    let result = test.failing.isEmpty ? "ok" : "not ok"
    return out + "  \(result) \(number) \(plain(test.device)) \(plain(test.signature))\n"
  }

  /// One line; a hash would begin a directive.
  private static func plain(_ text: String) -> String {
    Escape.scalars(Plain.safe(text)) { $0 == "#" ? "\\x23" : nil }
  }
}
