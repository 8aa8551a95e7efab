import Writing

/// `history rejudge`: what became of the boots that older rules had judged.
package enum RejudgedReport {
  /// The contract (docs/schema/history-rejudged@1.json).
  package static func json(judged: Int, gone: Int, other: Int) -> String {
    JSONValue.answer(
      "history-rejudged",
      [("judged", .int(Int64(judged))), ("gone", .int(Int64(gone))), ("other", .int(Int64(other)))])
  }

  /// For people.
  package static func terminal(judged: Int, gone: Int, other: Int) -> String {
    "Boots: \(judged) judged anew, \(gone) whose logs are gone, \(other) whose logs hold something else now\n"
  }
}
