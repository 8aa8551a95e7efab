import SQLite

/// The file's tables. Each step leads from one schema to the next; a file says in `user_version` how many it has been through.
enum Schema {
  /// `PRAGMA application_id`: "prbr".
  static let application = 0x7072_6272

  /// Every text that comes again and again is in `names`; a boot has but its number. `tally` and `seen` have what questions are answered
  /// from: how many boots there were of a board, a kernel and a day, how many of them count, and how many show a topic (a cause; what is
  /// undetermined by its signature), those apart that do not count otherwise. They are kept in the same transaction.
  static let steps: [String] = [
    """
    CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE runs (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, day INTEGER NOT NULL, ended INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE boots (
      id INTEGER PRIMARY KEY, hash BLOB NOT NULL, boot INTEGER NOT NULL, size INTEGER NOT NULL, path TEXT NOT NULL,
      kernel INTEGER, hardware INTEGER, labels INTEGER, board INTEGER NOT NULL, counted INTEGER NOT NULL,
      answer INTEGER NOT NULL, version INTEGER NOT NULL, rules INTEGER NOT NULL, eligible INTEGER NOT NULL,
      why INTEGER NOT NULL, run INTEGER NOT NULL, day INTEGER NOT NULL, UNIQUE (hash, boot)
    ) STRICT;
    CREATE TABLE findings (
      boot INTEGER NOT NULL, ordinal INTEGER NOT NULL, signature INTEGER NOT NULL, cause INTEGER, verdict INTEGER NOT NULL,
      confidence INTEGER, device INTEGER NOT NULL, driver INTEGER, time INTEGER, PRIMARY KEY (boot, ordinal)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE tally (
      board INTEGER NOT NULL, kernel INTEGER NOT NULL, day INTEGER NOT NULL, boots INTEGER NOT NULL,
      eligible INTEGER NOT NULL, PRIMARY KEY (board, kernel, day)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE seen (
      topic INTEGER NOT NULL, board INTEGER NOT NULL, kernel INTEGER NOT NULL, day INTEGER NOT NULL, boots INTEGER NOT NULL,
      outside INTEGER NOT NULL, PRIMARY KEY (topic, board, kernel, day)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE groups (
      signature INTEGER NOT NULL, topic INTEGER NOT NULL, verdict INTEGER NOT NULL, boots INTEGER NOT NULL,
      example INTEGER NOT NULL, PRIMARY KEY (signature, topic, verdict)
    ) STRICT, WITHOUT ROWID;
    """,
    "ALTER TABLE findings ADD COLUMN evidence TEXT;",
    """
    ALTER TABLE boots ADD COLUMN state INTEGER;
    ALTER TABLE runs ADD COLUMN open INTEGER NOT NULL DEFAULT 0;
    UPDATE runs SET open = 1 - ended;
    ALTER TABLE runs DROP COLUMN ended;
    """,
  ]

  /// Brings a file to the schema of this program, in one transaction with the look at what it has.
  static func prepare(_ db: Connection, steps: [String] = Schema.steps) throws {
    let version = try checkedVersion(db, steps.count)
    guard version < steps.count else { return }
    for step in steps[version...] { try db.script(step) }
    try db.script("PRAGMA user_version = \(steps.count); PRAGMA application_id = \(application)")
  }

  /// Which schema a file has. Throws what a file is that this program must not touch.
  @discardableResult
  static func checkedVersion(_ db: Connection, _ known: Int = steps.count) throws -> Int {
    let version: Int = try db.value("PRAGMA user_version") ?? 0
    let application: Int = try db.value("PRAGMA application_id") ?? 0
    let tables: Int = try db.value("SELECT count(*) FROM sqlite_schema") ?? 0
    guard application == Self.application || application == 0 && tables == 0 && version == 0 else {
      throw HistoryError("a database of another program, no history of proberace's")
    }
    guard version <= known else {
      throw HistoryError(
        "made by a newer proberace (schema \(version), this one knows \(known)): use that, or another file")
    }
    return version
  }
}
