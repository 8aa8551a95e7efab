import FoundationEssentials
import Inputs
import Verdicts

/// An allow-list: what is known and let pass, until when, and under which bug.
package struct Baseline: Sendable, Codable {
  /// `schemaName`, or the file is none of ours.
  package var schema: String
  /// The first that matches and has not expired decides.
  package var entries: [Entry]

  package init(entries: [Entry] = []) {
    schema = Self.schemaName
    self.entries = entries
  }
  /// The contract's name and version (docs/schema).
  package static let schemaName = "proberace/baseline@1"

  /// Reads a baseline file; throws a `InputError` that says what is wrong with it.
  package static func parse(_ bytes: [UInt8]) throws(InputError) -> Baseline {
    let baseline: Baseline
    do {
      baseline = try JSONDecoder().decode(Baseline.self, from: Data(bytes))
    } catch {
      throw InputError(
        "not a baseline (JSON with \"schema\": \"\(schemaName)\" and \"entries\"): \(fault(error))")
    }
    guard baseline.schema == schemaName else {
      throw InputError("its schema is \(baseline.schema), not \(schemaName)")
    }
    for (index, entry) in baseline.entries.enumerated() {
      if entry.signature == nil, entry.cause == nil {
        throw InputError("entry \(index + 1) has neither signature nor cause")
      }
      if let date = entry.expires, !isDate(date) {
        throw InputError("entry \(index + 1): \"\(date)\" is no date like 2027-03-31")
      }
      if let verdict = entry.verdict, Verdict(rawValue: verdict) == nil {
        throw InputError(
          "entry \(index + 1): \"\(verdict)\" is no verdict (real, undetermined, false-positive)")
      }
      if let rate = entry.rate, !(0...1).contains(rate) {
        throw InputError("entry \(index + 1): a rate is from 0 to 1, not \(rate)")
      }
      if let mode = entry.mode, mode != "soft", mode != "hard" {
        throw InputError("entry \(index + 1): mode is soft or hard")
      }
      if let id = entry.cause, Cause.named(id) == nil {
        throw InputError("entry \(index + 1): no cause \"\(id)\"; proberace rules lists them")
      }
    }
    return baseline
  }

  struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int?
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  struct UnknownKey: Error {
    var name: String
    var path: [any CodingKey]
  }

  /// What is wrong with a JSON text, in a few words.
  private static func fault(_ error: any Error) -> String {
    func words(_ path: [any CodingKey]) -> String {
      path.map { key in key.intValue.map { "entry \($0 + 1)" } ?? "\"\(key.stringValue)\"" }
        .joined(separator: ", ")
    }
    switch error {
    case DecodingError.keyNotFound(let key, _): return "\"\(key.stringValue)\" is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      return context.codingPath.isEmpty
        ? "it is no object" : "\(words(context.codingPath)) is of another type"
    case let unknown as UnknownKey:
      return "\(words(unknown.path)): there is no key \"\(unknown.name)\""
    default: return "it is no JSON"
    }
  }

  /// Whether it is a day as `2027-03-31`; such dates compare as text.
  package static func isDate(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
      // Dates are compared as text, and a number may have a sign.
      text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || $0 &- 48 < 10 }),
      let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month)
    else { return false }
    return (1...[31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]).contains(day)
  }

  /// The entry that lets a finding pass today; nil if none does.
  package func entry(for finding: Finding, of boot: BootPlace, _ today: String) -> Entry? {
    entries.first { $0.matches(finding, of: boot) && $0.holds(today) }
  }

  func expiredEntry(for finding: Finding, of boot: BootPlace, _ today: String) -> Entry? {
    entries.first { $0.matches(finding, of: boot) && !$0.holds(today) }
  }

  /// Which entries know the finding, expired ones too.
  package func matches(_ finding: Finding, of boot: BootPlace) -> [Int] {
    entries.indices.filter { entries[$0].matches(finding, of: boot) }
  }

  /// Entries of no use that are named one by one.
  private static let named = 5

  /// Entries that have expired or are not among the `matched` ones, as sentences.
  package func notes(_ matched: Set<Int>, _ today: String) -> [String] {
    var notes: [String] = []
    var unused: [String] = []
    for (index, entry) in entries.enumerated() {
      if !entry.holds(today) {
        notes.append("\(entry.name) expired on \(entry.expires ?? "?")")
      } else if entry.verdict == nil, entry.cause == nil {
        notes.append(
          "\(entry.name) names no verdict and no cause: it lets the harmful race pass like the harmless one")
      } else if !matched.contains(index) {
        unused.append("\(entry.name) matched nothing")
      }
    }
    // A list for a whole farm has many that one job does not need.
    let more = unused.count - Self.named
    return notes + unused.prefix(Self.named)
      + (more > 0 ? ["entries that matched nothing, too: \(more)"] : [])
  }

  /// The file's text: keys sorted, indented, with a newline at its end.
  package func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
