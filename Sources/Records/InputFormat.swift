import Bytes

/// What a document is. A new format is one case here: without a title, a page, a reader and a place among the formats that are read
/// it does not compile.
package enum InputFormat: String, CaseIterable, Sendable {
  case traceDat = "trace-dat"
  case perfettoTrace = "perfetto-trace"
  case traceCmdReport = "trace-cmd-report"
  case functionGraph = "function-graph-text"
  case functionText = "function-text"
  case ftraceText = "ftrace-text"
  case kernelLog = "kernel-log"
  case kprobeEvents = "kprobe-events"
  case boardFacts = "board-facts"

  /// What reads it.
  package enum Reader: Sendable {
    case traceDat, perfettoTrace
    /// What probes are on: it helps other inputs.
    case probes
    /// What a live board knows (docs/formats/board-facts.md).
    case facts
    /// Text: a log, traces, or both in one document.
    case text(TextReader.Only)
  }

  /// As `--input-format` and JSON have it.
  package var id: String { rawValue }

  /// For messages and `--input-format`.
  package var title: String {
    switch self {
    case .traceDat: "trace-cmd's trace.dat"
    case .perfettoTrace: "a Perfetto recording"
    case .traceCmdReport: "trace-cmd report text"
    case .functionGraph: "function_graph text"
    case .functionText: "function tracer text"
    case .ftraceText: "ftrace text"
    case .kernelLog: "kernel log"
    case .kprobeEvents: "a kprobe_events file"
    case .boardFacts: "board facts"
    }
  }

  /// Where it comes from.
  package var origin: String {
    switch self {
    case .traceDat: "trace-cmd record: v6 and v7, none, zstd and zlib, either endianness, instances"
    case .perfettoTrace:
      "perfetto, traced: ftrace in every encoding, packets packed by zlib or zstd, android.log's kernel buffer; probes made by the kernel, not by Perfetto's kprobe_events"
    case .traceCmdReport:
      "trace-cmd report of 3.1 and 3.4 (kprobe events there show bare addresses: give trace.dat itself)"
    case .functionGraph: "/sys/kernel/tracing/trace or trace_pipe, function_graph tracer, any columns"
    case .functionText: "the same, function tracer"
    case .ftraceText:
      "the same, events: kprobe, kretprobe, fprobe, iommu:*, printk:console; atrace, systrace; per_cpu/cpuN/trace files together are one trace"
    case .kernelLog:
      "dmesg, serial console, journalctl, syslog, logcat, pstore, CI logs; an ftrace dump in it is read too"
    case .kprobeEvents:
      "/sys/kernel/tracing/kprobe_events beside a Perfetto recording: which function each probe is on"
    case .boardFacts:
      "proberace capture --facts, run on the live board: whose IOMMU each client has, groups, drivers, what is deferred; beside log and trace of the same boot, or alone"
    }
  }

  /// Where its look is described: a page of the repository with an anchor.
  package var page: String {
    switch self {
    case .traceDat: "docs/formats/trace-cmd.md#head"
    case .perfettoTrace: "docs/formats/perfetto.md#what-is-read"
    case .traceCmdReport: "docs/formats/trace-cmd.md#report-text"
    case .functionGraph: "docs/formats/ftrace.md#function_graph"
    case .functionText: "docs/formats/ftrace.md#function-tracer"
    case .ftraceText: "docs/formats/ftrace.md#columns"
    case .kernelLog: "docs/formats/kernel-log.md#printk"
    case .kprobeEvents: "docs/formats/ftrace.md#probe-events"
    case .boardFacts: "docs/formats/board-facts.md#lines"
    }
  }

  /// What reads it if somebody says that it is one.
  package var reader: Reader {
    switch self {
    case .traceDat: .traceDat
    case .perfettoTrace: .perfettoTrace
    case .kprobeEvents: .probes
    case .boardFacts: .facts
    case .traceCmdReport, .functionGraph, .functionText, .ftraceText: .text(.traces)
    case .kernelLog: .text(.logs)
    }
  }

  /// Nil if there is none of this id.
  package static func named(_ id: String) -> InputFormat? { InputFormat(rawValue: id) }

  /// The format of a text that was read: nil if neither a log nor a trace was found in it.
  package init?(_ reader: TextReader, hasLog: Bool) {
    guard !hasLog else {
      self = .kernelLog
      return
    }
    switch reader.form {
    case .events?: self = .ftraceText
    case .function?: self = .functionText
    case .graph?: self = .functionGraph
    case .reported?: self = .traceCmdReport
    case nil: return nil
    }
  }
}

/// What the first bytes of a document tell: binary kinds have a magic; text is read to tell.
package enum Recognised: Sendable, Equatable {
  case format(InputFormat)
  case refused(Refusal)
  case text

  /// Bytes that tell it.
  package static let sniffed = 1 << 14

  /// `head`: the first `sniffed` bytes, or all of a shorter document.
  package init(_ head: Span<UInt8>) {
    if head.has("\u{17}\u{8}\u{44}tracing", at: 0) {
      self = .format(.traceDat)
    } else if let refusal = Refusal(magic: head) {
      self = refusal == .perfetto ? .format(.perfettoTrace) : .refused(refusal)
    } else if Self.isKprobeEvents(head) {
      self = .format(.kprobeEvents)
    } else if head.has(TextReader.factsBegin, at: 0) {
      self = .format(.boardFacts)
    } else {
      self = .text
    }
  }

  /// `p:group/event function arguments`, `r10:group/event function`: the first line tells.
  private static func isKprobeEvents(_ head: Span<UInt8>) -> Bool {
    guard head.count > 8, head[0] == UInt8(ascii: "p") || head[0] == UInt8(ascii: "r") else { return false }
    let colon = head.digitsEnd(from: 1, to: head.count)
    guard head.has(":", at: colon) else { return false }
    let group = head.wordEnd(from: colon + 1, to: head.count)
    guard group > colon + 1, head.has("/", at: group) else { return false }
    let event = head.wordEnd(from: group + 1, to: head.count)
    guard event > group + 1, head.has(" ", at: event) else { return false }
    return Symbol.end(head, event + 1, head.count) > event + 1
  }
}
