import Scan
import Verdicts
import Writing

/// SQUAD's tests.json and metadata.json (https://github.com/Linaro/squad/blob/master/doc/intro.rst, "Input file
/// formats"): `suite/name` to pass or fail; anything else is shown as skip.
package enum Squad {
  /// What `POST /api/submit/…` takes as `tests`: two for the scan as a whole, then one for each cause, the worst of all logs: the same
  /// names from build to build and from board to board, which is what SQUAD compares.
  package static func tests(_ report: ScanReport) -> String {
    let rows = CauseTest.all(report).map { ("proberace/\($0.name)", JSONValue.string($0.result.rawValue)) }
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
    let hardware = Set(report.logs.compactMap { $0.hardware.map(CountedFor.machine) }).sorted()
    var fields: [(String, JSONValue)] = [
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
    // Which of several kernels fails: tests are of all.
    let perKernel = Dictionary(grouping: report.logs, by: \.countedKernel)
    for kernel in perKernel.keys.allKernels() {
      let logs = perKernel[kernel] ?? []
      fields.append(("kernel_\(kernel)", .string(ScanTally(ScanReport(logs: logs)).headline)))
    }
    return JSONValue.object(fields).withoutNUL.text(indent: true) + "\n"
  }
}
