// A test a cause: names that stay the same whatever was scanned, for those who compare runs by them.
import History
import Scan
import Verdicts

/// What a scan says of one cause.
struct CauseTest {
  /// As test systems have it.
  enum Status: String {
    case pass, fail, skip
  }
  /// The cause's id, or `undetermined`.
  var name: String
  var title: String
  /// `skip`: no log of the scan could have shown it.
  var result: Status
  /// Its findings, with their logs.
  var findings: [(log: LogResult, judged: Judged)]

  /// Always all of them, in the order of `Cause.all`.
  static func all(_ report: ScanReport) -> [CauseTest] {
    var found: [String: [(log: LogResult, judged: Judged)]] = [:]
    for log in report.logs {
      for judged in log.findings { found[judged.ruleID, default: []].append((log, judged)) }
    }
    let causes = Cause.all.filter { $0.verdict != nil }
    let farm = FarmCounts(report)
    return
      (causes.map { ($0.id, $0.title) } + [("undetermined", "a late IOMMU probe of an unknown cause")]).map {
        (name: String, title: String) in
        let findings = found[name] ?? []
        let couldShow = farm.boots.keys.contains { farm.rate(name, $0).of > 0 }
        let result: Status =
          findings.contains { !$0.judged.decision.passes }
          ? .fail : findings.isEmpty && !couldShow ? .skip : .pass
        return CauseTest(name: name, title: title, result: result, findings: findings)
      }
  }
}

/// LAVA's test cases, as `lava-test-case` takes them (https://docs.lavasoftware.org/lava/test-definition.html): a shell script of
/// its own, to be run inside of a job's test.
package enum LAVA {
  /// One command a line, below what made them.
  package static func render(_ report: ScanReport) -> String {
    "# \(Release.title)\n"
      + CauseTest.all(report).map { test in
        "lava-test-case proberace-\(test.name) --result \(test.result.rawValue)"
          + (test.findings.isEmpty ? "" : " --measurement \(test.findings.count) --units findings") + "\n"
      }
      .joined()
  }
}
