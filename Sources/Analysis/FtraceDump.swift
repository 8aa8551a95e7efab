import Bytes
import Events
import Records
import Timelines

/// The trace that ftrace_dump_on_oops (or sysrq-z) prints into the kernel log, between two rules of dashes.
struct FtraceDump {
  private enum State { case outside, announced, inside }
  private var state = State.outside
  private var begins: Place?
  private var reader: TraceTextReader
  private var tracker = ThreadTracker()

  init(input: Int) { reader = TraceTextReader(input: input) }

  /// Takes the line if it belongs to a dump.
  mutating func take(
    _ record: LogRecord, _ line: Span<UInt8>, _ place: Place, _ names: inout NameTable
  ) -> Bool {
    let start = record.message.lowerBound
    if line.has("Dumping ftrace buffer:", at: start) {
      state = .announced
      begins = place
      return true
    }
    guard state != .outside else { return false }
    if line.has("---------------------------------", at: start) {
      state = state == .announced ? .inside : .outside
      return true
    }
    // Lines of other CPUs come in between: only what looks like a trace line is one.
    let text = line.extracting(record.message)
    guard state == .inside, TraceHeader.parse(text) != nil || Self.saysLost(text) else { return false }
    reader.read(line: text, at: place) { record, line, place in
      if let event = TraceEvents.event(record, line, place, &names) { tracker.feed(event) }
    }
    return true
  }

  /// `CPU:3 [LOST 220 EVENTS]`
  private static func saysLost(_ text: Span<UInt8>) -> Bool {
    text.has("CPU:", at: 0) && text.index(of: "EVENTS]") != nil
  }

  /// What the dump held, once the boot is over; nil if there was none. A dump takes seconds on a serial console: the
  /// machine may be reset in the middle.
  mutating func finish(_ losses: inout [Loss]) -> TraceStory? {
    if state == .inside {
      losses.append(
        Loss(.truncated, "the ftrace dump in the log does not end: what followed is missing", at: begins))
      tracker.story.isIncomplete = true
    }
    tracker.finish()
    reader.finish()
    losses += reader.losses
    losses += tracker.story.losses
    return tracker.story.events > 0 ? tracker.story : nil
  }
}
