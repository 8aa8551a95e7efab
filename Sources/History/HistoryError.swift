import SQLite

/// Why a history cannot be used, in a clause that follows its name.
package struct HistoryError: Error, CustomStringConvertible {
  package var description: String
  /// A clause without a full stop.
  package init(_ description: String) { self.description = description }

  /// SQLite's errors in words that say what to do.
  init(_ error: any Error) {
    switch error {
    case let error as HistoryError: self = error
    case let error as SQLiteError:
      switch error.kind {
      case .notADatabase: self.init("no history of proberace's")
      case .corrupt: self.init("damaged (\(error.message)); sqlite3's .recover may save most of it")
      case .cannotOpen: self.init("cannot be opened: is its folder there, and may it be written to?")
      case .readOnly: self.init("cannot be written to")
      case .full: self.init("the disk is full; what was written before is kept")
      case .busy: self = .held
      case .other: self.init(error.message)
      }
    default: self.init("\(error)")
    }
  }

  static let held = HistoryError("another program has held it for \(HistoryFile.patience) seconds")

  /// What `body` gives; what it throws, in our words.
  static func wrapping<T>(_ body: () throws -> T) throws(HistoryError) -> T {
    do { return try body() } catch { throw HistoryError(error) }
  }
}
