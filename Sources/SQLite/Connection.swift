import CSQLite

/// One connection to an SQLite file (https://www.sqlite.org/cintro.html). One thread at a time.
@safe package final class Connection {
  /// What is asked of the file.
  package enum Access: Sendable {
    /// It is made where it is not there.
    case write
    /// It must be there. SQLite may write beside it, to tell writers of its readers.
    case read
    /// It must be there, and nobody changes it: nothing is written, nor locked (https://www.sqlite.org/uri.html#uriimmutable). The path is
    /// a URI then, `file:` and percent-encoded.
    case readUnchanging
  }

  /// How a transaction begins: as a writer, or with the first thing that it asks.
  package enum Beginning: String, Sendable {
    case immediate = "BEGIN IMMEDIATE"
    case deferred = "BEGIN DEFERRED"
  }

  private let handle: OpaquePointer
  /// By their text: what is asked again is not read again.
  private var statements: [String: Statement] = [:]

  /// `patience`: how long another's lock is waited for, in seconds.
  package init(_ path: String, _ access: Access = .write, patience: Int) throws(SQLiteError) {
    let flags =
      switch access {
      case .write: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .read: SQLITE_OPEN_READONLY
      case .readUnchanging: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
      }
    var opened: OpaquePointer?
    // The path is a C string for as long as the call lasts; a handle comes with an error too, and must be closed then.
    let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
    guard let handle = unsafe opened, code == SQLITE_OK else {
      let error = unsafe SQLiteError(code, of: opened)
      _ = unsafe sqlite3_close_v2(opened)
      throw error
    }
    unsafe self.handle = handle
    _ = unsafe sqlite3_busy_timeout(handle, Int32(patience * 1000))
  }

  deinit {
    // It stays until the last of its statements goes.
    _ = unsafe sqlite3_close_v2(handle)
  }

  /// How many rows the last INSERT, UPDATE or DELETE changed.
  package var changes: Int { Int(unsafe sqlite3_changes(handle)) }

  /// The row that the last INSERT made.
  package var lastRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

  /// Runs any number of statements, without values; rows are passed over.
  package func script(_ sql: String) throws(SQLiteError) {
    // The text is a C string for as long as the call lasts.
    let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw unsafe SQLiteError(code, of: handle) }
  }

  /// Runs one statement, with a value for each `?`; rows are passed over.
  package func run(_ sql: String, _ values: [any Storable] = []) throws(SQLiteError) {
    let statement = try bound(sql, values)
    defer { statement.reset() }
    while try statement.step() {}
  }

  /// Each row of what a statement answers.
  package func each(_ sql: String, _ values: [any Storable] = [], _ body: (Row) throws -> Void) throws {
    let statement = try bound(sql, values)
    defer { statement.reset() }
    while try statement.step() { try body(Row(statement)) }
  }

  /// The first row; nil if there is none.
  package func first<T>(
    _ sql: String, _ values: [any Storable] = [], _ read: (Row) throws -> T
  ) throws -> T? {
    let statement = try bound(sql, values)
    defer { statement.reset() }
    return try statement.step() ? read(Row(statement)) : nil
  }

  /// The first column of the first row; nil if there is none, or NULL.
  package func value<T: Storable>(_ sql: String, _ values: [any Storable] = []) throws -> T? {
    try first(sql, values) { $0[0] as T? } ?? nil
  }

  /// All rows.
  package func all<T>(
    _ sql: String, _ values: [any Storable] = [], _ read: (Row) throws -> T
  ) throws -> [T] {
    var all: [T] = []
    try each(sql, values) { all.append(try read($0)) }
    return all
  }

  /// What `body` does is done whole, or not at all if it throws.
  package func transaction<T>(_ beginning: Beginning, _ body: () throws -> T) throws -> T {
    try run(beginning.rawValue)
    do {
      let result = try body()
      try run("COMMIT")
      return result
    } catch {
      // SQLite has undone it already where the disk was full.
      if unsafe sqlite3_get_autocommit(handle) == 0 { try? run("ROLLBACK") }
      throw error
    }
  }

  /// A statement of its own where the one that is kept is at its rows.
  private func bound(_ sql: String, _ values: [any Storable]) throws(SQLiteError) -> Statement {
    if let known = statements[sql], !known.isAtWork {
      try known.bind(values)
      return known
    }
    let statement = try unsafe Statement(sql, handle)
    statements[sql] = statement
    try statement.bind(values)
    return statement
  }
}
