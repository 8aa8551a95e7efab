// Kernel-log lines to events. Everything is recognised by what the kernel prints (kernel-facts.md §4), never by
// what a board is called.
import Bytes
import Records

/// Turns the lines of one kernel log into events, boot by boot.
public struct LogEvents {
  /// The events of one boot, in printk's order.
  public struct Boot: Sendable {
    public var events: [LogEvent] = []
    public var facts = LogFacts()
    public var losses: [Loss] = []
    /// Where its first line stands.
    public var begins: Place?
    /// Hashes of messages with their times, to find the same line in another input; bounded.
    public var anchors: [UInt64: Int64] = [:]
    public var lines: Int32 = 0
    public var firstTime: Int64?
    public var lastTime: Int64?
    public var isStamped: Bool { lastTime != nil }
    /// Lines whose stamp is no fine one of the kernel: the time of day, or when a daemon read the line. Such times
    /// tie no clock to another, and tell no two threads apart.
    public var coarse: Int64 = 0
    public var firstCoarse: Place?
    /// Lines whose place among the others proves nothing: a daemon sorted them, and printk's stamp is gone.
    public var unordered: Int64 = 0
    public var keepsOrder: Bool { unordered == 0 }
    /// What a boot loader prints before the kernel is no boot of its own.
    public var isKernels: Bool { facts.kernel != nil || !events.isEmpty }
    /// A kernel is named, or one of its reports of trouble is there: what a log without stamps proves to be one by.
    public var speaksOfKernel: Bool {
      facts.kernel != nil
        || events.contains { event in
          switch event.what {
          case .warning, .trouble: true
          default: false
          }
        }
    }
    public init() {}
  }
  public private(set) var boots: [Boot] = [Boot()]
  private var blocks = WarningBlocks()
  private var deviceLines: [Name: Int] = [:]
  private var deviceFaults: [Name: Int] = [:]

  /// Lines and faults kept of one device, message anchors and events kept of one boot: logs may be of any size.
  private static let keptLines = 48
  private static let keptAnchors = 20_000
  private static let keptEvents = 100_000
  /// A stamp this much below the one before is another boot, not printk's jitter between CPUs.
  private static let rewind: Int64 = 2_000_000_000
  /// Two stamps this close confirm each other.
  private static let steady: Int64 = 5_000_000_000
  /// The last stamp, the highest confirmed one, and how many lines in a row were far below it.
  private var previous: Int64?
  private var settled: Int64 = .min
  private var early = 0

  public init() {}

  /// Takes the next line, of whichever boot.
  public mutating func feed(
    _ record: LogRecord, _ line: Span<UInt8>, _ place: Place, _ names: inout NameTable
  ) {
    _ = divide(record, line)
    take(record, line, place, &names)
  }

  /// Begins another boot if the line belongs to the next one; true if it did. Nothing of the line is taken yet.
  public mutating func divide(_ record: LogRecord, _ line: Span<UInt8>) -> Bool {
    guard begins(record, line) else { return false }
    start()
    return true
  }

  /// Takes a line of the boot that is open.
  public mutating func take(
    _ record: LogRecord, _ line: Span<UInt8>, _ place: Place, _ names: inout NameTable
  ) {
    if boots[boots.count - 1].lines == 0 { boots[boots.count - 1].begins = place }
    boots[boots.count - 1].lines += 1
    if let time = record.time {
      boots[boots.count - 1].firstTime = boots[boots.count - 1].firstTime ?? time
      boots[boots.count - 1].lastTime = max(time, boots[boots.count - 1].lastTime ?? time)
    }
    rate(record, place)
    guard boots[boots.count - 1].events.count < Self.keptEvents else { return overflow(place) }
    if let block = blocks.feed(record, line, place, order: boots[boots.count - 1].lines, &names) {
      add(block)
    }
    let text = record.message
    anchor(record, line)
    if line.has(
      "trace_kprobe: Failed to add event", at: line.skipBlanks(from: text.lowerBound, to: text.upperBound))
    {
      boots[boots.count - 1].losses.append(
        Loss(
          .probeRefused,
          "a boot kprobe was refused (its function is inlined, split or ambiguous): its silence proves nothing",
          at: place))
    }
    guard let what = LogLine.classify(line, text, &boots[boots.count - 1].facts, &names) else { return }
    switch what {
    case .deviceLine(_, let device, _): guard Self.keep(device, &deviceLines) else { return }
    case .fault(let device, _): guard Self.keep(device, &deviceFaults) else { return }
    default: break
    }
    add(what, record, place)
  }

  private static func keep(_ device: Name, _ counts: inout [Name: Int]) -> Bool {
    counts[device, default: 0] += 1
    return counts[device, default: 0] <= keptLines
  }

  private mutating func overflow(_ place: Place) {
    guard boots[boots.count - 1].losses.last?.kind != .tooMany else { return }
    boots[boots.count - 1].losses.append(
      Loss(
        .tooMany, "more events than one boot can have; what comes after this line was not judged", at: place))
  }

  /// Closes what is open; call once at the end of the input.
  public mutating func finish() {
    for block in blocks.finishAll() { add(block) }
    let real = boots.filter(\.isKernels)
    if !real.isEmpty { boots = real }
    for index in boots.indices { boots[index].settle() }
  }

  /// The boots that are over, closed; they are forgotten here.
  public mutating func takeFinished() -> [Boot] {
    guard boots.count > 1 else { return [] }
    var done = boots.dropLast().filter(\.isKernels)
    for index in done.indices { done[index].settle() }
    boots.removeFirst(boots.count - 1)
    return done
  }

  // MARK: times

  /// Keeps count of what the line's stamp and place are worth.
  private mutating func rate(_ record: LogRecord, _ place: Place) {
    if record.clock != .none, !record.isFine {
      boots[boots.count - 1].coarse += 1
      boots[boots.count - 1].firstCoarse = boots[boots.count - 1].firstCoarse ?? place
    }
    if !record.keepsOrder, !record.isFine { boots[boots.count - 1].unordered += 1 }
  }

  // MARK: boots

  /// Whether the line belongs to the next boot: the clock went back and the kernel says hello, or it stays back for
  /// several lines (the log's beginning may be lost). One wrong stamp (bit rot) proves nothing.
  private mutating func begins(_ record: LogRecord, _ line: Span<UInt8>) -> Bool {
    guard let boot = boots.last, boot.lines > 0 else { return false }
    if record.beginsBoot { return true }
    guard let time = record.time else {
      return isHello(record, line) && boot.facts.kernel != nil && !boot.isStamped
    }
    defer {
      if let previous, abs(time - previous) < Self.steady { settled = max(settled, min(time, previous)) }
      previous = time
    }
    guard time + Self.rewind < settled else {
      early = 0
      return false
    }
    early = time < Self.steady ? early + 1 : 0
    // A daemon's clock proves no boot of itself.
    return isHello(record, line) || early == 8 && record.isFine
  }

  private func isHello(_ record: LogRecord, _ line: Span<UInt8>) -> Bool {
    line.has("Linux version ", at: record.message.lowerBound)
      || line.has("Booting Linux on physical CPU", at: record.message.lowerBound)
  }

  private mutating func start() {
    for block in blocks.finishAll() { add(block) }
    blocks = WarningBlocks()
    deviceLines = [:]
    deviceFaults = [:]
    previous = nil
    settled = .min
    early = 0
    boots.append(Boot())
  }

  // MARK: adding

  private mutating func anchor(_ record: LogRecord, _ line: Span<UInt8>) {
    guard let time = record.time, record.isFine, !record.message.isEmpty,
      boots[boots.count - 1].anchors.count < Self.keptAnchors
    else { return }
    let hash = line.hash(line.trimmed(record.message))
    // A text that comes twice cannot tell which one was meant.
    let known = boots[boots.count - 1].anchors[hash]
    boots[boots.count - 1].anchors[hash] = known == nil || known == time ? time : -1
  }

  private mutating func add(_ what: LogEvent.What, _ record: LogRecord, _ place: Place) {
    boots[boots.count - 1].events.append(
      LogEvent(
        time: record.time, order: boots[boots.count - 1].lines, place: place, caller: record.caller,
        what: what))
  }

  private mutating func add(_ block: WarningBlock) {
    guard let place = block.messagePlace ?? block.headerPlace else { return }
    boots[boots.count - 1].events.append(
      LogEvent(
        time: block.time, order: block.order, place: place, caller: .none,
        what: block.kind == .lateProbe ? .warning(block) : .trouble(block)))
  }
}

extension LogEvents.Boot {
  /// Puts its events in order and says what its times are worth.
  fileprivate mutating func settle() {
    events.sort { $0.order < $1.order }
    guard coarse > 0 else { return }
    let order =
      keepsOrder
      ? "their order is the kernel's, their times prove nothing"
      : "neither their times nor their order prove which thread came first"
    losses.append(
      Loss(
        .coarseTimes, count: coarse,
        "lines without a fine stamp of the kernel's own (time of day, or when a daemon read them): \(order); "
          + "save dmesg without -T, or journalctl -k -o json", at: firstCoarse))
  }
}
