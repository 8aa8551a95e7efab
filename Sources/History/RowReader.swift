import FoundationEssentials

/// Lines of `scan --format jsonl` or `history export`, as boots.
package struct RowReader {
  /// What a line is.
  package enum Line: Sendable {
    /// A boot, its run (nil: the line does not say), the day that it counts for (nil: it does not say), and whether all of its run is known to
    /// have been added.
    case boot(BootRecord, run: String?, day: Day?, ended: Bool)
    /// An input of which no boot can be told, or a line of another kind that has none.
    case other
    /// The scan came to its end, or was stopped (`isWhole` false), and its run (nil: the line does not say).
    case end(run: String?, isWhole: Bool)
    /// No such line, and why: a clause.
    case broken(String)
  }

  private let decoder = JSONDecoder()

  package init() {}

  /// Reads one line, without its newline.
  package func read(_ line: [UInt8]) -> Line {
    do {
      let row = try decoder.decode(Row.self, from: Data(line))
      switch row.schema {
      case "proberace/scan-end@1": return .end(run: row.run, isWhole: !row.interrupted)
      case "proberace/scan@1", BootRecord.schemaName: break
      default: return .broken("its schema is \(row.schema.prefix(60)), not proberace/scan@1")
      }
      let isUnread = ["no-kernel-log", "unreadable"].contains(row.state)
      guard let boot = row.boot else {
        return isUnread ? .other : .broken("it has no hash: an older proberace wrote it, scan the log again")
      }
      if isUnread, boot.kernel == nil, boot.findings.isEmpty { return .other }
      return .boot(boot, run: row.run, day: row.date.flatMap { Day($0) }, ended: row.ended)
    } catch {
      return .broken(Self.fault(error))
    }
  }

  private struct Row: Decodable {
    var schema: String
    var state: String?
    var run: String?
    var date: String?
    var ended: Bool
    var interrupted: Bool
    var boot: BootRecord?

    private enum Key: String, CodingKey { case schema, state, run, date, ended, interrupted, hash }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Key.self)
      schema = try values.decode(String.self, forKey: .schema)
      state = try values.decodeIfPresent(String.self, forKey: .state)
      run = try values.decodeIfPresent(String.self, forKey: .run)
      date = try values.decodeIfPresent(String.self, forKey: .date)
      ended = try values.decodeIfPresent(Bool.self, forKey: .ended) ?? false
      interrupted = try values.decodeIfPresent(Bool.self, forKey: .interrupted) ?? false
      if try values.decodeIfPresent(String.self, forKey: .hash) != nil {
        boot = try BootRecord(from: decoder)
      }
    }
  }

  /// What a line says of a log that was judged before: rows of a scan or an export.
  package enum Known: Sendable {
    /// Its hash, as JSON has it, and whether it was judged to its end.
    case hash(String, isJudged: Bool)
    /// A row of ours that names none.
    case unnamed
  }

  /// Nil: it is no such row. Findings and the rest are not looked at.
  package func known(_ line: [UInt8]) -> Known? {
    struct Row: Decodable {
      var schema: String
      var state: String?
      var hash: String?
    }
    guard let row = try? decoder.decode(Row.self, from: Data(line)), row.schema.hasPrefix("proberace/")
    else { return nil }
    return row.hash.map { .hash($0, isJudged: BootRecord.isJudged(row.state)) } ?? .unnamed
  }

  private static func fault(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "it has no \"\(key.stringValue)\""
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" is of another type"
    case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
      "\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\": \(context.debugDescription)"
    default: "it is no JSON object"
    }
  }
}
