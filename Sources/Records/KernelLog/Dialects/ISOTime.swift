import Bytes

extension LogDialect {
  /// Every line that begins with `2026-11-22T07:08:41`. A comma before the fraction is dmesg's; a host behind it is
  /// the journal's or syslog's; else it is the time at which a CI system took the line, which is none of the log's:
  /// GitLab `…Z 00O `, GitHub `…Z `, KernelCI `…\ttarget\t`.
  static let isoTime = LogDialect(id: "iso-time", begins: digits, stages: [.outside]) { prefix, line, at in
    guard Dates.fits(line, at, "0000-00-00T"), let (end, resolution) = Dates.time(line, at + 11) else {
      return false
    }
    let zone = ISOTime.zoneEnd(line, end)
    if line[min(at + 19, line.count - 1)] == UInt8(ascii: ",") {
      prefix.stamp(nil, .wall, resolution: resolution)
      prefix.end(at: zone, line)
      return true
    }
    guard zone < line.count else { return false }
    if line[zone] == 9 { return ISOTime.kernelCI(&prefix, line, zone + 1) }
    guard line[zone] == 32 else { return false }
    if line.index(of: " kernel: ", from: zone, to: min(line.count, zone + 96)) != nil || zone > end + 1,
      Daemon.strip(&prefix, line, zone, resolution)
    {
      return true
    }
    prefix.text = ISOTime.gitLab(line, zone + 1)
    return true
  }

  /// `[2024-05-01T10:00:00.123Z] `
  static let jenkins = LogDialect(id: "jenkins", begins: "[", stages: [.outside]) { prefix, line, at in
    guard Dates.fits(line, at + 1, "0000-00-00T"), let (end, _) = Dates.time(line, at + 12),
      line.has("Z]", at: end)
    else { return false }
    prefix.end(at: end + 2, line)
    return true
  }
}

private enum ISOTime {
  /// Behind `Z`, `+0000` or `+00:00`.
  static func zoneEnd(_ line: Span<UInt8>, _ at: Int) -> Int {
    guard at < line.count else { return at }
    if line[at] == UInt8(ascii: "Z") { return at + 1 }
    guard line[at] == UInt8(ascii: "+") || line[at] == UInt8(ascii: "-") else { return at }
    if Dates.fits(line, at + 1, "00:00") { return at + 6 }
    return Dates.fits(line, at + 1, "0000") ? at + 5 : at
  }

  /// `00O `, `01E+`: GitLab's stream and kind.
  static func gitLab(_ line: Span<UInt8>, _ at: Int) -> Int {
    guard line.count > at + 3, line[at] &- 48 < 10, line[at + 1] &- 48 < 10,
      line[at + 2] == UInt8(ascii: "O") || line[at + 2] == UInt8(ascii: "E"),
      line[at + 3] == 32 || line[at + 3] == UInt8(ascii: "+")
    else { return at }
    return at + 4
  }

  /// `target\tmsg`: only the device's own output counts.
  static func kernelCI(_ prefix: inout LogPrefix, _ line: Span<UInt8>, _ at: Int) -> Bool {
    guard let tab = line.index(of: 9, from: at, to: min(line.count, at + 16)) else { return false }
    prefix.isForeign = !line.equals(at..<tab, "target") && !line.equals(at..<tab, "feedback")
    prefix.text = tab + 1
    return true
  }
}
