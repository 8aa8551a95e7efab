import Writing

extension BootRecord: Decodable {
  private enum Key: String, CodingKey {
    case hash, boot, size, path, kernel, hardware, labels, answer, version, rules, state, eligible, findings
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let hex = try values.decode(String.self, forKey: .hash)
    guard let hash = Self.bytes(hex) else {
      throw DecodingError.dataCorruptedError(forKey: .hash, in: values, debugDescription: "no SHA-256 in hex")
    }
    self.init(
      hash: hash, boot: try values.decode(Int.self, forKey: .boot),
      size: try values.decode(Int64.self, forKey: .size), path: try values.decode(String.self, forKey: .path),
      kernel: try values.decodeIfPresent(String.self, forKey: .kernel),
      hardware: try values.decodeIfPresent(String.self, forKey: .hardware),
      labels: try values.decodeIfPresent([String: String].self, forKey: .labels) ?? [:],
      answer: try values.decode(String.self, forKey: .answer),
      version: try values.decode(String.self, forKey: .version),
      rules: try values.decode(Int.self, forKey: .rules),
      state: try values.decodeIfPresent(String.self, forKey: .state),
      eligible: try values.decode(Eligible.self, forKey: .eligible),
      findings: try values.decode([FindingRecord].self, forKey: .findings))
    guard boot >= 0 else {
      throw DecodingError.dataCorruptedError(forKey: .boot, in: values, debugDescription: "it is below 0")
    }
  }

  /// The contract's name and version (docs/schema).
  package static let schemaName = "proberace/boot@1"

  /// A line of `history export`, which `history add` reads again. `run`: the one that it came with; `day`: the one that it counts
  /// for; `ended`: all of the run was added.
  package func value(run: String, day: Day, ended: Bool) -> JSONValue {
    .object([
      ("schema", .string(Self.schemaName)), ("version", .string(version)), ("rules", .int(Int64(rules))),
      ("run", .string(run)), ("ended", .bool(ended)), ("date", .string(day.text)), ("hash", .string(hex)),
      ("boot", .int(Int64(boot))),
      ("size", .int(size)), ("path", .string(path)), ("kernel", .optional(kernel)),
      ("hardware", .optional(hardware)),
      ("labels", .object(labels.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
      ("answer", .string(answer)), ("state", .optional(state)),
      ("eligible", .object([("value", .bool(eligible.value)), ("why", .string(eligible.why))])),
      ("findings", .array(findings.map(\.value))),
    ])
  }

  /// The hash as JSON has it.
  package var hex: String {
    var digits: [UInt8] = []
    for byte in hash {
      for digit in [byte >> 4, byte & 15] {
        digits.append(digit < 10 ? UInt8(ascii: "0") + digit : 87 + digit)
      }
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// 32 bytes; nil if it is not 64 hex digits in lower case.
  package static func bytes(_ hex: String) -> [UInt8]? {
    let digits = hex.utf8.compactMap { byte -> UInt8? in
      switch byte {
      case 48...57: byte - 48
      case 97...102: byte - 87
      default: nil
      }
    }
    guard digits.count == 64, hex.utf8.count == 64 else { return nil }
    return stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

extension FindingRecord {
  fileprivate var value: JSONValue {
    .object([
      ("signature", .string(signature)), ("cause", .optional(cause)), ("verdict", .string(verdict)),
      ("confidence", .optional(confidence)), ("device", .string(device)), ("driver", .optional(driver)),
      ("time", .optional(time)), ("evidence", .array(evidence.map(\.value))),
    ])
  }
}
