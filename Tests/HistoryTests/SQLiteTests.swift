import SQLite
import TestSupport
import Testing

struct SQLiteTests {
  private let folder: TemporaryFolder
  private let db: Connection

  init() throws {
    folder = try TemporaryFolder()
    db = try Connection(folder.path + "/file.sqlite", patience: 1)
    try db.script("CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY) STRICT; PRAGMA journal_mode = WAL")
  }

  private func kept<T: Storable>(_ value: T) throws -> T? {
    try db.run("INSERT INTO t (a) VALUES (?)", [value])
    return try db.first("SELECT a FROM t WHERE id = ?", [db.lastRow]) { $0[0] }
  }

  @Test func whatIsPutInComesOut() throws {
    for text in ["", "a\0b", "é\u{301}\u{1F600}", String(repeating: "x", count: 100_000)] {
      let out = try #require(try kept(text))
      #expect(Array(out.utf8) == Array(text.utf8))
    }
    for bytes in [[], [0], [0xff, 0xfe, 0]] as [[UInt8]] { #expect(try kept(bytes) == bytes) }
    for number in [0, .min, .max] as [Int64] { #expect(try kept(number) == number) }
    #expect(try kept(true) == true)
    #expect(try kept(Int64?.none) == .some(.none))
    #expect(try kept(Int64?.some(7)) == 7)
  }

  @Test func whatIsOfAnotherKindIsNothing() throws {
    try db.run("INSERT INTO t (a) VALUES (x'80'), ('12'), (1.5), (NULL)")
    let read = try db.all("SELECT a FROM t ORDER BY id") { row in
      (row[0] as Int64, row[0] as String, row[0] as [UInt8], row[0] as Int64?, row[9] as String?)
    }
    #expect(read.map(\.0) == [0, 0, 1, 0])
    #expect(read.map(\.1) == ["", "12", "", ""])
    #expect(read.map(\.2) == [[0x80], [], [], []])
    #expect(read.map(\.3) == [0, 0, 1, nil])
    #expect(read.allSatisfy { $0.4 == nil })
    #expect(try db.value("SELECT CAST(x'ff41' AS TEXT)") == "\u{FFFD}A")
  }

  /// The statement that is kept for a text is at its rows when the same text is asked again.
  @Test func theSameIsAskedWithin() throws {
    for number in 1...3 { try db.run("INSERT INTO t (a) VALUES (?)", [number]) }
    var pairs: [[Int]] = []
    try db.each("SELECT a FROM t ORDER BY id") { outer in
      try db.each("SELECT a FROM t ORDER BY id") { pairs.append([outer[0], $0[0]]) }
    }
    #expect(pairs == [[1, 1], [1, 2], [1, 3], [2, 1], [2, 2], [2, 3], [3, 1], [3, 2], [3, 3]])
  }

  @Test func aTransactionIsWholeOrNotAtAll() throws {
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try db.transaction(.immediate) {
        try db.run("INSERT INTO t (a) VALUES (1)")
        throw Stop()
      }
    }
    #expect(try db.value("SELECT count(*) FROM t") == 0)
    try db.transaction(.immediate) { try db.run("INSERT INTO t (a) VALUES (1)") }
    #expect(try db.value("SELECT count(*) FROM t") == 1 && db.changes == 1)
  }

  @Test func whatFailsIsTold() throws {
    func failure(_ body: () throws -> Void) -> SQLiteError? {
      do {
        try body()
        return nil
      } catch { return error as? SQLiteError }
    }
    #expect(failure { try db.run("SELECT missing FROM t") }?.message == "no such column: missing")
    try db.run("INSERT INTO t (id) VALUES (1)")
    let twice = failure { try db.run("INSERT INTO t (id) VALUES (1)") }
    #expect(twice?.kind == .other && twice?.message == "UNIQUE constraint failed: t.id")
    // It can be run again after that.
    #expect(failure { try db.run("INSERT INTO t (id) VALUES (2)") } == nil)
    let text = try folder.file("text", String(repeating: "no database\n", count: 100))
    #expect(
      failure { _ = try Connection(text, patience: 1).value("PRAGMA user_version") as Int? }?.kind
        == .notADatabase)
    #expect(failure { _ = try Connection("/nowhere/file", patience: 1) }?.kind == .cannotOpen)
    #expect(failure { _ = try Connection(folder.path + "/none", .read, patience: 1) }?.kind == .cannotOpen)
    let reader = try Connection(folder.path + "/file.sqlite", .read, patience: 1)
    #expect(failure { try reader.run("DELETE FROM t") }?.kind == .readOnly)
    let other = try Connection(folder.path + "/file.sqlite", patience: 0)
    try db.transaction(.immediate) {
      #expect(failure { try other.transaction(.immediate) {} }?.kind == .busy)
      let read = try other.transaction(.deferred) { try other.value("SELECT count(*) FROM t") as Int? }
      #expect(read == 2)
    }
  }
}
