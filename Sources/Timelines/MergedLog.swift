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
    var known: Set<Line> = []
    var whole = WholeLogs(logs)
    var copies: [Logged] = []
    for (index, log) in logs.enumerated() {
      let isCopy = whole.mayCopy(log)
      keepsOrder = keepsOrder && (log.keepsOrder || isCopy)
      for event in log.events {
        if isCopy {
          if !whole.take(event) {
            events.append((event, index))
            keepsOrder = false
          } else if case .warning = event.what {
            copies.append((event, index))
          }
          continue
        }
        // One line in two inputs is one line; warnings keep both places.
        if logs.count > 1, let line = Line(event), !known.insert(line).inserted, index > 0 {
          if case .warning = event.what { places[line, default: []].append(event.place) }
        } else {
          events.append((event, index))
        }
      }
    }
    if logs.count > 1 {
      events.sort { ($0.event.time ?? .max, $0.event.order) < ($1.event.time ?? .max, $1.event.order) }
      // Lines without a time come last: before those of another log they may belong.
      keepsOrder = keepsOrder && events.allSatisfy { $0.event.time != nil }
    }
    events += copies
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

/// The logs of a boot that have its beginning, its order and its times, with every event that they hold. What a daemon kept of
/// the same boot (a logcat, a journal) tells nothing more then, and its order must not spoil theirs.
private struct WholeLogs {
  private var left: [Subject: Int] = [:]
  private var isEmpty = true

  init(_ logs: [LogEvents.Boot]) {
    guard logs.count > 1, logs.contains(where: { !$0.keepsOrder }) else { return }
    for log in logs where log.keepsOrder && log.facts.saysHello && !log.facts.hasDropped {
      guard log.events.allSatisfy({ $0.time != nil }) else { continue }
      isEmpty = false
      for event in log.events { left[Subject(event), default: 0] += 1 }
    }
  }

  /// Whether the log may hold nothing but what is known in its order.
  func mayCopy(_ log: LogEvents.Boot) -> Bool { !isEmpty && !log.keepsOrder }

  /// False if the event is in none of the whole logs, or more often than there.
  mutating func take(_ event: LogEvent) -> Bool {
    guard let count = left[Subject(event)], count > 0 else { return false }
    left[Subject(event)] = count - 1
    return true
  }
}
