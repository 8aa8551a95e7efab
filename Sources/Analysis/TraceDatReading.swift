import Bytes
import Events
import Records
import Timelines
import TraceDat

/// trace.dat to a story. Its buffers are one trace: a thread's calls may be spread over instances.
enum TraceDatReading {
  static func read(
    _ path: String, _ story: inout InputStory, _ buffers: inout [TraceBuffer], _ names: inout NameTable
  ) throws -> Int {
    guard path != "-" else {
      throw TraceDatError("trace.dat must be a file, not standard input: save it first")
    }
    var file = try TraceDatFile(path: path, input: story.input)
    // --date would put the trace on the wall clock; the kernel log is on the boot's.
    file.appliesDate = false
    var tracker = ThreadTracker()
    file.read(names: &names) { event, _ in
      tracker.feed(event)
      return tracker.wantsMore
    }
    story.clock = file.clock
    story.kernel = file.kernelRelease
    story.losses += file.losses
    InputReading.finish(&tracker, &story)
    buffers = file.buffers.map { buffer in
      TraceBuffer(
        name: buffer.name, clock: buffer.clock, events: buffer.cpus.reduce(0) { $0 + $1.events },
        lost: buffer.cpus.reduce(0) { sum, cpu in sum.flatMap { sum in cpu.lost.map { sum + $0 } } })
    }
    return file.bytes
  }
}
