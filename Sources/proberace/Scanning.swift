import FoundationEssentials
import Reports
import Scan
import ScanReports
import Synchronization
import Verdicts
import Writing

/// What some results mean for the whole scan.
struct ScanPart: Sendable {
  var count = 0
  var end = ScanEnd()
  /// Whether a log fails of which something can be said.
  var fails = false
  /// The logs of which nothing can be said, to be named.
  var unanswered: [String] = []
  /// Entries of the allow-list that match.
  var matched: Set<Int> = []
  /// Named folders in which something was judged, and those in which files were.
  var judgedFolders: Set<Int> = []
  var folders: Set<Int> = []
  /// Those that are kept for a report at the end.
  var logs: [LogResult] = []

  mutating func add(_ log: LogResult, _ gate: Scan.Gate, keeps: Bool) {
    count += 1
    end.add(log)
    if let folder = log.folder {
      folders.insert(folder)
      if log.isKnown || log.isJudged || log.isNoAnswer { judgedFolders.insert(folder) }
    }
    guard !log.isKnown else { return }
    if log.isNoAnswer {
      unanswered.append("\(Plain.safe(log.path)): \(Plain.safe(log.noPassReason ?? "damaged"))")
    } else if log.fails {
      fails = true
    }
    if let baseline = gate.baseline {
      for judged in log.findings { matched.formUnion(baseline.matches(judged.finding, of: log.place)) }
    }
    if keeps { logs.append(log) }
  }
}

/// What a scan has come to until now. Parts come one after the other, but from any thread.
final class ScanSoFar: Sendable {
  private struct State {
    var logs: [LogResult] = []
    var clean = CleanLogs()
    var end = ScanEnd()
    var matched: Set<Int> = []
    var count = 0
    var unanswered = 0
    var fails = false
    var judgedFolders: Set<Int> = []
    var folders: Set<Int> = []
  }
  private let gate: Scan.Gate
  private let namesCleanLogs: Bool
  private let state = Mutex(State())
  /// Inputs of which nothing can be said that are named one by one.
  private static let named = 20

  /// `namesCleanLogs`: the report has something for each of them.
  init(_ gate: Scan.Gate, namesCleanLogs: Bool = true) {
    self.gate = gate
    self.namesCleanLogs = namesCleanLogs
  }

  /// Says on standard error of which logs nothing can be said.
  func add(_ part: ScanPart) {
    state.withLock { state in
      state.count += part.count
      state.fails = state.fails || part.fails
      state.matched.formUnion(part.matched)
      if namesCleanLogs {
        state.logs += part.logs
      } else {
        for log in part.logs where !state.clean.take(log) { state.logs.append(log) }
      }
      state.end.add(part.end)
      state.judgedFolders.formUnion(part.judgedFolders)
      state.folders.formUnion(part.folders)
      for log in part.unanswered {
        state.unanswered += 1
        if state.unanswered <= Self.named { Diagnostics.say("proberace: \(log)") }
      }
    }
  }

  /// Named folders in which nothing was judged: to be asked after the walk, for none of them is a pass.
  func unjudged(_ namedFolders: [String]) -> [String] {
    state.withLock { state in
      state.folders.subtracting(state.judgedFolders).sorted().filter(namedFolders.indices.contains)
        .map { namedFolders[$0] }
    }
  }

  var report: ScanReport {
    state.withLock { state in
      if state.unanswered > Self.named {
        Diagnostics.say("proberace: and \(state.unanswered - Self.named) more that could not be judged")
      }
      var report = ScanReport(
        logs: state.logs, baselineNotes: gate.baseline?.notes(state.matched, gate.today) ?? [])
      report.clean = state.clean
      report.failing = gate.failing
      return report
    }
  }

  /// `ofOtherShards`: there were inputs, but none for this one.
  func exitCode(ofOtherShards: Int) -> Int32 {
    state.withLock { state in
      state.count == 0 && ofOtherShards > 0
        ? 0 : ScanReport.status(count: state.count, unanswered: state.unanswered, fails: state.fails)
    }
  }

  /// What all rows come to until now.
  var end: ScanEnd { state.withLock { $0.end } }
}

/// Runs a scan with its progress bar and Ctrl-C.
enum Scanning {
  /// How it went.
  struct Outcome {
    /// The signal that ended it early; nil if it came to its end.
    var signal: Int32?
    /// Inputs that were for other shards.
    var ofOtherShards = 0
    /// What the history says, where a scan asked before its end.
    var change = HistorySink.Change()
  }

  /// `add` gathers results in batches on the threads of the
  /// workers, `each` gets them in order.
  static func run<Batch: Sendable>(
    _ walk: FileWalk, _ options: ScanOptions, _ rows: RowSettings, _ claims: KernelClaims, _ gate: Scan.Gate,
    showsProgress: Bool, tally: ScanSoFar, into empty: Batch,
    add: @escaping @Sendable (inout Batch, LogResult) -> Void,
    each: @escaping @Sendable (Batch) -> Void
  ) -> Outcome {
    let progress = ScanRun.Progress()
    let bar = showsProgress ? ProgressBar(walk, progress) : nil
    let walked = ScanRun.run(
      walk, gate: gate, claims: claims,
      unit: options.bootPer, rows: rows,
      workers: options.jobs ?? ProcessInfo.processInfo.activeProcessorCount,
      progress: progress,
      isStopped: { Interrupt.signal != nil }, into: empty, add: add, sink: each)
    bar?.end()
    if walked.specialFiles > 0 {
      Diagnostics.say("proberace: pipes, sockets and devices in folders are not read: \(walked.specialFiles)")
    }
    if walked.foreignFolders > 0 {
      Diagnostics.say("proberace: links to folders are not followed: \(walked.foreignFolders)")
    }
    guard let signal = Interrupt.signal else {
      var last = empty
      for folder in tally.unjudged(walked.namedFolders) {
        add(&last, .unreadable(folder, "no kernel log and no trace in here"))
      }
      each(last)
      tally.end.tell(ofOtherShards: walked.ofOtherShards, options.labelsFromPath)
      return Outcome(ofOtherShards: walked.ofOtherShards)
    }
    let files = progress.files
    let done = bar.map { "\(files) of \(Plain.count($0.total.files, "file"))" } ?? Plain.count(files, "file")
    Diagnostics.say("proberace: interrupted after \(done)")
    return Outcome(signal: signal, ofOtherShards: walked.ofOtherShards)
  }

  /// The same for a report at the end. `examples`: what of it is to be drawn.
  static func run(
    _ walk: FileWalk, _ options: ScanOptions, _ rows: RowSettings, _ claims: KernelClaims, _ gate: Scan.Gate,
    showsProgress: Bool, tally: ScanSoFar, _ boots: HistorySink? = nil, _ examples: Examples? = nil
  ) -> Outcome {
    run(walk, options, rows, claims, gate, showsProgress: showsProgress, tally: tally, into: ScanPart()) {
      $0.add($1, gate, keeps: true)
    } each: { part in
      var part = part
      examples?.settle(&part.logs)
      if let boots { boots.add(part.logs.compactMap(boots.boot)) }
      tally.add(part)
    }
  }
}

extension ScanEnd {
  /// Says on standard error what no row says.
  func tell(ofOtherShards: Int, _ pattern: String?) {
    if known > 0 { Diagnostics.say("proberace: known already (--skip-known), not judged: \(known)") }
    if ofOtherShards > 0 { Diagnostics.say("proberace: for other shards: \(ofOtherShards)") }
    if unfitting > 0, let pattern {
      Diagnostics.say("proberace: without labels, for the path is none of \(pattern): \(unfitting)")
    }
  }
}
