import Bytes
import Events
import Records
import TestSupport

@testable import Timelines

/// A trace, written as what happens in it: a line each, the thread (on CPU 0, or `/` the CPU), the microsecond and what.
///
///     12 10 really_probe A nvme       a call begins: for a device, by name, by address (0x…) or by both, and its driver
///     12 20 } really_probe = -517     it returns; `< caller` says into what
///     12 30 call of_iommu_configure A < of_dma_configure_id      the function tracer's view
///     12 40 group 4 A                 iommu:add_device_to_group; also `ungroup A`, `domain A`
///     12 40 console Booting up        printk:console
///     12 50 lost 7                    CPU 0 lost seven events
///
/// It is read as any trace is: printed as ftrace's text first.
struct Traced {
  let text: String
  let read: Documents

  init(_ happenings: String) {
    text = Self.header + happenings.split(separator: "\n").map(Self.line).joined()
    read = Documents([text])
  }

  var names: NameTable { read.names }
  var story: TraceStory { read.trace }
  var phases: Phases { Phases(story, names, .alone) }

  private static let header = "# tracer: nop\n#\n"

  private static func line(_ happening: Substring) -> String {
    let words = happening.split(separator: " ")
    let thread = words[0].split(separator: "/")
    let cpu = thread.count > 1 ? thread[1] : "0"
    if words[2] == "lost" { return "CPU:\(cpu) [LOST \(words[3]) EVENTS]\n" }
    let time = String(1_000_000 + (Int(words[1]) ?? 0)).dropFirst()
    return "  t-\(thread[0]) [00\(cpu)] d..1. 5.\(time): \(event(words.dropFirst(2)))\n"
  }

  private static func event(_ words: ArraySlice<Substring>) -> String {
    let words = Array(words)
    let caller = words.firstIndex(of: "<").map { words[$0 + 1] }
    switch words[0] {
    case "}": return "r: (\(caller ?? "x")+0x4/0x8 <- \(words[1])) ret=\(words.count > 3 ? words[3] : "")"
    case "call": return "\(words[1])(dev=\(words[2])) <-\(caller ?? "x")"
    case "group": return "add_device_to_group: IOMMU: groupID=\(words[1]) device=\(words[2])"
    case "ungroup": return "remove_device_from_group: IOMMU: groupID=\(words[1]) device=\(words[2])"
    case "console": return "console: " + words.dropFirst().joined(separator: " ")
    case "domain": return "attach_device_to_domain: IOMMU: device=\(words[1])"
    default:
      let devices = words.dropFirst().prefix { $0.first?.isUppercase == true || $0.hasPrefix("0x") }
      let rest = words.dropFirst(1 + devices.count)
      let key = words[0] == "iommu_device_register" ? "hw" : "drv"
      let fields =
        devices.map { $0.hasPrefix("0x") ? "device=\($0)" : "dev=\"\($0)\"" }
        + rest.map { "\(key)=\"\($0)\"" }
      return "p: (\(words[0])+0x0/0x8) " + fields.joined(separator: " ")
    }
  }
}

/// Texts as the analysis reads them, an input each.
struct Documents {
  var stories: [InputStory] = []
  var names = NameTable()
  /// The events of all traces.
  var events: [Event] = []

  init(_ texts: [String], areFound: Bool = false) {
    for (input, text) in texts.enumerated() {
      var sink = Sink(names: names)
      var reader = TextReader(input: input)
      withBytes(text) { reader.read($0, at: 0, &sink) }
      reader.finish(&sink)
      sink.log.finish()
      var story = InputStory(input: input)
      story.logs = sink.log.boots.filter { $0.lines > 0 }
      story.traces = sink.traces
      story.isFound = areFound
      stories.append(story)
      names = sink.names
      events += sink.events
    }
  }

  /// The first input's trace; an empty one if none is in it.
  var trace: TraceStory { stories.first?.traces.first ?? TraceStory() }

  var boots: [BootTimeline] { Assembly.boots(stories, names) }

  private struct Sink: TextSink {
    var names: NameTable
    var log = LogEvents()
    var traces: [TraceStory] = []
    var events: [Event] = []
    private var tracker = ThreadTracker()

    init(names: NameTable) { self.names = names }

    mutating func pass(over line: Span<UInt8>, _ place: Place) {}
    mutating func begin(_ part: TextPart, at place: Place) {
      switch part {
      case .log(let part): log.begin(part)
      case .trace: tracker = ThreadTracker()
      case .traceEnd(_, let clock, let kernel, _, _):
        tracker.finish()
        tracker.story.clock = clock
        tracker.story.kernel = kernel
        traces.append(tracker.story)
      case .dump, .dumpEnd, .facts, .factsEnd: break
      }
    }
    mutating func take(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place) {
      log.feed(record, line, place, &names)
    }
    mutating func take(_ record: TraceRecord, _ line: Span<UInt8>, _ place: Place) {
      guard let event = TraceEvents.event(record, line, place, &names) else { return }
      events.append(event)
      tracker.feed(event)
    }
  }
}

/// A row of a specification: what it says, what is given, and what comes of it.
struct Case: Sendable, CustomStringConvertible {
  var description: String
  var given: String
  var expected: String

  init(_ description: String, _ given: String, _ expected: String) {
    self.description = description
    self.given = given
    self.expected = expected
  }
}

/// A kernel log, written as `microsecond message` on the clock of `Traced`; without a microsecond it has no stamp.
func logged(_ lines: String) -> String {
  lines.split(separator: "\n").map { line in
    guard let end = line.firstIndex(of: " "), let time = Int(line[..<end]) else { return line + "\n" }
    let all = 5_000_000 + time
    let fraction = String(1_000_000 + all % 1_000_000).dropFirst()
    return
      "[\(String(repeating: " ", count: 5 - String(all / 1_000_000).count))\(all / 1_000_000).\(fraction)]\(line[end...])\n"
  }.joined()
}

/// Nanoseconds as the microseconds of `Traced`.
func microseconds(_ time: Int64?) -> String { time.map { String(($0 - 5_000_000_000) / 1000) } ?? "?" }

extension Phase {
  /// `10-20 = 0`
  var told: String { "\(microseconds(start))-\(microseconds(end))" + (result.map { " = \($0)" } ?? "") }
}
