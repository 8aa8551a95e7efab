import Bytes

/// Pieces of dates. They are only recognised: a date is no time of the boot, whoever wrote it.
enum Dates {
  /// `Mon` … `Sun`, with the blank behind it.
  static func isWeekday(_ line: Span<UInt8>, _ at: Int) -> Bool {
    for name: StaticString in ["Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "]
    where line.has(name, at: at) {
      return true
    }
    return false
  }

  /// Whether the first colon behind `at` is that of a time, as it is in every date here: told before it is read, for
  /// nearly every line begins with a letter.
  static func mayHaveTime(_ line: Span<UInt8>, _ at: Int) -> Bool {
    guard let colon = line.index(of: UInt8(ascii: ":"), from: at, to: min(line.count, at + 48)) else {
      return false
    }
    // A PCI address has more in front of it.
    return colon > at + 4 && line[colon - 3] == 32 && line.has(":", at: colon + 3)
  }

  /// `Nov 27 `, `Nov  4 `, `nov. 27 `, `27 lis `, `11月 27 `, with a year behind it or not: where the time begins. A month
  /// is told by its shape and place, for every language has its own.
  static func monthAndDay(_ line: Span<UInt8>, _ at: Int) -> Int? {
    let isDayFirst = line[at] &- 48 < 10 && (day(line, at).map { $0 < line.count && line[$0] == 32 } ?? false)
    var end: Int
    if isDayFirst {
      guard let number = day(line, at), let word = month(line, number + 1), word < line.count else {
        return nil
      }
      end = word
    } else {
      guard let word = month(line, at) else { return nil }
      // syslogd pads the day with a blank.
      let number = word + 1 < line.count && line[word + 1] == 32 ? word + 2 : word + 1
      guard let last = day(line, number) else { return nil }
      end = last
    }
    guard end < line.count, line[end] == 32 else { return nil }
    if fits(line, end + 1, "0000 ") { end += 5 }
    return end + 1
  }

  /// Where the time begins behind `Fri Nov 27 `.
  static func afterWeekday(_ line: Span<UInt8>, _ at: Int) -> Int? {
    guard line[at] | 32 &- 97 < 26 || line[at] >= 0x80, let word = month(line, at), word - at < 12 else {
      return nil
    }
    return word + 1 < line.count ? monthAndDay(line, word + 1) : nil
  }

  /// The end of a month's name, which a blank follows.
  private static func month(_ line: Span<UInt8>, _ at: Int) -> Int? {
    var end = at
    var letters = 0
    var isNumbered = false
    var isBeyond = false
    while end < line.count, end - at < 24 {
      let byte = line[end]
      if byte == 32 { break }
      if byte >= 0x80 {
        isBeyond = true
        // Bytes of a letter but its first are 0x80 … 0xbf.
        if byte >= 0xc0 { letters += 1 }
      } else if byte | 32 &- 97 < 26 {
        letters += 1
      } else if byte &- 48 < 10 {
        isNumbered = true
      } else if byte != UInt8(ascii: ".") || letters == 0 {
        return nil
      }
      end += 1
    }
    // `11月` is numbered, and nothing that is all ASCII.
    guard end < line.count, line[end] == 32, letters <= 8, isNumbered ? isBeyond : letters >= 2 else {
      return nil
    }
    return end
  }

  /// The end of `4` or `27`, with a point behind it or not.
  private static func day(_ line: Span<UInt8>, _ at: Int) -> Int? {
    let end = line.digitsEnd(from: at, to: line.count)
    guard end > at, end < at + 3 else { return nil }
    return end < line.count && line[end] == UInt8(ascii: ".") ? end + 1 : end
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
  /// (dmesg -e), in any language; with a fraction it is a terminal program's. Behind a stamp where dmesg was given two formats.
  static let dateStamp = LogDialect(.dateStamp, begins: "[", stages: [.outside, .inside]) {
    prefix, line, at in
    guard at + 1 < line.count,
      line[at + 1] &- 48 < 10 || line[at + 1] | 32 &- 97 < 26 || line[at + 1] >= 0x80,
      let close = line.index(of: UInt8(ascii: "]"), from: at, to: min(line.count, at + 64))
    else { return false }
    var end = close
    if line[end - 1] == UInt8(ascii: ">"), let delta = line.index(of: " <", from: at, to: end) { end = delta }
    let isFirst = prefix.stage == .outside
    if let resolution = DateStamp.full(line, at + 1, end)
      ?? (isFirst ? DateStamp.short(line, at + 1, end) : nil)
    {
      if isFirst { prefix.stamp(nil, .wall, resolution: resolution) }
      prefix.end(at: close + 1, line)
      return true
    }
    return false
  }

  /// `>>  10:11:12.345  <6>[…`, html-to-text's `hh:mm:ss.uuuuuu  [ts]`: the collector's clock, not the log's.
  static let timeOfDay = LogDialect(.timeOfDay, begins: digits, stages: [.outside]) {
    prefix, line, at in
    guard var (end, _) = Dates.time(line, at), end < line.count else { return false }
    if line[end] == UInt8(ascii: ":") || line[end] == UInt8(ascii: ">") { end += 1 }
    return Daemon.stamp(&prefix, line, end)
  }
}

private enum DateStamp {
  /// `Sun Nov 22 07:08:41 2026` in `start ..< end`: two words or more, a time, a year; crash's `log -T` has the zone in front of that.
  static func full(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    guard end - start > 18, Dates.fits(line, end - 5, " 0000") else { return nil }
    var stop = end - 5
    if line[stop - 1] &- 65 < 26, let zone = wordStart(line, start, stop) { stop = zone - 1 }
    guard let time = wordStart(line, start, stop), time > start + 4,
      let (last, resolution) = Dates.time(line, time), last == stop,
      let blank = line.index(of: 32, from: start, to: time - 1), blank > start
    else { return nil }
    for at in start..<time where line[at] == UInt8(ascii: ":") { return nil }
    return resolution
  }

  /// Where the word begins that ends at `end`; nil for the first one.
  private static func wordStart(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    var at = end
    while at > start, line[at - 1] != 32 { at -= 1 }
    return at > start ? at : nil
  }

  /// `Nov22 07:08`, `Nov 2 07:08`
  static func short(_ line: Span<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    let day = end - 6
    guard day - start > 2, Dates.fits(line, day, " 00:00"), line[day - 1] &- 48 < 10 else { return nil }
    var letters = 0
    for at in start..<day {
      switch line[at] {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...: letters += 1
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), 32: break
      default: return nil
      }
    }
    return letters > 1 ? 60_000_000_000 : nil
  }
}
