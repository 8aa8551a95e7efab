// One log to its results: byte searches first, the engine only where they hit.
import Analysis
import Bytes
import Records
import SystemPackage
import Verdicts

/// Scans logs with one gate. A worker has one of its own.
struct LogScanner {
  let gate: Gate
  let claims: KernelClaims
  /// Logs up to this size are held whole; larger ones are streamed through the parser.
  private static let held = 32 << 20

  /// What `path` holds: a file, or an archive of logs. Never throws: what cannot be read is a result too.
  func scan(_ path: String) -> [LogResult] {
    var results: [LogResult] = []
    do {
      try LogFiles.each(path) { name, stream in results += try log(name, stream) }
    } catch let error as Errno {
      results.append(unreadable(path, explain(error)))
    } catch {
      results.append(unreadable(path, "\(error)"))
    }
    if results.isEmpty { results.append(unreadable(path, "the archive holds no file")) }
    return results
  }

  private func explain(_ error: Errno) -> String {
    error == .noSuchFileOrDirectory
      ? "no such file" : error == .permissionDenied ? "permission denied" : "\(error)"
  }

  private func unreadable(_ path: String, _ reason: String) -> LogResult {
    var result = LogResult(path: path, boot: 0, state: .unreadable)
    result.error = reason
    return result
  }

  private func log(_ name: String, _ stream: any ByteStream) throws -> [LogResult] {
    let (bytes, isWhole) = try hold(stream)
    guard !bytes.isEmpty else { return [unreadable(name, "the log is empty")] }
    guard isWhole else { return analyse(name, JoinedStream(bytes, stream), nil) }
    let quick = Prefilter(bytes.span)
    if quick.needsAnalysis || quick.boots > 1 { return analyse(name, JoinedStream(bytes, nil), bytes) }
    return [quickResult(name, bytes, quick)]
  }

  /// The log, or as much of it as may be held.
  private func hold(_ stream: any ByteStream) throws -> (bytes: [UInt8], isWhole: Bool) {
    var bytes = [UInt8](repeating: 0, count: 1 << 18)
    var filled = 0
    while filled < Self.held {
      if filled == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
      let start = filled
      // The rest of the array's own storage.
      let count = try unsafe bytes.withUnsafeMutableBytes { storage in
        try unsafe stream.read(into: UnsafeMutableRawBufferPointer(rebasing: storage[start...]))
      }
      if count == 0 {
        bytes.removeLast(bytes.count - filled)
        return (bytes, true)
      }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    return (bytes, false)
  }

  private func quickResult(_ name: String, _ bytes: [UInt8], _ quick: Prefilter) -> LogResult {
    var result = LogResult(path: name, boot: 0, state: state(bytes, quick))
    result.kernel = quick.kernel
    result.hardware = quick.hardware
    if quick.hasTrouble {
      var troubles = Troubles()
      troubles.look(bytes.span, at: 0)
      result.others = troubles.found
    }
    return result
  }

  private func state(_ bytes: [UInt8], _ quick: Prefilter) -> LogResult.State {
    if quick.boots == 0,
      InputFormat.recognise(bytes.span.extracting(0..<min(bytes.count, 1 << 15))) != .kernelLog
    {
      return .noKernelLog
    }
    return quick.reachedUserSpace ? .complete : .incomplete
  }

  // MARK: the engine

  private func analyse(_ name: String, _ stream: any ByteStream, _ bytes: [UInt8]?) -> [LogResult] {
    var troubles = Troubles()
    var reached = false
    let analysis = Analysis.run(LineSource(stream: stream), path: name, claims: claims) { text, offset in
      let quick = Prefilter(text)
      reached = reached || quick.reachedUserSpace
      if quick.hasTrouble { troubles.look(text, at: offset) }
    }
    let losses = analysis.inputs.flatMap(\.losses)
    // A serial log often ends in a prompt: that is no cut log.
    let isDamaged = losses.contains { $0.isDamage && !($0.kind == .truncated && reached) }
    let broken = losses.first { $0.kind == .unreadable }?.detail
    guard !analysis.boots.isEmpty else {
      var result = broken.map { unreadable(name, $0) } ?? LogResult(path: name, boot: 0, state: .noKernelLog)
      result.losses = losses
      return [result]
    }
    return analysis.boots.enumerated().map { index, boot in
      var result = LogResult(
        path: name, boot: index, state: isDamaged ? .unreadable : reached ? .complete : .incomplete)
      result.error = broken
      result.kernel = boot.timeline.kernel
      result.hardware = boot.timeline.hardware
      result.findings = boot.findings.map { Judged(finding: $0, decision: gate.decide($0)) }
      // Where a log has several boots, its other troubles stand with the first.
      if index == 0 {
        result.others = troubles.found
        result.losses = losses
      }
      return result
    }
  }
}

/// Bytes that were read already, and the rest of the stream behind them.
final class JoinedStream: ByteStream {
  private let head: [UInt8]
  private let rest: (any ByteStream)?
  private var at = 0

  init(_ head: [UInt8], _ rest: (any ByteStream)?) {
    self.head = head
    self.rest = rest
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard at < head.count else { return try unsafe rest?.read(into: buffer) ?? 0 }
    let count = min(buffer.count, head.count - at)
    // count is bounded by both sides.
    unsafe buffer.copyBytes(from: head[at..<at + count])
    at += count
    return count
  }
}
