import GRDB
import Glibc

/// How a history's file is opened: a write-ahead log, so that one writes while others read, and what is committed is there after kill -9.
package enum HistoryFile {
  /// How long a writer waits for another, in seconds.
  static let patience = 120

  /// Whether a file begins as SQLite's do. https://www.sqlite.org/fileformat.html#magic_header_string
  package static func isDatabase(_ head: some Collection<UInt8>) -> Bool {
    head.starts(with: Array("SQLite format 3\0".utf8))
  }

  /// To write: made where it is not there, and brought to this program's schema.
  static func forWriting(_ path: String) throws(HistoryError) -> DatabaseQueue {
    try HistoryError.wrapping {
      let queue = try DatabaseQueue(path: path, configuration: configuration())
      try queue.inDatabase { db in
        // Nothing of another program's file is changed, not even how it keeps its log.
        try Schema.check(db, try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0)
        try useWriteAheadLog(db)
        try db.inTransaction(.immediate) {
          try Schema.prepare(db)
          return .commit
        }
      }
      return queue
    }
  }

  /// To read: it must be there. An older schema is brought up first.
  static func forReading(_ path: String) throws(HistoryError) -> DatabaseQueue {
    // access gets a C string for as long as the call lasts.
    guard unsafe access(path, F_OK) == 0 else {
      throw HistoryError("there is no such file; scan --history and history add make one")
    }
    return try HistoryError.wrapping {
      let queue = try DatabaseQueue(path: path, configuration: configuration())
      let isCurrent = try queue.inDatabase { db in
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        try Schema.check(db, version)
        return version == Schema.steps.count
      }
      if isCurrent { return queue }
      try queue.close()
      return try forWriting(path)
    }
  }

  private static func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(Double(patience))
    configuration.prepareDatabase { db in
      // kill -9 loses nothing that is committed; only a power cut may, and never the file.
      try db.execute(
        sql: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY")
    }
    return configuration
  }

  /// SQLite does not wait here where two begin a file at once.
  private static func useWriteAheadLog(_ db: Database) throws {
    for attempt in 0... {
      do {
        _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        return
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && attempt < patience * 100 {
        usleep(10_000)
      }
    }
  }
}
