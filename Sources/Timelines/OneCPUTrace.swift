// `per_cpu/cpuN/trace` of tracefs: one buffer, a file a CPU. A thread's calls are spread over them, so the events are put
// together by time before anything is matched.
import Bytes
import Events

/// A trace that holds one CPU's events alone.
package struct OneCPUTrace: Sendable {
  /// Its number among the traces of its input.
  var trace: Int
  var cpu: Int32
  var events: [Event]

  /// `events` in the order of the file.
  package init(trace: Int, cpu: Int32, events: [Event]) {
    self.trace = trace
    self.cpu = cpu
    self.events = events
  }

  /// Makes one trace of those of several CPUs, in the place of the first. One that stays alone lacks what the other CPUs did.
  package static func merge(_ inputs: inout [InputStory], _ names: inout NameTable) {
    let parts = inputs.indices.flatMap { input in inputs[input].ofOneCPU.map { (input, $0) } }
    guard let first = parts.first else { return }
    let isOneBuffer = parts.count > 1 && Set(parts.map(\.1.cpu)).count == parts.count
    for (input, part) in parts where !isOneBuffer {
      inputs[input].traces[part.trace].isIncomplete = true
      inputs[input].losses.append(
        Loss(
          .oneCPU,
          "all events are of CPU \(part.cpu): what other CPUs did is not in here; give the files of all CPUs, or "
            + "/sys/kernel/tracing/trace", at: Place(input: input, line: 0, offset: 0)))
    }
    guard isOneBuffer else { return }
    var tracker = ThreadTracker()
    var console = ConsoleLog()
    for event in ordered(parts.map(\.1.events)) {
      tracker.feed(event)
      console.take(event, &names)
    }
    tracker.finish()
    tracker.story.messages = console.boots(
      inputs[first.0].traces[first.1.trace].clock, hasLost: !tracker.story.gaps.isEmpty)
    let before = inputs[first.0].traces[first.1.trace]
    tracker.story.clock = before.clock
    tracker.story.kernel = before.kernel
    tracker.story.isIncomplete = parts.contains { inputs[$0.0].traces[$0.1.trace].isIncomplete }
    tracker.story.parts = Set(parts.map { Int32(inputs[$0.0].input) })
    for (input, part) in parts { inputs[input].traces[part.trace] = TraceStory() }
    inputs[first.0].traces[first.1.trace] = tracker.story
  }

  /// All events by time; those of one CPU stay in their order. What has no time of its own comes with the event before it.
  private static func ordered(_ cpus: [[Event]]) -> [Event] {
    var all: [(time: Int64, event: Event)] = []
    for events in cpus {
      var time = Int64.min
      for event in events {
        time = max(time, event.time)
        all.append((time, event))
      }
    }
    // Stable: Swift's sort keeps the order of what is equal.
    return all.sorted { $0.time < $1.time }.map(\.event)
  }
}
