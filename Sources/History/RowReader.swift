import FoundationEssentials

/// Lines of `scan --format jsonl` or `history export`, as boots.
package struct RowReader {
  /// What a line is.
  package enum Line: Sendable {
    /// A boot, its run (nil: the line does not say) and the day that it counts for (nil: it does not say).
    case boot(BootRecord, run: String?, day: Day?)
    /// An input of which no boot can be told, or a line of another kind that has none.
    case other
    /// The scan came to its end.
    case end
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
      case "proberace/scan-end@1": return .end
      case "proberace/scan@1", BootRecord.schemaName: break
      default: return .broken("its schema is \(row.schema.prefix(60)), not proberace/scan@1")
      }
      if let boot = row.boot { return .boot(boot, run: row.run, day: row.date.flatMap { Day($0) }) }
      return ["no-kernel-log", "unreadable"].contains(row.state)
        ? .other : .broken("it has no hash: an older proberace wrote it, scan the log again")
    } catch {
      return .broken(Self.fault(error))
    }
  }

  private struct Row: Decodable {
    var schema: String
    var state: String?
    var run: String?
    var date: String?
    var boot: BootRecord?

    private enum Key: String, CodingKey { case schema, state, run, date, hash }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Key.self)
      schema = try values.decode(String.self, forKey: .schema)
      state = try values.decodeIfPresent(String.self, forKey: .state)
      run = try values.decodeIfPresent(String.self, forKey: .run)
      date = try values.decodeIfPresent(String.self, forKey: .date)
      if try values.decodeIfPresent(String.self, forKey: .hash) != nil { boot = try BootRecord(from: decoder) }
    }
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
