// Joining a trace's clock to the kernel log's. Both usually come from local_clock(), but not always (mono, boot,
// latency format), so the offset is bounded by what was seen in both, and the slack is kept with the result.
import Bytes
import Events

/// How a trace's times become times of the boot: `log = trace + offset`, to within `slack` nanoseconds.
package struct ClockJoin: Sendable, Equatable {
  /// Nanoseconds; may be negative.
  package var offset: Int64
  /// Nil: nothing ties the two clocks together, so no order between the inputs is known.
  package var slack: Int64?
  /// How many sightings of one thing in both inputs it rests on.
  package var anchors: Int

  /// A trace alone: its own clock is the boot's.
  static let alone = ClockJoin(offset: 0, slack: nil, anchors: 0)

  /// Offsets below this are taken for two views of one clock: the printk comes after its event.
  private static let sameClock: Int64 = 5_000_000

  static func join(_ story: TraceStory, _ names: NameTable, _ log: LogEvents.Boot) -> ClockJoin {
    let groups = Groups.aligned(Groups(story, names), Groups(log, names))
    let (low, high, anchors) = bounds(story, names, log, groups)
    return settle(max(low, leastByReturns(groups.0, groups.1)), high, anchors)
  }

  /// The least offset by which each message about a group comes before its own thread leaves the function that added the
  /// group: weaker than console events, but a trace without those has it too.
  private static func leastByReturns(_ groups: Groups, _ said: Groups) -> Int64 {
    return said.sightings.reduce(.min) { low, logged in
      groups.sightings[logged.key]?.left.map { max(low, logged.value.time - $0) } ?? low
    }
  }

  /// What was seen in both leaves no offset, by far: they are of two boots. Clocks that differ in speed leave a little.
  static func isImpossible(_ story: TraceStory, _ names: NameTable, _ log: LogEvents.Boot) -> Bool {
    let groups = Groups.aligned(Groups(story, names), Groups(log, names))
    let (low, high, _) = bounds(story, names, log, groups)
    return low != .min && high != .max && low - high > 50_000_000
  }

  /// The least and the highest offset that what was seen in both allows, and how many things that were.
  private static func bounds(
    _ story: TraceStory, _ names: NameTable, _ log: LogEvents.Boot, _ both: (traced: Groups, said: Groups)
  ) -> (low: Int64, high: Int64, anchors: Int) {
    // Times that a daemon gave the lines say nothing about the kernel's clock.
    guard log.coarse == 0 else { return (.min, .max, 0) }
    var low = Int64.min
    var high = Int64.max
    var anchors = 0
    // The console event comes just after the log line took its stamp.
    for (hash, traced) in story.console where traced >= 0 {
      guard let logged = log.anchors[hash], logged >= 0 else { continue }
      anchors += 1
      low = max(low, logged - traced)
    }
    let said = both.said
    let groups = both.traced.sightings
    for (sighting, logged) in said.sightings {
      // The event comes before its printk, by little: dev_info() is the next statement.
      guard let traced = groups[sighting] else { continue }
      anchors += 1
      high = min(high, logged.time - traced.time)
    }
    for (device, logged) in warningTimes(log, names) {
      // The WARN is printed before the group is added, by the same thread.
      guard let sighting = said.next(device, after: logged), let traced = groups[sighting] else { continue }
      anchors += 1
      low = max(low, logged - traced.time)
    }
    return (low, high, anchors)
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
    guard low != .min else { return ClockJoin(offset: high, slack: nil, anchors: anchors) }
    // printk's clock is corrected at every tick where the CPU's own is not stable, the trace's is not.
    if low > high, max(abs(low), abs(high)) < sameClock {
      return ClockJoin(offset: 0, slack: max(abs(low), abs(high)), anchors: anchors)
    }
    guard low <= high else { return ClockJoin(offset: high, slack: nil, anchors: anchors) }
    return ClockJoin(offset: high, slack: high - low, anchors: anchors)
  }

  /// How many things the trace and the log have in common, to tell which boot of a log a trace belongs to.
  static func common(_ story: TraceStory, _ names: NameTable, _ log: LogEvents.Boot) -> Int {
    let (traced, said) = Groups.aligned(Groups(story, names), Groups(log, names))
    let groups = traced.sightings
    let close = said.sightings.count { sighting, logged in
      groups[sighting].map { abs(logged.time - $0.time) < 100_000_000 } ?? false
    }
    return close + story.console.count { log.anchors[$0.key] != nil }
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
