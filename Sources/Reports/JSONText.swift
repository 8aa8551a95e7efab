/// A JSON value with its keys in the order given: the contract's order, nulls included, which Foundation's encoder
/// can neither keep nor write.
public indirect enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  /// Nanoseconds, written as microseconds with three decimals.
  case micros(Int64)
  case string(String)
  case array([JSONValue])
  case object([(String, JSONValue)])

  public static func optional(_ value: Int64?) -> JSONValue { value.map { .int($0) } ?? .null }
  public static func optional(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
  public static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
}

extension JSONValue {
  /// RFC 8259 text; with `indent` spread over lines, else on one.
  public func text(indent: Bool) -> String {
    var out = ""
    write(&out, indent ? 0 : nil)
    return out
  }

  private func write(_ out: inout String, _ depth: Int?) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .int(let value): out += String(value)
    case .micros(let value):
      out += value < 0 ? "-" : ""
      out += "\(value.magnitude / 1000).\(String(value.magnitude % 1000 + 1000).dropFirst())"
    case .string(let value): Self.write(value, &out)
    case .array(let values):
      Self.list("[", "]", values.count, &out, depth) { index, out, depth in values[index].write(&out, depth) }
    case .object(let pairs):
      Self.list("{", "}", pairs.count, &out, depth) { index, out, depth in
        Self.write(pairs[index].0, &out)
        out += depth == nil ? ":" : ": "
        pairs[index].1.write(&out, depth)
      }
    }
  }

  private static func list(
    _ open: String, _ close: String, _ count: Int, _ out: inout String, _ depth: Int?,
    _ item: (Int, inout String, Int?) -> Void
  ) {
    out += open
    let inner = depth.map { $0 + 1 }
    for index in 0..<count {
      if index > 0 { out += "," }
      newline(&out, inner)
      item(index, &out, inner)
    }
    if count > 0 { newline(&out, depth) }
    out += close
  }

  private static func newline(_ out: inout String, _ depth: Int?) {
    guard let depth else { return }
    out += "\n"
    for _ in 0..<depth { out += "  " }
  }

  private static func write(_ text: String, _ out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      case let other where other.value < 0x20 || (0x7f...0x9f).contains(other.value):
        let hex = String(other.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
