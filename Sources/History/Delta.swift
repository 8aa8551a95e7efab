import SQLite

/// What a transaction changes in the counts.
struct Delta {
  private struct Cell: Hashable { var board, kernel, day: Int64 }
  private struct Sighting: Hashable {
    var topic: Int64
    var cell: Cell
  }
  fileprivate struct Group: Hashable { var signature, topic, verdict: Int64 }

  private var boots: [Cell: (boots: Int, eligible: Int)] = [:]
  private var seen: [Sighting: (boots: Int, outside: Int)] = [:]
  private var groups: [Group: (boots: Int, example: Int64)] = [:]
  /// Those that a boot was taken from.
  private var shrunk: Set<Group> = []
  private var removes = false

  /// A boot comes, or goes (`sign` -1). Several findings of one topic are one sighting.
  mutating func count(_ row: BootRow, _ sign: Int = 1) {
    let cell = Cell(board: row.board, kernel: row.counted, day: row.day)
    boots[cell, default: (0, 0)].boots += sign
    if row.eligible { boots[cell, default: (0, 0)].eligible += sign }
    for topic in row.topics {
      let key = Sighting(topic: topic, cell: cell)
      seen[key, default: (0, 0)].boots += sign
      if !row.eligible { seen[key, default: (0, 0)].outside += sign }
    }
    let kinds = Set(row.findings.map { Group(signature: $0.signature, topic: $0.topic, verdict: $0.verdict) })
    for group in kinds {
      groups[group, default: (0, row.id)].boots += sign
      if sign > 0 { groups[group]?.example = row.id } else { shrunk.insert(group) }
    }
    removes = removes || sign < 0
  }

  /// Writes it.
  mutating func apply(_ db: Connection) throws {
    let tally = """
      INSERT INTO tally VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
      SET boots = boots + excluded.boots, eligible = eligible + excluded.eligible
      """
    for (cell, change) in boots {
      try db.run(tally, [cell.board, cell.kernel, cell.day, change.boots, change.eligible])
    }
    let sightings = """
      INSERT INTO seen VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
      SET boots = boots + excluded.boots, outside = outside + excluded.outside
      """
    for (key, change) in seen {
      try db.run(
        sightings, [key.topic, key.cell.board, key.cell.kernel, key.cell.day, change.boots, change.outside])
    }
    let kinds = """
      INSERT INTO groups VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
      SET boots = boots + excluded.boots, example = CASE WHEN excluded.boots > 0 THEN excluded.example ELSE example END
      """
    for (group, change) in groups {
      try db.run(kinds, [group.signature, group.topic, group.verdict, change.boots, change.example])
    }
    if removes {
      try db.script(
        "DELETE FROM tally WHERE boots = 0; DELETE FROM seen WHERE boots = 0; DELETE FROM groups WHERE boots = 0"
      )
      for group in shrunk { try group.findExample(db) }
    }
    self = Delta()
  }
}

extension Delta.Group {
  /// Another example, where the one that is named shows the group no more.
  fileprivate func findExample(_ db: Connection) throws {
    let showing = "signature = ? AND coalesce(cause, signature) = ? AND verdict = ?"
    let named: Int64? = try db.value(
      "SELECT example FROM groups WHERE signature = ? AND topic = ? AND verdict = ?",
      [signature, topic, verdict])
    guard let named else { return }
    let still: Int? = try db.value(
      "SELECT 1 FROM findings WHERE boot = ? AND \(showing)", [named, signature, topic, verdict])
    guard still == nil else { return }
    let other: Int64? = try db.value(
      "SELECT max(boot) FROM findings WHERE \(showing)", [signature, topic, verdict])
    guard let other else { return }
    try db.run(
      "UPDATE groups SET example = ? WHERE signature = ? AND topic = ? AND verdict = ?",
      [other, signature, topic, verdict])
  }
}
