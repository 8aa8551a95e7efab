// Where a device's lives end. A damaged log, or a test that binds all night, may have thousands of them.
import Bytes

/// Where one life ends and the next one begins.
struct Cut: Sendable {
  /// The first moment that is not of the life before.
  var time: Int64?
  /// The last line of the life before.
  var line: Int?
  /// It lost its group; else only its driver changed.
  var takesGroup: Bool
  var openSince: Int?
}

/// The cuts of a device, in the order of their times, then of their lines.
struct Cuts: Sendable {
  /// Between which times and lines a life lies, as the cuts before it and those behind it say.
  struct Bounds: Sendable {
    var start = Int64.min
    var line = Int.min
    /// Of those before it the last that took a group.
    var taken = (time: Int64.min, line: Int.min)
    var openSince: Int?
    var end = Int64.max
    var lastLine = Int.max

    fileprivate mutating func begin(behind cut: Cut) {
      start = max(start, cut.time ?? .min)
      line = max(line, cut.line ?? .min)
      if cut.takesGroup { taken = (max(taken.time, cut.time ?? .min), max(taken.line, cut.line ?? .min)) }
      openSince = [openSince, cut.openSince].compactMap(\.self).max()
    }

    fileprivate mutating func end(before cut: Cut) {
      end = min(end, cut.time ?? .max)
      lastLine = min(lastLine, cut.line ?? .max)
    }
  }

  private let all: [Cut]
  /// Of each life, one more than there are cuts.
  let lives: [Bounds]
  /// Their lines rise with their times: of any place in the log, or time, it is one and the same cut behind which all are later.
  private let isOrdered: Bool

  init(_ cuts: [Cut]) {
    all = cuts
    var lives = [Bounds()]
    for cut in cuts {
      var next = lives[lives.count - 1]
      next.begin(behind: cut)
      lives.append(next)
    }
    var rest = Bounds()
    for index in cuts.indices.reversed() {
      rest.end(before: cuts[index])
      (lives[index].end, lives[index].lastLine) = (rest.end, rest.lastLine)
    }
    self.lives = lives
    let lines = cuts.compactMap(\.line)
    isOrdered =
      (lines.isEmpty || lines.count == cuts.count) && zip(lines, lines.dropFirst()).allSatisfy { $0 <= $1 }
  }

  /// The life that begins with the last cut that `isBefore`.
  func life(behind isBefore: (Cut) -> Bool) -> Bounds {
    guard !isOrdered else { return lives[all.partitioningIndex { !isBefore($0) }] }
    var bounds = Bounds()
    for cut in all { if isBefore(cut) { bounds.begin(behind: cut) } else { bounds.end(before: cut) } }
    return bounds
  }
}
