import Bytes

/// Pieces of dates. They are only recognised: a date is no time of the boot, whoever wrote it.
enum Dates {
  /// `Jan` … `Dec`
  static func isMonth(_ line: Span<UInt8>, _ at: Int) -> Bool {
    for name: StaticString in [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ] where line.has(name, at: at) { return true }
    return false
  }

  /// `Mon` … `Sun`, with the blank behind it.
  static func isWeekday(_ line: Span<UInt8>, _ at: Int) -> Bool {
    for name: StaticString in ["Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "]
    where line.has(name, at: at) {
      return true
    }
    return false
  }

  /// `hh:mm:ss`, with a fraction or not: the end, and the stamp's resolution.
  static func time(_ line: Span<UInt8>, _ at: Int) -> (end: Int, resolution: Int64)? {
    guard fits(line, at, "00:00:00") else { return nil }
    var end = at + 8
    var resolution: Int64 = 1_000_000_000
    if end < line.count, line[end] == UInt8(ascii: ".") || line[end] == UInt8(ascii: ",") {
      let digits = line.digitsEnd(from: end + 1, to: line.count)
      for _ in 0..<min(9, digits - end - 1) { resolution /= 10 }
      end = digits
    }
    return (end, resolution)
  }

  /// Whether the line has the pattern's shape there: `0` stands for a digit, all else for itself.
  static func fits(_ line: Span<UInt8>, _ at: Int, _ pattern: StaticString) -> Bool {
    guard at >= 0, line.count - at >= pattern.utf8CodeUnitCount else { return false }
    return pattern.withUTF8Buffer { pattern in
      for index in pattern.indices {
        let byte = line[at + index]
        // In bounds: index comes from the buffer's own indices.
        let wanted = unsafe pattern[index]
        guard wanted == 48 ? byte &- 48 < 10 : byte == wanted else { return false }
      }
      return true
    }
  }
}

extension LogDialect {
  /// `[Sun Nov 22 07:08:41 2026] ` (dmesg -T), `[Sun Nov 22 07:08:41 2026 <    0.000168>] ` (-T -d), `[Nov22 07:08] `
  /// (dmesg -e)
  static let dateStamp = LogDialect(id: "dmesg-date", begins: "[", stages: [.outside]) { prefix, line, at in
    if Dates.isWeekday(line, at + 1), Dates.isMonth(line, at + 5), line.count > at + 25,
      Dates.fits(line, at + 12, "00:00:00 0000")
    {
      let hasDelta = line.has(" <", at: at + 25)
      guard let end = hasDelta ? line.index(of: ">]", from: at + 27, to: min(line.count, at + 47)) : at + 24,
        line[end + 1] == UInt8(ascii: "]")
      else { return false }
      prefix.stamp(nil, .wall, resolution: 1_000_000_000)
      prefix.end(at: end + 2, line)
      return true
    }
    guard Dates.isMonth(line, at + 1), Dates.fits(line, at + 6, " 00:00]") else { return false }
    prefix.stamp(nil, .wall, resolution: 60_000_000_000)
    prefix.end(at: at + 13, line)
    return true
  }

  /// `>>  10:11:12.345  <6>[…`, html-to-text's `hh:mm:ss.uuuuuu  [ts]`: the collector's clock, not the log's.
  static let timeOfDay = LogDialect(id: "time-of-day", begins: digits, stages: [.outside]) {
    prefix, line, at in
    guard let (end, _) = Dates.time(line, at), end < line.count, line[end] == 32 || line[end] == 9 else {
      return false
    }
    prefix.text = end + 1
    return true
  }
}
