// One file to its results: byte searches first, the engine only where they hit.
import Analysis
import Bytes
import Records
import SystemPackage
import Verdicts

/// Scans files with one gate. A worker has one of its own.
final class LogScanner {
  private let gate: Gate
  private let claims: KernelClaims
  private let isStopped: () -> Bool
  private let count: (Int) -> Void
  /// The log that is looked at, in the first `filled` bytes; kept from log to log. It grows with the longest: most are short.
  private var buffer = [UInt8](repeating: 0, count: 1 << 17)
  private var filled = 0

  /// Logs up to this size are held whole; larger ones are streamed through the engine.
  private static let held = 8 << 20
  /// What tells the format.
  private static let sniffed = 1 << 15

  init(gate: Gate, claims: KernelClaims, isStopped: @escaping () -> Bool, count: @escaping (Int) -> Void) {
    self.gate = gate
    self.claims = claims
    self.isStopped = isStopped
    self.count = count
  }

  /// Hands what `path` holds to `emit`: the boots of a log, or of the logs in an archive. What cannot be read is a
  /// result too. Throws only `Stopped`; what was handed on before stands.
  func scan(_ path: String, _ emit: (LogResult) -> Void) throws {
    var isEmpty = true
    func put(_ result: LogResult) {
      isEmpty = false
      emit(result)
    }
    // The visitor's closures end with this call.
    try withoutActuallyEscaping(put) { put in
      let files = LogFiles(meter: Meter(isStopped: isStopped, count: count)) { name, stream in
        try self.log(name, stream, put)
      } failed: { name, error in
        put(.unreadable(name, LogError.explain(error)))
      }
      try files.visit(path)
    }
    if isEmpty { emit(.unreadable(path, "the archive holds no file")) }
  }

  private func log(_ name: String, _ stream: any ByteStream, _ emit: (LogResult) -> Void) throws {
    let rest = try hold(stream)
    guard filled > 0 else {
      if let rest { _ = try unsafe rest.read(into: UnsafeMutableRawBufferPointer(start: nil, count: 0)) }
      return emit(.unreadable(name, "the log is empty"))
    }
    let bytes = buffer
    let text = bytes.span.extracting(0..<filled)
    if InputFormat.isJournalExport(text) {
      return emit(.unreadable(name, InputFormat.journalExportAdvice))
    }
    var quick = LogLook()
    quick.look(text, at: 0, lines: 0)
    var isLog = true
    if quick.boots == 0 {
      let head = text.extracting(0..<min(filled, Self.sniffed))
      let format = InputFormat.recognise(head)
      if let format, format != .kernelLog { return emit(Self.other(name, format)) }
      isLog = format != nil && Self.hasStamps(head)
      if !isLog, rest == nil, !quick.needsAnalysis, quick.troubles.found.isEmpty {
        return emit(Self.other(name, nil))
      }
    }
    let last = text.extracting(Self.lastLine(text))
    if rest == nil, !quick.needsAnalysis, quick.boots < 2, text.index(of: 0) == nil,
      last.index(of: "[ cut here ]") == nil
    {
      let isWhole = text[filled - 1] == 10 || text[filled - 1] == 13 || LastLine.isWhole(last)
      return emit(Self.quickResult(name, quick, isCut: !isWhole))
    }
    try analyse(name, JoinedStream(Array(bytes[0..<filled]), rest), isLog: isLog, emit)
  }

  /// Prose about a kernel has its words, but no line with a stamp.
  private static func hasStamps(_ head: Span<UInt8>) -> Bool {
    var reader = KernelLogReader(input: 0)
    reader.read(head, at: 0) { _, _, _ in }
    return reader.stamped > 0
  }

  /// No kernel log, and what it is if that is known.
  private static func other(_ name: String, _ format: InputFormat?) -> LogResult {
    var result = LogResult(path: name, boot: 0, state: .noKernelLog)
    result.trace = format?.title
    return result
  }

  /// Reads the log, or as much of it as may be held; what may follow is returned. A log that breaks is kept as far as
  /// it goes.
  private func hold(_ stream: any ByteStream) throws -> (any ByteStream)? {
    filled = 0
    while filled < Self.held {
      if filled == buffer.count { buffer.append(contentsOf: repeatElement(0, count: buffer.count)) }
      let start = filled
      do {
        // The rest of the array's own storage.
        let count = try unsafe buffer.withUnsafeMutableBytes { storage in
          try unsafe stream.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[start...]))
        }
        if count == 0 { return nil }
        filled += count
      } catch let stop as Stopped {
        throw stop
      } catch {
        return BrokenStream(error)
      }
    }
    return stream
  }

  /// Without its newline, if it has one.
  private static func lastLine(_ text: Span<UInt8>) -> Range<Int> {
    var end = text.count
    while end > 0, text[end - 1] == 10 || text[end - 1] == 13 { end -= 1 }
    var start = end
    while start > 0, text[start - 1] != 10 { start -= 1 }
    return start..<end
  }

  private static func quickResult(_ name: String, _ quick: LogLook, isCut: Bool) -> LogResult {
    var result = LogResult(path: name, boot: 0, gaps: quick.gaps)
    result.kernel = quick.kernel
    result.hardware = quick.hardware
    result.others = quick.troubles.found
    if isCut {
      result.state = .unreadable
      result.losses = [.cutInside]
    }
    return result
  }

  // MARK: the engine

  /// `isLog`: it is a kernel log, whatever is found in it.
  private func analyse(
    _ name: String, _ stream: any ByteStream, isLog: Bool, _ emit: (LogResult) -> Void
  ) throws {
    var seen = LogLook()
    var index = 0
    var lines = 0
    let watched = WatchedStream(stream)
    Analysis.eachBoot(of: LineSource(stream: watched), claims: claims) { text, offset in
      seen.look(text, at: offset, lines: lines)
      lines += text.count(of: 10, before: text.count)
    } boot: { boot, losses in
      guard !(watched.fault is Stopped) else { return }
      let dropped = losses.contains { $0.kind == .droppedPrintk }
      var result = LogResult(path: name, boot: index, gaps: seen.gaps + (dropped ? [.messages] : []))
      result.kernel = boot.timeline.kernel
      result.hardware = boot.timeline.hardware
      result.findings = boot.findings.map { Judged(finding: $0, decision: gate.decide($0)) }
      result.suspects = boot.suspects
      result.others = seen.troubles.found
      result.losses = losses
      if losses.contains(where: \.isDamage) {
        result.state = .unreadable
      } else if !isLog, boot.timeline.kernel == nil, result.findings.isEmpty, result.others.isEmpty {
        result.state = .noKernelLog
      }
      result.error = losses.first { $0.kind == .unreadable }?.detail
      emit(result)
      index += 1
      seen = LogLook()
    }
    if watched.fault is Stopped { throw Stopped() }
    if index == 0 {
      emit(.unreadable(name, watched.fault.map(LogError.explain) ?? "no line of text in here"))
    }
  }
}
