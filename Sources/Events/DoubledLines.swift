import Bytes
import Records

/// A message with a fine stamp: what tells a line from all others of its boot.
struct StampedMessage: Equatable {
  var hash: UInt64
  var time: Int64
  var caller: LogCaller

  /// Nil for a line that has no such stamp, or no message.
  init?(_ record: LogRecord, _ line: Span<UInt8>) {
    guard let time = record.time, record.isFine, !record.message.isEmpty else { return nil }
    hash = line.hash(line.trimmed(record.message))
    self.time = time
    caller = record.caller
  }

  /// The same of a line's, which has a fine stamp always.
  init?(_ plain: PlainLine, _ line: Span<UInt8>) {
    guard !plain.message.isEmpty else { return nil }
    hash = line.hash(line.trimmed(plain.message))
    time = plain.time
    caller = .none
  }
}

/// Lines that stand twice: a boot console and the real one on one wire (keep_bootcon), or two captures put together. One of
/// each is taken.
struct DoubledLines {
  /// The last lines, the next one to be forgotten at `next`.
  private var last: [StampedMessage] = []
  private var next = 0
  /// How many lines stood right behind their double.
  private var count = 0

  /// Two consoles are no further apart.
  private static let distance = 8

  /// Whether the line is the double of one before it. A stack may have a frame twice: only next to each other, or where many
  /// lines have come twice.
  mutating func has(_ seen: StampedMessage) -> Bool {
    if last.isEmpty {
      last = Array(repeating: seen, count: Self.distance)
    } else {
      let newest = (next + Self.distance - 1) % Self.distance
      if last[newest] == seen {
        count += 1
        return true
      }
      if count >= Self.distance, last.contains(seen) { return true }
    }
    last[next] = seen
    next = (next + 1) % Self.distance
    return false
  }
}
