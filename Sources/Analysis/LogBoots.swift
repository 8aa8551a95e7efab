// A kernel log, boot by boot: each is handed on as soon as it is over, so that memory stays at one boot however long the
// log is.
import Bytes
import Events
import Records
import SystemPackage
import Timelines

enum LogBoots {
  /// Losses of one boot that are told one by one.
  private static let keptLosses = 64

  /// Reads a log to its end. `over` makes something of a boot while `names` still knows its names; `each` gets that with
  /// what was lost of the boot. Before that `piece` has seen the boot's text, in runs of whole lines with their offset.
  /// A log that cannot be read further ends there, with a loss that says why.
  static func read<Made>(
    _ source: LineSource, input: Int, _ names: inout NameTable,
    piece: (Span<UInt8>, Int) -> Void = { _, _ in },
    over: (LogEvents.Boot, TraceStory?, inout NameTable) -> Made, each: (Made, [Loss]) -> Void
  ) {
    var reader = KernelLogReader(input: input)
    var lines = LogBootLines<Made>(input: input)
    var isFirst = true
    var isCut = false
    var lost: [Loss] = []
    /// Hands on the boots that ended in this run, each with its text and its losses.
    func deliver(_ text: Span<UInt8>, _ offset: Int) {
      var at = 0
      for boot in lines.takeEnded() {
        let end = max(at, min(boot.next - offset, text.count))
        if end > at { piece(text.extracting(at..<end), offset + at) }
        at = end
        each(boot.made, lost.filter { Self.belongs($0, before: boot.next) } + boot.losses)
        // Lines with NUL are counted by the run: the next boot may have some of those of this run.
        lost.removeAll { loss in
          Self.belongs(loss, before: boot.next)
            && (loss.kind != .damaged || Self.belongs(loss, before: offset))
        }
        isFirst = false
      }
      if at < text.count { piece(text.extracting(at..<text.count), offset + at) }
      // All of it is the open boot's now.
      if lost.count > Self.keptLosses { lost.fold() }
    }

    do {
      while try source.next({ text, offset in
        isCut = source.endsInsideLine && !LastLine.isWhole(text)
        lines.read(text, at: offset, &reader, &names, over)
        lost += reader.takeLosses()
        deliver(text, offset)
      }) {}
    } catch {
      lost.append(Loss(.unreadable, (error as? Errno).map(InputReading.explain) ?? "\(error)"))
    }
    reader.flush { lines.take($0, $1, $2, &names, over) }
    let nothing: [UInt8] = []
    deliver(nothing.span, source.offset)
    lost += reader.takeLosses() + source.losses(isCut: isCut)
    lines.events.finish()
    for boot in lines.events.boots where boot.isKernels || isFirst || lost.contains(where: \.isDamage) {
      var losses = lost + boot.losses
      let dumped = lines.dump.finish(&losses)
      each(over(boot, dumped, &names), losses)
    }
  }

  private static func belongs(_ loss: Loss, before next: Int) -> Bool { (loss.place?.offset ?? 0) < next }
}

/// A log's lines, divided into boots.
private struct LogBootLines<Made> {
  typealias Over = (LogEvents.Boot, TraceStory?, inout NameTable) -> Made
  private let input: Int
  var events = LogEvents()
  var dump: FtraceDump
  private var ended: [(made: Made, next: Int, losses: [Loss])] = []

  init(input: Int) {
    self.input = input
    dump = FtraceDump(input: input)
  }

  /// Reads a run of whole lines. A function of its own: the compiler then sees that nobody else touches what a line
  /// changes, and need not watch over it line by line.
  mutating func read(
    _ text: Span<UInt8>, at offset: Int, _ reader: inout KernelLogReader, _ names: inout NameTable,
    _ over: Over
  ) {
    reader.read(text, at: offset) { take($0, $1, $2, &names, over) }
  }

  mutating func take(
    _ record: LogRecord, _ line: Span<UInt8>, _ place: Place, _ names: inout NameTable, _ over: Over
  ) {
    if dump.take(record, line, place, &names) { return }
    if events.divide(record, line) {
      for boot in events.takeFinished() {
        var losses = boot.losses
        let dumped = dump.finish(&losses)
        ended.append((over(boot, dumped, &names), Int(place.offset), losses))
        dump = FtraceDump(input: input)
      }
    }
    events.take(record, line, place, &names)
  }

  /// The boots that are over since the last call; `next`: where the next one begins.
  mutating func takeEnded() -> [(made: Made, next: Int, losses: [Loss])] {
    defer { ended = [] }
    return ended
  }
}

extension LineSource {
  /// What the source itself lacks, once it was read to its end. `isCut`: it ends inside a line.
  func losses(isCut: Bool) -> [Loss] {
    var losses: [Loss] = []
    if isCut { losses.append(.cutInside) }
    if overlongLines > 0 {
      losses.append(
        Loss(.damaged, count: Int64(overlongLines), "lines longer than 1 MiB: no trace or log has those"))
    }
    return losses
  }
}
