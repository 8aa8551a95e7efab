import History
import Writing

/// `history compare`.
package enum ComparisonReport {
  /// The contract (docs/schema/history-compare@1.json).
  package static func json(_ comparison: Comparison, _ a: String, _ b: String) -> String {
    let rows = comparison.rows.map { row in
      JSONValue.object([
        ("cause", .string(row.topic)), ("place", .string(row.place)), ("a", Figures.json(row.a)),
        ("b", Figures.json(row.b)), ("p", .number(row.p)),
      ])
    }
    return JSONValue.answer(
      "history-compare", [("a", .string(a)), ("b", .string(b)), ("rows", .array(rows))])
  }

  /// For people.
  package static func terminal(_ comparison: Comparison, _ a: String, _ b: String, _ style: Style) -> String {
    if comparison.rows.isEmpty { return "Neither shows anything where both have boots that count.\n" }
    var out = ""
    for row in comparison.rows {
      out += style.paint("\(Plain.safe(row.topic)), \(Plain.safe(row.place))", .bold) + "\n"
      out += "  \(Plain.safe(a))  \(Figures.text(row.a, style))\n"
      out += "  \(Plain.safe(b))  \(Figures.text(row.b, style))\n"
      out += "  p = \(Figures.probability(row.p)), all rows reckoned in\n"
    }
    return out
  }
}
