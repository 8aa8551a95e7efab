import Bytes

/// YAML's flow mappings, as `yaml.dump` writes them on one line: `{dt: '2018-…', lvl: target, msg: 'it''s'}`. Keys and
/// values as ranges of the line; what is nested is walked over.
enum FlowYAML {
  enum Kind { case plain, single, double, nested }

  /// Calls `body` for every key of the mapping whose brace stands at `start`.
  static func each(
    _ line: Span<UInt8>, from start: Int,
    _ body: (_ key: Range<Int>, _ kind: Kind, _ value: Range<Int>) -> Void
  ) {
    var at = start + 1
    while true {
      at = line.skipBlanks(from: at, to: line.count)
      guard at < line.count, line[at] != UInt8(ascii: "}") else { return }
      let key = scalar(line, at, isKey: true)
      at = line.skipBlanks(from: key.end, to: line.count)
      guard at < line.count, line[at] == UInt8(ascii: ":") else { return }
      at = line.skipBlanks(from: at + 1, to: line.count)
      guard at < line.count else { return }
      let value = scalar(line, at, isKey: false)
      body(key.text, value.kind, value.text)
      at = line.skipBlanks(from: value.end, to: line.count)
      guard at < line.count, line[at] == UInt8(ascii: ",") else { return }
      at += 1
    }
  }

  /// Appends the value's text.
  static func unescape(_ line: Span<UInt8>, _ kind: Kind, _ range: Range<Int>, into text: inout [UInt8]) {
    switch kind {
    case .double: FlatJSON.unescape(line, range, into: &text)
    case .single:
      var at = range.lowerBound
      while at < range.upperBound {
        text.append(line[at])
        // Two stand for one.
        at += line[at] == UInt8(ascii: "'") && line.has("'", at: at + 1, before: range.upperBound) ? 2 : 1
      }
    case .plain, .nested: FlatJSON.append(line, range, &text)
    }
  }

  private static func scalar(
    _ line: Span<UInt8>, _ at: Int, isKey: Bool
  ) -> (kind: Kind, text: Range<Int>, end: Int) {
    switch line[at] {
    case UInt8(ascii: "'"):
      var end = at + 1
      while let quote = line.index(of: UInt8(ascii: "'"), from: end) {
        guard line.has("'", at: quote + 1) else { return (.single, at + 1..<quote, quote + 1) }
        end = quote + 2
      }
      return (.single, at + 1..<line.count, line.count)
    case UInt8(ascii: "\""):
      var end = at + 1
      while end < line.count, line[end] != UInt8(ascii: "\"") {
        end += line[end] == UInt8(ascii: "\\") ? 2 : 1
      }
      end = min(end, line.count)
      return (.double, at + 1..<end, min(end + 1, line.count))
    case UInt8(ascii: "{"), UInt8(ascii: "["): return (.nested, at..<at, nestedEnd(line, at))
    default:
      var end = at
      while end < line.count {
        let byte = line[end]
        if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") { break }
        if isKey, byte == UInt8(ascii: ":") { break }
        end += 1
      }
      return (.plain, line.trimmed(at..<end), end)
    }
  }

  /// Behind the bracket that closes the one at `start`; those in quotes do not count.
  private static func nestedEnd(_ line: Span<UInt8>, _ start: Int) -> Int {
    var depth = 0
    var at = start
    while at < line.count {
      switch line[at] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return at + 1 }
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        at = max(at + 1, scalar(line, at, isKey: false).end)
        continue
      default: break
      }
      at += 1
    }
    return line.count
  }
}
