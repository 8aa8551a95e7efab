// Kernel-log lines to events. Everything is recognised by what the kernel prints (docs/kernel.md#texts), never by
// what a board is called.
import Bytes
import Records

/// Turns the lines of one kernel log into events, boot by boot.
package struct LogEvents {
  /// The events of one boot, in printk's order.
  package struct Boot: Sendable {
    /// At most 100 000: what was left out is among `losses`.
    package var events: [LogEvent] = []
    /// What it says of the kernel and the machine.
    package var facts = LogFacts()
    /// What this boot lacks, by its own lines.
    package var losses: [Loss] = []
    /// Where its first line stands.
    package var begins: Place?
    /// Its messages by their hashes, to be found in a trace; `index()` them before they are looked up.
    package var anchors = LogAnchors()
    /// Lines that are kernel messages.
    package var lines: Int32 = 0
    /// The first stamp, in nanoseconds since boot; nil in a log without stamps.
    package var firstTime: Int64?
    /// The last one, in the same way.
    package var lastTime: Int64?
    var isStamped: Bool { lastTime != nil }
    /// Lines whose stamp is no fine one of the kernel: the time of day, or when a daemon read the line. Such times
    /// tie no clock to another, and tell no two threads apart.
    package var coarse: Int64 = 0
    var firstCoarse: Place?
    /// Lines whose place among the others proves nothing: a daemon sorted them, and printk's stamp is gone.
    package var unordered: Int64 = 0
    /// All lines stand in the order in which the kernel printed them.
    package var keepsOrder: Bool { unordered == 0 }
    /// Which log it is, where the document says so.
    package var part: LogPart?
    /// There is a line that only a kernel's log has.
    var isOfKernel = false
    /// It breaks off: inside its last line, or where a power cut has left NUL bytes.
    package var endsOpen = false
    /// The last line was a copy of one further up.
    var showsAgain = false
    /// Some lines were.
    var hasCopies = false
    /// What a boot loader prints before the kernel is no boot of its own.
    var isKernels: Bool { facts.kernel != nil || !events.isEmpty }
    /// It is a kernel's: prose about kernels has their words, but no line that only a kernel prints.
    package var isLog: Bool { isOfKernel || speaksOfKernel }
    /// A kernel is named, or what only a kernel says is there: what a log without stamps proves to be one by.
    var speaksOfKernel: Bool {
      facts.kernel != nil
        || events.contains { event in
          switch event.what {
          case .warning, .trouble, .adding, .removing, .gaveUp, .unboundGaveUp, .registerFailed,
            .unuseWarning, .freedGroup, .fault:
            true
          default: false
          }
        }
    }
    init() {}
  }
  /// All that were not taken, the open one last.
  package var boots: [Boot] { over + [boot] }
  private var over: [Boot] = []
  private var boot = Boot()
  private var blocks = WarningBlocks()
  private var deviceLines = NameCounts()
  private var deviceFaults = NameCounts()

  /// Lines and faults kept of one device, events kept of one boot: logs may be of any size.
  private static let keptLines = 48
  private static let keptLosses = 64
  private static let keptEvents = 100_000
  private var divider = BootDivider()
  private var doubles = DoubledLines()
  private var part: LogPart?
  /// Lines of warnings, and second copies of lines: the warning's words in them are accounted for.
  private var explained: [Place] = []
  private let onlyDivides: Bool

  /// `onlyDivides`: of a boot whose kernel is known nothing more is taken but what tells it from others.
  package init(onlyDivides: Bool = false) { self.onlyDivides = onlyDivides }

  /// Takes the next line, of whichever boot.
  package mutating func feed(
    _ record: LogRecord, _ line: Span<UInt8>, _ place: Place, _ names: inout NameTable
  ) {
    _ = divide(record, line)
    take(record, line, place, &names)
  }

  /// Begins another boot if the line belongs to the next one; true if it did. Nothing of the line is taken yet.
  package mutating func divide(_ record: LogRecord, _ line: Span<UInt8>) -> Bool {
    guard boot.lines > 0, !boot.repeats(record, line), divider.begins(record, line, after: boot) else {
      return false
    }
    // What the power cut took was the end of the boot before it.
    if record.hole != nil { boot.endsOpen = true }
    start(above: divider.above)
    return true
  }

  /// Begins a section of the document, which holds a log of its own: of another boot, or of the same one.
  package mutating func begin(_ part: LogPart) {
    if boot.lines > 0 { start() }
    self.part = part
    boot.part = part
  }

  /// Says that the log breaks off inside its last line. Whether a finding may hang on what is missing.
  package mutating func breakOff() -> Bool {
    boot.endsOpen = true
    return blocks.isOpen
  }

  /// Takes a line of the boot that is open.
  package mutating func take(
    _ record: LogRecord, _ line: Span<UInt8>, _ place: Place, _ names: inout NameTable
  ) {
    let message = StampedMessage(record, line)
    if let message, doubles.has(message) || boot.shows(again: message) { return explained.append(place) }
    if let hole = record.hole, boot.lines > 0 {
      boot.losses.append(
        Loss(.damaged, count: hole.bytes, "NUL bytes inside a boot: lines of it are gone", at: hole.place))
    }
    if boot.lines == 0 { boot.begins = place }
    if boot.lines < .max { boot.lines += 1 }
    boot.isOfKernel = boot.isOfKernel || record.isOfKernel
    if let time = record.time {
      boot.firstTime = boot.firstTime ?? time
      boot.lastTime = max(time, boot.lastTime ?? time)
    }
    rate(record, place)
    if record.followsDrop { boot.facts.hasDropped = true }
    if record.clock == .none, blocks.isEmpty, ReportLine.isCutMark(line, record.message) {
      boot.facts.hasDropped = true
      boot.losses.append(Loss(.droppedPrintk, "lines were cut out of the log here", at: place))
    }
    if let message, boot.anchors.hasRoom { boot.anchors.note(message.hash, message.time) }
    guard readsOn else { return }
    guard boot.events.count < Self.keptEvents else { return overflow(place) }
    if blocks.feed(record, line, place, order: boot.lines, &names) { addBlocks() }
    if blocks.isOurs { explained.append(place) }
    read(line, record.message, LineStamp(record), place, &names)
  }

  /// Takes a line that is like nearly all of them: the same as `take` of its record would. False, with nothing taken, if it may begin a
  /// boot or is of a report.
  package mutating func take(
    _ plain: PlainLine, _ line: Span<UInt8>, _ place: Place, _ names: inout NameTable
  ) -> Bool {
    guard boot.lines > 0, divider.goesOn(plain, line) else { return false }
    if readsOn {
      guard blocks.isEmpty, boot.events.count < Self.keptEvents,
        case .other = ReportLine(line, plain.message, isStamped: true, isInside: false)
      else { return false }
    }
    divider.goOn(plain.time)
    if let message = StampedMessage(plain, line) {
      if doubles.has(message) || boot.shows(again: message) {
        explained.append(place)
        return true
      }
      if boot.anchors.hasRoom { boot.anchors.note(message.hash, message.time) }
    }
    if boot.lines < .max { boot.lines += 1 }
    boot.isOfKernel = boot.isOfKernel || plain.isOfKernel(line)
    boot.firstTime = boot.firstTime ?? plain.time
    boot.lastTime = max(plain.time, boot.lastTime ?? plain.time)
    if readsOn { read(line, plain.message, LineStamp(plain), place, &names) }
    return true
  }

  /// More is to be known of the boot than what tells it from others.
  private var readsOn: Bool { !onlyDivides || boot.facts.kernel == nil }

  /// What of a line's stamp its events are made with.
  private struct LineStamp {
    let time: Int64?
    let caller: LogCaller
    let isFine: Bool
    init(_ record: LogRecord) { (time, caller, isFine) = (record.time, record.caller, record.isFine) }
    init(_ plain: PlainLine) { (time, caller, isFine) = (plain.time, .none, true) }
  }

  /// Takes what the message in `text` says.
  private mutating func read(
    _ line: Span<UInt8>, _ text: Range<Int>, _ stamp: LineStamp, _ place: Place, _ names: inout NameTable
  ) {
    if line.has(
      KernelWord.kprobeRefused.text, at: line.skipBlanks(from: text.lowerBound, to: text.upperBound))
    {
      boot.losses.append(
        Loss(
          .probeRefused,
          "a boot kprobe was refused (its function is inlined, split or ambiguous): its silence proves nothing",
          at: place))
    }
    if let count = LogLine.missedByJournal(line, text) {
      boot.facts.hasDropped = true
      boot.losses.append(
        Loss(.droppedPrintk, count: count, "kernel messages that journald missed: save dmesg too", at: place))
    }
    if boot.losses.count > Self.keptLosses { boot.losses.fold() }
    let wasSet = boot.facts.setClock != nil
    let what = LogLine.classify(line, text, &boot.facts, &names)
    if !wasSet, let clock = boot.facts.setClock, let time = stamp.time, stamp.isFine {
      boot.facts.bootTime = clock &- time / 1_000_000_000
    }
    guard let what else { return }
    switch what {
    case .deviceLine(_, let device, _), .inUse(let device), .client(let device, _):
      guard deviceLines.add(device) <= Self.keptLines else { return }
    case .fault(let device, _): guard deviceFaults.add(device) <= Self.keptLines else { return }
    default: break
    }
    boot.events.append(
      LogEvent(time: stamp.time, order: boot.lines, place: place, caller: stamp.caller, what: what))
  }

  private mutating func overflow(_ place: Place) {
    guard boot.losses.last?.kind != .tooMany else { return }
    boot.losses.append(
      Loss(
        .tooMany, "more events than one boot can have; what comes after this line was not judged", at: place))
  }

  /// Closes what is open; call once at the end of the input.
  package mutating func finish() {
    if blocks.areBegun(at: boot.lines) {
      boot.losses.append(Loss(.truncated, "the log ends where a WARNING begins: what followed is missing"))
    }
    blocks.closeAll()
    addBlocks()
    let real = boots.filter(\.isKernels)
    over = (real.isEmpty ? boots : real).flatMap { $0.settled() }
    boot = over.removeLast()
  }

  /// The boots that are over, closed; they are forgotten here.
  package mutating func takeFinished() -> [Boot] {
    defer { over = [] }
    return over.filter(\.isKernels).flatMap { $0.settled() }
  }

  /// Those lines since the last call.
  package mutating func takeExplained() -> [Place] {
    defer { explained.removeAll(keepingCapacity: true) }
    return explained
  }

  // MARK: times

  /// Keeps count of what the line's stamp and place are worth.
  private mutating func rate(_ record: LogRecord, _ place: Place) {
    if record.clock != .none, !record.isFine {
      boot.coarse += 1
      boot.firstCoarse = boot.firstCoarse ?? place
    }
    if !record.keepsOrder, !record.isFine { boot.unordered += 1 }
  }

  // MARK: boots

  private mutating func start(above: Int32 = 0) {
    blocks.closeAll()
    addBlocks()
    blocks = WarningBlocks()
    deviceLines = NameCounts()
    deviceFaults = NameCounts()
    divider = BootDivider()
    // A board may boot the same way twice.
    doubles = DoubledLines()
    let next = boot.next(above: above)
    over.append(boot)
    boot = next
  }

  // MARK: reports

  private mutating func addBlocks() {
    for block in blocks.takeClosed() {
      guard let place = block.messagePlace ?? block.headerPlace else { continue }
      // What user space prints has no stamp.
      if block.kind == .warning, block.isChopped, block.time != nil || !boot.isStamped {
        boot.losses.append(
          Loss(
            .damaged,
            "a WARNING's header ends before it says where: the lines were chopped, and it may be a late-IOMMU-probe warning; "
              + "save the log itself, not what a pager or a column shows", at: place))
      }
      guard block.kind.isJudged else { continue }
      boot.events.append(
        LogEvent(
          time: block.time, order: block.order, place: place, caller: .none,
          what: block.kind == .lateProbe ? .warning(block) : .trouble(block)))
    }
  }
}
