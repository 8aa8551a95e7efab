import Verdicts
import Writing

/// `doctor`: a line a question, then what to do next.
package enum DoctorReport {
  /// For a terminal.
  package static func render(_ checkup: Checkup, _ style: Style) -> String {
    let margin = 21
    var out = ""
    for check in checkup.checks {
      let lines = Plain.wrap(Plain.safe(check.detail), style.width - margin)
      for (number, line) in lines.enumerated() {
        out +=
          number == 0
          ? Plain.pad(check.id, 12) + style.paint(Plain.pad(check.answer.rawValue, 9), paint(check.answer))
          : String(repeating: " ", count: margin)
        out += line + "\n"
      }
    }
    return out + "\nnext:\n" + checkup.next.map { "  \($0)\n" }.joined()
  }

  /// The contract's JSON, docs/schema/doctor@1.json.
  package static func json(_ checkup: Checkup, _ machine: Machine) -> String {
    JSONValue.object([
      ("schema", .string("proberace/doctor@1")), ("version", .string(Release.version)),
      ("rules", .int(Int64(Release.rules))), ("ready", .bool(checkup.isReady)),
      ("kernel", .optional(machine.release)), ("iommus", .strings(machine.units)),
      ("groups", .int(Int64(machine.groups))),
      (
        "checks",
        .array(
          checkup.checks.map {
            .object([
              ("id", .string($0.id)), ("answer", .string($0.answer.rawValue)), ("detail", .string($0.detail)),
            ])
          })
      ), ("next", .strings(checkup.next)),
    ]).text(indent: true) + "\n"
  }

  private static func paint(_ answer: Checkup.Answer) -> Style.Paint {
    switch answer {
    case .yes: .green
    case .no: .yellow
    case .unknown: .dim
    }
  }
}
