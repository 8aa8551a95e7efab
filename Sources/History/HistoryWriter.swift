import SQLite

/// Adds boots to a history. Each call is one transaction: what it returns from is there, whatever happens to the process. Others may read
/// meanwhile, and write in turn. One thread at a time.
package final class HistoryWriter {
  /// What became of some boots.
  package struct Added: Sendable, Equatable {
    /// Were not there.
    package var new = 0
    /// Were there and are judged or labelled otherwise now.
    package var changed = 0
    /// Were there as they are, or judged by newer rules.
    package var known = 0

    package init() {}

    /// Both together.
    package static func += (a: inout Added, b: Added) {
      a.new += b.new
      a.changed += b.changed
      a.known += b.known
    }
  }

  let file: Connection
  private let today: Day
  private var names = Names()
  private var run: String?

  /// Makes the file where there is none. Throws if it is no history of ours, or cannot be written to. `today`: the day of boots of which no
  /// label says another.
  package init(_ path: String, today: Day) throws(HistoryError) {
    file = try HistoryFile.forWriting(path)
    self.today = today
  }

  /// A run begins, and boots that are added now are its own. Several may have one name: the parts of a scan on many machines, or a job that is
  /// run again.
  package func begin(run: String) throws(HistoryError) {
    self.run = run
    try write { db, _ in
      try db.run(
        "INSERT INTO runs (name, day, open) VALUES (?, ?, 1) ON CONFLICT (name) DO UPDATE SET open = open + 1",
        [run, today.number])
    }
  }

  /// Boots that are added now are those of this run, which was begun elsewhere, or before.
  package func enter(run: String) throws(HistoryError) {
    self.run = run
    try write { db, _ in
      try db.run("INSERT OR IGNORE INTO runs (name, day) VALUES (?, ?)", [run, today.number])
    }
  }

  /// All of a run that was begun was added: one that never comes to this was killed.
  package func end() throws(HistoryError) {
    guard let run else { return }
    try write { db, _ in
      try db.run("UPDATE runs SET open = max(0, open - 1) WHERE name = ?", [run])
    }
    self.run = nil
  }

  /// Adds boots of the run that was begun. A boot that is there stays what it is if newer rules judged it; else what is said now holds. Its
  /// day and its run stay the first. `earlier` gets, of each that was there at a `moment`, what was kept of it until now.
  package func add(
    _ boots: [BootRecord], since moment: HistoryReader.Moment? = nil,
    earlier: (BootRecord) -> Void = { _ in }
  ) throws(HistoryError) -> Added {
    try add(boots.map { ($0, nil) }, .said) { old, names, db in
      guard let moment, old.id <= moment.last else { return }
      earlier(try HistoryReader.record(old, &names, db))
    }
  }

  /// What holds of a boot that is there already.
  enum Source {
    /// What is said now, unless newer rules said the other.
    case said
    /// What is there, unless its rules are older.
    case merged
  }

  /// The same with a day for each of which no label says one; nil: today. `known` gets each that is there.
  func add(
    _ boots: [(record: BootRecord, day: Day?)], _ source: Source = .said,
    known: (BootRow, inout Names, Connection) throws -> Void = { _, _, _ in }
  ) throws(HistoryError) -> Added {
    let name = run
    return try write { db, names in
      let number: Int64? = try db.value("SELECT id FROM runs WHERE name = ?", [name])
      guard let run = number else { throw HistoryError("no run was begun") }
      var (added, delta) = (Added(), Delta())
      for (record, day) in boots {
        var row = try BootRow(record, run: run, day: record.day ?? day ?? self.today, &names, db)
        if try row.insert(db) {
          delta.count(row)
          added.new += 1
          continue
        }
        guard let old = try BootRow.known(row.hash, row.boot, db) else { continue }
        try known(old, &names, db)
        if try Self.update(old, row, record.day != nil, source, &delta, &names, db) {
          added.changed += 1
        } else {
          added.known += 1
        }
      }
      try delta.apply(db)
      return added
    }
  }

  /// Puts a row in the place of the one with its key; false if that stays.
  private static func update(
    _ old: BootRow, _ row: BootRow, _ saysDay: Bool, _ source: Source, _ delta: inout Delta,
    _ names: inout Names, _ db: Connection
  ) throws -> Bool {
    var row = row
    (row.id, row.run) = (old.id, old.run)
    if !saysDay { row.day = old.day }
    try row.keep(of: old, &names, db)
    switch source {
    case .said: guard row.rules >= old.rules, row != old else { return false }
    case .merged: guard row.rules > old.rules else { return false }
    }
    delta.count(old, -1)
    try row.replace(db)
    delta.count(row)
    return true
  }

  /// One transaction, which begins as a writer: a reader that becomes one could find that another was quicker.
  func write<T>(_ body: (Connection, inout Names) throws -> T) throws(HistoryError) -> T {
    try HistoryError.wrapping {
      do {
        return try file.transaction(.immediate) { try body(file, &names) }
      } catch {
        names.forget()
        throw error
      }
    }
  }
}
