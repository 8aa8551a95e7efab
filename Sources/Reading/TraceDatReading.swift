import Analysis
import Bytes
import Events
import Records
import Timelines
import TraceDat

/// trace.dat to a story. Its buffers are one trace: a thread's calls may be spread over instances.
enum TraceDatReading {
  /// More messages than this no boot has.
  private static let keptMessages = 100_000

  static func read(
    _ path: String, name: String, _ story: inout InputStory, _ buffers: inout [TraceBuffer],
    _ names: inout NameTable
  ) throws -> Int {
    var file = try TraceDatFile(path: path, input: story.input)
    // --date would put the trace on the wall clock; the kernel log is on the boot's.
    file.appliesDate = false
    var tracker = ThreadTracker()
    var messages: [Event] = []
    file.read(names: &names) { event, _ in
      if case .console = event.body { messages.append(event) }
      tracker.feed(event)
      return tracker.wantsMore
    }
    var console = ConsoleLog()
    for event in messages.prefix(Self.keptMessages) { console.take(event, &names) }
    story.losses += file.losses
    if file.lacksBeginning { tracker.loseBeginning(at: Place(input: story.input, line: 0, offset: 0)) }
    tracker.finish()
    tracker.story.clock = file.clock
    let hasLost =
      !tracker.story.gaps.isEmpty || tracker.story.fullAt != nil || messages.count > Self.keptMessages
    tracker.story.messages = console.boots(file.clock, hasLost: hasLost)
    tracker.story.kernel = file.kernelRelease
    DocumentReading.take(traces: [TracePart(story: tracker.story)], [], &story)
    buffers = file.buffers.map { buffer in
      TraceBuffer(
        name: buffer.name, clock: buffer.clock, events: buffer.cpus.reduce(0) { $0 + $1.events },
        lost: buffer.cpus.reduce(0) { sum, cpu in sum.flatMap { sum in cpu.lost.map { sum + $0 } } })
    }
    return file.bytes
  }
}
