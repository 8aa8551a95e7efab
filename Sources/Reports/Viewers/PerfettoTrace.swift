// `--format perfetto`: TrackEvent packets. A track a device, below it one for each thread that worked on it; a thread's
// slices on different devices are tied by a flow. Appended to a Perfetto recording of the same boot, the tracks stand
// beside the recorded ones: they have a sequence id of their own, and its times.
import Analysis
import Bytes
import Perfetto
import SwiftProtobuf
import Timelines
import Verdicts
import Writing

struct PerfettoTrace {
  private typealias Packet = Proberace_Perfetto_TracePacket
  private typealias Event = Proberace_Perfetto_TrackEvent

  /// Ours alone, as far as one can choose.
  private static let sequence: UInt32 = 0x7072_6f62
  /// CLOCK_BOOTTIME, Perfetto's own.
  private static let clock: UInt32 = 6

  private let names: InputNames
  private var trace = Proberace_Perfetto_Trace()
  /// Of the recording that the boot was read from: its clock is the viewer's.
  private var recorded = ClockJoin.alone

  static func render(_ analysis: Analysis) -> [UInt8] {
    var writer = PerfettoTrace(names: InputNames(analysis))
    for (number, boot) in analysis.boots.enumerated() {
      let recording = boot.timeline.traces.first { analysis.inputs[$0.input].format == .perfettoTrace }
      writer.recorded = recording?.clock ?? .alone
      writer.boot(boot, number + 1, analysis.boots.count)
    }
    // Only a missing required field could fail, and none is required.
    return (try? writer.trace.serializedBytes()) ?? []
  }

  private init(names: InputNames) { self.names = names }

  private mutating func boot(_ boot: BootAnalysis, _ number: Int, _ count: Int) {
    let scene = Scene(boot, device: nil)
    let root = Self.id("boot \(number)")
    describe(root, Release.title + (count > 1 ? ": boot \(number)" : ""), parent: nil, rank: 0)
    if !scene.registrations.isEmpty {
      let track = Self.id("boot \(number) registrations")
      describe(track, "iommu_device_register", parent: root, rank: 0)
      threads(scene.registrations, track, "boot \(number) registrations")
    }
    for (rank, lane) in scene.lanes.enumerated() {
      let key = "boot \(number) \(lane.device)"
      let track = Self.id(key)
      describe(track, Plain.safe(lane.device), parent: root, rank: rank + 1)
      windows(lane.windows, track)
      for mark in lane.marks { self.mark(mark, track) }
      threads(lane.spans, track, key)
    }
  }

  // MARK: tracks

  /// The same for the same name, in every run (FNV-1a).
  private static func id(_ name: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "proberace/\(name)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }

  private mutating func describe(_ id: UInt64, _ name: String, parent: UInt64?, rank: Int) {
    var packet = empty()
    packet.trackDescriptor.uuid = id
    packet.trackDescriptor.name = name
    if let parent { packet.trackDescriptor.parentUuid = parent }
    packet.trackDescriptor.childOrdering = .explicit
    packet.trackDescriptor.siblingOrderRank = Int32(clamping: rank)
    trace.packet.append(packet)
  }

  private func empty() -> Packet {
    var packet = Packet()
    packet.trustedPacketSequenceID = Self.sequence
    packet.sequenceFlags = trace.packet.isEmpty ? 1 : 2
    return packet
  }

  private mutating func add(_ event: Event, at time: Int64) {
    var packet = empty()
    packet.timestamp = UInt64(clamping: recorded.trace(time))
    packet.timestampClockID = Self.clock
    packet.trackEvent = event
    trace.packet.append(packet)
  }

  private func event(_ type: Event.TypeEnum, _ track: UInt64) -> Event {
    var event = Event()
    event.type = type
    event.trackUuid = track
    return event
  }

  private static func annotation(_ name: String, _ value: String) -> Proberace_Perfetto_DebugAnnotation {
    var annotation = Proberace_Perfetto_DebugAnnotation()
    annotation.name = name
    annotation.stringValue = Plain.safe(value)
    return annotation
  }

  // MARK: slices

  private mutating func threads(_ spans: [PhaseSpan], _ parent: UInt64, _ key: String) {
    var order: [Int32] = []
    var byThread: [Int32: [PhaseSpan]] = [:]
    for span in spans {
      if byThread[span.task.tid] == nil { order.append(span.task.tid) }
      byThread[span.task.tid, default: []].append(span)
    }
    for (rank, tid) in order.enumerated() {
      guard let spans = byThread[tid], let task = spans.first?.task else { continue }
      let track = Self.id("\(key) \(tid)")
      describe(track, Plain.safe(task.description), parent: parent, rank: rank)
      slices(spans, track)
    }
  }

  /// Slices of one track must nest: an end is never later than its caller's, and what was not seen to return ends with
  /// what it was called from, or where its thread goes on.
  private mutating func slices(_ spans: [PhaseSpan], _ track: UInt64) {
    var open: [Int64] = []
    func close(to depth: Int, by time: Int64, _ writer: inout PerfettoTrace) {
      while open.count > depth, let end = open.popLast() {
        writer.add(writer.event(.sliceEnd, track), at: min(end, time))
      }
    }
    var last = Int64.min
    for span in spans {
      close(to: span.depth, by: span.start, &self)
      begin(span, track)
      open.append(min(span.end ?? .max, open.last ?? .max))
      last = max(last, span.end ?? span.start)
    }
    close(to: 0, by: last, &self)
  }

  private mutating func begin(_ span: PhaseSpan, _ track: UInt64) {
    var event = event(.sliceBegin, track)
    event.name = Plain.safe((span.isInferred ? "~" : "") + span.label)
    event.categories = [span.kind.rawValue]
    event.debugAnnotations = [Self.annotation("function", span.function)]
    if let result = span.result {
      event.debugAnnotations.append(Self.annotation("result", ErrorName.text(result)))
    }
    if !span.note.isEmpty { event.debugAnnotations.append(Self.annotation("note", span.note)) }
    if span.end == nil { event.debugAnnotations.append(Self.annotation("end", "not seen to return")) }
    event.debugAnnotations.append(Self.annotation("thread", span.task.description))
    event.debugAnnotations.append(Self.annotation("place", names.text(span.place)))
    // One flow a thread: arrows lead from device to device.
    if span.depth == 0 { event.flowIds = [Self.id("thread \(span.task.tid)")] }
    add(event, at: span.start)
  }

  /// One after the other on the device's own track.
  private mutating func windows(_ windows: [Window], _ track: UInt64) {
    let known = windows.filter { $0.opened != nil }.sorted { ($0.opened ?? 0) < ($1.opened ?? 0) }
    for (index, window) in known.enumerated() {
      guard let opened = window.opened else { continue }
      let next = index + 1 < known.count ? known[index + 1].opened : nil
      guard let end = [window.closed, next].compactMap({ $0 }).min(), end >= opened else { continue }
      var event = event(.sliceBegin, track)
      event.name = "window\(window.state.word.map { " (\($0))" } ?? ""): dev->driver set, no group"
      event.categories = ["window"]
      add(event, at: opened)
      add(self.event(.sliceEnd, track), at: end)
    }
  }

  private mutating func mark(_ mark: DrawnMark, _ track: UInt64) {
    var event = event(.instant, track)
    event.name = mark.label
    event.categories = [mark.kind.rawValue]
    if let task = mark.task { event.debugAnnotations.append(Self.annotation("thread", task.description)) }
    event.debugAnnotations.append(Self.annotation("place", names.text(mark.place)))
    add(event, at: mark.time)
  }
}
