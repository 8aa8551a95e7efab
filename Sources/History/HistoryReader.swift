import GRDB

/// Asks a history. Others may write meanwhile; each answer is of one moment.
package final class HistoryReader {
  let queue: DatabaseQueue

  /// Throws if it is not there, or no history of ours. One of an older schema is brought to this one.
  package init(_ path: String) throws(HistoryError) { queue = try HistoryFile.forReading(path) }

  /// All that was counted, from `since` on; nil: from the first day.
  package func counts(since: Day? = nil) throws(HistoryError) -> FarmCounts {
    try read { db, names in
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
        let cell = Cell(board: try names.text(row[1], db), kernel: try names.text(row[2], db))
        farm.seen[try names.text(row[0], db), default: [:]][cell] = FarmCounts.Seen(
          boots: row[3], outside: row[4])
      }
      return farm
    }
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
