import Bytes
import Events
import Foundation
import TestSupport

@testable import PerfettoTrace

/// Protobuf by hand: what a recording is made of, with no code of the reader's.
enum Proto {
  static func varint(_ value: UInt64) -> [UInt8] {
    var (left, bytes) = (value, [UInt8]())
    while left >= 0x80 {
      bytes.append(UInt8(left & 0x7f) | 0x80)
      left >>= 7
    }
    return bytes + [UInt8(left)]
  }

  static func number(_ field: Int, _ value: Int64) -> [UInt8] {
    varint(UInt64(field) << 3) + varint(UInt64(bitPattern: value))
  }

  static func bytes(_ field: Int, _ value: [UInt8]) -> [UInt8] {
    varint(UInt64(field) << 3 | 2) + varint(UInt64(value.count)) + value
  }

  static func text(_ field: Int, _ value: String) -> [UInt8] { bytes(field, Array(value.utf8)) }

  static func packet(_ body: [UInt8], sequence: Int64 = 2) -> [UInt8] {
    bytes(1, body + number(10, sequence))
  }

  static func bundle(cpu: Int64, _ body: [UInt8], rest: [UInt8] = [], sequence: Int64 = 2) -> [UInt8] {
    packet(bytes(1, number(1, cpu) + body) + rest, sequence: sequence)
  }

  static func event(_ time: Int64, _ thread: Int64, _ field: Int, _ body: [UInt8]) -> [UInt8] {
    bytes(2, number(1, time) + number(2, thread) + bytes(field, body))
  }

  /// A field of a descriptor: 3 int64, 4 uint64, 9 string.
  static func descriptor(
    _ id: Int64, _ group: String, _ event: String, _ fields: [(name: String, type: Int64)]
  ) -> [UInt8] {
    let described = fields.enumerated().flatMap { index, field in
      bytes(2, text(1, field.name) + number(3, Int64(index + 1)) + number(4, 1) + number(5, field.type))
    }
    return bytes(11, number(1, id) + bytes(2, text(1, event) + described) + text(3, group))
  }

  static func start(preserves: Bool = true, cpus: [UInt8] = [], sequence: Int64 = 2) -> [UInt8] {
    packet(bytes(34, number(1, 1) + cpus + (preserves ? number(8, 1) : [])), sequence: sequence)
  }

  static func end(cpus: [UInt8] = [], sequence: Int64 = 2) -> [UInt8] {
    packet(bytes(34, number(1, 2) + cpus), sequence: sequence)
  }

  /// The entry of a probe on really_probe, and its return.
  static let entry = descriptor(65536, "proberace", "rp", [("__probe_ip", 4), ("dev", 9)])
  static let exit = descriptor(
    65537, "proberace", "rpr", [("__probe_func", 4), ("__probe_ret_ip", 4), ("ret", 3)])
  static func enter(_ time: Int64, _ thread: Int64 = 5) -> [UInt8] {
    event(time, thread, 65536, number(1, -4096) + text(2, "0000:00:01.0"))
  }
  static func leave(_ time: Int64, _ thread: Int64 = 5) -> [UInt8] {
    event(time, thread, 65537, number(1, -4096) + number(2, -9000) + number(3, -517))
  }
}

/// A recording that was read to its end.
struct Told {
  var events: [Event] = []
  var losses: [Loss] = []
  var isIncomplete = false
  var names = NameTable()
  var seen: Int64 = 0
  var kernel: String?

  init(_ bytes: [UInt8], step: Int = .max, definitions: ProbeDefinitions = ProbeDefinitions()) {
    var recording = PerfettoRecording(input: 0)
    var at = 0
    while at < bytes.count {
      let end = at + min(step, bytes.count - at)
      recording.feed(bytes.span.extracting(at..<end), &names)
      at = end
    }
    end(&recording, definitions)
  }

  /// Each recording of a file of several.
  static func parts(_ bytes: [UInt8]) -> [Told] {
    var recording = PerfettoRecording(input: 0)
    var names = NameTable()
    recording.feed(bytes.span, &names)
    return recording.parts().map { part in
      var (told, part) = (Told([]), part)
      told.names = names
      told.end(&part, ProbeDefinitions())
      return told
    }
  }

  private mutating func end(_ recording: inout PerfettoRecording, _ definitions: ProbeDefinitions) {
    (losses, isIncomplete) = recording.finish()
    seen = recording.events
    kernel = recording.kernelRelease
    var events: [Event] = []
    losses += recording.events(definitions, &names) { event in
      events.append(event)
      return true
    }
    self.events = events
  }

  func says(_ words: String) -> Bool { losses.contains { $0.detail.contains(words) } }

  /// Time, CPU, thread, thread's name, and what it is.
  var lines: [String] {
    events.map { event in
      let what =
        switch event.body {
        case .enter(let function, let subject, let detail):
          "enter \(names[function.name]) \(names[subject.name]) \(names[detail])"
        case .leave(let function, _, let result): "leave \(names[function.name]) \(result ?? 0)"
        case .groupAdded(let device, let group): "group \(group) \(names[device])"
        case .domainAttached(let device): "domain \(names[device])"
        case .console(_, let text): "console \(names[text])"
        case .lost: "lost"
        default: "other"
        }
      return "\(event.time) [\(event.cpu)] \(names[event.comm])-\(event.tid) \(what)"
    }
  }
}

enum Samples {
  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Here.samples.appending(path: "perfetto/\(name).pftrace")))
  }
}
