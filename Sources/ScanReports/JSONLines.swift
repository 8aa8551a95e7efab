import Reports
import Scan
import Verdicts
import Writing

/// `scan --format jsonl`: the contract's object a boot, one a line.
package enum JSONLines {
  /// All lines at once; `write` does the same as the scan goes.
  package static func render(_ report: ScanReport) -> String {
    var lines: [UInt8] = []
    for log in report.logs { write(log, to: &lines) }
    return String(decoding: lines, as: UTF8.self)
  }

  /// Appends one line in UTF-8 with its newline, so that a scan can write as it goes.
  package static func write(_ log: LogResult, to lines: inout [UInt8]) {
    value(log).write(to: &lines)
    lines.append(10)
  }

  static func value(_ log: LogResult) -> JSONValue {
    var fields: [(String, JSONValue)] = [
      ("schema", .string("proberace/scan@1")), ("version", .string(Release.version)),
      ("rules", .int(Int64(Release.rules))), ("answer", .string(log.answer)), ("path", .string(log.path)),
      ("boot", .int(Int64(log.boot))),
      ("kernel", .optional(log.kernel)), ("hardware", .optional(log.hardware)),
      ("state", .string(log.state.rawValue)),
      ("gaps", .array(log.gaps.map { .string($0.rawValue) })), ("findings", .array(log.findings.map(judged))),
      ("suspects", .array(log.suspects.map(JSONReport.suspect))),
      ("others", .array(log.others.map(other))), ("losses", .array(log.losses.map(JSONReport.loss))),
    ]
    // Whoever asks for one of these finds it only where there is something to say.
    if let format = log.format { fields.append(("format", .string(format.id))) }
    if !log.inputs.isEmpty { fields.append(("inputs", .strings(log.inputs))) }
    if log.isFound { fields.append(("found", .bool(true))) }
    if let reason = log.reason { fields.append(("reason", .string(reason))) }
    if log.isError { fields.append(("error", .optional(log.noPassReason))) }
    return .object(fields)
  }

  private static func judged(_ judged: Judged) -> JSONValue {
    guard case .object(let fields) = JSONReport.finding(judged.finding) else { return .null }
    return .object(fields + [("gate", gate(judged.decision))])
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
