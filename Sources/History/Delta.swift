import GRDB

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
  mutating func apply(_ db: Database) throws {
    let tally = try db.cachedStatement(
      sql: """
        INSERT INTO tally VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
        SET boots = boots + excluded.boots, eligible = eligible + excluded.eligible
        """)
    for (cell, change) in boots {
      try tally.execute(arguments: [cell.board, cell.kernel, cell.day, change.boots, change.eligible])
    }
    let sightings = try db.cachedStatement(
      sql: """
        INSERT INTO seen VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
        SET boots = boots + excluded.boots, outside = outside + excluded.outside
        """)
    for (key, change) in seen {
      try sightings.execute(
        arguments: [key.topic, key.cell.board, key.cell.kernel, key.cell.day, change.boots, change.outside])
    }
    let kinds = try db.cachedStatement(
      sql: """
        INSERT INTO groups VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
        SET boots = boots + excluded.boots, example = CASE WHEN excluded.boots > 0 THEN excluded.example ELSE example END
        """)
    for (group, change) in groups {
      try kinds.execute(arguments: [
        group.signature, group.topic, group.verdict, change.boots, change.example,
      ])
    }
    if removes {
      try db.execute(
        sql:
          "DELETE FROM tally WHERE boots = 0; DELETE FROM seen WHERE boots = 0; DELETE FROM groups WHERE boots = 0"
      )
      for group in shrunk { try group.findExample(db) }
    }
    self = Delta()
  }
}

extension Delta.Group {
  /// Another example, where the one that is named shows the group no more.
  fileprivate func findExample(_ db: Database) throws {
    let showing = "signature = ? AND coalesce(cause, signature) = ? AND verdict = ?"
    let named = try Int64.fetchOne(
      db.cachedStatement(
        sql: "SELECT example FROM groups WHERE signature = ? AND topic = ? AND verdict = ?"),
      arguments: [signature, topic, verdict])
    guard let named else { return }
    let still = try db.cachedStatement(sql: "SELECT 1 FROM findings WHERE boot = ? AND \(showing)")
    guard try Int.fetchOne(still, arguments: [named, signature, topic, verdict]) == nil else { return }
    let other = try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT max(boot) FROM findings WHERE \(showing)"),
      arguments: [signature, topic, verdict])
    guard let other else { return }
    try db.cachedStatement(
      sql: "UPDATE groups SET example = ? WHERE signature = ? AND topic = ? AND verdict = ?"
    ).execute(arguments: [other, signature, topic, verdict])
  }
}
