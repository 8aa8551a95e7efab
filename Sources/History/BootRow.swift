import FoundationEssentials
import SQLite
import Verdicts
import Writing

/// A boot as the file has it: texts by their numbers.
struct BootRow: Equatable {
  /// Its row; 0 before it has one.
  var id: Int64 = 0
  var hash: [UInt8]
  var boot: Int
  var size: Int64
  var path: String
  var kernel: Int64?
  var hardware: Int64?
  /// A JSON object with its keys in order; nil without any.
  var labels: Int64?
  var board: Int64
  var counted: Int64
  var answer: Int64
  var version: Int64
  var rules: Int
  var eligible: Bool
  var why: Int64
  var run: Int64
  var day: Int64
  /// How far the log went; nil where nobody said.
  var state: Int64?
  var findings: [FindingRow] = []

  struct FindingRow: Equatable {
    var signature: Int64
    var cause: Int64?
    var verdict: Int64
    var confidence: Int64?
    var device: Int64
    var driver: Int64?
    var time: Int64?
    /// JSON; nil for none.
    var evidence: String?

    var topic: Int64 { cause ?? signature }
  }

  /// Numbers for the texts of `record`.
  init(_ record: BootRecord, run: Int64, day: Day, _ names: inout Names, _ db: Connection) throws {
    (hash, boot, size, path) = (record.hash, record.boot, record.size, record.path)
    kernel = try names.number(record.kernel, db)
    hardware = try names.number(record.hardware, db)
    labels = try names.number(Self.text(record.labels), db)
    board = try names.number(record.board, db)
    counted = try names.number(record.countedKernel, db)
    answer = try names.number(record.answer, db)
    version = try names.number(record.version, db)
    rules = record.rules
    eligible = record.eligible.value
    why = try names.number(record.eligible.why, db)
    self.run = run
    self.day = Int64(day.number)
    state = try names.number(record.state, db)
    for finding in record.findings {
      findings.append(
        FindingRow(
          signature: try names.number(finding.signature, db), cause: try names.number(finding.cause, db),
          verdict: try names.number(finding.verdict, db),
          confidence: try names.number(finding.confidence, db),
          device: try names.number(finding.device, db), driver: try names.number(finding.driver, db),
          time: finding.time, evidence: EvidenceRecord.text(finding.evidence)))
    }
  }

  private static func text(_ labels: [String: String]) -> String? {
    guard !labels.isEmpty else { return nil }
    let pairs = labels.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
    return JSONValue.object(pairs).text(indent: false)
  }

  /// As `BootRecord.topics`.
  var topics: Set<Int64> {
    let causes = Set(findings.compactMap(\.cause))
    return causes.isEmpty ? Set(findings.map(\.signature)) : causes
  }

  static let columns =
    "id, hash, boot, size, path, kernel, hardware, labels, board, counted, answer, version, rules, eligible, why, run, day, state"

  private static let insertion =
    "INSERT INTO boots (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
  private static let insertionIfNew = insertion + " ON CONFLICT DO NOTHING"

  /// Those of `columns`. `id`: nil where SQLite is to choose it.
  private func values(id: Int64?) -> [any Storable] {
    [
      id, hash, boot, size, path, kernel, hardware, labels, board, counted, answer, version, rules,
      eligible, why, run, day, state,
    ]
  }

  /// From a row of `columns`, without its findings.
  init(_ row: Row) {
    id = row[0]
    hash = row[1]
    (boot, size, path) = (row[2], row[3], row[4])
    (kernel, hardware, labels) = (row[5], row[6], row[7])
    (board, counted) = (row[8], row[9])
    (answer, version, rules, eligible, why) = (row[10], row[11], row[12], row[13], row[14])
    (run, day, state) = (row[15], row[16], row[17])
  }

  mutating func readFindings(_ db: Connection) throws {
    let select =
      "SELECT signature, cause, verdict, confidence, device, driver, time, evidence FROM findings WHERE boot = ? ORDER BY ordinal"
    findings = try db.all(select, [id]) { row in
      FindingRow(
        signature: row[0], cause: row[1], verdict: row[2], confidence: row[3], device: row[4], driver: row[5],
        time: row[6], evidence: row[7])
    }
  }

  /// The boot of this key that is there, with its findings.
  static func known(_ hash: [UInt8], _ boot: Int, _ db: Connection) throws -> BootRow? {
    let select = "SELECT \(columns) FROM boots WHERE hash = ? AND boot = ?"
    guard var known = try db.first(select, [hash, boot], { BootRow($0) }) else { return nil }
    try known.readFindings(db)
    return known
  }

  /// Adds it, if its key is not there; false if it is.
  mutating func insert(_ db: Connection) throws -> Bool {
    try db.run(Self.insertionIfNew, values(id: nil))
    guard db.changes > 0 else { return false }
    id = db.lastRow
    try insertFindings(db)
    return true
  }

  private func insertFindings(_ db: Connection) throws {
    for (ordinal, finding) in findings.enumerated() {
      try db.run(
        "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
          id, ordinal, finding.signature, finding.cause, finding.verdict, finding.confidence, finding.device,
          finding.driver, finding.time, finding.evidence,
        ])
    }
  }

  /// What was said of the labels before, where nothing is now; of the state too, if the rules are the same, and of a finding's evidence, if the rest
  /// of the finding is.
  mutating func keep(of old: BootRow, _ names: inout Names, _ db: Connection) throws {
    // Who scans it anew and does not say what it is called has not said that it is called nothing.
    if labels == nil, old.labels != nil {
      labels = old.labels
      // What the log says of itself may be told otherwise now.
      let hardware = try old.hardware.map { try names.text($0, db) }
      if try names.text(old.board, db) != CountedFor.board([:], hardware: hardware) { board = old.board }
      if old.counted != old.kernel { counted = old.counted }
    }
    if state == nil, rules == old.rules { state = old.state }
    for index in findings.indices.prefix(old.findings.count) where findings[index].evidence == nil {
      var same = findings[index]
      same.evidence = old.findings[index].evidence
      if same == old.findings[index] { findings[index] = same }
    }
  }

  /// Takes the place of the boot that has its row.
  func replace(_ db: Connection) throws {
    try remove(db)
    try db.run(Self.insertion, values(id: id))
    try insertFindings(db)
  }

  /// Takes it out.
  func remove(_ db: Connection) throws {
    try db.run("DELETE FROM findings WHERE boot = ?", [id])
    try db.run("DELETE FROM boots WHERE id = ?", [id])
  }
}
