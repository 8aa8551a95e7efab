import History
import Writing

/// `history regressions`.
package enum RegressionsReport {
  /// The contract: an array, the least probable by chance first.
  package static func json(_ regressions: [Regression]) -> String {
    JSONValue.array(regressions.map(value)).text(indent: true) + "\n"
  }

  private static func value(_ regression: Regression) -> JSONValue {
    .object([
      ("cause", .string(regression.topic)), ("board", .string(regression.board)),
      ("kernel", .string(regression.kernel)),
      ("good", .string(regression.good)), ("before", Figures.json(regression.before)),
      ("after", Figures.json(regression.after)), ("p", .number(regression.p)),
      (
        "commits",
        .array(
          regression.commits.map {
            .object([("commit", .string($0.commit)), ("name", .string($0.name)), ("came", .bool($0.came))])
          })
      ),
    ])
  }

  /// For people.
  package static func terminal(_ regressions: [Regression], _ style: Style) -> String {
    if regressions.isEmpty { return "No rate rose beyond what chance explains.\n" }
    var out = ""
    for regression in regressions {
      let head =
        "\(Plain.safe(regression.topic)) on \(Plain.safe(regression.board)) since \(Plain.safe(regression.kernel))"
      out += style.paint(head, .bold) + "\n"
      out += "  before  \(Figures.text(regression.before, style)), last \(Plain.safe(regression.good))\n"
      out += "  after   \(Figures.text(regression.after, style))\n"
      out += "  chance  p = \(Figures.probability(regression.p)), all boards and causes reckoned in\n"
      out +=
        "  bisect  good \(Plain.safe(regression.good)), bad \(Plain.safe(regression.kernel))\n"
      for change in regression.commits {
        out +=
          "          \(change.commit) (\(change.name)) \(change.came ? "came" : "is gone") between them\n"
      }
    }
    return out
  }
}
