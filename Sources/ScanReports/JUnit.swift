import Scan
import Verdicts
import Writing

/// JUnit XML as Jenkins, GitLab and junitparser read it: a testsuite of all causes, whose names never change; then one a log, a testcase
/// a device and signature.
/// The dialect: https://github.com/testmoapp/junitxml
package enum JUnit {
  /// A whole document, UTF-8.
  package static func render(_ report: ScanReport) -> String {
    var total = Counts()
    var suites = ""
    suites += causes(report, &total)
    if let regressions = report.regressions { suites += gate(regressions, &total) }
    for log in report.logs { suites += suite(log, &total) }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="proberace"\(total.attributes)>
      \(suites)</testsuites>

      """
  }

  private struct Counts {
    var tests = 0
    var failures = 0
    var errors = 0
    var skipped = 0
    var attributes: String {
      " tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"\(skipped)\""
    }

    static func += (a: inout Counts, b: Counts) {
      a.tests += b.tests
      a.failures += b.failures
      a.errors += b.errors
      a.skipped += b.skipped
    }
  }

  private static func causes(_ report: ScanReport, _ total: inout Counts) -> String {
    var counts = Counts()
    var cases = ""
    for test in CauseTest.all(report) {
      counts.tests += 1
      cases += "<testcase classname=\"proberace.cause\" name=\"\(XML.escape(test.name))\">"
      switch test.result {
      case .pass: break
      case .skip:
        counts.skipped += 1
        cases += "<skipped message=\"no boot here could have shown it\"/>"
      case .fail:
        counts.failures += 1
        let places = test.findings.filter { !$0.judged.decision.passes }.map {
          $0.log.title(at: $0.judged.place)
        }
        let more = places.count > 20 ? "\nand \(places.count - 20) more" : ""
        cases +=
          "<failure type=\"\(XML.escape(test.name))\" message=\"\(XML.escape(test.title))\">"
          + XML.escape(places.prefix(20).joined(separator: "\n") + more) + "</failure>"
      }
      cases += "</testcase>\n"
    }
    total += counts
    return "<testsuite name=\"proberace causes\"\(counts.attributes)>\n\(cases)</testsuite>\n"
  }

  /// `--fail-on regression`: one test, whatever is new or more frequent.
  private static func gate(_ regressions: [String], _ total: inout Counts) -> String {
    var counts = Counts()
    counts.tests = 1
    var out = "<testcase classname=\"proberace.gate\" name=\"regression\">"
    if !regressions.isEmpty {
      counts.failures = 1
      out +=
        "<failure type=\"regression\" message=\"\(Plain.count(regressions.count, "regression"))\">"
        + XML.escape(regressions.joined(separator: "\n")) + "</failure>"
    }
    total += counts
    return "<testsuite name=\"proberace gate\"\(counts.attributes)>\n\(out)</testcase>\n</testsuite>\n"
  }

  private static func suite(_ log: LogResult, _ total: inout Counts) -> String {
    var counts = Counts()
    var cases = logCase(log, &counts)
    for test in TestCase.all(log) { cases += findingCase(test, log, &counts) }
    total += counts
    return
      "<testsuite name=\"\(XML.escape(log.title))\"\(counts.attributes)>\n\(properties(log))\(cases)</testsuite>\n"
  }

  private static func properties(_ log: LogResult) -> String {
    let values = [
      ("proberace", Release.title), ("kernel", log.kernel), ("hardware", log.hardware),
      ("state", log.state.rawValue),
    ]
    let lines = values.compactMap { name, value in
      value.map { "<property name=\"\(name)\" value=\"\(XML.escape($0))\"/>\n" }
    }
    return "<properties>\n\(lines.joined())</properties>\n"
  }

  /// The log itself is a test: a clean one passes, one that could not be judged does not.
  private static func logCase(_ log: LogResult, _ counts: inout Counts) -> String {
    counts.tests += 1
    let open = "<testcase classname=\"proberace.log\" name=\"\(XML.escape(log.title))\""
    let others = otherTrouble(log)
    guard let reason = log.noPassReason else {
      return open + (others.isEmpty ? "/>\n" : ">\(others)</testcase>\n")
    }
    let message = "message=\"\(XML.escape(reason))\""
    // A finding that fails does not make up for a log that could not be read: that stays an error.
    if log.isError {
      counts.errors += 1
      return open + "><error type=\"\(log.state.rawValue)\" \(message)/>\(others)</testcase>\n"
    }
    counts.skipped += 1
    return open + "><skipped \(message)/>\(others)</testcase>\n"
  }

  /// What was not judged is no result, but part of what the log's test has to say.
  private static func otherTrouble(_ log: LogResult) -> String {
    guard !log.others.isEmpty else { return "" }
    let lines = log.others.map { "\($0.count) \u{d7} \($0.signature): \($0.title)" }
    return "<system-out>"
      + XML.escape((["other kernel trouble, not judged:"] + lines).joined(separator: "\n")) + "</system-out>"
  }

  private static func findingCase(_ test: TestCase, _ log: LogResult, _ counts: inout Counts) -> String {
    counts.tests += 1
    let first = test.findings.first
    let line = first?.line.map { " line=\"\($0)\"" } ?? ""
    var out =
      "<testcase classname=\"\(XML.escape(test.signature))\" name=\"\(XML.escape(test.device))\""
      + " file=\"\(XML.escape(log.path(of: first?.place)))\"\(line)>\n"
    if let first = test.failing.first {
      counts.failures += 1
      out +=
        "<failure type=\"\(XML.escape(first.ruleID))\" message=\"\(XML.escape(first.headline))\">"
        + XML.escape(text(test.failing, log)) + "</failure>\n"
    }
    let passing = test.findings.filter(\.decision.passes)
    if !passing.isEmpty { out += "<system-out>\(XML.escape(text(passing, log)))</system-out>\n" }
    return out + "</testcase>\n"
  }

  private static func text(_ findings: [Judged], _ log: LogResult) -> String {
    findings.map { judged in
      let mark = judged.decision.isSoft ? "warning: " : ""
      return mark + ([judged.headline] + judged.details(log)).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }
}

enum XML {
  /// For text and for attributes in double quotes. What XML 1.0 has no way to write is dropped, and what it advises
  /// against (https://www.w3.org/TR/xml/#charsets); line ends are kept by reference (3.3.3 there would make them spaces).
  static func escape(_ text: String) -> String {
    Escape.scalars(text) { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      case "'": "&apos;"
      case "\t", "\n", "\r": "&#\(scalar.value);"
      default: isAllowed(scalar) ? nil : ""
      }
    }
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x20 && scalar.value & 0xfffe != 0xfffe && !(0x7f...0x9f).contains(scalar.value)
  }
}
