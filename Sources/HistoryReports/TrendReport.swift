import History
import Statistics
import Writing

/// `history trend`: of each cause the rate along an order.
package struct TrendReport {
  /// A cause at one place of the order.
  private struct Row {
    var topic: String
    var key: String
    var rate: Rate
  }
  private let by: String
  private let limit: Double?
  private let rows: [Row]

  /// `by`: kernel, board or day. `keys`: its places in their order, with their counts, all of one farm. `topic`: that cause alone. `limit`: say how many clean boots
  /// a rate below it takes.
  package init(by: String, _ keys: [(key: String, counts: FarmCounts)], topic: String?, limit: Double?) {
    (self.by, self.limit) = (by, limit)
    let topics = topic.map { [$0] } ?? Set(keys.flatMap(\.counts.topics)).sorted()
    rows = topics.flatMap { topic in
      var possible: [Cell: Bool] = [:]
      return keys.map { Row(topic: topic, key: $0.key, rate: $0.counts.rate(topic, &possible)) }
    }
  }

  /// Counts as they are asked for, by kernel or by board.
  package static func keys(_ farm: FarmCounts, byKernel: Bool) -> [(key: String, counts: FarmCounts)] {
    (byKernel ? farm.kernels : farm.boards).map { key in
      (key, farm.part { (byKernel ? $0.kernel : $0.board) == key })
    }
  }

  /// The contract (docs/schema/history-trend@1.json).
  package func json() -> String {
    let rows = rows.map { row -> JSONValue in
      let head = [("cause", JSONValue.string(row.topic)), ("key", JSONValue.string(row.key))]
      let clean =
        limit.map { [("cleanBoots", JSONValue.int(Int64(row.rate.cleanBoots(toBeBelow: $0))))] } ?? []
      return .object(head + Figures.fields(row.rate) + clean)
    }
    return JSONValue.answer("history-trend", [("by", .string(by)), ("rows", .array(rows))])
  }

  /// For people.
  package func terminal(_ style: Style) -> String {
    if rows.isEmpty { return "No boot shows anything.\n" }
    var out = ""
    let width = min(40, rows.map { Plain.safe($0.key).count }.max() ?? 0)
    for (index, row) in rows.enumerated() {
      if index == 0 || rows[index - 1].topic != row.topic {
        out += style.paint(Plain.safe(row.topic), .bold) + "\n"
      }
      out += "  \(Plain.pad(Plain.safe(row.key), width))  \(Figures.text(row.rate, style))"
      if let limit {
        let boots = row.rate.cleanBoots(toBeBelow: limit)
        out +=
          boots == 0
          ? ", below \(Figures.percent(limit)) %"
          : ", \(boots) clean boots more for less than \(Figures.percent(limit)) %"
      }
      out += "\n"
    }
    return out
  }
}
