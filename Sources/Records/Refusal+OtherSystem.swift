// Other systems' kernels have messages and stamps like Linux's, and log daemons write the same in front of them.
import Bytes

extension Refusal {
  /// What stands at the beginning of such a log, and nowhere in Linux's.
  private static let banners: [StaticString] = [
    "---<<BOOT>>---", "FreeBSD ", "NetBSD ", "OpenBSD ", "DragonFly ", "Darwin Kernel Version",
    "SunOS Release",
    "Copyright (c) 1992-", "Copyright (c) 1982, 1986", "Copyright (c) 1996, 1997, 1998",
  ]

  /// Whether a text at `at` is what another system's kernel says first.
  static func beginsOtherSystem(_ line: Span<UInt8>, _ at: Int) -> Bool {
    banners.contains { line.has($0, at: at) }
  }

  /// Whether a log is another system's, by its stamps or by its first message, whatever stands in front of that.
  static func isOtherSystems(_ head: Span<UInt8>) -> Bool {
    if hasOthersStamps(head) { return true }
    // A machine's console, or a file of several machines, may hold both. Nearly every log says hello in here.
    guard head.index(of: "Linux version ") == nil, head.index(of: "Booting Linux") == nil else {
      return false
    }
    return banners.contains { begins(head, $0) }
  }

  /// Whether a line's text begins with `banner`.
  private static func begins(_ head: Span<UInt8>, _ banner: StaticString) -> Bool {
    var from = 0
    while let place = head.index(of: banner, from: from) {
      let start = head.lineStart(of: place)
      let line = head.extracting(start..<(head.index(of: 10, from: place) ?? head.count))
      if line.skipBlanks(from: LogPrefix.parse(line).text, to: line.count) == place - start { return true }
      from = place + 1
    }
    return false
  }

  /// `[   1.0000000] ` of NetBSD has a digit more than printk's, and macOS has a colon behind `[    1.000001]`. Whoever begins
  /// with printk's stamp is told at once.
  private static func hasOthersStamps(_ head: Span<UInt8>) -> Bool {
    var others = 0
    var start = 0
    while start < head.count, others < 8 {
      let end = head.index(of: 10, from: start) ?? head.count
      defer { start = end + 1 }
      guard head[start] == UInt8(ascii: "["), let digits = fraction(head, start, end) else { continue }
      guard digits.count == 7 || digits.count == 6 && head.has("]: ", at: digits.upperBound) else {
        return false
      }
      others += 1
    }
    return others >= 3
  }

  /// The digits behind the point of a stamp in brackets, which begins at `start`.
  private static func fraction(_ head: Span<UInt8>, _ start: Int, _ end: Int) -> Range<Int>? {
    let whole = head.skipBlanks(from: start + 1, to: end)
    let point = head.digitsEnd(from: whole, to: end)
    guard point > whole, head.has(".", at: point, before: end) else { return nil }
    let last = head.digitsEnd(from: point + 1, to: end)
    return last > point + 1 && head.has("]", at: last, before: end) ? point + 1..<last : nil
  }
}
