// The logs of one boot as one: what stands in several of them is there once, in the kernel's order as far as that is known.
import Bytes
import Events
import Records

struct MergedLog {
  /// An event, and the number of the log among those of its boot.
  typealias Logged = (event: LogEvent, log: Int)

  /// In order. Warnings of copies come last: they are there for their places.
  private(set) var events: [Logged] = []
  private(set) var keepsOrder = true
  /// Where else a warning stands.
  private var places: [Line: [Place]] = [:]

  init(_ logs: [LogEvents.Boot]) {
    var known = KnownLines()
    var whole = WholeLogs(logs)
    var copies: [Logged] = []
    for (index, log) in logs.enumerated() {
      keepsOrder = keepsOrder && (log.keepsOrder || whole.mayBeCopied(by: index))
      whole.begin()
      for event in log.events {
        if whole.mayBeCopied(by: index, log, event) {
          if !whole.take(event) {
            events.append((event, index))
            keepsOrder = false
          } else if case .warning = event.what {
            copies.append((event, index))
          }
          continue
        }
        // One line in two inputs is one line; warnings keep both places.
        if logs.count > 1, let line = Line(event), let twin = known.take(line), index > 0 {
          if case .warning(let block) = event.what {
            let other = preferred(block, of: (event, index), twin)
            places[twin, default: []].append(other.place)
          }
        } else {
          events.append((event, index))
        }
      }
    }
    if !whole.haveTimes {
      // Nobody knows where what the others say belongs.
      events = events.filter { whole.holds($0.log) } + events.filter { !whole.holds($0.log) }
    } else if events.contains(where: { $0.log != events[0].log }) {
      events.sort { ($0.event.time ?? .max, $0.event.order) < ($1.event.time ?? .max, $1.event.order) }
      // Lines without a time come last: before those of another log they may belong.
      keepsOrder = keepsOrder && events.allSatisfy { $0.event.time != nil }
    }
    events += copies
  }

  /// Of a warning that is known already the one with more of its call trace stays: `dmesg | grep -i iommu` has a few frames of it, or
  /// none. The other one is returned.
  private mutating func preferred(_ block: WarningBlock, of logged: Logged, _ line: Line) -> LogEvent {
    guard let known = events.lastIndex(where: { Line($0.event) == line }),
      case .warning(let before) = events[known].event.what, before.frames.count < block.frames.count
    else { return logged.event }
    let event = events[known].event
    events[known] = logged
    // By which its places are found.
    events[known].event.time = event.time
    return event
  }

  /// Where the same line stands in other logs.
  func otherPlaces(_ event: LogEvent) -> [Place] { Line(event).flatMap { places[$0] } ?? [] }

  /// What one line of a boot is told by, in whichever of its logs it stands.
  private struct Line: Hashable {
    var time: Int64
    var subject: Subject

    init?(_ event: LogEvent) {
      guard let time = event.time else { return nil }
      self.time = time
      subject = Subject(event)
    }

    /// The same line at another time.
    func at(_ time: Int64) -> Line {
      var line = self
      line.time = time
      return line
    }
  }

  /// Lines of which one is enough. A recording's console has nanoseconds, its text the microsecond before or behind.
  private struct KnownLines {
    private var lines: Set<Line> = []
    /// Those with nanoseconds, by their microsecond.
    private var fine: [Line: Line] = [:]

    /// The line that is known as this one; nil if it is new, and known from now on.
    mutating func take(_ line: Line) -> Line? {
      if lines.contains(line) { return line }
      let rest = line.time % 1000
      let before = line.at(line.time &- rest)
      if rest == 0 {
        if let twin = fine[before] ?? fine[line.at(line.time &- 1000)] { return twin }
      } else {
        for twin in [before, line.at(before.time &+ 1000)] where lines.contains(twin) { return twin }
        fine[before] = line
      }
      lines.insert(line)
      return nil
    }
  }
}

/// What a line says of which device.
private struct Subject: Hashable {
  var device: Name
  var kind: Int

  init(_ event: LogEvent) {
    device = LogMoment.subject(event.what)
    kind = event.what.kind
  }
}

/// The logs of a boot that have its beginning, its order and its times, with every event that they hold; where none has all of it,
/// the one that has most. What the others of the same boot keep (a logcat, a journal, a log without times) tells nothing more then,
/// and neither their order nor times that they lack must spoil it.
private struct WholeLogs {
  private var known: [Subject: Int] = [:]
  /// What the log that is looked at may still have of that: each copy may have all of it.
  private var left: [Subject: Int] = [:]
  private var indices: Set<Int> = []
  /// False where the one that has most lacks them.
  private(set) var haveTimes = true

  init(_ logs: [LogEvents.Boot]) {
    guard logs.count > 1 else { return }
    let begun = logs.indices.filter { logs[$0].facts.saysHello && !logs[$0].facts.hasDropped }
    indices = Set(begun.filter { logs[$0].keepsOrder && logs[$0].lastTime != nil })
    if indices.isEmpty, let best = begun.max(by: { logs[$0].tellsLess(than: logs[$1]) }) {
      indices = [best]
      haveTimes = false
    }
    for index in indices { for event in logs[index].events { known[Subject(event), default: 0] += 1 } }
  }

  func holds(_ index: Int) -> Bool { indices.contains(index) }

  /// Whether the log may hold nothing but what is known in the order of a whole one.
  func mayBeCopied(by index: Int) -> Bool { !indices.isEmpty && !indices.contains(index) }

  /// Whether the event may be one of theirs, told by what it says; the kernel's times tell it where both have them.
  func mayBeCopied(by index: Int, _ log: LogEvents.Boot, _ event: LogEvent) -> Bool {
    mayBeCopied(by: index) && (!haveTimes || !log.keepsOrder || event.time == nil)
  }

  /// The next log's turn.
  mutating func begin() { left = known }

  /// False if the event is in none of the whole logs, or more often than there. The next copy may have it, too.
  mutating func take(_ event: LogEvent) -> Bool {
    // Whose it is, the whole ones say.
    if case .nameless = event.what { return true }
    let subject = Subject(event)
    guard let count = left[subject], count > 0 else {
      known[subject, default: 0] += 1
      return false
    }
    left[subject] = count - 1
    return true
  }
}

extension LogEvents.Boot {
  /// Order tells more than times, and those more than the number of events.
  fileprivate func tellsLess(than other: LogEvents.Boot) -> Bool {
    if keepsOrder != other.keepsOrder { return other.keepsOrder }
    if (lastTime != nil) != (other.lastTime != nil) { return other.lastTime != nil }
    return events.count < other.events.count
  }
}
