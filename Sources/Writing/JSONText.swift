/// A JSON value with its keys in the order given: the contract's order, nulls included, which Foundation's encoder
/// can neither keep nor write.
package enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  /// Nanoseconds, written as microseconds with three decimals.
  case micros(Int64)
  /// A finite number, in the shortest form that is the same number again.
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// So many values that are made when they are written: all of them at once may be more than memory should hold.
  case each(Int, @Sendable (Int) -> JSONValue)
  case object([(String, JSONValue)])

  /// Null for nil.
  package static func optional(_ value: Int64?) -> JSONValue { value.map { .int($0) } ?? .null }
  /// Null for nil.
  package static func optional(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
  /// An array of strings.
  package static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
}

extension JSONValue {
  /// RFC 8259 text; with `indent` spread over lines, else on one.
  package func text(indent: Bool) -> String {
    // Bytes, because a large boot has some fifty megabytes of this and String checks every piece again.
    var out: [UInt8] = []
    write(&out, indent ? 0 : nil)
    return String(decoding: out, as: UTF8.self)
  }

  /// Appends it, on one line.
  package func write(to out: inout [UInt8]) { write(&out, nil) }

  /// Hands it on in pieces: all of it may be more than memory should hold. `indent` as in `text`.
  package func write(indent: Bool, _ put: ([UInt8]) -> Void) {
    withoutActuallyEscaping(put) { put in
      var out: [UInt8] = []
      write(&out, indent ? 0 : nil, put)
      put(out)
    }
  }

  /// A piece is handed on once it is as large as this.
  private static let piece = 1 << 16

  private typealias Put = ([UInt8]) -> Void

  /// `put`: nil where all of it is to be in `out`.
  private func write(_ out: inout [UInt8], _ depth: Int?, _ put: Put? = nil) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += value ? "true".utf8 : "false".utf8
    case .int(let value): Self.write(value, &out)
    case .micros(let value):
      if value < 0 { out.append(UInt8(ascii: "-")) }
      Self.write(Int64(value.magnitude / 1000), &out)
      out += ".\(String(value.magnitude % 1000 + 1000).dropFirst())".utf8
    case .number(let value): out += "\(value)".utf8
    case .string(let value): Self.write(value, &out)
    case .array(let values):
      Self.list("[", "]", values.count, &out, depth, put) { values[$0].write(&$1, $2, put) }
    case .each(let count, let value):
      Self.list("[", "]", count, &out, depth, put) { value($0).write(&$1, $2, put) }
    case .object(let pairs):
      Self.list("{", "}", pairs.count, &out, depth, put) { index, out, depth in
        Self.write(pairs[index].0, &out)
        out.append(UInt8(ascii: ":"))
        if depth != nil { out.append(UInt8(ascii: " ")) }
        pairs[index].1.write(&out, depth, put)
      }
    }
  }

  private static func list(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ count: Int, _ out: inout [UInt8], _ depth: Int?,
    _ put: Put?, _ item: (Int, inout [UInt8], Int?) -> Void
  ) {
    out.append(UInt8(ascii: open))
    let inner = depth.map { $0 + 1 }
    for index in 0..<count {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      newline(&out, inner)
      item(index, &out, inner)
      if let put, out.count >= Self.piece {
        put(out)
        out.removeAll(keepingCapacity: true)
      }
    }
    if count > 0 { newline(&out, depth) }
    out.append(UInt8(ascii: close))
  }

  private static func newline(_ out: inout [UInt8], _ depth: Int?) {
    guard let depth else { return }
    out.append(10)
    for _ in 0..<2 * depth { out.append(32) }
  }

  private static func write(_ value: Int64, _ out: inout [UInt8]) {
    if value < 0 { out.append(UInt8(ascii: "-")) }
    let start = out.count
    var rest = value.magnitude
    repeat {
      out.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    out[start...].reverse()
  }

  private static func write(_ text: String, _ out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    if isPlain(text) { out += text.utf8 } else { escape(text, &out) }
    out.append(UInt8(ascii: "\""))
  }

  /// Nothing in it is escaped, as in nearly all.
  private static func isPlain(_ text: String) -> Bool {
    let bytes = text.utf8Span.span
    for at in bytes.indices {
      let byte = bytes[at]
      if byte &- 0x20 >= 0x5f || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
    }
    return true
  }

  private static func escape(_ text: String, _ out: inout [UInt8]) {
    var last: UInt8 = 0
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        out.append(UInt8(ascii: "\\"))
        out.append(byte)
      case 10: out += "\\n".utf8
      case 9: out += "\\t".utf8
      case 13: out += "\\r".utf8
      case 0..<0x20, 0x7f: escape(byte, &out)
      // C1 controls, C2 80 to C2 9F in UTF-8: terminals obey them.
      case 0x80...0x9f where last == 0xc2:
        out.removeLast()
        escape(byte, &out)
      default: out.append(byte)
      }
      last = byte
    }
  }

  private static func escape(_ control: UInt8, _ out: inout [UInt8]) {
    out += "\\u00".utf8
    for digit in [control >> 4, control & 15] {
      out.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }
}
