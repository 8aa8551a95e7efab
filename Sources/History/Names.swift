import SQLite

/// The texts of `names`, by number and by text, as far as they were asked for.
struct Names {
  private var numbers: [String: Int64] = [:]
  private var texts: [Int64: String] = [:]
  /// How many are kept: hostile logs may have as many as they have lines.
  private static let most = 200_000

  /// The number of a text, which is added where it is new.
  mutating func number(_ text: String, _ db: Connection) throws -> Int64 {
    if let number = numbers[text] { return number }
    if numbers.count >= Self.most { numbers = [:] }
    let number: Int64
    if let known = try known(text, db) {
      number = known
    } else {
      try db.run("INSERT INTO names (name) VALUES (?)", [text])
      number = db.lastRow
    }
    numbers[text] = number
    return number
  }

  /// Nil for nil.
  mutating func number(_ text: String?, _ db: Connection) throws -> Int64? {
    guard let text else { return nil }
    return try number(text, db) as Int64
  }

  /// The number of a text; nil if no boot has it.
  func known(_ text: String, _ db: Connection) throws -> Int64? {
    try db.value("SELECT id FROM names WHERE name = ?", [text])
  }

  /// The text of a number.
  mutating func text(_ number: Int64, _ db: Connection) throws -> String {
    if let text = texts[number] { return text }
    if texts.count >= Self.most { texts = [:] }
    guard let text: String = try db.value("SELECT name FROM names WHERE id = ?", [number]) else {
      throw HistoryError("damaged: a boot has a name that is not there (\(number))")
    }
    texts[number] = text
    return text
  }

  /// What a transaction added that was rolled back is not there.
  mutating func forget() { numbers = [:] }
}
