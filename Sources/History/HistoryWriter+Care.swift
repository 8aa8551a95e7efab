import GRDB

extension HistoryWriter {
  /// Adds all boots of another history, under their own runs and days: twice changes nothing. What is there stays, unless newer rules judged the
  /// other.
  package func merge(_ other: HistoryReader) throws(HistoryError) -> Added {
    var added = Added()
    try other.boots { batch in
      for (run, boots) in Dictionary(grouping: batch, by: \.run) {
        try enter(run: run)
        added += try add(boots.map { ($0.record, $0.day) }, .merged)
      }
    }
    for run in try other.openRuns() {
      try enter(run: run.name)
      try write { db, _ in
        try db.execute(
          sql: "UPDATE runs SET open = max(open, ?) WHERE name = ?", arguments: [run.open, run.name])
      }
    }
    return added
  }

  /// Takes out the boots that count for a day before `day`, some at a time; how many they were. The file keeps its size, and what is free is
  /// used first; `compact` gives it back.
  package func prune(before day: Day) throws(HistoryError) -> Int {
    var count = 0
    while true {
      let removed = try write { db, _ in
        let rows = try Row.fetchAll(
          db, sql: "SELECT \(BootRow.columns) FROM boots WHERE day < ? LIMIT 20000", arguments: [day.number])
        var delta = Delta()
        for row in rows {
          var boot = BootRow(row)
          try boot.readFindings(db)
          delta.count(boot, -1)
          try boot.remove(db)
        }
        try delta.apply(db)
        return rows.count
      }
      count += removed
      if removed == 0 { break }
    }
    try write { db, _ in
      try db.execute(
        sql: "DELETE FROM runs WHERE day < ? AND id NOT IN (SELECT run FROM boots)", arguments: [day.number])
    }
    return count
  }

  /// Gives what is free back to the file system: as long as it takes, nobody else can write.
  package func compact() throws(HistoryError) {
    try HistoryError.wrapping {
      try queue.vacuum()
      try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }
  }
}
