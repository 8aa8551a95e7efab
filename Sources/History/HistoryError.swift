import GRDB

/// Why a history cannot be used, in a clause that follows its name.
package struct HistoryError: Error, CustomStringConvertible {
  package var description: String
  /// A clause without a full stop.
  package init(_ description: String) { self.description = description }

  /// SQLite's errors in words that say what to do.
  init(_ error: any Error) {
    switch error {
    case let error as HistoryError: self = error
    case let error as DatabaseError:
      switch error.resultCode {
      case .SQLITE_NOTADB: self.init("no history of proberace's")
      case .SQLITE_CORRUPT:
        self.init("damaged (\(error.message ?? "malformed")); sqlite3's .recover may save most of it")
      case .SQLITE_CANTOPEN: self.init("cannot be opened: is its folder there, and may it be written to?")
      case .SQLITE_READONLY: self.init("cannot be written to")
      case .SQLITE_FULL: self.init("the disk is full; what was written before is kept")
      case .SQLITE_BUSY: self.init("another program has held it for \(HistoryFile.patience) seconds")
      default: self.init(error.message ?? "SQLite error \(error.resultCode.rawValue)")
      }
    default: self.init("\(error)")
    }
  }

  /// What `body` gives; what it throws, in our words.
  static func wrapping<T>(_ body: () throws -> T) throws(HistoryError) -> T {
    do { return try body() } catch { throw HistoryError(error) }
  }
}
