import FoundationEssentials
import SQLite

extension HistoryReader {
  /// A boot as it was added.
  package struct Kept: Sendable {
    /// What was said of it.
    package var record: BootRecord
    /// The run that it came with first.
    package var run: String
    /// The day that it counts for.
    package var day: Day
  }

  /// All boots that `condition` is true of, in the order in which they came, some at a time. `where`: of SQL, over `boots`; it is ours, never an
  /// input's. Between two batches others may write.
  package func boots(where condition: String = "1", _ body: ([Kept]) throws -> Void) throws(HistoryError) {
    var last: Int64 = 0
    while true {
      let batch = try read { db, names in
        let boots = try db.all(
          "SELECT \(BootRow.columns) FROM boots WHERE id > ? AND (\(condition)) ORDER BY id LIMIT 1000",
          [last], BootRow.init)
        var kept: [Kept] = []
        for var boot in boots {
          try boot.readFindings(db)
          last = boot.id
          kept.append(try Self.kept(boot, &names, db))
        }
        return kept
      }
      guard !batch.isEmpty else { return }
      do { try body(batch) } catch { throw HistoryError(error) }
    }
  }

  /// The boot that a group names as its example; nil if that was pruned.
  package func example(_ group: Group) throws(HistoryError) -> Kept? {
    guard let id = group.exampleID else { return nil }
    return try read { db, names in
      let select = "SELECT \(BootRow.columns) FROM boots WHERE id = ?"
      guard var boot = try db.first(select, [id], BootRow.init) else { return nil }
      try boot.readFindings(db)
      return try Self.kept(boot, &names, db)
    }
  }

  /// The hashes of all logs that boots were of, 32 bytes each, and whether the boot was judged to its end; a log of several boots comes several
  /// times.
  package func hashes(_ body: ([UInt8], Bool) -> Void) throws(HistoryError) {
    try read { db, names in
      try db.each("SELECT hash, state FROM boots") { row in
        let state = try (row[1] as Int64?).map { try names.text($0, db) }
        body(row[0], BootRecord.isJudged(state))
      }
    }
  }

  private static func kept(_ row: BootRow, _ names: inout Names, _ db: Connection) throws -> Kept {
    let run: String? = try db.value("SELECT name FROM runs WHERE id = ?", [row.run])
    return Kept(
      record: try record(row, &names, db), run: run ?? "?", day: Day(number: Int(row.day)))
  }

  /// A row with its texts.
  static func record(_ row: BootRow, _ names: inout Names, _ db: Connection) throws -> BootRecord {
    let text = { (number: Int64, names: inout Names) in try names.text(number, db) }
    let optional = { (number: Int64?, names: inout Names) in try number.map { try names.text($0, db) } }
    let labels = try optional(row.labels, &names).map {
      try JSONDecoder().decode([String: String].self, from: Data($0.utf8))
    }
    var record = BootRecord(
      hash: row.hash, boot: row.boot, size: row.size, path: row.path,
      kernel: try optional(row.kernel, &names),
      hardware: try optional(row.hardware, &names), labels: labels ?? [:],
      answer: try text(row.answer, &names),
      version: try text(row.version, &names), rules: row.rules, state: try optional(row.state, &names),
      eligible: BootRecord.Eligible(value: row.eligible, why: try text(row.why, &names)))
    record.findings = try row.findings.map { finding in
      FindingRecord(
        signature: try text(finding.signature, &names), cause: try optional(finding.cause, &names),
        verdict: try text(finding.verdict, &names), confidence: try optional(finding.confidence, &names),
        device: try text(finding.device, &names), driver: try optional(finding.driver, &names),
        time: finding.time, evidence: try EvidenceRecord.all(finding.evidence))
    }
    return record
  }

  /// All runs, the first first, and whether they came to their end, as often as they were begun.
  package func runs() throws(HistoryError) -> [(name: String, day: Day, ended: Bool)] {
    try openRuns().map { ($0.name, $0.day, $0.open == 0) }
  }

  /// The same with how many came to none: the parts of a scan on many machines have one name.
  func openRuns() throws(HistoryError) -> [(name: String, day: Day, open: Int)] {
    try read { db, _ in
      try db.all("SELECT name, day, open FROM runs ORDER BY id") {
        ($0[0], Day(number: $0[1]), $0[2])
      }
    }
  }
}
