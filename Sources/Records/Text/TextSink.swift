import Bytes

/// Takes what a text says, in its order.
package protocol TextSink {
  /// A part of the document begins: what follows is of another boot, another log of the same boot, or another trace.
  mutating func begin(_ part: TextPart, at place: Place)
  /// A line of a kernel log.
  mutating func take(_ record: LogRecord, _ line: Span<UInt8>, _ place: Place)
  /// A line of a kernel log that is like nearly all of them. False: it was not taken, and comes as a record.
  mutating func take(_ plain: PlainLine, _ line: Span<UInt8>, _ place: Place) -> Bool
  /// A line that a log or a bug report holds and that is none of the kernel's: another program's.
  mutating func pass(over line: Span<UInt8>, _ place: Place)
  /// An entry of a trace.
  mutating func take(_ record: TraceRecord, _ line: Span<UInt8>, _ place: Place)
  /// A line of board facts, without what stood left of it.
  mutating func take(fact line: Span<UInt8>, _ place: Place)
}

extension TextSink {
  /// Every line comes as a record, if a sink says nothing else.
  package mutating func take(_ plain: PlainLine, _ line: Span<UInt8>, _ place: Place) -> Bool { false }
  /// Who reads logs alone has no use for them.
  package mutating func take(fact line: Span<UInt8>, _ place: Place) {}
}

/// A part of a text document.
package enum TextPart: Sendable, Equatable {
  case log(LogPart)
  /// `# tracer:`, or the first line that has the columns of a trace.
  case trace
  /// The trace is over, and lacks so much. Where all its entries are of one CPU, and its header counts more, that is the CPU.
  case traceEnd(
    onlyCPU: Int32?, clock: TraceClock?, kernel: String?, promise: TracePromise?, losses: [Loss])
  /// What ftrace_dump_on_oops (or sysrq-z) printed into the log: a trace of that boot.
  case dump
  /// The dump's last line has come, or none will; it lacks so much.
  case dumpEnd(losses: [Loss])
  /// What a live board says of itself (docs/formats/board-facts.md).
  case facts
  /// Its last line has come, or one that it cannot have.
  case factsEnd

  /// What a trace lacks, at its end.
  package var losses: [Loss] {
    switch self {
    case .traceEnd(_, _, _, _, let losses), .dumpEnd(let losses): losses
    case .log, .trace, .dump, .facts, .factsEnd: []
    }
  }
}

/// Which log it is that a section holds.
package enum LogPart: Sendable, Hashable {
  /// Of the machine as it runs: a bug report has it as dmesg and as logcat.
  case running
  /// The console of the boot before that (LAST KMSG, console-ramoops).
  case last
  /// Behind what held sections: nothing says of which boot it is.
  case apart
  /// A record of pstore: its parts (`Panic#1 Part2`) are one log, the highest part first.
  case pstore(dump: UInt64, part: Int32)
}
