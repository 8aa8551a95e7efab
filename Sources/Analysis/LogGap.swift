/// What a boot's logs lack: what was there is not known. No damage, and no finding is taken back for it.
package enum LogGap: String, Sendable {
  /// No hello of a kernel: an old ring buffer, a quiet console.
  case beginning
  /// It ends before user space.
  case end
  /// The kernel, or the journal, dropped messages.
  case messages
  /// It breaks off: inside its last line, or where a power cut has left NUL bytes.
  case openEnd = "open-end"
  /// There is a trace alone: whether the kernel printed a warning is not known.
  case log

  /// One clause for people, without a full stop.
  package var sentence: String {
    switch self {
    case .beginning: "the log does not begin with the boot: what came before is not known"
    case .end: "the log ends before user space: what came later is not known"
    case .messages: "messages were dropped: a warning may be among them"
    case .openEnd: "the log breaks off: whether more followed is not known"
    case .log: "there is no kernel log beside the trace: whether a warning was printed is not known"
    }
  }
}
