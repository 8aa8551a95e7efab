import History
import Writing

/// `history add`, `merge` and `prune`: what became of the boots.
package enum AddedReport {
  /// The contract (docs/schema/history-added@1.json).
  package static func json(_ added: HistoryWriter.Added, others: Int, broken: Int, unfinished: [String])
    -> String
  {
    JSONValue.answer(
      "history-added",
      [
        ("new", .int(Int64(added.new))), ("changed", .int(Int64(added.changed))),
        ("known", .int(Int64(added.known))), ("others", .int(Int64(others))), ("broken", .int(Int64(broken))),
        ("unfinished", .strings(unfinished)),
      ])
  }

  /// The contract of `prune` (docs/schema/history-pruned@1.json).
  package static func json(pruned count: Int) -> String {
    JSONValue.answer("history-pruned", [("boots", .int(Int64(count)))])
  }

  /// For people.
  package static func terminal(_ added: HistoryWriter.Added, others: Int, broken: Int) -> String {
    var parts = ["\(added.new) new"]
    if added.changed > 0 { parts.append("\(added.changed) judged or labelled anew") }
    if added.known > 0 { parts.append("\(added.known) there already") }
    if others > 0 { parts.append("\(others) no boots") }
    if broken > 0 { parts.append("\(broken) broken lines") }
    return "Boots: " + parts.joined(separator: ", ") + "\n"
  }
}
