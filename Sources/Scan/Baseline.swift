import Bytes
import FoundationEssentials
import Inputs
import Verdicts

/// An allow-list: what is known and let pass, until when, and under which bug.
package struct Baseline: Sendable, Codable {
  /// One thing that is known; all of its keys that are there must fit.
  package struct Entry: Sendable, Codable {
    /// A finding's signature, or a cause's id; one of them must be there.
    package var signature: String?
    /// A cause's id; nil: any.
    package var cause: String?
    /// The verdict it is known with; nil: any. Without it a harmless race would let the harmful one pass, which has
    /// the same signature.
    package var verdict: String?
    /// Glob on the device; nil: any.
    package var device: String?
    /// Link to the bug it is waiting for.
    package var bug: String?
    /// Last day on which it holds, `2027-03-31`.
    package var expires: String?
    /// soft: pass, but show a warning. hard (or nil): pass without a word.
    package var mode: String?
    /// For people; nothing reads it.
    package var comment: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case signature, cause, verdict, device, bug, expires, mode, comment
    }

    /// Refuses keys that it does not know: a misspelt `expires` would hold for ever, a misspelt `device` everywhere.
    package init(from decoder: any Decoder) throws {
      let known = Set(CodingKeys.allCases.map(\.rawValue))
      if let other = try decoder.container(keyedBy: AnyKey.self).allKeys.first(where: {
        !known.contains($0.stringValue)
      }) {
        throw UnknownKey(name: other.stringValue, path: decoder.codingPath)
      }
      let values = try decoder.container(keyedBy: CodingKeys.self)
      signature = try values.decodeIfPresent(String.self, forKey: .signature)
      cause = try values.decodeIfPresent(String.self, forKey: .cause)
      verdict = try values.decodeIfPresent(String.self, forKey: .verdict)
      device = try values.decodeIfPresent(String.self, forKey: .device)
      bug = try values.decodeIfPresent(String.self, forKey: .bug)
      expires = try values.decodeIfPresent(String.self, forKey: .expires)
      mode = try values.decodeIfPresent(String.self, forKey: .mode)
      comment = try values.decodeIfPresent(String.self, forKey: .comment)
    }

    /// Holds for any verdict, and passes without a word.
    package init(
      signature: String? = nil, cause: String? = nil, device: String? = nil, bug: String? = nil,
      expires: String? = nil
    ) {
      self.signature = signature
      self.cause = cause
      self.device = device
      self.bug = bug
      self.expires = expires
    }

    /// It lets a finding pass and shows it as a warning.
    package var isSoft: Bool { mode == "soft" }
    /// What messages call the entry.
    package var name: String { "\(signature ?? cause ?? "?")\(device.map { " on \($0)" } ?? "")" }

    func matches(_ finding: Finding) -> Bool {
      guard signature != nil || cause != nil else { return false }
      return (signature.map { $0 == finding.signature } ?? true)
        && (cause.map { $0 == finding.cause?.id } ?? true)
        && (verdict.map { $0 == finding.verdict.rawValue } ?? true)
        && (device.map { $0 == finding.device || Glob.matches($0, finding.device) } ?? true)
    }

    func holds(_ today: String) -> Bool { expires.map { today <= $0 } ?? true }
  }
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
      if let mode = entry.mode, mode != "soft", mode != "hard" {
        throw InputError("entry \(index + 1): mode is soft or hard")
      }
      if let id = entry.cause, Cause.named(id) == nil {
        throw InputError("entry \(index + 1): no cause \"\(id)\"; proberace rules lists them")
      }
    }
    return baseline
  }

  private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int?
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private struct UnknownKey: Error {
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

  func entry(for finding: Finding, _ today: String) -> Entry? {
    entries.first { $0.matches(finding) && $0.holds(today) }
  }

  func expiredEntry(for finding: Finding, _ today: String) -> Entry? {
    entries.first { $0.matches(finding) && !$0.holds(today) }
  }

  /// Which entries know the finding, expired ones too.
  package func matches(_ finding: Finding) -> [Int] {
    entries.indices.filter { entries[$0].matches(finding) }
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

  /// With an entry for every finding that fails, those of an unknown device apart: it would let any other pass. An entry that
  /// had expired and knows one is renewed, until `expires`, and keeps what else it says. Sorted, so that diffs stay small.
  package func updated(with failing: [Finding], bug: String?, expires: String?, today: String) -> Baseline {
    var result = self
    for index in expired(knowing: failing, today) {
      result.entries[index].expires = expires
      result.entries[index].bug = bug ?? result.entries[index].bug
    }
    for finding in failing
    where !finding.isOfUnknownDevice && !result.entries.contains(where: { $0.matches(finding) }) {
      var entry = Entry(
        signature: finding.signature, cause: finding.cause?.id, device: finding.device, bug: bug,
        expires: expires)
      entry.verdict = finding.verdict.rawValue
      result.entries.append(entry)
    }
    result.entries.sort { ($0.name, $0.bug ?? "") < ($1.name, $1.bug ?? "") }
    return result
  }

  /// Entries that have expired and know one of the findings.
  package func expired(knowing findings: [Finding], _ today: String) -> [Int] {
    entries.indices.filter { !entries[$0].holds(today) && findings.contains(where: entries[$0].matches) }
  }

  /// The file's text: keys sorted, indented, with a newline at its end.
  package func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
