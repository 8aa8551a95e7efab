// The body of a kprobe, kretprobe or fprobe event: `name: (symbol+0x0/0x10) fields`. Which function it belongs to
// comes from the parentheses; the name before the colon is the user's and means nothing.
import Bytes

enum ProbeText {
  enum Parsed {
    case record(TraceRecord.What)
    /// A probe on a function that the analysis does not need.
    case other
    /// trace-cmd report prints raw addresses: no function can be told.
    case rawAddress
    /// The line ends inside its parentheses: it was chopped.
    case chopped
  }

  /// Parses from the `(` at `open` to the end of the line.
  static func parse(_ line: Span<UInt8>, open: Int, end: Int) -> Parsed {
    guard let arrow = line.index(of: " <- ", from: open, to: end) else { return entry(line, open, end) }
    guard let close = line.index(of: UInt8(ascii: ")"), from: arrow, to: end) else { return .chopped }
    let first = symbol(line, open + 1, arrow)
    let second = symbol(line, arrow + 4, close)
    if let role = Role.of(line, second) {
      let arguments = line.skipBlanks(from: close + 1, to: end)..<end
      return .record(
        .leave(
          role, symbol: second, caller: first, arguments: arguments,
          result: Fields.returned(line, arguments)))
    }
    return isAddress(line, second) ? .rawAddress : .other
  }

  /// The `fields` trace option: `__probe_ip=really_probe+0x0/0x3f8 (-9695…) dev=…`, or `__probe_func=` and
  /// `__probe_ret_ip=` for a return.
  static func parseFields(_ line: Span<UInt8>, _ body: Range<Int>) -> Parsed {
    func symbol(_ key: StaticString) -> Range<Int>? {
      Fields.value(line, body, key).map { $0.lowerBound..<Symbol.end(line, $0.lowerBound, $0.upperBound) }
    }
    if let function = symbol("__probe_func") {
      guard let role = Role.of(line, function) else { return .other }
      return .record(
        .leave(
          role, symbol: function, caller: symbol("__probe_ret_ip") ?? 0..<0, arguments: body,
          result: Fields.value(line, body, "ret").flatMap { ReturnValue.parse(line, $0) }))
    }
    guard let function = symbol("__probe_ip"), let role = Role.of(line, function) else { return .other }
    return .record(.enter(role, symbol: function, arguments: body))
  }

  private static func entry(_ line: Span<UInt8>, _ open: Int, _ end: Int) -> Parsed {
    guard let close = line.index(of: UInt8(ascii: ")"), from: open, to: end) else {
      return line.index(of: "+0x", from: open, to: end) == nil ? .other : .chopped
    }
    let name = symbol(line, open + 1, close)
    guard let role = Role.of(line, name) else { return isAddress(line, name) ? .rawAddress : .other }
    // Entries are at +0x0 (kprobe) or a few bytes in (fprobe, after the patch site). Probes further in are
    // not entries.
    if let offset = line.index(of: "+0x", from: name.upperBound, to: close) {
      var stop = offset + 3
      while stop < close, line[stop] != UInt8(ascii: "/") { stop += 1 }
      if let value = line.hexadecimal(offset + 3..<stop), value > 16 { return .other }
    }
    return .record(.enter(role, symbol: name, arguments: line.skipBlanks(from: close + 1, to: end)..<end))
  }

  private static func symbol(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Range<Int> {
    start..<Symbol.end(line, start, end)
  }

  private static func isAddress(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    range.count >= 8 && line.hexadecimal(range) != nil
  }
}

/// `key=value` fields of a probe event, a function_graph argument list or a trace event.
package enum Fields {
  /// The usual names of fields that hold the device, or its address, the likeliest first: beside a `device` a `name` is another one's.
  package static let deviceKeys: [StaticString] = ["dev", "device", "devname", "name", "arg1"]
  /// The usual names of fields that hold a return value.
  package static let returnKeys: [StaticString] = ["ret", "retval", "arg1"]

  /// The value of `key`; quotes are stripped. Nil if it is not there or is `(fault)`.
  package static func value(_ line: Span<UInt8>, _ range: Range<Int>, _ key: StaticString) -> Range<Int>? {
    var from = range.lowerBound
    while let hit = line.index(of: key, from: from, to: range.upperBound) {
      let after = hit + key.utf8CodeUnitCount
      let starts = hit == range.lowerBound || line[hit - 1] == 32 || line[hit - 1] == UInt8(ascii: ",")
      if starts, after < range.upperBound, line[after] == UInt8(ascii: "=") {
        return text(line, after + 1, range.upperBound)
      }
      from = hit + 1
    }
    return nil
  }

  /// The value that begins at `start`: quoted, or up to a blank or comma.
  private static func text(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Range<Int>? {
    guard start < end, !line.has("(fault", at: start, before: end) else { return nil }
    if line[start] == UInt8(ascii: "\"") {
      guard let close = line.index(of: UInt8(ascii: "\""), from: start + 1, to: end) else { return nil }
      return start + 1..<close
    }
    var stop = start
    while stop < end, line[stop] != 32, line[stop] != UInt8(ascii: ","), line[stop] != UInt8(ascii: ")") {
      stop += 1
    }
    return start..<stop
  }

  /// The return value of a return probe: `ret`, `retval` or `arg1`, else the first number.
  static func returned(_ line: Span<UInt8>, _ range: Range<Int>) -> Int64? {
    for key in returnKeys {
      if let value = value(line, range, key) { return ReturnValue.parse(line, value) }
    }
    var from = range.lowerBound
    while let equals = line.index(of: UInt8(ascii: "="), from: from, to: range.upperBound) {
      from = equals + 1
      guard let value = text(line, from, range.upperBound) else { continue }
      if let number = ReturnValue.parse(line, value) { return number }
      // Not from the next `=`, which may be in the value: a line of nothing else would take quadratic time.
      from = value.upperBound
    }
    return nil
  }

  /// The device that the fields name, and its address, where they say so. Users choose the field names; `deviceKeys` are the usual ones.
  package static func device(_ line: Span<UInt8>, _ range: Range<Int>) -> (
    name: Range<Int>?, pointer: UInt64?
  ) {
    var name: Range<Int>?
    var pointer: UInt64?
    for key in deviceKeys {
      // `(fault)`, `(null)`: the name could not be read.
      guard let value = value(line, range, key), !value.isEmpty, line[value.lowerBound] != UInt8(ascii: "(")
      else {
        continue
      }
      if line.has("0x", at: value.lowerBound, before: value.upperBound),
        let address = line.hexadecimal(value)
      {
        pointer = pointer ?? address
      } else if line[value.lowerBound - 1] == UInt8(ascii: "\"") || name == nil {
        name = name ?? value
      }
    }
    if name == nil, pointer == nil {
      // Unnamed arguments (no BTF): positional hex; the device is the first.
      let first = line.trimmed(range)
      if !first.isEmpty,
        line.index(of: UInt8(ascii: "="), from: first.lowerBound, to: first.upperBound) == nil
      {
        let end = line.index(of: UInt8(ascii: ","), from: first.lowerBound, to: first.upperBound)
        pointer = line.hexadecimal(first.lowerBound..<(end ?? first.upperBound))
      }
    }
    return (name, pointer)
  }
}
