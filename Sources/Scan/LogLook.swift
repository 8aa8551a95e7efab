// Most logs hold nothing of interest. One search over all of it tells so, at the speed of memory; only what it hits is parsed.
import Analysis
import Bytes
import Events
import Reading
import Records
import Verdicts

/// What the search has found in a log, or in a piece of it.
package struct LogLook: BootWatch {
  /// A late-probe warning, a client that gave up, a registration that failed, a hang: the engine must look.
  var needsAnalysis: Bool {
    isAsked || hasHung && hasFrame || hasOops && hasFaulted || hasFault && hasReserved
      || banners.concern(failures)
  }
  private var isAsked = false
  /// This kernel adds no group under a driver's name without a warning; nil until somebody asks.
  private var warns: Bool?
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
  private var hasKASAN = false
  /// Who announced itself as an IOMMU, and whose driver's probe failed: it matters where that is the same device.
  private var banners = NamedDevices()
  private var failures = NamedDevices()
  /// A dump of ftrace is announced, and nothing of it is there: the buffer was empty, or the text ends.
  private(set) var dumpsNothing = false
  /// A device was added to an IOMMU group.
  private(set) var showsGroup = false
  /// How often a kernel says hello.
  private(set) var boots = 0
  /// Where the line of its first hello begins.
  private(set) var helloStart = 0
  /// A line that comes only once user space runs has been seen.
  package private(set) var reachedUserSpace = false
  /// A line of it is one of a trace.
  private(set) var hasTrace = false

  package init() {}

  /// What the kernel says of itself and its machine; read by the same code as in a report.
  private var facts = LogFacts()
  var kernel: String? { facts.kernel }
  var hardware: String? { facts.hardware }
  private(set) var troubles = Troubles()
  /// Where reports begin that are not read yet.
  private var marked: [Int] = []
  /// Reports are marked, and read later.
  private var marks = false

  /// What of the boot is not in the text.
  var gaps: [LogGap] { (boots == 0 ? [.beginning] : []) + (reachedUserSpace ? [] : [.end]) }

  /// No line of a kernel is longer; a search in each hit's line must not go through megabytes.
  private static let longestLine = 4096

  /// Looks at a piece of a boot's text, as `BootWatch` has it.
  package mutating func look(
    _ text: Span<UInt8>, _ piece: Range<Int>, at offset: Int, lines: Int, _ tripwire: inout Tripwire
  ) {
    look(text.extracting(piece), at: offset + piece.lowerBound, lines: lines)
    tripwire.search(text, piece, offset, lines, newline: piece.lowerBound)
  }

  /// Looks through whole lines that begin at `offset` in the log, behind `lines` lines.
  /// `untilAsked`: no further than to the first thing for which the engine must look at all of it. Reports are only marked then,
  /// for the engine's look, or one at each boot, may come after it: `readMarked` reads them.
  mutating func look(_ text: Span<UInt8>, at offset: Int, lines: Int, untilAsked: Bool = false) {
    troubles.goOn(text, at: offset, lines: lines)
    marks = untilAsked
    var start = 0
    if !reachedUserSpace {
      start = text.count
      Self.all.each(in: text) { number, place in
        found(Self.signs[number].sign, text, Self.signs[number].text.utf8CodeUnitCount, place, offset, lines)
        if reachedUserSpace { start = place + 1 }
        return !reachedUserSpace && !isDone(untilAsked)
      }
    }
    let rest = text.extracting(start..<text.count)
    Self.early.each(in: rest) { number, place in
      found(
        Self.signs[number].sign, text, Self.signs[number].text.utf8CodeUnitCount, start + place, offset, lines
      )
      return !isDone(untilAsked)
    }
  }

  /// Mutating, for a getter would have all of it copied at every hit.
  private mutating func isDone(_ untilAsked: Bool) -> Bool { untilAsked && needsAnalysis }

  /// Reads the reports that a first look has marked in the whole of a log.
  mutating func readMarked(_ text: Span<UInt8>) {
    for place in marked { troubles.take(text, place, at: 0, lines: 0) }
    marked = []
  }

  /// A report's words stand at `place`.
  private mutating func foundReport(_ text: Span<UInt8>, _ place: Int, _ offset: Int, _ lines: Int) {
    if marks { marked.append(place) } else { troubles.take(text, place, at: offset, lines: lines) }
  }

  private mutating func found(
    _ sign: Sign, _ text: Span<UInt8>, _ length: Int, _ place: Int, _ offset: Int, _ lines: Int
  ) {
    switch sign {
    case .engine: isAsked = true
    case .message:
      guard Tripwire.message(text, at: place) != nil || isWarning(text, place) else { break }
      isAsked = true
      // The header behind it is of the same report.
      foundReport(text, place, offset, lines)
    case .journal: if Self.holdsNumbers(text, place + length) { isAsked = true }
    case .tracer: hasTrace = true
    // What was dumped stands below a rule.
    case .dump:
      if text.index(of: FtraceDumpMarks.rule, from: place) == nil {
        dumpsNothing = true
      } else {
        isAsked = true
      }
    case .frame: hasFrame = true
    case .configure:
      hasFrame = true
      if !isAsked, !hasFaulted, hasKASAN || !isBelowFrames(text, place) { hasFaulted = true }
    case .userSpace: reachedUserSpace = true
    case .word(let meaning): found(meaning, text, place, offset, lines)
    }
  }

  private mutating func found(
    _ meaning: KernelWord.Meaning, _ text: Span<UInt8>, _ place: Int, _ offset: Int, _ lines: Int
  ) {
    switch meaning {
    case .engine: isAsked = true
    case .adding:
      showsGroup = true
      if !isAsked, boots > 0, kernelWarns(), hasDriver(text, place) { isAsked = true }
    case .gaveUp:
      // The first one tells for all: what matters is an IOMMU that comes after it.
      if !isAsked, !hasGivenUp, KernelWord.mayComeOfIOMMU(in: text, after: place) { isAsked = true }
      hasGivenUp = true
    case .hung: hasHung = true
    case .fault: hasFault = true
    case .reserved: hasReserved = true
    case .banner: if !isAsked { banners.take(text, lineStart(text, place)..<place) }
    case .failed: if !isAsked { failures.take(text, lineStart(text, place)..<place) }
    case .warning, .oops, .panic:
      if meaning == .oops {
        hasOops = true
        // Its stack begins with its own functions.
        if text.has("BUG: KASAN", at: place) { hasKASAN = true }
      }
      if meaning == .warning,
        isLateProbe(text, place) || WarningHeader.isChopped(text, place..<lineEnd(text, place))
      {
        isAsked = true
      }
      foundReport(text, place, offset, lines)
    case .hardware: _ = takeFact(text, place)
    case .hello:
      // Only a line that begins so is a hello.
      guard takeFact(text, place) else { break }
      if boots == 0 { helloStart = lineStart(text, place) }
      boots += 1
    }
  }

  private mutating func kernelWarns() -> Bool {
    if let warns { return warns }
    // Its version is its first hello's.
    let answer = KernelFeatures(kernel).warnsOfLateProbes
    warns = answer
    return answer
  }

  /// `virtio-pci 0000:00:03.1: Adding to iommu group 4`, from `Adding` on: a driver was set. Without one a bus stands there.
  private func hasDriver(_ text: Span<UInt8>, _ place: Int) -> Bool {
    let colon = place - 2
    guard colon > 0, text.has(": ", at: colon) else { return false }
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
      || text.index(of: KernelWord.unuseDomain.text, from: place, to: end) != nil
      || text.index(of: KernelWord.freedGroup.text, from: place, to: end) != nil
  }

  /// The warning's sentence without its names, or broken: `late IOMMU` in front, `probe` behind.
  private func isWarning(_ text: Span<UInt8>, _ place: Int) -> Bool {
    text.has("late ", at: place - 5) || text.has(" probe at", at: place + 5)
  }

  /// Takes the fact whose words are at `place`; false if they do not begin the message.
  private mutating func takeFact(_ text: Span<UInt8>, _ place: Int) -> Bool {
    let start = lineStart(text, place)
    guard text.index(of: 27, from: start, to: place) == nil else {
      // Colours stand in front of the words: the line as the reader has it.
      var clean: [UInt8] = []
      LineCleaner.clean(text.extracting(start..<place), into: &clean)
      let words = clean.count
      LineCleaner.clean(text.extracting(place..<lineEnd(text, place)), into: &clean)
      return takeFact(line: clean.span, words)
    }
    return takeFact(line: text.extracting(start..<lineEnd(text, place)), place - start)
  }

  private mutating func takeFact(line: Span<UInt8>, _ place: Int) -> Bool {
    let prefix = LogPrefix.parse(line)
    let begin = line.skipBlanks(from: prefix.text, to: line.count)
    // `OF: fdt: ` may stand in front of the words. What another program prints is no kernel's, to the reader either.
    guard !prefix.isForeign, begin == place || line.has("OF: fdt:", at: begin) else { return false }
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
