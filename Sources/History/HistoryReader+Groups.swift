import SQLite
import Verdicts

extension HistoryReader {
  /// Findings of one signature, cause and verdict.
  package struct Group: Sendable {
    /// Stable over builds.
    package var signature: String
    /// Nil if undetermined.
    package var cause: String?
    /// As JSON has it.
    package var verdict: String
    /// Those that show it.
    package var boots: Int
    /// Where one of the last is; nil if an older program took it out.
    package var example: String?
    /// Its row.
    var exampleID: Int64?
  }

  /// All groups, those with the most boots first.
  package func groups() throws(HistoryError) -> [Group] { try read { try Self.groups($0, &$1) } }

  static func groups(_ db: Connection, _ names: inout Names) throws -> [Group] {
    let groups = """
      SELECT g.signature, g.topic, g.verdict, g.boots, b.path, b.id FROM groups g LEFT JOIN boots b ON b.id = g.example
      ORDER BY g.boots DESC, g.signature, g.topic, g.verdict
      """
    return try db.all(groups) { row in
      let (signature, topic) = (row[0] as Int64, row[1] as Int64)
      return Group(
        signature: try names.text(signature, db),
        cause: signature == topic ? nil : try names.text(topic, db),
        verdict: try names.text(row[2], db), boots: row[3], example: row[4], exampleID: row[5])
    }
  }

  /// Counts of each day, of all boards or of one.
  package func days(board: String? = nil) throws(HistoryError) -> [(day: Day, counts: FarmCounts)] {
    try read { db, names in
      let id = try board.map { try names.known($0, db) ?? -1 }
      let (which, arguments) = (id == nil ? "" : "WHERE board = ?", id.map { [$0] } ?? [])
      var days: [Day: FarmCounts] = [:]
      var cells = CellNames()
      try db.each("SELECT day, board, kernel, boots, eligible FROM tally \(which)", arguments) { row in
        let day = Day(number: row[0])
        let cell = try cells.cell(row[1], row[2], &names, db)
        days[day, default: FarmCounts()].boots[cell] = FarmCounts.Boots(
          boots: row[3], eligible: row[4], days: day...day)
      }
      var warnings = WarningKernels()
      // A cell shows a topic on many days; to tell its kernel's version each time takes longer than to read the row.
      var told: [Int64: Set<CellNames.Key>] = [:]
      try db.each("SELECT day, topic, board, kernel, boots, outside FROM seen \(which)", arguments) { row in
        let topic = try names.text(row[1], db)
        let cell = try cells.cell(row[2], row[3], &names, db)
        days[Day(number: row[0]), default: FarmCounts()].seen[topic, default: [:]][cell] = FarmCounts.Seen(
          boots: row[4], outside: row[5])
        if told[row[1], default: []].insert(.init(board: row[2], kernel: row[3])).inserted {
          warnings.insert(topic, board: cell.board, kernel: cell.kernel)
        }
      }
      return FarmCounts.inOrder(days, warnings)
    }
  }
}

/// Cells by the numbers of their names.
private struct CellNames {
  struct Key: Hashable {
    var board: Int64
    var kernel: Int64
  }
  private var cells: [Key: Cell] = [:]

  mutating func cell(_ board: Int64, _ kernel: Int64, _ names: inout Names, _ db: Connection) throws -> Cell {
    let key = Key(board: board, kernel: kernel)
    if let cell = cells[key] { return cell }
    let cell = Cell(board: try names.text(board, db), kernel: try names.text(kernel, db))
    cells[key] = cell
    return cell
  }
}
