// Perfetto's recordings to stories, in two steps: which function a probe is on may stand in another input, so a recording waits
// until all are read.
import Analysis
import Bytes
import Events
import Facts
import Inputs
import PerfettoTrace
import Records
import Timelines
import Verdicts

/// Recordings that were read, and what is known of their probes.
struct Recordings {
  private struct Waiting {
    var input: Int
    var recording: PerfettoRecording
    var isIncomplete: Bool
    /// android.log's copy of the kernel's log.
    var logs: [LogEvents.Boot]
    /// Another recording stands before it in the same file.
    var isBehind: Bool
  }
  /// More messages than this no boot has.
  private static let keptMessages = 100_000
  /// A definition is no longer.
  private static let longestDefinition = 1024

  private var waiting: [Waiting] = []
  private var definitions = ProbeDefinitions()

  /// Inputs whose stories are not told yet.
  var inputs: Set<Int> { Set(waiting.map(\.input)) }

  /// Those of one input come in their order.
  mutating func add(_ recording: PerfettoRecording, _ input: Int, isIncomplete: Bool) {
    var recording = recording
    let logs = recording.logBoots()
    waiting.append(
      Waiting(
        input: input, recording: recording, isIncomplete: isIncomplete, logs: logs,
        isBehind: waiting.last?.input == input))
  }

  /// Lines of kprobe_events.
  mutating func define(_ text: Span<UInt8>) {
    var start = 0
    while start < text.count {
      let end = text.index(of: 10, from: start) ?? text.count
      if end - start <= Self.longestDefinition { definitions.read(line: text.string(start..<end)) }
      start = end + 1
    }
  }

  /// Tells the stories, once nothing more comes. Story `index` is that of input `index`, less `first`.
  mutating func settle(
    _ stories: inout [InputStory], _ names: inout NameTable, _ claims: KernelClaims, from first: Int = 0
  ) {
    guard !waiting.isEmpty else { return }
    var parts: [TracePart] = []
    var known = definitions
    let logs = stories.flatMap(\.logs) + waiting.flatMap(\.logs)
    let lines = logs.compactMap(\.facts.commandLine) + waiting.flatMap { $0.recording.commandLines(names) }
    for line in lines { known.read(commandLine: line) }
    for claim in claims.probes {
      if let (name, function) = ProbeDefinitions.parse(claim) { known.say(name, is: function) }
    }
    for index in waiting.indices {
      let input = waiting[index].input
      var own = known
      own.fill(from: Self.definitions(stories.compactMap(\.facts), waiting[index].recording))
      let part = Self.told(&waiting[index], own, &stories[input - first], &names)
      parts.append(TracePart(story: part))
      guard index + 1 == waiting.count || !waiting[index + 1].isBehind else { continue }
      DocumentReading.take(traces: parts, [], &stories[input - first])
      parts = []
    }
    waiting = []
  }

  /// The kprobes that the board itself knew of, by facts of the recording's kernel and of its boot by the wall's clock.
  private static func definitions(
    _ facts: [BoardFacts], _ recording: PerfettoRecording
  ) -> ProbeDefinitions {
    var definitions = ProbeDefinitions()
    guard let began = recording.wallClock?.began else { return definitions }
    let boot = began.lowerBound - clockSlack...began.upperBound + clockSlack
    for facts in facts where facts.bootTime.map({ boot.contains($0.value) }) ?? false {
      if let own = recording.kernelRelease, facts.release != own { continue }
      for line in facts.kprobes { definitions.read(line: line.value) }
    }
    return definitions
  }
  /// Seconds by which a board's clock may be set while it runs.
  private static let clockSlack: Int64 = 120

  private static func told(
    _ waiting: inout Waiting, _ known: ProbeDefinitions, _ story: inout InputStory, _ names: inout NameTable
  ) -> TraceStory {
    var tracker = ThreadTracker()
    var messages: [Event] = []
    let losses = waiting.recording.events(known, &names) { event in
      // One more than is kept says that there are too many.
      if case .console = event.body, messages.count <= keptMessages { messages.append(event) }
      tracker.feed(event)
      return tracker.wantsMore
    }
    var console = ConsoleLog()
    for event in messages.prefix(keptMessages) { console.take(event, &names) }
    tracker.finish()
    tracker.story.clock = waiting.recording.clock
    tracker.story.kernel = waiting.recording.kernelRelease
    tracker.story.wallClock = waiting.recording.wallClock
    tracker.story.isOfBootBefore = waiting.recording.isOfBootBefore
    tracker.story.timebase = waiting.recording.timebase
    tracker.story.isIncomplete = waiting.isIncomplete
    let hasLost =
      !tracker.story.gaps.isEmpty || tracker.story.fullAt != nil || waiting.isIncomplete
      || messages.count > keptMessages
    tracker.story.messages = console.boots(waiting.recording.clock, hasLost: hasLost)
    tracker.story.copies = waiting.logs
    story.losses += losses
    return tracker.story
  }
}

extension DocumentReading {
  /// Reads a recording to its end; its story is told later.
  static func readRecording(
    _ source: LineSource, _ input: Int, _ names: inout NameTable, _ recordings: inout Recordings
  ) throws -> (format: InputFormat?, bytes: Int, buffers: [TraceBuffer], losses: [Loss]) {
    var recording = PerfettoRecording(input: input)
    var tripwire = Tripwire(input: input)
    var broken: [Loss] = []
    do {
      while try source.nextBytes({ bytes, offset in
        recording.feed(bytes, &names)
        // The words in a recording of something else, or behind one, would be lost.
        if !recording.hasKernel || recording.unreadFrom != nil { tripwire.look(bytes, at: offset, lines: 0) }
      }) {}
    } catch let stop as Stopped {
      throw stop
    } catch {
      broken = [Loss(.unreadable, InputError.explain(error))]
    }
    var parts = recording.parts()
    let ends = parts.indices.map { parts[$0].finish() }
    let losses = broken + ends.flatMap(\.losses)
    guard recording.hasKernel else {
      return (nil, source.offset, [], losses + refused(.perfetto, tripwire.hits))
    }
    for (part, end) in zip(parts, ends) {
      recordings.add(part, input, isIncomplete: end.isIncomplete || !broken.isEmpty)
    }
    let behind = tripwire.hits.filter { hit in
      recording.unreadFrom.map { hit.place.offset >= Int64($0) } ?? false
    }
    let buffers = zip(parts, ends).map { part, end in
      TraceBuffer(
        name: "", clock: part.clockName, events: part.events,
        lost: end.losses.contains { $0.kind == .lostEvents } ? nil : 0)
    }
    return (.perfettoTrace, source.offset, buffers, losses + unexplained(behind))
  }
}

extension Analysis {
  /// What is wrong with `--probe NAME=FUNCTION`; nil if nothing is.
  package static func probeFault(_ text: String) -> String? {
    ProbeDefinitions.parse(text) == nil
      ? "'\(text)' is not NAME=FUNCTION, as in --probe rp=really_probe" : nil
  }
}
