// Lines whose text must be undone before it is a kernel message: JSON. A new one is one value in `all`.
import Bytes

struct LogEnvelope: Sendable {
  /// What lines before this one said, and the buffer for the message.
  struct State {
    /// Inside `dmesg -J`, whose records are spread over lines.
    var isDmesg = false
    var record = LogPrefix()
    /// The journal's boot, hashed; 0 before the first.
    var boot: UInt64 = 0
    var text: [UInt8] = []
  }
  /// What became of a line.
  enum Outcome { case notMine, nothing, message(LogPrefix) }

  let id: String
  /// Takes the line; a message is left in the state's `text`.
  let open: @Sendable (Span<UInt8>, Int, inout State) -> Outcome

  static let all: [LogEnvelope] = [dmesgJSON, journalJSON, lava]

  /// Whether a line may be one: what the table of dialects is for prefixes.
  static func mayBegin(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "{") || byte == UInt8(ascii: "-") }
}
