import FoundationEssentials
import Reports
import Scan
import Synchronization
import Verdicts

/// What a scan has come to until now. Results come one after the other, but from any thread.
final class ScanSoFar: Sendable {
  private struct State {
    var logs: [LogResult] = []
    var matched: Set<Int> = []
    var count = 0
    var unanswered = 0
    var fails = false
  }
  private let gate: Scan.Gate
  private let state = Mutex(State())
  /// Inputs of which nothing can be said that are named one by one.
  private static let named = 20

  init(_ gate: Scan.Gate) { self.gate = gate }

  /// Takes a result, and says on standard error if nothing can be said of its log. `keeps`: for a report at the end.
  func add(_ log: LogResult, keeps: Bool) {
    state.withLock { state in
      state.count += 1
      state.fails = state.fails || !log.isNoAnswer && log.fails
      if let baseline = gate.baseline {
        for judged in log.findings { state.matched.formUnion(baseline.matches(judged.finding)) }
      }
      if keeps { state.logs.append(log) }
      guard log.isNoAnswer else { return }
      state.unanswered += 1
      if state.unanswered <= Self.named {
        Diagnostics.say("proberace: \(Plain.safe(log.path)): \(Plain.safe(log.trouble ?? "damaged"))")
      }
    }
  }

  var report: ScanReport {
    state.withLock { state in
      if state.unanswered > Self.named {
        Diagnostics.say("proberace: and \(state.unanswered - Self.named) more that could not be judged")
      }
      return ScanReport(
        logs: state.logs, baselineNotes: gate.baseline?.notes(state.matched, gate.today) ?? [])
    }
  }

  /// 2 wins over 1: what could not be read may hide findings.
  var exitCode: Int32 {
    state.withLock { $0.unanswered > 0 || $0.count == 0 ? 2 : $0.fails ? 1 : 0 }
  }
}

/// Runs a scan with its progress bar and Ctrl-C.
enum Scanning {
  /// What ended it early, and how many files it did not come to.
  struct Ended {
    var signal: Int32
    var filesLeft: Int
  }

  /// Nil if it came to its end.
  static func run(
    _ list: ScanList, _ options: ScanOptions, _ gate: Scan.Gate, showsProgress: Bool,
    render: @escaping @Sendable (LogResult) -> [UInt8] = { _ in [] },
    each: @escaping @Sendable (LogResult, [UInt8]) -> Void
  ) -> Ended? {
    Interrupt.watch()
    let progress = ScanRun.Progress()
    let bar = showsProgress ? ProgressBar(list, progress) : nil
    ScanRun.run(
      list.files, gate: gate, claims: KernelClaims(has: options.kernelHas, lacks: options.kernelLacks),
      workers: options.jobs ?? ProcessInfo.processInfo.activeProcessorCount, progress: progress,
      isStopped: { Interrupt.signal != nil }, render: render, sink: each)
    bar?.end()
    for folder in list.closed { each(folder, render(folder)) }
    guard let signal = Interrupt.signal else { return nil }
    Diagnostics.say("proberace: interrupted after \(progress.files) of \(list.files.count) files")
    return Ended(signal: signal, filesLeft: list.files.count - progress.files)
  }
}
