// Most logs hold nothing of interest. One search for a few texts over all of it tells so, at the speed of memory; only
// what it hits is parsed.
import Analysis
import Bytes
import Events
import Records
import Verdicts

/// What the search has found in a log, or in a piece of it.
public struct LogLook: BootWatch {
  /// A late-probe warning, a client that gave up, a registration that failed, a hang: the engine must look.
  var needsAnalysis: Bool {
    isAsked || hasHung && hasFrame || hasOops && hasFaulted || hasFault && hasReserved
  }
  private var isAsked = false
  /// This kernel adds no group under a driver's name without a warning.
  private var warns = false
  /// A stack goes through a probe. It matters where a thread hung there, not in other reports.
  private var hasFrame = false
  private var hasHung = false
  /// A thread died, and it may have been in the function that a probe calls first.
  private var hasOops = false
  private var hasFaulted = false
  private var hasGivenUp = false
  /// An IOMMU refused DMA. By itself that is anybody's; memory that the firmware keeps makes it one of ours.
  private var hasFault = false
  private var hasReserved = false
  /// A dump of ftrace is announced, and nothing of it is there: the buffer was empty, or the text ends.
  private(set) var dumpsNothing = false
  /// How often a kernel says hello.
  private(set) var boots = 0
  /// Where the line of its first hello begins.
  private(set) var helloStart = 0
  private(set) var reachedUserSpace = false
  /// A line of it is one of a trace.
  private(set) var hasTrace = false

  public init() {}

  /// What the kernel says of itself and its machine; read by the same code as in a report.
  private var facts = LogFacts()
  var kernel: String? { facts.kernel }
  var hardware: String? { facts.hardware }
  private(set) var troubles = Troubles()

  /// What of the boot is not in the text.
  var gaps: [LogResult.Gap] { (boots == 0 ? [.beginning] : []) + (reachedUserSpace ? [] : [.end]) }

  /// What the logs of a boot lack: of several what all of them lack.
  static func gaps(_ looks: [LogLook]) -> [LogResult.Gap] {
    looks.first.map { first in first.gaps.filter { gap in looks.allSatisfy { $0.gaps.contains(gap) } } } ?? []
  }

  /// The other trouble of a boot: logs that show the same lines show the same trouble once more.
  static func others(_ looks: [LogLook]) -> [OtherTrouble] {
    var others = looks.first?.troubles.found ?? []
    for trouble in looks.dropFirst().flatMap(\.troubles.found) {
      if let known = others.firstIndex(where: { $0.signature == trouble.signature }) {
        others[known].count = max(others[known].count, trouble.count)
      } else {
        others.append(trouble)
      }
    }
    return others
  }

  /// No line of a kernel is longer; a search in each hit's line must not go through megabytes.
  private static let longestLine = 4096

  private enum Sign {
    case engine, message, tracer, dump, gaveUp, adding, frame, configure, hung, fault, reserved, hello,
      userSpace, hardware
    case trouble(OtherTrouble.Kind)
  }

  // The marks were chosen together by Benchmarks/marks.py: little else in boot logs fits one.
  // swift-format-ignore
  private static let signs: [(text: StaticString, mark: Int, sign: Sign)] = [
    // The message, however a mail has wrapped it.
    ("IOMMU", 0, .message), ("something fishy", 12, .engine), ("# tracer: ", 0, .tracer), ("Dumping ftrace", 0, .dump), ("ignoring dependency", 7, .gaveUp), ("register iommu", 7, .engine),
    // A frame of a stack; kernel command lines that trace the function have it without.
    ("iommu_probe_device+0x", 9, .frame), ("iommu_probe_device.", 4, .frame), ("_group'", 0, .engine), ("_dma_configure+", 2, .configure),
    ("to iommu group ", 7, .adding), ("blocked for more than", 10, .hung),
    // DMA that an IOMMU refused: exynos, arm-smmu-v3, arm-smmu.
    (" FAULT occurred", 1, .fault), ("event: F_", 3, .fault), ("event: C_BAD", 3, .fault), ("context fault: ", 11, .fault),
    ("reserved mem: 0x", 10, .reserved),
    // Messages that are lost, to the kernel and to the journal.
    ("printk messages dropped", 3, .engine), (": Missed ", 2, .engine),
    // The journal's JSON writes a message that is no clean text as numbers: no text is found in those.
    ("\"MESSAGE\":[", 8, .engine), ("\"MESSAGE\" : [", 1, .engine),
    ("WARNING: ", 5, .trouble(.warning)), ("Unable to handle kernel", 0, .trouble(.oops)), ("BUG: ", 1, .trouble(.oops)),
    ("kernel BUG at", 8, .trouble(.oops)), ("Kernel panic - not syncing", 13, .trouble(.panic)),
    ("Linux version ", 3, .hello), ("Machine model:", 0, .hardware), ("Hardware name: ", 0, .hardware), ("DMI: ", 0, .hardware), ("Machine: ", 0, .hardware),
    ("Freeing unused kernel", 0, .userSpace), ("Run /", 1, .userSpace), ("systemd[1]", 5, .userSpace),
    ("] init: ", 4, .userSpace), (" login: ", 4, .userSpace),
  ]
  private static let all = TextSet(signs.map { ($0.text, $0.mark) })
  /// Those of user space come last, and often: once one was seen the rest are not looked for.
  private static let early = TextSet(
    signs.prefix { if case .userSpace = $0.sign { false } else { true } }.map { ($0.text, $0.mark) })

  /// Looks through whole lines that begin at `offset` in the log, behind `lines` lines.
  public mutating func look(_ text: Span<UInt8>, at offset: Int, lines: Int) {
    look(text, at: offset, lines: lines, untilAsked: false)
  }

  /// `untilAsked`: no further than to the first thing for which the engine must look at all of it.
  mutating func look(_ text: Span<UInt8>, at offset: Int, lines: Int, untilAsked: Bool) {
    var start = 0
    if !reachedUserSpace {
      start = text.count
      Self.all.each(in: text) { number, place in
        found(Self.signs[number].sign, text, Self.signs[number].text.utf8CodeUnitCount, place, offset, lines)
        if reachedUserSpace { start = place + 1 }
        return !reachedUserSpace && !(untilAsked && needsAnalysis)
      }
    }
    let rest = text.extracting(start..<text.count)
    Self.early.each(in: rest) { number, place in
      found(
        Self.signs[number].sign, text, Self.signs[number].text.utf8CodeUnitCount, start + place, offset, lines
      )
      return !(untilAsked && needsAnalysis)
    }
  }

  private mutating func found(
    _ sign: Sign, _ text: Span<UInt8>, _ length: Int, _ place: Int, _ offset: Int, _ lines: Int
  ) {
    switch sign {
    case .engine: isAsked = true
    case .message: if Tripwire.message(text, at: place) != nil || isWarning(text, place) { isAsked = true }
    case .tracer: hasTrace = true
    // What was dumped stands below a rule.
    case .dump:
      if text.index(of: FtraceDumpMarks.rule, from: place) == nil {
        dumpsNothing = true
      } else {
        isAsked = true
      }
    case .adding: if warns, hasDriver(text, place) { isAsked = true }
    case .gaveUp:
      // The first one tells for all: what matters is an IOMMU that comes after it.
      if !hasGivenUp, IOMMUWords.mayCome(in: text, after: place) { isAsked = true }
      hasGivenUp = true
    case .frame: hasFrame = true
    case .configure:
      hasFrame = true
      if !hasFaulted, !isBelowFrames(text, place) { hasFaulted = true }
    case .hung: hasHung = true
    case .fault: hasFault = true
    case .reserved: hasReserved = true
    case .userSpace: reachedUserSpace = true
    case .trouble(let kind):
      if kind == .oops { hasOops = true }
      if kind == .warning, isLateProbe(text, place) { isAsked = true }
      troubles.take(text, place, kind, offset, lines)
    case .hardware: _ = takeFact(text, place)
    case .hello:
      // Only a line that begins so is a hello.
      guard takeFact(text, place) else { break }
      if boots == 0 { helloStart = lineStart(text, place) }
      boots += 1
      warns = KernelFeatures(kernel).warnsOfLateProbes
    }
  }

  /// `virtio-pci 0000:00:03.1: Adding to iommu group 4`, from `to iommu` on: a driver was set. Without one a bus stands there.
  private func hasDriver(_ text: Span<UInt8>, _ place: Int) -> Bool {
    let colon = place - 9
    guard colon > 0, text.has(": Adding ", at: colon) else { return false }
    func back(_ end: Int) -> Int {
      var start = end
      while start > 0, text[start - 1] > 32, end - start < 100 { start -= 1 }
      return start
    }
    let device = back(colon)
    return device > 1 && !BusName.isOne(text, back(device - 1)..<device - 1)
  }

  /// Two frames of a stack stand right above the one at `place`: it is not where a thread died, which a report names before its
  /// stack, or in the stack's first frame.
  private func isBelowFrames(_ text: Span<UInt8>, _ place: Int) -> Bool {
    var end = lineStart(text, place)
    for _ in 0..<2 {
      guard end > 0 else { return false }
      let start = lineStart(text, end - 1)
      // A frame behind a question mark is none.
      guard text.index(of: "+0x", from: start, to: end) != nil,
        text.index(of: " ? ", from: start, to: end) == nil
      else { return false }
      end = start
    }
    return true
  }

  /// The header of a late-probe warning; its message may be lost.
  private func isLateProbe(_ text: Span<UInt8>, _ place: Int) -> Bool {
    let end = lineEnd(text, place)
    return text.index(of: "iommu_probe_device", from: place, to: end) != nil
  }

  /// The warning's sentence without its names, or broken: `late IOMMU` in front, `probe` behind.
  private func isWarning(_ text: Span<UInt8>, _ place: Int) -> Bool {
    text.has("late ", at: place - 5) || text.has(" probe at", at: place + 5)
  }

  /// Takes the fact whose words are at `place`; false if they do not begin the message.
  private mutating func takeFact(_ text: Span<UInt8>, _ place: Int) -> Bool {
    let start = lineStart(text, place)
    let line = text.extracting(start..<lineEnd(text, place))
    let begin = line.skipBlanks(from: LogPrefix.parse(line).text, to: line.count)
    // `OF: fdt: ` may stand in front of the words.
    guard begin == place - start || line.has("OF: fdt:", at: begin) else { return false }
    facts.take(line, begin..<line.trimmed(begin..<line.count).upperBound)
    return true
  }

  private func lineStart(_ text: Span<UInt8>, _ place: Int) -> Int {
    var start = place
    while start > 0, text[start - 1] != 10, text[start - 1] != 13, place - start < Self.longestLine {
      start -= 1
    }
    return start
  }

  private func lineEnd(_ text: Span<UInt8>, _ start: Int) -> Int {
    let most = min(text.count, start + Self.longestLine)
    return text.index(of: 10, from: start, to: most) ?? most
  }
}
