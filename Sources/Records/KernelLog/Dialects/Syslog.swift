// syslog and the journal's short modes. Their daemons mix the kernel's lines with others by the time of day, so the
// kernel's order is not guaranteed; printk's own stamp behind them, where there is one, restores it.
import Bytes

extension LogDialect {
  /// `Dec  4 11:16:33 host kernel: `, `Apr 01 12:11:00.360729 komodo kernel: `
  static let syslog = LogDialect(id: "syslog", begins: "JFMASOND", stages: [.outside]) { prefix, line, at in
    guard Dates.isMonth(line, at), line.count > at + 16, line[at + 3] == 32, line[at + 6] == 32,
      let (end, resolution) = Dates.time(line, at + 7)
    else { return false }
    return Daemon.strip(&prefix, line, end, resolution)
  }

  /// `Wed 2026-04-01 12:11:00 UTC komodo kernel: ` (journalctl -o short-full)
  static let journalFull = LogDialect(id: "journal-full", begins: "MTWFS", stages: [.outside]) {
    prefix, line, at in
    guard Dates.isWeekday(line, at), Dates.fits(line, at + 4, "0000-00-00 "),
      let (end, resolution) = Dates.time(line, at + 15),
      let zone = line.index(of: 32, from: end + 1, to: min(line.count, end + 10))
    else { return false }
    return Daemon.strip(&prefix, line, zone, resolution)
  }

  /// `1775045460.360729 komodo kernel: ` (journalctl -o short-unix)
  static let journalUnix = LogDialect(id: "journal-unix", begins: "123456789", stages: [.outside]) {
    prefix, line, at in
    guard Dates.fits(line, at, "0000000000.000000 ") else { return false }
    return Daemon.strip(&prefix, line, at + 17, 1000)
  }

  /// `[    2.360729] komodo kernel: ` (journalctl -o short-monotonic): looks like printk's stamp, is the journal's.
  static let journalMonotonic = LogDialect(
    id: "journal-monotonic", begins: letters + digits, stages: [.inside]
  ) {
    prefix, line, at in
    guard !prefix.isKernels,
      let space = line.index(of: 32, from: at, to: min(line.count, at + 64)),
      line.has("kernel: ", at: space + 1)
    else { return false }
    prefix.clock = .received
    prefix.keepsOrder = false
    prefix.isKernels = true
    prefix.text = space + 9
    return true
  }

  /// `-- Boot 0123456789abcdef0123456789abcdef --`, `-- Reboot --`
  static let journalBoot = LogDialect(id: "journal-boot", begins: "-", stages: [.outside]) {
    prefix, line, at in
    guard line.has("-- Boot ", at: at) || line.has("-- Reboot --", at: at) else { return false }
    prefix.isForeign = true
    prefix.beginsBoot = true
    return true
  }
}

enum Daemon {
  /// ` host kernel: ` or ` host kern.warn kernel: ` behind a date. Another program's line is none of the kernel's.
  static func strip(_ prefix: inout LogPrefix, _ line: Span<UInt8>, _ at: Int, _ resolution: Int64) -> Bool {
    guard at < line.count, line[at] == 32, let host = wordEnd(line, at + 1),
      var colon = line.index(of: UInt8(ascii: ":"), from: host, to: min(line.count, host + 80))
    else { return false }
    var start = host + 1
    if let space = line.index(of: 32, from: start, to: colon) {
      guard line.index(of: UInt8(ascii: "."), from: start, to: space) != nil else { return false }
      start = space + 1
      colon = line.index(of: UInt8(ascii: ":"), from: start, to: colon + 1) ?? colon
    }
    prefix.isKernels = line.equals(start..<colon, "kernel")
    prefix.isForeign = !prefix.isKernels
    prefix.keepsOrder = false
    prefix.stamp(nil, .wall, resolution: resolution)
    prefix.end(at: colon + 1, line)
    return true
  }

  private static func wordEnd(_ line: Span<UInt8>, _ at: Int) -> Int? {
    guard let end = line.index(of: 32, from: at, to: min(line.count, at + 80)), end > at else { return nil }
    return end
  }
}
