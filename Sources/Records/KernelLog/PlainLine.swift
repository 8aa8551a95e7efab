import Bytes

/// A line that has printk's own stamp in front of its message and nothing else, as nearly all lines of kernel logs are. It is told
/// by its first sixteen bytes, and what holds of every such line need not be asked or carried along.
package struct PlainLine: Sendable {
  /// Nanoseconds since boot.
  package let time: Int64
  /// Where the message stands in the line; bytes.
  package let message: Range<Int>

  /// Nil for any other line.
  @inline(__always)
  init?(_ line: Span<UInt8>) {
    guard line.count > 0, line[0] == UInt8(ascii: "["), let time = line.bracketedSeconds(0) else {
      return nil
    }
    let text = LogPrefix.messageStart(line, behind: Span<UInt8>.bracketedSecondsLength)
    guard text == line.count || !LogDialect.followsStamp(line, text) else { return nil }
    self.time = time
    message = text..<line.count
  }

  /// Whether a line that begins at `start` of a run looks like one by its first two bytes: no word of a message does.
  @inline(__always)
  static func mayBegin(_ text: Span<UInt8>, at start: Int) -> Bool {
    start + 1 < text.count && text[start] == UInt8(ascii: "[")
      && (text[start + 1] == 32 || text[start + 1] &- 48 < 10)
  }

  /// Whether only a kernel's log has it, see `LogPrefix.isOfKernel`.
  package func isOfKernel(_ line: Span<UInt8>) -> Bool { !LogPrefix.namesProcess(line, message.lowerBound) }
}

extension LogPrefix {
  /// What `layers` finds in front of such a line.
  init(_ plain: PlainLine) {
    stamp(plain.time, .boot, resolution: 1000)
    text = plain.message.lowerBound
  }
}
