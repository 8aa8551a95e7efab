import Bytes
import Events
import Foundation
import Records
import Testing

@testable import TraceDat

/// Where test data is: samples of our own in the package, whole captures beside it (absent on other machines).
enum Data {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  static let captures = root + "/../shared/captures"

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  static let hasCaptures = exists(captures)
  /// Why a test of whole captures is skipped.
  static let noCaptures: Comment = "../shared/captures is not here"

  static func bytes(_ path: String) -> [UInt8] {
    [UInt8](FileManager.default.contents(atPath: path) ?? Foundation.Data())
  }

  /// Writes `bytes` into a file of their own for as long as `body` runs.
  static func withFile<R>(_ bytes: [UInt8], _ body: (String) throws -> R) throws -> R {
    let path = NSTemporaryDirectory() + "proberace-\(UUID().uuidString).dat"
    try Foundation.Data(bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }
}

/// All that a trace file says, with names as text.
struct Story {
  var events: [Line] = []
  var losses: [Loss] = []
  var file: TraceDatFile?
  /// Buffer of each event.
  var buffers: [Int] = []

  /// An event, comparable between inputs with tables of their own.
  struct Line: Equatable, CustomStringConvertible {
    var time: Int64
    var tid: Int32
    var cpu: Int32
    var comm: String
    var what: String
    var function: String
    var caller: String
    var result: Int64?
    var device: String
    var pointer: UInt64

    var description: String {
      "\(time) \(comm)-\(tid) [\(cpu)] \(what) \(function) <- \(caller) \(device) \(String(pointer, radix: 16)) \(result.map(String.init) ?? "")"
    }
  }

  /// The first `most` events of a file, and the counts of all.
  static func dat(_ path: String, most: Int = .max) throws -> Story {
    var story = Story()
    var file = try TraceDatFile(path: path, input: 0)
    var names = NameTable()
    var events: [(Event, Int)] = []
    file.read(names: &names) {
      events.append(($0, $1))
      return events.count < most
    }
    story.events = events.map { Line($0.0, names) }
    story.buffers = events.map(\.1)
    story.losses = file.losses
    story.file = file
    return story
  }

  static func text(_ path: String) throws -> Story {
    var story = Story()
    let source = try LineSource(path: path)
    var reader = TextReader(input: 0)
    var sink = Sink()
    while try source.next({ span, offset in reader.read(span, at: offset, &sink) }) {}
    reader.finish(&sink)
    story.events = sink.events.map { Line($0, sink.names) }
    story.losses = sink.losses + reader.takeLosses()
    return story
  }

  private struct Sink: TextSink {
    var events: [Event] = []
    var names = NameTable()
    var losses: [Loss] = []
    mutating func pass(over line: Span<UInt8>, _ place: Place) {}
    mutating func begin(_ part: TextPart, at place: Place) { losses += part.losses }
    mutating func take(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) {}
    mutating func take(_ record: TraceRecord, _ line: Span<UInt8>, _ place: Place) {
      if let event = TraceEvents.event(record, line, place, &names) { events.append(event) }
    }
  }
}

extension Story.Line {
  init(_ event: Event, _ names: NameTable) {
    self.init(
      time: event.time, tid: event.tid, cpu: event.cpu, comm: names[event.comm], what: "", function: "",
      caller: "",
      device: "", pointer: 0)
    switch event.body {
    case .enter(let function, let subject, let detail):
      what = "enter \(function.role)"
      self.function = names[function.name]
      device = names[subject.name] + (detail == .none ? "" : "/" + names[detail])
      pointer = subject.pointer
    case .leave(let function, let caller, let result):
      what = "leave \(function.role)"
      self.function = names[function.name]
      self.caller = names[caller]
      self.result = result
    case .abandon(let role): what = "abandon \(role)"
    case .call(let function, let subject, let caller):
      what = "call \(function.role)"
      self.function = names[function.name]
      self.caller = names[caller]
      pointer = subject.pointer
    case .groupAdded(let device, let group):
      what = "group \(group)"
      self.device = names[device]
    case .groupRemoved(let device):
      what = "ungroup"
      self.device = names[device]
    case .domainAttached(let device):
      what = "domain"
      self.device = names[device]
    case .pageFault(let device, let iova):
      what = "fault \(iova)"
      self.device = names[device]
    case .console(let hash, _): what = "console \(hash)"
    case .lost(let count): what = "lost \(count.map(String.init) ?? "?")"
    }
  }
}
