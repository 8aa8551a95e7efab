import SQLite

/// Asks a history. Others may write meanwhile; each answer is of one moment.
package final class HistoryReader {
  private let file: Connection

  /// Throws if it is not there, or no history of ours. One of an older schema is brought to this one.
  package init(_ path: String) throws(HistoryError) { file = try HistoryFile.forReading(path) }

  /// What was there when it was asked: whoever adds to it later changes nothing of this.
  package struct Moment: Sendable {
    /// All that was counted.
    package var counts: FarmCounts
    /// All groups.
    package var groups: [Group]
    /// Boots that come later have larger rows.
    var last: Int64
  }

  /// All that there is now.
  package func moment() throws(HistoryError) -> Moment {
    try read { db, names in
      Moment(
        counts: try Self.counts(db, &names, since: nil), groups: try Self.groups(db, &names),
        last: try db.value("SELECT max(id) FROM boots") ?? 0)
    }
  }

  /// All that was counted, from `since` on; nil: from the first day.
  package func counts(since: Day? = nil) throws(HistoryError) -> FarmCounts {
    try read { db, names in try Self.counts(db, &names, since: since) }
  }

  private static func counts(_ db: Connection, _ names: inout Names, since: Day?) throws -> FarmCounts {
    var farm = FarmCounts()
    let first = since.map(\.number) ?? Int(Int32.min)
    let tally =
      "SELECT board, kernel, sum(boots), sum(eligible), min(day), max(day) FROM tally WHERE day >= ? GROUP BY board, kernel"
    try db.each(tally, [first]) { row in
      let cell = Cell(board: try names.text(row[0], db), kernel: try names.text(row[1], db))
      farm.boots[cell] = FarmCounts.Boots(
        boots: row[2], eligible: row[3], days: Day(number: row[4])...Day(number: row[5]))
    }
    let seen =
      "SELECT topic, board, kernel, sum(boots), sum(outside) FROM seen WHERE day >= ? GROUP BY topic, board, kernel"
    try db.each(seen, [first]) { row in
      let topic = try names.text(row[0], db)
      let cell = Cell(board: try names.text(row[1], db), kernel: try names.text(row[2], db))
      farm.seen[topic, default: [:]][cell] = FarmCounts.Seen(boots: row[3], outside: row[4])
      farm.warnings.insert(topic, board: cell.board, kernel: cell.kernel)
    }
    return farm
  }

  /// One look at a moment.
  func read<T>(_ body: (Connection, inout Names) throws -> T) throws(HistoryError) -> T {
    try HistoryError.wrapping {
      var names = Names()
      return try file.transaction(.deferred) { try body(file, &names) }
    }
  }
}
