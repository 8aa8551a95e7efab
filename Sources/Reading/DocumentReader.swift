// A text document to its boots: each is handed on as soon as it is over, so that memory stays at a boot or two however long
// the log is.
import Bytes
import Events
import Inputs
import Records
import SystemPackage
import Timelines

/// Looks at a boot's text beside the reader.
package protocol BootWatch {
  init()
  /// Looks through whole lines, the `piece` of a run that begins at `offset` in the document; `lines` are above the piece. The
  /// tripwire's words are looked for by the way.
  mutating func look(
    _ text: Span<UInt8>, _ piece: Range<Int>, at offset: Int, lines: Int, _ tripwire: inout Tripwire)
  /// A word of user space was seen, see `UserSpaceWord`.
  var reachedUserSpace: Bool { get }
}

/// A boot of a log as it was read, with what was lost of it.
struct ReadBoot<Watch: BootWatch> {
  var logged: LoggedBoot
  var losses: [Loss]
  var watch: Watch
}

struct DocumentReader<Watch: BootWatch> {
  private let source: LineSource
  private var reader: TextReader
  private(set) var story: DocumentStory
  private var tripwire: Tripwire
  private var watch = Watch()
  private var ended: [ReadBoot<Watch>] = []
  /// The boots that are over and may go on: those that follow may be the same boot once more.
  private var held: [ReadBoot<Watch>] = []
  private var isOver = false
  private var lost: [Loss] = []
  /// What belongs to no boot: of traces, and of the document as a whole.
  private(set) var losses: [Loss] = []
  /// The words of the warning that nothing explains.
  private(set) var unexplained: [Tripwire.Hit] = []

  /// Losses of one boot that are told one by one.
  private static var keptLosses: Int { 64 }
  /// Names that are kept from boot to boot.
  private static var keptNames: Int { 20_000 }

  init(_ source: LineSource, input: Int, only: TextReader.Only, names: NameTable) {
    self.source = source
    reader = TextReader(input: input, only: only)
    story = DocumentStory(names: names)
    tripwire = Tripwire(input: input)
  }

  /// What the document is, once it was read. `hasLog`: a boot of a log was in it.
  func format(hasLog: Bool) -> InputFormat? {
    InputFormat(reader, hasLog: hasLog) ?? (story.facts == nil ? nil : .boardFacts)
  }

  /// The next boot: the logs of it that stand next to each other, most often one. Nil at the end.
  mutating func next() -> [ReadBoot<Watch>]? {
    while true {
      while !ended.isEmpty {
        let boot = ended.removeFirst()
        guard let last = held.last, !boot.logged.boot.isSameBoot(as: last.logged.boot) else {
          held.append(boot)
          continue
        }
        defer { held = [boot] }
        return held
      }
      if story.names.count > Self.keptNames, !held.isEmpty, !story.hasParts { return takeHeld() }
      guard !isOver else { return held.isEmpty ? nil : takeHeld() }
      read()
    }
  }

  private mutating func takeHeld() -> [ReadBoot<Watch>] {
    defer { held = [] }
    return held
  }

  /// Names of boots that were judged are not needed any more.
  mutating func forgetNames() {
    if held.isEmpty, ended.isEmpty, story.names.count > Self.keptNames { story.forgetNames() }
  }

  /// Reads one run of lines, or the end.
  private mutating func read() {
    do {
      let goesOn = try source.next { text, offset in
        let lines = reader.line
        tripwire.begin(text, at: offset, lines: lines)
        reader.read(text, at: offset, &story)
        story.settleExplained()
        lost += reader.takeLosses()
        deliver(text, offset, lines)
        if source.endsInsideLine { lastLine = LastLine(text, isTrace: reader.endsInTrace) }
      }
      if goesOn { return }
    } catch {
      lost.append(Loss(.unreadable, InputError.explain(error)))
    }
    finish()
  }
  private var lastLine = LastLine.whole

  private mutating func finish() {
    isOver = true
    let offset = source.offset
    reader.finish(&story)
    lost += reader.takeLosses()
    let isInBlock = story.finish(breaksOff: lastLine != .whole, at: offset)
    switch lastLine {
    case .whole: break
    case .open where !isInBlock: lost.append(.openEnd)
    case .open, .hides: lost.append(.cutInside)
    }
    if source.overlongLines > 0 {
      lost.append(
        Loss(
          .damaged, count: Int64(source.overlongLines), "lines longer than 1 MiB: no trace or log has those"))
    }
    let nothing: [UInt8] = []
    deliver(nothing.span, offset, reader.line)
    losses += lost + story.losses
    let explained = story.explained
    unexplained = explained.unexplained(tripwire.hits)
    // Hits come run by run: which is the first one must not depend on the runs.
    if let first = unexplained.map(\.place).min() {
      losses.append(
        Loss(
          .unexplained, count: Int64(unexplained.count),
          "the words of a late-IOMMU-probe warning stand here, and no finding explains them: look at the line",
          at: first))
    }
  }

  /// Takes the boots that ended in this run, each with its text and its losses.
  private mutating func deliver(_ text: Span<UInt8>, _ offset: Int, _ lines: Int) {
    var at = 0
    var above = lines
    for logged in story.takeBoots() {
      let end = max(at, min(Int(logged.end) - offset, text.count))
      if end > at {
        watch.look(text, at..<end, at: offset, lines: above, &tripwire)
        above += text.extracting(at..<end).count(of: 10, before: end - at)
      }
      at = end
      let isLast = isOver
      let own = isLast ? lost : lost.filter { Self.belongs($0, before: logged.end) }
      if !isLast { lost.removeAll { Self.belongs($0, before: logged.end) } } else { lost = [] }
      var boot = ReadBoot(logged: logged, losses: own + logged.boot.losses + logged.dumpLosses, watch: watch)
      if DocumentReading.mayLackCalls(boot.losses) {
        for dump in boot.logged.dumps.indices { boot.logged.dumps[dump].isIncomplete = true }
      }
      ended.append(boot)
      watch = Watch()
    }
    if at < text.count { watch.look(text, at..<text.count, at: offset, lines: above, &tripwire) }
    if lost.count > Self.keptLosses { lost.fold() }
  }

  private static func belongs(_ loss: Loss, before end: Int64) -> Bool { (loss.place?.offset ?? 0) < end }
}
