// Joining a trace's clock to the kernel log's. Both usually come from local_clock(), but not always (mono, boot,
// latency format), so the offset is bounded by what was seen in both, and the slack is kept with the result.
import Bytes
import Events

/// How a trace's times become times of the boot: `log = trace + offset`, to within `slack` nanoseconds.
public struct ClockJoin: Sendable, Equatable {
  public var offset: Int64
  /// Nil: nothing ties the two clocks together, so no order between the inputs is known.
  public var slack: Int64?
  /// How many sightings of one thing in both inputs it rests on.
  public var anchors: Int

  /// A trace alone: its own clock is the boot's.
  public static let alone = ClockJoin(offset: 0, slack: nil, anchors: 0)

  /// Offsets below this are taken for two views of one clock: the printk comes after its event.
  private static let sameClock: Int64 = 5_000_000

  static func join(_ story: TraceStory, _ names: NameTable, _ log: LogEvents.Boot) -> ClockJoin {
    // Times that a daemon gave the lines say nothing about the kernel's clock.
    guard log.coarse == 0 else { return .alone }
    var low = Int64.min
    var high = Int64.max
    var anchors = 0
    // The console event comes just after the log line took its stamp.
    for (hash, traced) in story.console where traced >= 0 {
      guard let logged = log.anchors[hash], logged >= 0 else { continue }
      anchors += 1
      low = max(low, logged - traced)
    }
    let groups = groupTimes(story, names)
    for (device, logged) in addingTimes(log, names) {
      // The event comes before its printk, by little: dev_info() is the next statement.
      guard let traced = groups[device] else { continue }
      anchors += 1
      high = min(high, logged - traced)
    }
    for (device, logged) in warningTimes(log, names) {
      // The WARN is printed before the group is added, by the same thread.
      guard let traced = groups[device] else { continue }
      anchors += 1
      low = max(low, logged - traced)
    }
    return settle(low, high, anchors)
  }

  /// The offset between the bounds; zero if two views of one clock fit them.
  private static func settle(_ low: Int64, _ high: Int64, _ anchors: Int) -> ClockJoin {
    guard anchors > 0 else { return ClockJoin(offset: 0, slack: nil, anchors: 0) }
    let jitter: Int64 = 1000
    let near = min(low == .min ? .max : abs(low), abs(high))
    if low <= jitter, high >= -jitter, near < sameClock {
      return ClockJoin(offset: 0, slack: max(jitter, near), anchors: anchors)
    }
    // One-sided bounds tie the clocks together only from one side: the order of close events stays open.
    guard high != .max else { return ClockJoin(offset: low, slack: nil, anchors: anchors) }
    guard low != .min, low <= high else { return ClockJoin(offset: high, slack: nil, anchors: anchors) }
    return ClockJoin(offset: high, slack: high - low, anchors: anchors)
  }

  /// The same devices got their groups in both, but with differences in time that no clock explains: two boots.
  static func contradict(_ a: [String: Int64], _ b: [String: Int64]) -> Bool {
    let gaps = a.compactMap { device, time in b[device].map { $0 - time } }
    guard gaps.count >= 3, let least = gaps.min(), let most = gaps.max() else { return false }
    return most - least > 1_000_000_000
  }

  /// How many things the trace and the log have in common, to tell which boot of a log a trace belongs to.
  static func common(_ story: TraceStory, _ names: NameTable, _ log: LogEvents.Boot) -> Int {
    let groups = groupTimes(story, names)
    let close = addingTimes(log, names).count { device, logged in
      groups[device].map { abs(logged - $0) < 100_000_000 } ?? false
    }
    return close + story.console.count { log.anchors[$0.key] != nil }
  }

  /// Devices that got a group once only; a second time makes the pairing ambiguous.
  static func groupTimes(_ story: TraceStory, _ names: NameTable) -> [String: Int64] {
    var times: [String: Int64] = [:]
    var twice: Set<String> = []
    for mark in story.marks {
      guard case .group = mark.kind else { continue }
      if times.updateValue(mark.time, forKey: names[mark.device]) != nil { twice.insert(names[mark.device]) }
    }
    return times.filter { !twice.contains($0.key) }
  }

  static func addingTimes(_ log: LogEvents.Boot, _ names: NameTable) -> [String: Int64] {
    var times: [String: Int64] = [:]
    var twice: Set<String> = []
    for event in log.events {
      guard case .adding(_, let device, _) = event.what, let time = event.time else { continue }
      if times.updateValue(time, forKey: names[device]) != nil { twice.insert(names[device]) }
    }
    return times.filter { !twice.contains($0.key) }
  }

  private static func warningTimes(_ log: LogEvents.Boot, _ names: NameTable) -> [String: Int64] {
    var times: [String: Int64] = [:]
    for event in log.events {
      guard case .warning(let block) = event.what, let time = event.time else { continue }
      times[names[block.device]] = min(time, times[names[block.device]] ?? .max)
    }
    return times
  }
}
