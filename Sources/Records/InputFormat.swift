import Bytes

/// What an input is, recognised by its content. A new format is one value in `all`, one reader, one fixture.
public struct InputFormat: Sendable, Equatable {
  public var id: String
  /// For messages and `--input-format`.
  public var title: String
  /// How well the first bytes fit, 0 (not at all) upwards; the best wins.
  let score: @Sendable (Span<UInt8>, TextSurvey) -> Int

  public static func == (a: InputFormat, b: InputFormat) -> Bool { a.id == b.id }

  public static let traceDat = InputFormat(id: "trace-dat", title: "trace-cmd's trace.dat") { head, _ in
    head.has(magic, at: 0) ? 1_000_000 : 0
  }
  public static let functionGraph = InputFormat(id: "function-graph-text", title: "function_graph text") {
    _, lines in
    lines.tracer == .functionGraph ? 100_000 : lines.graph * 4
  }
  public static let functionText = InputFormat(id: "function-text", title: "function tracer text") {
    _, lines in
    lines.reported ? 0 : lines.tracer == .function ? 100_000 : lines.functions * 4
  }
  public static let traceCmdReport = InputFormat(id: "trace-cmd-report", title: "trace-cmd report text") {
    _, lines in
    lines.reported ? 200_000 : 0
  }
  public static let ftraceText = InputFormat(id: "ftrace-text", title: "ftrace text") { _, lines in
    lines.tracer == .other ? 100_000 : lines.events * 4 + (lines.functions > 0 ? 1 : 0)
  }
  public static let kernelLog = InputFormat(id: "kernel-log", title: "kernel log") { _, lines in lines.log }

  private static let magic: StaticString = "\u{17}\u{8}\u{44}tracing"

  /// In the order in which equal scores are settled.
  public static let all: [InputFormat] = [
    traceDat, traceCmdReport, functionGraph, functionText, ftraceText, kernelLog,
  ]

  public static func named(_ id: String) -> InputFormat? { all.first { $0.id == id } }

  /// `journalctl -o export` and `-o verbose`: a field a line, so that a message stands apart from its time.
  public static func isJournalExport(_ head: Span<UInt8>) -> Bool {
    if head.has("__CURSOR=", at: 0) || head.has("__REALTIME_TIMESTAMP=", at: 0) { return true }
    // `Fri 2026-11-20 10:00:00.000000 UTC [s=…;i=1;…]` above the fields, which are four blanks in.
    var start = 0
    if head.has("-- ", at: 0), let end = head.index(of: 10) { start = end + 1 }
    guard let end = head.index(of: 10, from: start), head.index(of: " [s=", from: start, to: end) != nil
    else { return false }
    return head.has("    ", at: end + 1)
      && head.index(of: 61, from: end, to: min(head.count, end + 60)) != nil
  }
  public static let journalExportAdvice =
    "journalctl's export or verbose format, which is not read: save it with journalctl -k -o json"

  /// The format of an input that begins with `head`; nil if it is none of them.
  public static func recognise(_ head: Span<UInt8>) -> InputFormat? {
    // Binary: its lines would tell nothing.
    if head.has(magic, at: 0) { return traceDat }
    if isJournalExport(head) { return nil }
    let lines = TextSurvey(head)
    var best: (format: InputFormat, score: Int)?
    for format in all {
      let score = format.score(head, lines)
      if score > (best?.score ?? 0) { best = (format, score) }
    }
    return best?.format
  }
}

/// Counts, over the first lines, how many look like what.
struct TextSurvey {
  enum Tracer { case none, functionGraph, function, other }
  var tracer = Tracer.none
  /// `trace-cmd report` announces itself with `cpus=N` or `version = 6`.
  var reported = false
  var events = 0
  var functions = 0
  var graph = 0
  var log = 0
  private var reader = KernelLogReader(input: 0)

  init(_ head: Span<UInt8>) {
    var start = 0
    var count = 0
    while start < head.count, count < 400 {
      let end = head.index(of: 10, from: start) ?? head.count
      look(head.extracting(start..<end))
      start = end + 1
      count += 1
    }
    var points = 0
    reader.flush { record, line, _ in points += Self.points(record, line) }
    log += points
  }

  private mutating func look(_ line: Span<UInt8>) {
    if line.has("# tracer: ", at: 0) {
      guard tracer == .none else { return }
      tracer =
        line.has("function_graph", at: 10)
        ? .functionGraph : line.has("function", at: 10) ? .function : .other
      return
    }
    if line.has("cpus=", at: 0) || line.has("version = ", at: 0) || line.has("   version = ", at: 0) {
      reported = true
    }
    let head = TraceHeader.parse(line)
    if let head {
      if line.index(of: "<-", from: head.body) != nil, line.index(of: ": (", from: head.body) == nil {
        functions += 1
      } else {
        events += 1
      }
      return
    }
    if GraphLine.parse(line) != nil {
      graph += 1
      return
    }
    look(log: line)
  }

  /// Reads the line as the log reader will, so that a dialect it knows is recognised.
  private mutating func look(log line: Span<UInt8>) {
    let before = reader.wrapped
    var points = 0
    reader.read(line, at: 0) { record, line, _ in points += Self.points(record, line) }
    log += points + (reader.wrapped > before ? 4 : 0)
  }

  private static func points(_ record: LogRecord, _ line: Span<UInt8>) -> Int {
    record.hasPrefix ? 4 : kernelWords(line) ? 1 : 0
  }

  /// A log without any prefix is known by what kernels say.
  private static let words = TextSet([
    ("Linux version ", 4), ("iommu", 2), ("Call trace:", 8), ("WARNING: ", 5), ("-[ cut here ]-", 8),
    ("IOMMU", 0),
    ("Kernel panic", 9), ("Hardware name: ", 0), ("Booting Linux", 10),
  ])

  private static func kernelWords(_ line: Span<UInt8>) -> Bool {
    var isThere = false
    words.each(in: line) { _, _ in
      isThere = true
      return false
    }
    return isThere
  }
}
