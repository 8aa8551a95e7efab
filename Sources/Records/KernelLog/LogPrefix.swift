// What stands left of a kernel message: level, time stamp, caller id. Several may stand on one line
// (`kern  :warn  : [    3.078160] [      T0] …`), so they are taken off one after the other.
import Bytes

/// Who printed a line, as CONFIG_PRINTK_CALLER says it: `T1` is a task, `C0` a CPU in interrupt context.
public enum LogCaller: Hashable, Sendable {
  case none
  case task(Int32)
  case cpu(Int32)
}

/// The prefix of one line of a kernel log.
public struct LogPrefix: Sendable {
  /// Nanoseconds since boot, from the last stamp; nil if the line has none.
  public var time: Int64?
  public var caller = LogCaller.none
  public var hasLevel = false
  /// A stamp that only counts from the line before.
  public var isRelative = false
  public var hasStamp: Bool { time != nil || isRelative }
  /// Where the message begins.
  public var text = 0

  public static func parse(_ line: Span<UInt8>) -> LogPrefix {
    var prefix = LogPrefix()
    while prefix.text < line.count, prefix.strip(line) {}
    return prefix
  }

  private mutating func strip(_ line: Span<UInt8>) -> Bool {
    // Blanks belong to the message once a stamp was seen: call-trace frames begin with one.
    let at = time == nil || caller == .none ? line.skipBlanks(from: text, to: line.count) : text
    guard at < line.count else { return false }
    switch line[at] {
    case UInt8(ascii: "<"): return level(line, at)
    case UInt8(ascii: "["): return time == nil ? stamp(line, at) : callerID(line, at)
    case UInt8(ascii: "a")...UInt8(ascii: "z"):
      return time == nil && !hasLevel && decoded(line, at)
    default: return false
    }
  }

  /// `<4>`, `<30>`: facility × 8 + level.
  private mutating func level(_ line: Span<UInt8>, _ at: Int) -> Bool {
    let end = line.digitsEnd(from: at + 1, to: min(line.count, at + 5))
    guard !hasLevel, time == nil, end > at + 1, end < line.count, line[end] == UInt8(ascii: ">") else {
      return false
    }
    hasLevel = true
    text = end + 1
    return true
  }

  /// `kern  :warn  : ` of `dmesg -x`.
  private mutating func decoded(_ line: Span<UInt8>, _ at: Int) -> Bool {
    guard at == 0, line.count > 15, line[6] == UInt8(ascii: ":"), line[13] == UInt8(ascii: ":"),
      line[14] == 32
    else { return false }
    for column in 0..<13 where column != 6 {
      let byte = line[column]
      guard byte == 32 || byte &- 97 < 26 || byte &- 48 < 10 else { return false }
    }
    hasLevel = true
    text = 15
    return true
  }

  /// `[   25.330192]`, with three digits of fraction or more.
  private mutating func stamp(_ line: Span<UInt8>, _ at: Int) -> Bool {
    let low = line.skipBlanks(from: at + 1, to: line.count)
    if low < line.count, line[low] == UInt8(ascii: "+") { return relative(line, low) }
    let point = line.digitsEnd(from: low, to: line.count)
    guard point > low, point < line.count, line[point] == UInt8(ascii: ".") else { return false }
    let end = line.digitsEnd(from: point + 1, to: line.count)
    guard end - point - 1 >= 3, end < line.count, line[end] == UInt8(ascii: "]"),
      let value = line.seconds(low..<end)
    else { return false }
    time = value
    text = end + 1
    // The one blank that printk puts behind the stamp is not part of the message.
    if text < line.count, line[text] == 32 { text += 1 }
    return true
  }

  /// `[  +0.000168]` of `dmesg -e`: since the line before, which is no time of its own.
  private mutating func relative(_ line: Span<UInt8>, _ plus: Int) -> Bool {
    var end = plus + 1
    while end < line.count, line[end] &- 48 < 10 || line[end] == UInt8(ascii: ".") { end += 1 }
    guard !isRelative, end > plus + 1, end < line.count, line[end] == UInt8(ascii: "]") else { return false }
    isRelative = true
    text = end + 1
    if text < line.count, line[text] == 32 { text += 1 }
    return true
  }

  /// `[    T1]`, `[      C0]`, right behind the stamp or after a blank.
  private mutating func callerID(_ line: Span<UInt8>, _ at: Int) -> Bool {
    guard caller == .none, at - text <= 1 else { return false }
    let low = line.skipBlanks(from: at + 1, to: line.count)
    guard low + 1 < line.count, line[low] == UInt8(ascii: "T") || line[low] == UInt8(ascii: "C") else {
      return false
    }
    let end = line.digitsEnd(from: low + 1, to: line.count)
    guard end > low + 1, end < line.count, line[end] == UInt8(ascii: "]"),
      let number = line.decimal(low + 1..<end)
    else { return false }
    let id = Int32(truncatingIfNeeded: number)
    caller = line[low] == UInt8(ascii: "T") ? .task(id) : .cpu(id)
    text = end + 1
    if text < line.count, line[text] == 32 { text += 1 }
    return true
  }
}
