import Verdicts
import Writing

extension JSONValue {
  /// What a command of `history` answers, by the schema's name: what made it stands in front.
  static func answer(_ schema: String, _ fields: [(String, JSONValue)]) -> String {
    JSONValue.object(
      [
        ("schema", .string("proberace/\(schema)@1")), ("version", .string(Release.version)),
        ("rules", .int(Int64(Release.rules))),
      ] + fields
    ).text(indent: true) + "\n"
  }
}
