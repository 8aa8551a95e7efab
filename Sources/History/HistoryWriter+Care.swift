import SQLite

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
        try db.run("UPDATE runs SET open = max(open, ?) WHERE name = ?", [run.open, run.name])
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
        let boots = try db.all(
          "SELECT \(BootRow.columns) FROM boots WHERE day < ? LIMIT 20000", [day.number], BootRow.init)
        var delta = Delta()
        for var boot in boots {
          try boot.readFindings(db)
          delta.count(boot, -1)
          try boot.remove(db)
        }
        try delta.apply(db)
        return boots.count
      }
      count += removed
      if removed == 0 { break }
    }
    try write { db, _ in
      try db.run("DELETE FROM runs WHERE day < ? AND id NOT IN (SELECT run FROM boots)", [day.number])
    }
    return count
  }

  /// Gives what is free back to the file system: as long as it takes, nobody else can write.
  package func compact() throws(HistoryError) {
    try HistoryError.wrapping {
      try file.run("VACUUM")
      // It answers with 1 where it had to stop waiting for others.
      if try file.value("PRAGMA wal_checkpoint(TRUNCATE)") == 1 { throw HistoryError.held }
    }
  }
}
