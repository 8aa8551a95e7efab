// Bytes as `xxd`, `hexdump -C` and `od -t x1` show them: the text beside them looks like a log, and each word of it is broken.
import Bytes

extension Refusal {
  /// So many lines in a row tell it, each as many bytes further than the one before.
  private static let toldBy = 3
  /// The command's own line and empty ones may stand in front.
  private static let before = 4
  /// Bytes: xxd -c allows 256.
  private static let longestLine: UInt64 = 256

  static func isHexDump(_ head: Span<UInt8>) -> Bool {
    var start = 0
    var run = 0
    var last: (offset: UInt64, step: UInt64) = (0, 0)
    for _ in 0..<before + toldBy {
      guard let end = head.index(of: 10, from: start) else { return false }
      defer { start = end + 1 }
      guard let offset = hexDumpOffset(head.extracting(start..<end)) else {
        run = 0
        continue
      }
      // Whatever a text has there is a number: one that is less than the one before is far behind it.
      let step = offset &- last.offset
      run =
        run == 0 || run == 1 && (1...longestLine).contains(step) || run > 1 && step == last.step ? run + 1 : 1
      if run == toldBy { return true }
      last = (offset, step)
    }
    return false
  }

  /// `00000010: 6f6f 7469 6e67 204c  ooting L`, `00000010  6f 6f 74 69  |ooti|`: the first number, if four numbers of bytes follow it.
  private static func hexDumpOffset(_ line: Span<UInt8>) -> UInt64? {
    var at = line.skipBlanks(from: 0, to: line.count)
    guard let (digits, offset) = hexNumber(line, &at), (4...16).contains(digits) else { return nil }
    if at < line.count, line[at] == UInt8(ascii: ":") { at += 1 }
    for _ in 0..<4 {
      let begin = line.skipBlanks(from: at, to: line.count)
      guard begin > at else { return nil }
      at = begin
      guard let (digits, _) = hexNumber(line, &at), digits % 2 == 0, digits <= 8 else { return nil }
    }
    return offset
  }

  private static func hexNumber(_ line: Span<UInt8>, _ at: inout Int) -> (digits: Int, value: UInt64)? {
    let start = at
    at = line.hexadecimalEnd(from: start, to: min(line.count, start + 16))
    return line.hexadecimal(start..<at).map { (at - start, $0) }
  }
}
