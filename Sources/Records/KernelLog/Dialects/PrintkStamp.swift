import Bytes

extension LogDialect {
  /// `[    3.993045] `, `[148.272] `, `[    2.360729 <    0.000168>] ` (dmesg -d), and vendors': LGE's
  /// `[    0.000000 / 01-01 00:00:00.000]`, Qualcomm's `[   15.114054,2] ` and Amlogic's `[    0.600000@1] ` with the CPU,
  /// Huawei's `[    1.710000s]`
  static let printkStamp = LogDialect(
    .printkStamp, begins: "[", stages: [.outside, .wrapped], strip: PrintkStamp.strip)

  /// `[  +0.000168] ` (dmesg -e), `[<    0.000168>] ` (dmesg --time-format=delta): since the line before, so no time. Behind a stamp
  /// or a date where dmesg was given two formats.
  static let relativeStamp = LogDialect(.relativeStamp, begins: "[", stages: [.outside, .wrapped, .inside]) {
    prefix, line, at in
    let low = line.skipBlanks(from: at + 1, to: line.count)
    guard low < line.count else { return false }
    let isDelta = line[low] == UInt8(ascii: "<")
    guard isDelta || line[low] == UInt8(ascii: "+") else { return false }
    let start = line.skipBlanks(from: low + 1, to: line.count)
    var end = PrintkStamp.number(line, start)
    guard end > start else { return false }
    if isDelta {
      guard end < line.count, line[end] == UInt8(ascii: ">") else { return false }
      end += 1
    }
    guard end < line.count, line[end] == UInt8(ascii: "]") else { return false }
    if prefix.stage == .outside { prefix.isRelative = true }
    prefix.end(at: end + 1, line)
    return true
  }
}

enum PrintkStamp {
  static func strip(_ prefix: inout LogPrefix, _ line: Span<UInt8>, _ at: Int) -> Bool {
    if let time = line.bracketedSeconds(at) {
      prefix.stamp(time, .boot, resolution: 1000)
      prefix.end(at: at + Span<UInt8>.bracketedSecondsLength, line)
      return true
    }
    let low = line.skipBlanks(from: at + 1, to: line.count)
    var seconds: Int64 = 0
    var point = low
    while point < line.count, line[point] &- 48 < 10, point - low < longest {
      seconds = seconds * 10 + Int64(line[point] &- 48)
      point += 1
    }
    guard point > low, point < line.count, line[point] == UInt8(ascii: "."),
      seconds < Stamp.highest / 1_000_000_000
    else { return false }
    // Boot loaders count `[0000.209]`; printk pads with blanks.
    if line[low] == UInt8(ascii: "0"), point > low + 1 { return false }
    var fraction: Int64 = 0
    var resolution: Int64 = 1_000_000_000
    var end = point + 1
    while end < line.count, line[end] &- 48 < 10, resolution > 1 {
      fraction = fraction * 10 + Int64(line[end] &- 48)
      resolution /= 10
      end += 1
    }
    guard end - point > 3, let text = close(line, end) else { return false }
    prefix.stamp(seconds * 1_000_000_000 + fraction * resolution, .boot, resolution: resolution)
    prefix.end(at: text, line)
    return true
  }

  /// No seconds have more digits.
  private static let longest = 12

  /// Behind the closing bracket: right here, or after a delta or what a vendor adds.
  private static func close(_ line: Span<UInt8>, _ at: Int) -> Int? {
    guard at < line.count else { return nil }
    switch line[at] {
    case UInt8(ascii: "]"): return at + 1
    case UInt8(ascii: ","), UInt8(ascii: "@"): return closeCPU(line, at)
    // Programs count seconds so, too; none puts another bracket right behind.
    case UInt8(ascii: "s"): return line.has("s][", at: at) ? at + 2 : nil
    case 32: return closeSecond(line, at)
    default: return nil
    }
  }

  /// `,2]`, `@1]`, `@1-d]`: the CPU, which is not the caller.
  private static func closeCPU(_ line: Span<UInt8>, _ at: Int) -> Int? {
    var end = line.digitsEnd(from: at + 1, to: min(line.count, at + 5))
    guard end > at + 1 else { return nil }
    if line[at] == UInt8(ascii: "@"), line.has("-", at: end) {
      end += 1
      while end < line.count, end - at < 10, line[end] | 32 &- 97 < 26 || line[end] == UInt8(ascii: ".") {
        end += 1
      }
    }
    return line.has("]", at: end) ? end + 1 : nil
  }

  private static func closeSecond(_ line: Span<UInt8>, _ at: Int) -> Int? {
    guard line.has(" <", at: at) || line.has(" / ", at: at),
      let end = line.index(of: UInt8(ascii: "]"), from: at, to: min(line.count, at + 40))
    else { return nil }
    for place in at + 2..<end {
      switch line[place] {
      case 32, UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ">"), UInt8(ascii: "-"),
        UInt8(ascii: ":"), UInt8(ascii: "/"):
        break
      default: return nil
      }
    }
    return end + 1
  }

  /// The end of `0.000168` that begins at `start`.
  static func number(_ line: Span<UInt8>, _ start: Int) -> Int {
    let point = line.digitsEnd(from: start, to: line.count)
    guard point > start, point < line.count, line[point] == UInt8(ascii: ".") else { return start }
    return line.digitsEnd(from: point + 1, to: line.count)
  }
}
