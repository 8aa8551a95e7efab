import Records

/// How a report goes on: what each line of its caller is to it. In grammar only; what the lines name is WarningBlocks'.
struct ReportCourse {
  enum Step: Equatable {
    /// The line is of the report, or of anybody.
    case goesOn
    /// It is a call of the stack that counts.
    case frame(ReportLine.Frame)
    /// The same; frames before it may be missing, for a line stands there that is none.
    case frameBehindHole(ReportLine.Frame)
    /// It is the report's last.
    case ends
  }
  private enum Stack { case ahead, open, over }

  private(set) var kind = WarningBlock.Kind.other
  /// Lines of another report stand between its own, or some were dropped.
  var isMixed = false
  private(set) var hasMessage = false
  /// The line that names the trouble has come: so many lines of it had before.
  private var head: Int?
  var hasHead: Bool { head != nil }
  /// Lines it has taken.
  private(set) var age = 0
  private var stack = Stack.ahead
  private(set) var hasFrames = false
  /// A line stands behind its last frame that is none: where another frame follows, some may be missing between.
  private var isBroken = false

  /// A report without `end trace` (panic_on_warn, a cut log) is over after this many lines of its caller.
  private static let longest = 400

  /// Whether the line begins a report when none is open. A panic is told by its line alone: its stack is that of the report
  /// which led to it.
  static func begins(_ line: ReportLine) -> Bool {
    switch line {
    case .cutHere, .lateProbe, .warning, .oops, .bug, .hungTask: true
    default: false
    }
  }

  /// Whether the line begins another report while this one is open. A header in a mixed one may be that of the message before.
  func isOver(before line: ReportLine, isReplayed: Bool) -> Bool {
    switch line {
    case .cutHere: true
    case .bug, .hungTask: hasHead || hasMessage
    case .lateProbe: hasMessage && !isReplayed
    case .warning: hasHead && !(isMixed && hasMessage) && !isReplayed
    case .oops: kind != .oops && (hasHead || hasMessage)
    default: false
    }
  }

  /// Its head has come, and so many lines behind it that none of them can be its head once more, or the message that belongs to it.
  var isBehindHead: Bool { head.map { age - $0 >= Self.headLines } ?? false }
  private static let headLines = 16

  /// Takes a line of the report, or of its caller while it is open.
  mutating func take(_ line: ReportLine) -> Step {
    age += 1
    switch line {
    case .endTrace: return .ends
    case .lateProbe:
      kind = .lateProbe
      hasMessage = true
    case .warning(let function):
      head = head ?? age
      if function != nil { kind = .lateProbe } else if kind == .other { kind = .warning }
    case .oops: begin(.oops)
    case .bug: begin(.bug)
    case .hungTask: begin(.hungTask)
    case .callTrace:
      // panic_on_warn prints a second stack that ends in the same frames: the first one counts.
      stack = hasFrames ? .over : .open
    case .irqStamps: stack = .over
    case .hole, .other:
      if stack == .open, hasFrames { isBroken = true }
    // riscv prints the frames of a WARNING behind its registers, and no `Call Trace:`.
    case .frame(let frame) where stack == .open || stack == .ahead && frame.isBare && hasHead:
      stack = .open
      hasFrames = true
      guard age <= Self.longest else { return .ends }
      defer { isBroken = false }
      return isBroken ? .frameBehindHole(frame) : .frame(frame)
    default: break
    }
    return age > Self.longest ? .ends : .goesOn
  }

  private mutating func begin(_ kind: WarningBlock.Kind) {
    self.kind = kind
    head = head ?? age
  }
}
