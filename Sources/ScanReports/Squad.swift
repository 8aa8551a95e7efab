import Scan
import Verdicts
import Writing

/// SQUAD's tests.json and metadata.json (https://github.com/Linaro/squad/blob/master/doc/intro.rst, "Input file
/// formats"): `suite/name` to pass or fail; anything else is shown as skip.
package enum Squad {
  /// What `POST /api/submit/…` takes as `tests`: two for the scan as a whole, then one for each device with each
  /// signature, the worst of all logs: names that stay the same from build to build, which is what SQUAD compares.
  package static func tests(_ report: ScanReport) -> String {
    var names: [String] = []
    var fails: [String: Bool] = [:]
    for log in report.logs {
      for judged in log.findings {
        let name = "proberace/\(escape(judged.finding.signature))/\(escape(judged.finding.device))"
        if fails[name] == nil { names.append(name) }
        fails[name] = (fails[name] ?? false) || !judged.decision.passes
      }
    }
    let rows = names.map { ($0, JSONValue.string(fails[$0] == true ? "fail" : "pass")) }
    let own = [
      ("proberace/logs-judged", JSONValue.string(judged(report))),
      ("proberace/late-iommu-probe", .string(gate(report))),
    ]
    return JSONValue.object(own + rows).text(indent: true) + "\n"
  }

  /// Whether every log could be read to its end.
  private static func judged(_ report: ScanReport) -> String {
    if report.logs.contains(where: \.isError) { return "fail" }
    return report.logs.isEmpty || report.logs.contains { $0.state != .complete } ? "skip" : "pass"
  }

  /// Whether a finding fails; no pass if not all could be judged.
  private static func gate(_ report: ScanReport) -> String {
    if report.logs.contains(where: { $0.outcome == .fail }) { return "fail" }
    return judged(report) == "pass" ? "pass" : "skip"
  }

  /// What it takes as `metadata`. Keys and values must be strings; job_id is the sender's to choose.
  package static func metadata(_ report: ScanReport) -> String {
    let tally = ScanTally(report)
    let kernels = Set(report.logs.compactMap(\.kernel)).sorted()
    let hardware = Set(report.logs.compactMap(\.hardware)).sorted()
    let fields: [(String, JSONValue)] = [
      ("proberace_schema", .string("proberace/scan@1")), ("proberace_version", .string(Release.version)),
      ("proberace_rules", .string(String(Release.rules))),
      ("kernel", .string(kernels.joined(separator: ", "))),
      ("hardware", .string(hardware.joined(separator: ", "))), ("logs", .string(String(tally.logs))),
      ("boots", .string(String(tally.boots))), ("failing_logs", .string(String(tally.failingLogs.count))),
      ("summary", .string(tally.headline)),
      (
        "other_kernel_trouble",
        .string(OtherRow.all(report).prefix(50).map(\.sentence).joined(separator: "; "))
      ),
    ]
    return JSONValue.object(fields).withoutNUL.text(indent: true) + "\n"
  }

  /// Slashes divide suites and brackets variants: they are %-encoded, like all that is no plain character.
  private static func escape(_ name: String) -> String { Escape.percent(name, keeping: ":@+") }
}
