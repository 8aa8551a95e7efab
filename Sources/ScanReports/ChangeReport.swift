import History
import Writing

/// Why `scan --fail-on regression` fails.
package enum ChangeReport {
  /// One line without a full stop.
  package static func sentence(_ failure: ChangeGate.Failure) -> String {
    switch failure {
    case .new(let signature, let cause, let verdict, let boots, let example):
      let what = [cause, verdict, signature].compactMap(\.self).map { Plain.safe($0) }.joined(separator: ", ")
      return "new: \(what): \(Plain.count(boots, "boot")), for example \(Plain.safe(example))"
    case .rose(let topic, let board, let before, let now, let p):
      return
        "risen: \(Plain.safe(topic)) on \(Plain.safe(board)): \(now.n) of \(now.of) boots, before \(before.n) of "
        + "\(before.of) (p = \(Figures.probability(p)))"
    case .exceeds(let topic, let board, let ceiling, let now, let p):
      return
        "risen: \(Plain.safe(topic)) on \(Plain.safe(board)): \(now.n) of \(now.of) boots, the allow-list lets "
        + "\(Figures.percent(ceiling)) % pass (p = \(Figures.probability(p)))"
    }
  }

  /// `regressions` of scan-end@1.
  static func value(_ failure: ChangeGate.Failure) -> JSONValue {
    switch failure {
    case .new(let signature, let cause, let verdict, let boots, let example):
      .object([
        ("kind", .string("new")), ("signature", .string(signature)), ("cause", .optional(cause)),
        ("verdict", .string(verdict)), ("boots", .int(Int64(boots))), ("example", .string(example)),
      ])
    case .rose(let topic, let board, let before, let now, let p):
      .object([
        ("kind", .string("rose")), ("cause", .string(topic)), ("board", .string(board)),
        ("before", Figures.json(before)), ("now", Figures.json(now)), ("p", .number(p)),
      ])
    case .exceeds(let topic, let board, let ceiling, let now, let p):
      .object([
        ("kind", .string("exceeds")), ("cause", .string(topic)), ("board", .string(board)),
        ("ceiling", .number(ceiling)), ("now", Figures.json(now)), ("p", .number(p)),
      ])
    }
  }
}
