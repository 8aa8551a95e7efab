import Glibc
import SQLite
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
  static func forWriting(_ path: String) throws(HistoryError) -> Connection {
    try HistoryError.wrapping {
      let file = try opened(path)
      // Nothing of another program's file is changed, not even how it keeps its log.
      try Schema.checkedVersion(file)
      try useWriteAheadLog(file)
      try file.transaction(.immediate) { try Schema.prepare(file) }
      return file
    }
  }

  /// To read: it must be there. An older schema is brought up first, where it may be written to.
  static func forReading(_ path: String) throws(HistoryError) -> Connection {
    guard allows(path, F_OK) else {
      throw HistoryError("there is no such file; scan --history and history add make one")
    }
    let end = path.lastIndex(of: "/")
    let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard allows(path, W_OK), allows(folder, W_OK) else { return try withoutWriting(path) }
    return try HistoryError.wrapping {
      let file = try opened(path)
      return try Schema.checkedVersion(file) == Schema.steps.count ? file : forWriting(path)
    }
  }

  private static func allows(_ path: String, _ mode: Int32) -> Bool {
    // access gets a C string for as long as the call lasts.
    unsafe access(path, mode) == 0
  }

  /// Where nothing may be written: another user's, or on a read-only medium. A log beside it is only read with a file of its own, which somebody else
  /// may have made; without a log the file is all there is, and SQLite is told that nobody changes it (https://www.sqlite.org/wal.html#read_only_databases).
  static func withoutWriting(_ path: String) throws(HistoryError) -> Connection {
    let isWhole = !allows(path + "-wal", F_OK)
    do {
      let file =
        isWhole
        ? try opened("file:\(Escape.percent(path, keeping: "/"))?immutable=1", .readUnchanging)
        : try opened(path, .read)
      guard try Schema.checkedVersion(file) == Schema.steps.count else {
        throw HistoryError("an older proberace made it, and it may not be written to: read a copy of it")
      }
      return file
    } catch let error as SQLiteError where [.cannotOpen, .readOnly].contains(error.kind) {
      throw HistoryError("it can be read by those alone who may write to its folder: read a copy of it")
    } catch {
      throw HistoryError(error)
    }
  }

  private static func opened(
    _ path: String, _ access: Connection.Access = .write
  ) throws(SQLiteError) -> Connection {
    let file = try Connection(path, access, patience: patience)
    // kill -9 loses nothing that is committed; only a power cut may, and never the file.
    try file.script("PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY")
    return file
  }

  /// SQLite does not wait here where two begin a file at once.
  private static func useWriteAheadLog(_ file: Connection) throws(SQLiteError) {
    for attempt in 0... {
      do {
        return try file.run("PRAGMA journal_mode = WAL")
      } catch {
        guard error.kind == .busy, attempt < patience * 100 else { throw error }
        usleep(10_000)
      }
    }
  }
}
