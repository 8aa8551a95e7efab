import Bytes

extension LogEnvelope {
  /// `dmesg -J`: an object per record, one key a line: `"pri": 3,` `"time":     2.308076,` `"msg": "…"`.
  static let dmesgJSON = LogEnvelope(.dmesgJSON, begins: "{[]}\"") { line, at, state in
    guard state.isDmesg, state.depth == 0 else { return false }
    if line.equals(line.trimmed(at..<line.count), "]") { state.isDmesg = false }
    FlatJSON.each(line, from: at) { key, kind, value in
      if line.equals(key, "time"), kind == .number, let time = line.seconds(value) {
        state.record = LogPrefix()
        state.record.hasLevel = true
        state.record.stamp(time, .boot, resolution: 1000)
      } else if line.equals(key, "caller"), kind == .string {
        state.record.caller = DmesgJSON.caller(line, value)
      } else if line.equals(key, "msg"), kind == .string {
        FlatJSON.unescape(line, value, into: &state.text, stopsAtRecord: true)
        state.add(state.record)
      }
    }
    return true
  }
}

enum DmesgJSON {
  /// `T1`, `C0`
  static func caller(_ line: Span<UInt8>, _ value: Range<Int>) -> LogCaller {
    let text = line.trimmed(value)
    guard text.count > 1, let id = line.decimal(text.lowerBound + 1..<text.upperBound) else { return .none }
    let number = Int32(truncatingIfNeeded: id)
    switch line[text.lowerBound] {
    case UInt8(ascii: "T"): return .task(number)
    case UInt8(ascii: "C"): return .cpu(number)
    default: return .none
    }
  }

  /// `"dmesg": [`: records follow.
  static func begins(_ line: Span<UInt8>, _ at: Int) -> Bool {
    let key = line[at] == UInt8(ascii: "{") ? line.skipBlanks(from: at + 1, to: line.count) : at
    guard line.has("\"dmesg\"", at: key) else { return false }
    // A log in one string, as IGT's results have it, is none of these.
    let colon = line.skipBlanks(from: key + 7, to: line.count)
    return line.has(":", at: colon)
      && line.has("[", at: line.skipBlanks(from: colon + 1, to: line.count))
  }
}
