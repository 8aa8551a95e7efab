// What one text document says, part by part: boots of logs with what was dumped into them, and traces.
import Bytes
import Events
import Facts
import Records
import Timelines

/// A boot of a log, and the traces that were dumped into it: one of each instance's buffer, or of each oops.
struct LoggedBoot {
  var boot: LogEvents.Boot
  var dumps: [TraceStory] = []
  /// What these lack.
  var dumpLosses: [Loss] = []
  /// Where in the document it ends.
  var end: Int64

  /// It is no prose, nor a boot loader's output.
  var isTelling: Bool { boot.isLog || !dumps.isEmpty }
}

/// A trace of a document.
struct TracePart {
  var story: TraceStory
  /// Of `per_cpu/cpuN/trace`: the events by themselves, to be merged with those of the other CPUs.
  var cpu: Int32?
  var events: [Event] = []
}

struct DocumentStory: TextSink {
  var names: NameTable
  /// Boots that are over.
  private(set) var boots: [LoggedBoot] = []
  private(set) var traces: [TracePart] = []
  /// What the headers of traces say.
  private(set) var promises: [TracePromise] = []
  private(set) var explained = Explained()
  /// What its traces and board facts lack. Of no boot: a trace may end long after the boot that it began in.
  private(set) var losses: [Loss] = []
  /// What the board said of itself.
  private(set) var facts: BoardFacts?
  private var factsReader: FactsReader?
  /// The document has more than the boots of one log: traces, or sections.
  private(set) var hasParts = false
  private var log = LogEvents()
  private var dump: ThreadTracker?
  /// Those of the boot that are over.
  private var dumps: [TraceStory] = []
  private var dumpLosses: [Loss] = []
  private var tracker: ThreadTracker?
  private var console = ConsoleLog()
  /// Events of the trace while all are of one CPU; nil once there are two, or too many.
  private var ofOneCPU: [Event]?

  /// One file a CPU, and some.
  private static let mostTraces = 4096
  /// An oops or an instance has one each.
  private static let mostDumps = 64
  /// Losses that are told one by one.
  private static let keptLosses = 256
  /// More of one CPU are not held for a merge.
  private static let mostHeld = 50_000

  init(names: NameTable) { self.names = names }

  mutating func begin(_ part: TextPart, at place: Place) {
    switch part {
    case .log(let part):
      hasParts = true
      log.begin(part)
      endBoots(at: place)
    case .trace:
      hasParts = true
      // Memory stays bounded: behind a trace that was too much, or so many, no more are read.
      guard traces.count < Self.mostTraces, !traces.contains(where: { $0.story.fullAt != nil }) else {
        return
      }
      tracker = ThreadTracker()
      console = ConsoleLog()
      ofOneCPU = []
    case .traceEnd(let cpu, let clock, let kernel, let promise, _):
      Self.add(part.losses, to: &losses)
      if let promise, promises.count < Self.mostTraces { promises.append(promise) }
      endTrace(cpu, clock, kernel)
    case .dump:
      endDump()
      // Memory stays bounded, as for traces.
      if dumps.count < Self.mostDumps, !dumps.contains(where: { $0.fullAt != nil }) { dump = ThreadTracker() }
    case .dumpEnd:
      Self.add(part.losses, to: &dumpLosses)
      endDump()
    case .facts:
      hasParts = true
      factsReader = FactsReader(input: Int(place.input))
    case .factsEnd: endFacts()
    }
  }

  mutating func take(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) {
    if log.divide(record, line) { endBoots(at: place) }
    log.take(record, line, place, &names)
  }

  mutating func take(_ plain: PlainLine, _ line: Span<UInt8>, _ place: Place) -> Bool {
    log.take(plain, line, place, &names)
  }

  /// Programs speak of the warning, and tests quote it; the whole of it in one of their lines is the kernel's all the same, and
  /// somebody must look.
  mutating func pass(over line: Span<UInt8>, _ place: Place) {
    guard line.index(of: "late IOMMU") != nil, line.index(of: "something fishy here") == nil else { return }
    explained.add(place)
  }

  mutating func take(_ record: TraceRecord, _ line: Span<UInt8>, _ place: Place) {
    // They are a log of their own, or the second copy of one.
    if case .event(.console, _) = record.what,
      line.index(of: "IOMMU") != nil || line.index(of: "iommu") != nil
    {
      explained.add(place)
    }
    if dump != nil, tracker == nil {
      if let event = TraceEvents.event(record, line, place, &names) { dump?.feed(event) }
      return
    }
    guard tracker?.wantsMore == true, let event = TraceEvents.event(record, line, place, &names) else {
      return
    }
    console.take(event, &names)
    if let first = ofOneCPU?.first,
      event.cpu >= 0 && event.cpu != first.cpu || ofOneCPU?.count == Self.mostHeld
    {
      for held in ofOneCPU ?? [] { tracker?.feed(held) }
      ofOneCPU = nil
    }
    if ofOneCPU == nil { tracker?.feed(event) } else { ofOneCPU?.append(event) }
  }

  mutating func take(fact line: Span<UInt8>, _ place: Place) { factsReader?.take(line, place) }

  /// To be called after each run of lines: lines whose words are accounted for.
  mutating func settleExplained() { for place in log.takeExplained() { explained.add(place) } }

  /// To be called when nothing is held any more that knows a name.
  mutating func forgetNames() { names = NameTable() }

  /// The boots that are over since the last call.
  mutating func takeBoots() -> [LoggedBoot] {
    defer { boots = [] }
    return boots
  }

  /// Ends what is open, at the end of the document. `breaksOff`: inside its last line; gives whether a finding may hang on that.
  mutating func finish(breaksOff: Bool, at end: Int) -> Bool {
    let isInBlock = breaksOff && log.breakOff()
    log.finish()
    settleExplained()
    add(log.boots, upTo: Int64(end))
    Self.add(dumpLosses, to: &losses)
    return isInBlock
  }

  private mutating func endBoots(at place: Place) {
    add(log.takeFinished(), upTo: place.offset)
    // What stands before the kernel's first line, of a boot that is none, is not its.
    endDump()
    dumps = []
  }

  /// Of several the log does not say where the next one begins: its first event does.
  private mutating func add(_ ended: [LogEvents.Boot], upTo end: Int64) {
    for (index, boot) in ended.enumerated() {
      let isLast = index == ended.count - 1
      var logged = LoggedBoot(boot: boot, end: isLast ? end : ended[index + 1].begins?.offset ?? end)
      if isLast { takeDumps(&logged) }
      boots.append(logged)
    }
  }

  private mutating func endDump() {
    defer { dump = nil }
    dump?.finish()
    guard var story = dump?.story, story.events > 0 else { return }
    // Microseconds since the buffer began.
    story.clock = .relative
    dumps.append(story)
  }

  private mutating func takeDumps(_ logged: inout LoggedBoot) {
    endDump()
    (logged.dumps, dumps) = (dumps, [])
    (logged.dumpLosses, dumpLosses) = (dumpLosses, [])
  }

  private static func add(_ lost: [Loss], to losses: inout [Loss]) {
    losses += lost
    if losses.count > keptLosses { losses.fold() }
  }

  private mutating func endFacts() {
    guard var reader = factsReader else { return }
    factsReader = nil
    reader.finish(isCut: false)
    losses += reader.facts.losses
    // Of several in a document the last tells.
    if reader.isUsable { facts = reader.facts }
  }

  private mutating func endTrace(_ cpu: Int32?, _ clock: TraceClock?, _ kernel: String?) {
    guard var tracker else { return }
    self.tracker = nil
    var part = TracePart(story: TraceStory())
    if let events = ofOneCPU {
      if cpu != nil { part.events = events }
      for event in events { tracker.feed(event) }
    }
    ofOneCPU = nil
    tracker.finish()
    part.story = tracker.story
    part.story.clock = clock
    part.story.messages = console.boots(
      clock, hasLost: !tracker.story.gaps.isEmpty || tracker.story.fullAt != nil)
    console = ConsoleLog()
    part.story.kernel = kernel
    part.cpu = part.events.isEmpty ? nil : cpu
    traces.append(part)
  }
}
