import FoundationEssentials
import Writing

/// What the history keeps of a piece of evidence.
package struct EvidenceRecord: Sendable, Equatable {
  /// A clause.
  package var text: String
  /// Nanoseconds of the boot's clock; nil without stamps.
  package var time: Int64?
  /// The line of the log, from 1; nil where there is none.
  package var line: Int?

  package init(text: String, time: Int64?, line: Int?) {
    self.text = text
    self.time = time
    self.line = line
  }

  private static let most = 16
  private static let longest = 400

  /// As much as is kept of one finding; that there was more is said.
  static func limited(_ all: [EvidenceRecord]) -> [EvidenceRecord] {
    guard all.count > most || all.contains(where: { $0.text.utf8.count > longest }) else { return all }
    var kept = all.prefix(all.count > most ? most - 1 : most).map { evidence in
      var evidence = evidence
      // Cut once, it is not cut again.
      if evidence.text.utf8.count > longest {
        evidence.text = Plain.clip(evidence.text, longest / 4, ascii: false)
      }
      return evidence
    }
    if all.count > most {
      kept.append(
        EvidenceRecord(
          text: "and \(all.count - most + 1) more; the log's report has them", time: nil, line: nil))
    }
    return kept
  }
}

extension EvidenceRecord: Codable {
  private enum Key: String, CodingKey { case text, time, line, at }
  private enum PlaceKey: String, CodingKey { case line }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    text = try values.decode(String.self, forKey: .text)
    time = try values.decodeIfPresent(Int64.self, forKey: .time)
    line = try values.decodeIfPresent(Int.self, forKey: .line)
    // A row of a scan says the place.
    if line == nil, try values.contains(.at) && !values.decodeNil(forKey: .at) {
      line = try values.nestedContainer(keyedBy: PlaceKey.self, forKey: .at).decode(Int.self, forKey: .line)
    }
    if line == 0 { line = nil }
  }

  /// Without the place that a row of a scan has.
  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(text, forKey: .text)
    try values.encodeIfPresent(time, forKey: .time)
    try values.encodeIfPresent(line, forKey: .line)
  }

  /// As a line of `history export` has it.
  var value: JSONValue {
    .object([("text", .string(text)), ("time", .optional(time)), ("line", .optional(line.map { Int64($0) }))])
  }

  /// As the file has them; nil for none.
  static func text(_ all: [EvidenceRecord]) -> String? {
    all.isEmpty ? nil : JSONValue.array(all.map(\.value)).text(indent: false)
  }

  /// What `text` made.
  static func all(_ text: String?) throws -> [EvidenceRecord] {
    guard let text else { return [] }
    return try JSONDecoder().decode([EvidenceRecord].self, from: Data(text.utf8))
  }
}

extension FindingRecord: Decodable {
  private enum Key: String, CodingKey {
    case signature, cause, verdict, confidence, device, driver, time, evidence
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    self.init(
      signature: try values.decode(String.self, forKey: .signature),
      cause: try values.decodeIfPresent(String.self, forKey: .cause),
      verdict: try values.decode(String.self, forKey: .verdict),
      confidence: try values.decodeIfPresent(String.self, forKey: .confidence),
      device: try values.decode(String.self, forKey: .device),
      driver: try values.decodeIfPresent(String.self, forKey: .driver),
      time: try values.decodeIfPresent(Int64.self, forKey: .time),
      evidence: try values.decodeIfPresent([EvidenceRecord].self, forKey: .evidence) ?? [])
  }
}
