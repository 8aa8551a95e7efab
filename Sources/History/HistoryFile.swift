import GRDB
import Glibc
import Writing

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
        try Schema.checkedVersion(db)
        try useWriteAheadLog(db)
        try db.inTransaction(.immediate) {
          try Schema.prepare(db)
          return .commit
        }
      }
      return queue
    }
  }

  /// To read: it must be there. An older schema is brought up first, where it may be written to.
  static func forReading(_ path: String) throws(HistoryError) -> DatabaseQueue {
    guard allows(path, F_OK) else {
      throw HistoryError("there is no such file; scan --history and history add make one")
    }
    let end = path.lastIndex(of: "/")
    let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard allows(path, W_OK), allows(folder, W_OK) else { return try withoutWriting(path) }
    return try HistoryError.wrapping {
      let queue = try DatabaseQueue(path: path, configuration: configuration())
      let isCurrent = try queue.inDatabase { try Schema.checkedVersion($0) == Schema.steps.count }
      if isCurrent { return queue }
      try queue.close()
      return try forWriting(path)
    }
  }

  private static func allows(_ path: String, _ mode: Int32) -> Bool {
    // access gets a C string for as long as the call lasts.
    unsafe access(path, mode) == 0
  }

  /// Where nothing may be written: another user's, or on a read-only medium. A log beside it is only read with a file of its own, which somebody else
  /// may have made; without a log the file is all there is, and SQLite is told that nobody changes it (https://www.sqlite.org/wal.html#read_only_databases).
  static func withoutWriting(_ path: String) throws(HistoryError) -> DatabaseQueue {
    let isWhole = !allows(path + "-wal", F_OK)
    do {
      let address = isWhole ? "file:\(Escape.percent(path, keeping: "/"))?immutable=1" : path
      let queue = try DatabaseQueue(path: address, configuration: configuration(isReadOnly: true))
      guard try queue.inDatabase({ try Schema.checkedVersion($0) == Schema.steps.count }) else {
        throw HistoryError("an older proberace made it, and it may not be written to: read a copy of it")
      }
      return queue
    } catch let error as DatabaseError
      where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode)
    {
      throw HistoryError("it can be read by those alone who may write to its folder: read a copy of it")
    } catch {
      throw HistoryError(error)
    }
  }

  private static func configuration(isReadOnly: Bool = false) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = isReadOnly
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
