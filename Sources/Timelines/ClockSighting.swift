// What a trace and a log both show, and what that says of their clocks.
import Bytes
import Events

/// One thing in both inputs: it bounds the offset from one side.
struct ClockSighting: Comparable {
  /// On the trace's clock.
  var time: Int64
  /// The log's time, less the trace's.
  var offset: Int64
  /// The clocks' offset is no less; else no more.
  var isLeast: Bool

  private init(_ time: Int64, logged: Int64, isLeast: Bool) {
    self.time = time
    offset = logged - time
    self.isLeast = isLeast
  }

  static func < (a: ClockSighting, b: ClockSighting) -> Bool {
    (a.time, a.offset, a.isLeast ? 0 : 1) < (b.time, b.offset, b.isLeast ? 0 : 1)
  }

  /// By how much it contradicts an offset; nothing if not above zero.
  func excess(over offset: Int64) -> Int64 { isLeast ? self.offset - offset : offset - self.offset }

  static func all(
    _ story: TraceStory, _ names: NameTable, _ log: LogEvents.Boot, _ both: (traced: Groups, said: Groups)
  ) -> [ClockSighting] {
    // Times that a daemon gave the lines say nothing about the kernel's clock.
    guard log.coarse == 0 else { return [] }
    var all: [ClockSighting] = []
    // The console event comes just after the log line took its stamp.
    for (hash, traced) in story.console where traced >= 0 {
      guard let logged = log.anchors[hash], logged >= 0 else { continue }
      all.append(ClockSighting(traced, logged: logged, isLeast: true))
    }
    let groups = both.traced.sightings
    for (sighting, logged) in both.said.sightings {
      // The event comes before its printk, by little: dev_info() is the next statement.
      guard let traced = groups[sighting] else { continue }
      all.append(ClockSighting(traced.time, logged: logged.time, isLeast: false))
    }
    for (device, logged) in warningTimes(log, names) {
      // The WARN is printed before the group is added, by the same thread.
      guard let sighting = both.said.next(device, after: logged), let traced = groups[sighting] else {
        continue
      }
      all.append(ClockSighting(traced.time, logged: logged, isLeast: true))
    }
    return all
  }

  /// Each message about a group comes before its own thread leaves the function that added the group: weaker than console events,
  /// but a trace without those has it too.
  static func returns(_ groups: Groups, _ said: Groups) -> [ClockSighting] {
    said.sightings.compactMap { key, logged in
      groups.sightings[key]?.left.map { ClockSighting($0, logged: logged.time, isLeast: true) }
    }
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
