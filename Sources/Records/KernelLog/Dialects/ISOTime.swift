import Bytes

extension LogDialect {
  /// Every line that begins with `2026-11-22T07:08:41` or `2026-11-22 07:08:41`. A comma before the fraction is dmesg's; a
  /// host behind it is the journal's or syslog's; else it is the time at which a CI system or a serial tool took the line,
  /// which is none of the log's: GitLab `…Z 00O `, GitHub `…Z `, KernelCI `…\ttarget\t`.
  static let isoTime = LogDialect(.isoTime, begins: digits, stages: [.outside]) { prefix, line, at in
    guard let (end, resolution) = ISOTime.dateAndTime(line, at) else { return false }
    let zone = ISOTime.zoneEnd(line, end)
    if line[at + 10] == UInt8(ascii: "T"), line[min(at + 19, line.count - 1)] == UInt8(ascii: ",") {
      prefix.stamp(nil, .wall, resolution: resolution)
      prefix.end(at: zone, line)
      return true
    }
    guard zone < line.count else { return false }
    if line[zone] == 9 {
      return ISOTime.kernelCI(&prefix, line, zone + 1) || Daemon.stamp(&prefix, line, zone)
    }
    guard line[zone] == 32 else { return false }
    if line.index(of: " kernel:", from: zone, to: min(line.count, zone + 96)) != nil || zone > end + 1,
      Daemon.strip(&prefix, line, zone, resolution)
    {
      return true
    }
    prefix.text = ISOTime.gitLab(line, zone + 1)
    return true
  }

  /// A collector's clock in brackets: `[2024-05-01T10:00:00.123Z] ` (Jenkins), `[2026-11-27 10:00:00.123] ` (minicom),
  /// `[10:00:00.123] ` (tio), `[10:00:00]W:\t [Step 1/3] ` (TeamCity). Only digits and what stands between them in dates.
  static let bracketTime = LogDialect(.bracketTime, begins: "[", stages: [.outside]) { prefix, line, at in
    var end = at + 1
    var time: Int?
    while end < line.count, end - at < 48, line[end] != UInt8(ascii: "]") {
      switch line[end] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if time == nil, line.has(":", at: end + 2), Dates.fits(line, end, "00:00:00"), line[end] < 51 {
          time = end
        }
      case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: ","), 32,
        UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "T"), UInt8(ascii: "Z"):
        break
      default: return false
      }
      end += 1
    }
    // A colon on either side makes it a hardware address.
    guard let time, line.has("]", at: end), line[time - 1] != UInt8(ascii: ":"), !line.has(":", at: time + 8)
    else { return false }
    prefix.end(at: ISOTime.teamCity(line, end + 1), line)
    return true
  }

  /// `[0.000123 0.000456] `, `[10:00:00.123456 0.000456] ` (grabserial): since it began, and since the line before.
  static let grabserial = LogDialect(.grabserial, begins: "[", stages: [.outside]) { prefix, line, at in
    let start = line.skipBlanks(from: at + 1, to: line.count)
    let first = Dates.time(line, start)?.end ?? PrintkStamp.number(line, start)
    let second = line.skipBlanks(from: first, to: line.count)
    let end = PrintkStamp.number(line, second)
    guard first > start, second > first, end > second, line.has("]", at: end) else { return false }
    prefix.end(at: end + 1, line)
    return true
  }

  /// `[-- MARK -- Fri Nov 27 10:00:00 2026]`: conserver's own lines.
  static let conserver = LogDialect(.conserver, begins: "[", stages: [.outside]) { prefix, line, at in
    guard line.has("[-- ", at: at), line.ends(line.trimmed(at..<line.count), with: "]"),
      line.index(of: " -- ", from: at + 4, to: min(line.count, at + 120)) != nil
    else { return false }
    prefix.isForeign = true
    return true
  }

  /// `_bk;t=1700000000000` and BEL: Buildkite's stamp, whose escape was lost.
  static let buildkite = LogDialect(.buildkite, begins: "_", stages: [.outside]) { prefix, line, at in
    guard line.has("_bk;t=", at: at) else { return false }
    let end = line.digitsEnd(from: at + 6, to: line.count)
    guard end > at + 6 else { return false }
    prefix.text = end < line.count && line[end] == 7 ? end + 1 : end
    return true
  }
}

enum ISOTime {
  /// `2026-11-22T07:08:41.123`, `2026/11/22 07:08:41`
  static func dateAndTime(_ line: Span<UInt8>, _ at: Int) -> (end: Int, resolution: Int64)? {
    guard line.count > at + 18, Dates.fits(line, at, "0000-00-00") || Dates.fits(line, at, "0000/00/00"),
      line[at + 10] == UInt8(ascii: "T") || line[at + 10] == 32
    else { return nil }
    return Dates.time(line, at + 11)
  }

  /// Behind `Z`, `+0000` or `+00:00`, with a blank before the sign or not.
  static func zoneEnd(_ line: Span<UInt8>, _ at: Int) -> Int {
    guard at < line.count else { return at }
    if line[at] == UInt8(ascii: "Z") { return at + 1 }
    let sign = line[at] == 32 ? at + 1 : at
    guard line.has("+", at: sign) || line.has("-", at: sign) else { return at }
    if Dates.fits(line, sign + 1, "00:00") { return sign + 6 }
    return Dates.fits(line, sign + 1, "0000") ? sign + 5 : at
  }

  /// `00O `, `01E+`: GitLab's stream and kind.
  fileprivate static func gitLab(_ line: Span<UInt8>, _ at: Int) -> Int {
    guard line.count > at + 3, line[at] &- 48 < 10, line[at + 1] &- 48 < 10,
      line[at + 2] == UInt8(ascii: "O") || line[at + 2] == UInt8(ascii: "E"),
      line[at + 3] == 32 || line[at + 3] == UInt8(ascii: "+")
    else { return at }
    return at + 4
  }

  /// What LAVA says itself; any other word in a column is somebody's table.
  private static let lavaLevels: [StaticString] = [
    "debug", "info", "warning", "error", "results", "input", "exception", "case",
  ]

  /// `target\tmsg`: only the device's own output counts.
  fileprivate static func kernelCI(_ prefix: inout LogPrefix, _ line: Span<UInt8>, _ at: Int) -> Bool {
    guard let tab = line.index(of: 9, from: at, to: min(line.count, at + 16)) else { return false }
    let isDevices = line.equals(at..<tab, "target") || line.equals(at..<tab, "feedback")
    guard
      isDevices
        || line.bracketedSeconds(tab + 1) == nil && lavaLevels.contains(where: { line.equals(at..<tab, $0) })
    else { return false }
    prefix.isForeign = !isDevices
    prefix.text = tab + 1
    return true
  }

  /// Behind TeamCity's `W:\t `, ` :\t ` and `[Step 1/3] `.
  fileprivate static func teamCity(_ line: Span<UInt8>, _ at: Int) -> Int {
    var colon = at
    if colon < line.count, line[colon] == 32 || line[colon] | 32 &- 97 < 26 { colon += 1 }
    guard line.has(":", at: colon), colon + 1 < line.count, line[colon + 1] == 9 || line[colon + 1] == 32
    else { return at }
    var end = colon + 1
    if line[end] == 32 { end += 1 }
    if line.has("\t", at: end) { end += 1 }
    // The one blank that is left is the caller's, or the step's.
    if line.has(" [Step ", at: end), let close = line.index(of: UInt8(ascii: "]"), from: end) {
      return close + 1
    }
    return end
  }
}
