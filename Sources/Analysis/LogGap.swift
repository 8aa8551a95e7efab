import Bytes
import Records

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

/// Looks for user space in a boot's text, until it is there.
struct UserSpaceWatch: BootWatch {
  private(set) var reachedUserSpace = false
  /// The tripwire's words come first: in one pass with it.
  private static let words = TextSet(Tripwire.texts + UserSpaceWord.all)

  mutating func look(
    _ text: Span<UInt8>, _ piece: Range<Int>, at offset: Int, lines: Int, _ tripwire: inout Tripwire
  ) {
    var rest = piece
    if !reachedUserSpace {
      rest = piece.upperBound..<piece.upperBound
      Self.words.each(in: text.extracting(piece)) { number, place in
        if number < Tripwire.texts.count {
          tripwire.found(number, text, piece.lowerBound + place, offset, lines, newline: piece.lowerBound)
        } else {
          reachedUserSpace = true
          rest = piece.lowerBound + place..<piece.upperBound
        }
        return !reachedUserSpace
      }
    }
    tripwire.search(text, rest, offset, lines, newline: piece.lowerBound)
  }
}

extension JudgedBoot {
  /// What the boot lacks: of several logs what all of them lack.
  package var gaps: [LogGap] {
    let timeline = analysis.timeline
    guard !watches.isEmpty else {
      return timeline.logIsTraces ? timeline.logIsWhole ? [] : [.beginning] : [.log]
    }
    func has(_ kind: Loss.Kind) -> Bool { losses.contains { $0.kind == kind } }
    return (timeline.logSaysHello ? [] : [.beginning])
      + (watches.contains(where: \.reachedUserSpace) ? [] : [.end])
      + (has(.droppedPrintk) ? [.messages] : []) + (has(.openEnd) ? [.openEnd] : [])
  }
}
