import Bytes

extension LogDialect {
  /// `6,1234,2360729,-,caller=T1;` of /dev/kmsg: level, number, microseconds, flags.
  static let kmsg = LogDialect(.kmsg, begins: digits, stages: [.outside]) { prefix, line, at in
    let level = line.digitsEnd(from: at, to: line.count)
    guard level < at + 5, let number = Kmsg.comma(line, level), let time = Kmsg.comma(line, number),
      time < line.count, line[time] == UInt8(ascii: ","), let micros = line.decimal(number + 1..<time),
      micros < Stamp.highest / 1000,
      let end = line.index(of: UInt8(ascii: ";"), from: time, to: min(line.count, time + 64))
    else { return false }
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

private enum Kmsg {
  /// The end of `,digits` at `at`.
  static func comma(_ line: Span<UInt8>, _ at: Int) -> Int? {
    guard at < line.count, line[at] == UInt8(ascii: ",") else { return nil }
    let end = line.digitsEnd(from: at + 1, to: line.count)
    return end > at + 1 ? end : nil
  }
}
