import CSQLite

/// A statement that SQLite has read, https://www.sqlite.org/c3ref/stmt.html. It may outlive its connection.
@safe final class Statement {
  private let handle: OpaquePointer

  init(_ sql: String, _ connection: OpaquePointer) throws(SQLiteError) {
    var prepared: OpaquePointer?
    // The text is a C string for as long as the call lasts.
    let code = unsafe sqlite3_prepare_v3(
      connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
    guard let handle = unsafe prepared, code == SQLITE_OK else {
      throw unsafe SQLiteError(code, of: connection)
    }
    unsafe self.handle = handle
  }

  deinit {
    // Nobody else has it.
    _ = unsafe sqlite3_finalize(handle)
  }

  /// It was asked, and not `reset` since.
  var isAtWork: Bool { unsafe sqlite3_stmt_busy(handle) != 0 }

  /// Goes to the next row; false if there is none.
  func step() throws(SQLiteError) -> Bool {
    let code = unsafe sqlite3_step(handle)
    switch code {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw unsafe SQLiteError(code, of: sqlite3_db_handle(handle))
    }
  }

  /// Lets go of its rows and of what it has locked.
  func reset() {
    // It says again what the last step said.
    _ = unsafe sqlite3_reset(handle)
  }

  func bind(_ values: [any Storable]) throws(SQLiteError) {
    for (index, value) in values.enumerated() {
      let code = bind(value.stored, Int32(index + 1))
      guard code == SQLITE_OK else { throw unsafe SQLiteError(code, of: sqlite3_db_handle(handle)) }
    }
  }

  /// SQLite makes its own copy of bytes before the call returns. Without a first byte it would take them for NULL.
  private func bind(_ value: Stored, _ index: Int32) -> Int32 {
    switch value {
    case .null: return unsafe sqlite3_bind_null(handle, index)
    case .integer(let number): return unsafe sqlite3_bind_int64(handle, index, number)
    case .text(var text):
      return text.withUTF8 { bytes in
        guard let first = bytes.baseAddress else {
          return unsafe sqlite3_bind_text(handle, index, "", 0, csqlite_copied())
        }
        return unsafe first.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
          unsafe sqlite3_bind_text(handle, index, $0, Int32(bytes.count), csqlite_copied())
        }
      }
    case .bytes(let bytes):
      guard !bytes.isEmpty else { return unsafe sqlite3_bind_zeroblob(handle, index, 0) }
      return unsafe bytes.withUnsafeBytes {
        unsafe sqlite3_bind_blob(handle, index, $0.baseAddress, Int32($0.count), csqlite_copied())
      }
    }
  }

  /// What stands in a column of the row that it is at; NULL behind the last column.
  func column(_ index: Int) -> Stored {
    let index = Int32(index)
    // The bytes are SQLite's until the next step, and as long as it says.
    switch unsafe sqlite3_column_type(handle, index) {
    case SQLITE_INTEGER, SQLITE_FLOAT: return .integer(unsafe sqlite3_column_int64(handle, index))
    case SQLITE_TEXT:
      let first = unsafe sqlite3_column_text(handle, index)
      let bytes = unsafe UnsafeBufferPointer(
        start: first, count: first == nil ? 0 : Int(sqlite3_column_bytes(handle, index)))
      return .text(unsafe String(decoding: bytes, as: UTF8.self))
    case SQLITE_BLOB:
      let first = unsafe sqlite3_column_blob(handle, index)
      let bytes = unsafe UnsafeRawBufferPointer(
        start: first, count: first == nil ? 0 : Int(sqlite3_column_bytes(handle, index)))
      return .bytes(unsafe Array(bytes))
    default: return .null
    }
  }
}

/// The row that a statement is at: read it before the next.
package struct Row {
  private let statement: Statement
  init(_ statement: Statement) { self.statement = statement }

  /// A column, from 0. One that has something else gives 0, nothing or nil: what a damaged file says ends no program.
  package subscript<T: Storable>(_ index: Int) -> T { T(statement.column(index)) }
}
