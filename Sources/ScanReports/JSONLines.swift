import Reports
import Scan
import Verdicts
import Writing

/// `scan --format jsonl`: the contract's object a boot, one a line.
package enum JSONLines {
  /// All lines at once; `write` does the same as the scan goes.
  package static func render(_ report: ScanReport, run: String) -> String {
    var lines: [UInt8] = []
    var end = ScanEnd()
    for log in report.logs {
      end.add(log)
      write(log, run: run, to: &lines)
    }
    lines += end.line(run: run, status: report.status, isInterrupted: report.isInterrupted)
    return String(decoding: lines, as: UTF8.self)
  }

  /// Appends one line in UTF-8 with its newline, so that a scan can write as it goes.
  package static func write(_ log: LogResult, run: String, to lines: inout [UInt8]) {
    value(log, run: run).write(to: &lines)
    lines.append(10)
  }

  /// Hands it on in pieces: that of a large boot is not whole in memory.
  package static func write(_ log: LogResult, run: String, _ put: ([UInt8]) -> Void) {
    value(log, run: run).write(indent: false, put)
    put([10])
  }

  static func value(_ log: LogResult, run: String) -> JSONValue {
    var fields: [(String, JSONValue)] = [
      ("schema", .string("proberace/scan@1")), ("version", .string(Release.version)),
      ("rules", .int(Int64(Release.rules))), ("answer", .string(log.answer)), ("path", .string(log.path)),
      ("boot", .int(Int64(log.boot))), ("hash", .optional(log.hash?.text)),
      ("size", .optional(log.hash.map { Int64($0.size) })), ("record", .optional(log.record)),
      ("run", .string(run)),
      ("labels", .object(log.labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
      ("eligible", .object([("value", .bool(log.eligible.value)), ("why", .string(log.eligible.why))])),
      ("kernel", .optional(log.kernel)), ("hardware", .optional(log.hardware)),
      ("state", .string(log.state.rawValue)),
      ("gaps", .array(log.gaps.map { .string($0.rawValue) })),
      ("findings", findings(log)),
      ("suspects", .each(log.suspects.count) { JSONReport.suspect(log.suspects[$0]) }),
      ("others", .array(log.others.map(other))), ("losses", .array(log.losses.map(JSONReport.loss))),
    ]
    // Whoever asks for one of these finds it only where there is something to say.
    if let id = log.id { fields.append(("id", .string(id))) }
    if let format = log.format { fields.append(("format", .string(format.id))) }
    if !log.inputs.isEmpty { fields.append(("inputs", .strings(log.inputs))) }
    if log.isFound { fields.append(("found", .bool(true))) }
    if let reason = log.reason { fields.append(("reason", .string(reason))) }
    if log.isError { fields.append(("error", .optional(log.noPassReason))) }
    return .object(fields)
  }

  private static func findings(_ log: LogResult) -> JSONValue {
    let (all, record) = (log.findings, log.record.map { "\($0):" })
    return .each(all.count) { judged(all[$0], record, $0) }
  }

  private static func judged(_ judged: Judged, _ record: String?, _ ordinal: Int) -> JSONValue {
    guard case .object(var fields) = JSONReport.finding(judged.finding) else { return .null }
    // A silent finding has no warning's time: its evidence's.
    if judged.finding.time == nil, let at = fields.firstIndex(where: { $0.0 == "time" }) {
      fields[at].1 = .optional(judged.finding.evidence.lazy.compactMap(\.time).first)
    }
    return .object(
      fields + [("record", .optional(record.map { "\($0)\(ordinal)" })), ("gate", gate(judged.decision))])
  }

  static func gate(_ decision: GateDecision) -> JSONValue {
    .object([
      ("passes", .bool(decision.passes)), ("reason", .string(decision.reason)),
      ("allowedBy", .optional(decision.allowedBy)), ("bug", .optional(decision.bug)),
      ("soft", .bool(decision.isSoft)),
    ])
  }

  private static func other(_ other: OtherTrouble) -> JSONValue {
    .object([
      ("kind", .string(other.kind.rawValue)), ("signature", .string(other.signature)),
      ("title", .string(other.title)), ("count", .int(Int64(other.count))),
      ("time", .optional(other.time)), ("at", other.place.map(JSONReport.place) ?? .null),
    ])
  }
}
