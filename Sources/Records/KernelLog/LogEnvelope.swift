// Lines whose text must be undone before it is a kernel message: JSON. A new one is one value in `all`.
import Bytes

struct LogEnvelope: Sendable {
  /// What lines before this one said, and the buffer for the messages.
  struct State {
    /// Inside `dmesg -J`, whose records are spread over lines.
    var isDmesg = false
    var record = LogPrefix()
    /// The journal's boot, hashed; 0 before the first.
    var boot: UInt64 = 0
    var text: [UInt8] = []
    /// The messages in `text`, with what the wrapper said of each.
    var messages: [(prefix: LogPrefix, end: Int)] = []

    /// Whether the line may be an envelope; what comes out of dmesg's JSON is a message, whatever it looks like.
    mutating func mayOpen(_ line: Span<UInt8>, _ at: Int, isOutermost: Bool) -> Bool {
      if DmesgJSON.begins(line, at) { isDmesg = true }
      return LogEnvelope.mayBegin(line[at]) || isDmesg && isOutermost
    }

    mutating func add(_ prefix: LogPrefix) { messages.append((prefix, text.count)) }
  }

  let id: String
  /// Takes the line and leaves its messages in the state; false if it is not of this kind.
  let open: @Sendable (Span<UInt8>, Int, inout State) -> Bool

  static let all: [LogEnvelope] = [dmesgJSON, journalJSON, lava]

  /// Whether a line may be one: what the table of dialects is for prefixes.
  static func mayBegin(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "{") || byte == UInt8(ascii: "-") }
}
