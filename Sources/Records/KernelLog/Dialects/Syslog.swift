// syslog and the journal's short modes. Their daemons mix the kernel's lines with others by the time of day, so the
// kernel's order is not guaranteed; printk's own stamp behind them, where there is one, restores it.
import Bytes

extension LogDialect {
  /// `Dec  4 11:16:33 host kernel: `, `Apr 01 12:11:00.360729 komodo kernel: `, in any language and with the day first:
  /// `27 nov. 10:00:00 kernel: `; OpenWrt's logread has weekday and year, `Fri Nov 27 10:00:00 2026 kern.warn kernel: `, and with -t
  /// the seconds once more, `[1775045460.123] `.
  /// Without a host and a tag it is ts(1)'s, and whose line it is nobody knows.
  static let syslog = LogDialect(
    .syslog, begins: letters + digits, beyondASCII: true, stages: [.outside]
  ) { prefix, line, at in
    guard Dates.mayHaveTime(line, at),
      let start = Dates.monthAndDay(line, at) ?? Dates.afterWeekday(line, at),
      var (end, resolution) = Dates.time(line, start)
    else { return false }
    if Dates.fits(line, end, " 0000 ") {
      end += 5
      if Dates.fits(line, end, " [0000000000.000] ") { end += 17 }
    }
    return Daemon.strip(&prefix, line, end, resolution) || Daemon.stamp(&prefix, line, end)
  }

  /// `Wed 2026-04-01 12:11:00 UTC komodo kernel: ` (journalctl -o short-full)
  static let journalFull = LogDialect(.journalFull, begins: "MTWFS", stages: [.outside]) {
    prefix, line, at in
    guard Dates.isWeekday(line, at), Dates.fits(line, at + 4, "0000-00-00 "),
      let (end, resolution) = Dates.time(line, at + 15),
      let zone = line.index(of: 32, from: end + 1, to: min(line.count, end + 10))
    else { return false }
    return Daemon.strip(&prefix, line, zone, resolution)
  }

  /// `1775045460.360729 komodo kernel: ` (journalctl -o short-unix), `1775045460.360729 ` (ts %.s)
  static let journalUnix = LogDialect(.journalUnix, begins: "123456789", stages: [.outside]) {
    prefix, line, at in
    guard Dates.fits(line, at, "0000000000.000000 ") else { return false }
    return Daemon.strip(&prefix, line, at + 17, 1000) || Daemon.stamp(&prefix, line, at + 17)
  }

  /// `[    2.360729] komodo kernel: ` (journalctl -o short-monotonic), with --no-hostname and in Ubuntu's /var/log/dmesg
  /// `[    2.360729] kernel: `: looks like printk's stamp, is the journal's.
  static let journalMonotonic = LogDialect(
    .journalMonotonic, begins: letters + digits, stages: [.inside]
  ) {
    prefix, line, at in
    guard !prefix.isKernels, let text = Daemon.monotonicTag(line, at) else { return false }
    prefix.clock = .received
    prefix.keepsOrder = false
    prefix.isKernels = true
    prefix.text = text
    return true
  }

  /// `1 2026-11-27T10:00:00.123Z host kernel - - - `: syslog's newer protocol (RFC 5424), behind a level as a rule.
  static let syslogProtocol = LogDialect(.syslogProtocol, begins: "1", stages: [.outside]) {
    prefix, line, at in
    guard line.has("1 ", at: at), let (end, resolution) = ISOTime.dateAndTime(line, at + 2) else {
      return false
    }
    var words: [Range<Int>] = []
    var place = ISOTime.zoneEnd(line, end)
    while words.count < 4 {
      guard line.has(" ", at: place), let word = line.index(of: 32, from: place + 1), word > place + 1 else {
        return false
      }
      words.append(place + 1..<word)
      place = word
    }
    // What the sender said of the message: `-`, or brackets.
    let data = place + 1
    let dataEnd = line.has("[", at: data) ? line.index(of: "] ", from: data).map { $0 + 1 } : data + 1
    guard let dataEnd, dataEnd > data, dataEnd < line.count, line[dataEnd] == 32,
      line[data] == 45 || line[data] == 91
    else { return false }
    prefix.isKernels = line.equals(words[1], "kernel")
    prefix.isForeign = !prefix.isKernels
    prefix.keepsOrder = false
    prefix.stamp(nil, .wall, resolution: resolution)
    prefix.end(at: dataEnd, line)
    return true
  }

  /// `03:09:07,530 INFO kernel: `, with a date in front or not: what anaconda leaves of syslog.
  static let anaconda = LogDialect(.anaconda, begins: digits, stages: [.outside]) { prefix, line, at in
    let isDated =
      Dates.fits(line, at, "0000-00-00") && line.count > at + 10
      && (line[at + 10] == 32 || line[at + 10] == UInt8(ascii: "T"))
    guard let (end, resolution) = Dates.time(line, isDated ? at + 11 : at), resolution == 1_000_000,
      end + 1 < line.count, line[end] == 32, line[end + 1] &- 65 < 26
    else { return false }
    var level = end + 1
    while level < line.count, line[level] &- 65 < 26 { level += 1 }
    guard level - end > 3, level - end < 10, level + 1 < line.count, line[level] == 32 else { return false }
    return Daemon.tag(&prefix, line, level + 1, resolution)
  }

  /// `kernel: `: the journal's or syslog's tag, whose date was taken off.
  static let kernelTag = LogDialect(.kernelTag, begins: "k", stages: [.outside]) { prefix, line, at in
    guard !prefix.isKernels, line.has("kernel: ", at: at) || line.has("kernel:[", at: at) else {
      return false
    }
    prefix.isKernels = true
    prefix.keepsOrder = false
    prefix.end(at: at + 7, line)
    return true
  }

  /// `-- Boot 0123456789abcdef0123456789abcdef --`, `-- Reboot --`, and the journal's other own lines.
  static let journalBoot = LogDialect(.journalBoot, begins: "-", stages: [.outside]) {
    prefix, line, at in
    guard line.has("-- ", at: at) else { return false }
    let beginsBoot = line.has("Boot ", at: at + 3) || line.has("Reboot --", at: at + 3)
    guard beginsBoot || line.has("Journal begins at ", at: at + 3) || line.has("Logs begin at ", at: at + 3)
    else { return false }
    prefix.isForeign = true
    prefix.beginsBoot = beginsBoot
    return true
  }
}

enum Daemon {
  /// Longer words are no host and no program.
  private static let longest = 80

  /// Where the message begins behind `komodo kernel: ` or `kernel: `; nil if neither stands at `at`.
  static func monotonicTag(_ line: Span<UInt8>, _ at: Int) -> Int? {
    if line.has("kernel: ", at: at) { return at + 8 }
    guard let space = line.index(of: 32, from: at, to: min(line.count, at + 64)),
      line.has("kernel: ", at: space + 1)
    else { return nil }
    return space + 9
  }

  /// ` host kernel: `, ` kernel: ` or ` host kern.warn kernel: ` behind a date. Another program's line is none of the
  /// kernel's. False: no daemon wrote this.
  static func strip(_ prefix: inout LogPrefix, _ line: Span<UInt8>, _ at: Int, _ resolution: Int64) -> Bool {
    // `WARNING: `, `Call trace:` are no programs: ts(1) stands before them.
    guard at < line.count, line[at] == 32, !Told.begins(line, at + 1) else { return false }
    if tag(&prefix, line, at + 1, resolution) { return true }
    guard let host = word(line, at + 1), isHost(line, at + 1..<host) else { return false }
    if repeats(line, host + 1) {
      prefix.isForeign = true
      return true
    }
    if tag(&prefix, line, host + 1, resolution) { return true }
    // netconsole's extended form, which a daemon has received: its own time follows.
    if Kmsg.header(line, host + 1) != nil {
      prefix.text = host + 1
      return true
    }
    // busybox names facility and level.
    guard let level = word(line, host + 1),
      let point = line.index(of: UInt8(ascii: "."), from: host + 1, to: level), point + 1 < level
    else { return false }
    return tag(&prefix, line, level + 1, resolution)
  }

  /// `kernel: ` or another program's `name[1]: ` at `at`.
  static func tag(_ prefix: inout LogPrefix, _ line: Span<UInt8>, _ at: Int, _ resolution: Int64) -> Bool {
    guard at < line.count, isProgram(line[at]),
      let colon = line.index(of: UInt8(ascii: ":"), from: at, to: min(line.count, at + longest))
    else { return false }
    // In a program's name stands no blank; behind its colon one does, but for the kernel's stamp.
    for place in at..<colon where line[place] <= 32 || line[place] == UInt8(ascii: "|") { return false }
    let isKernels = line.equals(at..<colon, "kernel") || line.equals(at..<colon, "kernel[0]")
    guard colon + 1 == line.count || line[colon + 1] == 32 || isKernels else { return false }
    // No program says this: `word: ` is the device's name, and the date was put in front by ts(1).
    if !isKernels,
      line.has("late IOMMU probe at driver", at: colon + 2)
        || line.has("Adding to iommu group ", at: colon + 2)
    {
      return false
    }
    prefix.isKernels = isKernels
    prefix.isForeign = !isKernels || repeats(line, colon + 2)
    prefix.keepsOrder = false
    prefix.stamp(nil, .wall, resolution: resolution)
    prefix.end(at: colon + 1, line)
    return true
  }

  /// A stamp that somebody put in front of whatever came, with one blank.
  static func stamp(_ prefix: inout LogPrefix, _ line: Span<UInt8>, _ at: Int) -> Bool {
    guard at < line.count, line[at] == 32 || line[at] == 9 else { return false }
    prefix.text = at + 1
    return true
  }

  /// `last message repeated 3 times`, `message repeated 3 times: [ …]`: the message itself stands before it.
  private static func repeats(_ line: Span<UInt8>, _ at: Int) -> Bool {
    let start = line.has("last ", at: at) ? at + 5 : at
    guard line.has("message repeated ", at: start) else { return false }
    let end = line.digitsEnd(from: start + 17, to: line.count)
    return end > start + 17 && line.has(" time", at: end)
  }

  private static func isProgram(_ byte: UInt8) -> Bool {
    byte | 32 &- 97 < 26 || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "(")
  }

  private static func isHost(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for at in range {
      switch line[at] {
      case UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
        0x80...:
        break
      // `s_net@10.0.0.12/board` (syslog-ng), and a board that has no name: `(none)`.
      case UInt8(ascii: "@"), UInt8(ascii: "/"), UInt8(ascii: "("), UInt8(ascii: ")"): break
      default: return false
      }
    }
    return true
  }

  private static func word(_ line: Span<UInt8>, _ at: Int) -> Int? {
    guard let end = line.index(of: 32, from: at, to: min(line.count, at + longest)), end > at else {
      return nil
    }
    return end
  }
}
