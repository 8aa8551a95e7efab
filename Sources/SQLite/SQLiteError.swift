import CSQLite

/// What SQLite said, https://www.sqlite.org/rescode.html.
package struct SQLiteError: Error, Equatable {
  /// Those of its codes that one can do something about.
  package enum Kind: Sendable {
    case notADatabase, corrupt, cannotOpen, readOnly, full, busy, other
  }
  /// Which.
  package var kind: Kind
  /// In its words.
  package var message: String

  /// `connection`: it knows the words, if it was opened at all.
  init(_ code: Int32, of connection: OpaquePointer?) {
    // An extended code has the plain one in its last byte.
    kind =
      switch code & 0xff {
      case SQLITE_NOTADB: .notADatabase
      case SQLITE_CORRUPT: .corrupt
      case SQLITE_CANTOPEN: .cannotOpen
      case SQLITE_READONLY: .readOnly
      case SQLITE_FULL: .full
      case SQLITE_BUSY: .busy
      default: .other
      }
    // The text is the connection's until its next call; a code's own is there for ever.
    let text = unsafe connection == nil ? sqlite3_errstr(code) : sqlite3_errmsg(connection)
    message = unsafe text.map { unsafe String(cString: $0) } ?? "SQLite error \(code)"
  }
}
