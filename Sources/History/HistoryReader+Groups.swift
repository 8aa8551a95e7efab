import GRDB

extension HistoryReader {
  /// Findings of one signature, cause and verdict.
  package struct Group: Sendable {
    /// Stable over builds.
    package var signature: String
    /// Nil if undetermined.
    package var cause: String?
    /// As JSON has it.
    package var verdict: String
    /// Those that show it.
    package var boots: Int
    /// Where one of the last is; nil if that was pruned.
    package var example: String?
    /// Its row; nil as `example`.
    var exampleID: Int64?
  }

  /// All groups, those with the most boots first.
  package func groups() throws(HistoryError) -> [Group] {
    try read { db, names in
      try Row.fetchAll(
        db,
        sql: """
          SELECT g.signature, g.topic, g.verdict, g.boots, b.path, b.id FROM groups g LEFT JOIN boots b ON b.id = g.example
          ORDER BY g.boots DESC, g.signature, g.topic, g.verdict
          """
      ).map { row in
        let (signature, topic) = (row[0] as Int64, row[1] as Int64)
        return Group(
          signature: try names.text(signature, db),
          cause: signature == topic ? nil : try names.text(topic, db),
          verdict: try names.text(row[2], db), boots: row[3], example: row[4], exampleID: row[5])
      }
    }
  }

  /// Counts of each day, boards together where none is named.
  package func days(board: String? = nil) throws(HistoryError) -> [(day: Day, counts: FarmCounts)] {
    try read { db, names in
      let id = try board.map { try names.known($0, db) ?? -1 }
      let (which, arguments) = (id == nil ? "" : "WHERE board = ?", StatementArguments(id.map { [$0] } ?? []))
      var days: [Day: FarmCounts] = [:]
      let cell = { (kernel: Int64, names: inout Names) in
        Cell(board: board ?? "", kernel: try names.text(kernel, db))
      }
      let tally = try Row.fetchCursor(
        db, sql: "SELECT day, kernel, sum(boots), sum(eligible) FROM tally \(which) GROUP BY day, kernel",
        arguments: arguments)
      while let row = try tally.next() {
        let day = Day(number: row[0])
        days[day, default: FarmCounts()].boots[try cell(row[1], &names)] = FarmCounts.Boots(
          boots: row[2], eligible: row[3], days: day...day)
      }
      let seen = try Row.fetchCursor(
        db,
        sql:
          "SELECT day, topic, kernel, sum(boots), sum(outside) FROM seen \(which) GROUP BY day, topic, kernel",
        arguments: arguments)
      while let row = try seen.next() {
        let topic = try names.text(row[1], db)
        days[Day(number: row[0]), default: FarmCounts()].seen[topic, default: [:]][try cell(row[2], &names)] =
          FarmCounts.Seen(boots: row[3], outside: row[4])
      }
      return days.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
  }
}
