import Bytes

extension LogDialect {
  /// `6,1234,2360729,-,caller=T1;` of /dev/kmsg: level, number, microseconds, flags. netconsole's extended form may have the kernel's
  /// release in front: `6.17.13,6,1234,…`.
  static let kmsg = LogDialect(.kmsg, begins: digits, stages: [.outside]) { prefix, line, at in
    guard let (micros, time, end) = Kmsg.header(line, at) else { return false }
    if let key = line.index(of: "caller=", from: time, to: end), key + 8 < end,
      let id = line.decimal(key + 8..<line.digitsEnd(from: key + 8, to: end))
    {
      let number = Int32(truncatingIfNeeded: id)
      prefix.caller = line[key + 7] == UInt8(ascii: "T") ? .task(number) : .cpu(number)
    }
    prefix.hasLevel = true
    prefix.isKmsg = true
    prefix.stamp(micros * 1000, .boot, resolution: 1000)
    prefix.text = end + 1
    return true
  }
}

enum Kmsg {
  /// What stands in front of a record's text: its time, where the flags begin, and the `;`. Nil if none begins at `at`.
  static func header(_ line: Span<UInt8>, _ at: Int) -> (micros: Int64, time: Int, end: Int)? {
    let first = behindRelease(line, at)
    let level = line.digitsEnd(from: first, to: line.count)
    guard level < first + 5, let number = comma(line, level), let time = comma(line, number),
      time < line.count, line[time] == UInt8(ascii: ","), let micros = line.decimal(number + 1..<time),
      micros < Stamp.highest / 1000,
      let end = line.index(of: UInt8(ascii: ";"), from: time, to: min(line.count, time + 64))
    else { return nil }
    return (micros, time, end)
  }

  /// Behind a release and its comma; `at` if none begins there.
  private static func behindRelease(_ line: Span<UInt8>, _ at: Int) -> Int {
    let end = line.digitsEnd(from: at, to: line.count)
    guard line.has(".", at: end) else { return at }
    let word = line.index(of: 32, from: end, to: min(line.count, at + 64)) ?? min(line.count, at + 64)
    return line.index(of: UInt8(ascii: ","), from: end, to: word).map { $0 + 1 } ?? at
  }

  /// The end of `,digits` at `at`.
  private static func comma(_ line: Span<UInt8>, _ at: Int) -> Int? {
    guard at < line.count, line[at] == UInt8(ascii: ",") else { return nil }
    let end = line.digitsEnd(from: at + 1, to: line.count)
    return end > at + 1 ? end : nil
  }
}
