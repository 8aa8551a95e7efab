import GRDB

/// Asks a history. Others may write meanwhile; each answer is of one moment.
package final class HistoryReader {
  let queue: DatabaseQueue

  /// Throws if it is not there, or no history of ours. One of an older schema is brought to this one.
  package init(_ path: String) throws(HistoryError) { queue = try HistoryFile.forReading(path) }

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
        last: try Int64.fetchOne(db, sql: "SELECT max(id) FROM boots") ?? 0)
    }
  }

  /// All that was counted, from `since` on; nil: from the first day.
  package func counts(since: Day? = nil) throws(HistoryError) -> FarmCounts {
    try read { db, names in try Self.counts(db, &names, since: since) }
  }

  private static func counts(_ db: Database, _ names: inout Names, since: Day?) throws -> FarmCounts {
    var farm = FarmCounts()
    let first = since.map(\.number) ?? Int(Int32.min)
    let tally = try Row.fetchCursor(
      db,
      sql: """
        SELECT board, kernel, sum(boots), sum(eligible), min(day), max(day) FROM tally WHERE day >= ? GROUP BY board, kernel
        """, arguments: [first])
    while let row = try tally.next() {
      let cell = Cell(board: try names.text(row[0], db), kernel: try names.text(row[1], db))
      farm.boots[cell] = FarmCounts.Boots(
        boots: row[2], eligible: row[3], days: Day(number: row[4])...Day(number: row[5]))
    }
    let seen = try Row.fetchCursor(
      db,
      sql: """
        SELECT topic, board, kernel, sum(boots), sum(outside) FROM seen WHERE day >= ? GROUP BY topic, board, kernel
        """, arguments: [first])
    while let row = try seen.next() {
      let topic = try names.text(row[0], db)
      let cell = Cell(board: try names.text(row[1], db), kernel: try names.text(row[2], db))
      farm.seen[topic, default: [:]][cell] = FarmCounts.Seen(boots: row[3], outside: row[4])
      farm.warnings.insert(topic, board: cell.board, kernel: cell.kernel)
    }
    return farm
  }

  /// One look at a moment.
  func read<T>(_ body: (Database, inout Names) throws -> T) throws(HistoryError) -> T {
    try HistoryError.wrapping {
      try queue.read { db in
        var names = Names()
        return try body(db, &names)
      }
    }
  }
}
