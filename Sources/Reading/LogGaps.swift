// What a boot that was read lacks.
import Analysis
import Bytes
import Records

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
