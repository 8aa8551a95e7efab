import Analysis
import ArgumentParser
import Bytes
import Glibc
import Inputs
import Reports
import Scan
import ScanReports
import SystemPackage
import Verdicts
import Writing

struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: "Scan many logs: a gate for CI.",
    discussion: """
      Known false positives pass, real and undetermined ones stop; an unreadable or empty log is never a pass. \
      Logs and traces are recognised by content, also packed, in archives, mails and pages (proberace formats). What lies \
      in a folder or an archive and is neither is listed without effect, unless nothing in there was judged.

        proberace scan logs/
        proberace scan --format junit -o out.xml --baseline known.json logs/
        proberace scan --boot-per folder artefacts/
        find . -name '*.log' -print0 | proberace scan --files-from - --format jsonl

      \(ExitStatus.judged) 130: Ctrl-C.
      """)

  @OptionGroup var scan: ScanOptions
  @OptionGroup var output: OutputOptions

  @Option(
    help: "\(ScanFormat.all.map(\.id).joined(separator: ", ")).",
    completion: .list(ScanFormat.all.map(\.id)))
  var format = "terminal"

  @Flag(help: "Say for each finding why it passed or failed.")
  var explainGate = false

  @Option(
    help: ArgumentHelp(
      "KCIDB: the CI system that reports; default: the build's, else proberace.", valueName: "name"))
  var origin: String?

  @Option(
    name: .customLong("build-id"),
    help: ArgumentHelp("KCIDB: the id of the build that was booted, origin:….", valueName: "id"))
  var buildID: String?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "What this scan is called in its rows; default: the CI system's job, else the time.", valueName: "name")
  )
  var runName: String?

  @Option(
    help: ArgumentHelp(
      "Add the boots to this history, which is made where there is none (proberace history).",
      valueName: "file"), completion: .file())
  var history: String?

  @Option(
    name: .customLong("group-by"),
    help:
      "What findings of several boots are put together by: signature, cause, verdict, board, kernel, device, driver.",
    completion: .list(GroupKey.allCases.map(\.rawValue))
  )
  var groupBy: String = GroupKey.standard.map(\.rawValue).joined(separator: ",")

  private var groupKeys: [GroupKey]? {
    let keys = groupBy.split(separator: ",", omittingEmptySubsequences: false).map {
      GroupKey(rawValue: String($0))
    }
    return keys.contains(nil) || Set(keys).count < keys.count ? nil : keys.compactMap(\.self)
  }

  @Option(
    name: .customLong("test-id"),
    help: ArgumentHelp(
      "KCIDB: the id of the test, origin:…, of a scan of one log; default: made of its content.",
      valueName: "id"))
  var testID: String?

  @Option(
    name: .customLong("log-url-prefix"),
    help: ArgumentHelp("KCIDB: the logs are found there, below it by their paths.", valueName: "url"))
  var logURLPrefix: String?

  private var kcidb: KCIDB.Context? {
    guard var context = KCIDB.Context(origin: origin, build: buildID) else { return nil }
    context.test = testID
    context.logs = logURLPrefix
    return testID.map(context.mayBe(test:)) ?? true ? context : nil
  }

  func validate() throws {
    if scan.failOn.asksForChange, history == nil {
      throw ValidationError(
        "--fail-on regression needs --history FILE: what is new is told by what was before")
    }
    if groupKeys == nil {
      throw ValidationError(
        "--group-by takes \(GroupKey.allCases.map(\.rawValue).joined(separator: ", ")), each once")
    }
    if ScanFormat.named(format) == nil {
      let known = ScanFormat.all.map(\.id).joined(separator: ", ")
      throw ValidationError("unknown format '\(format)'; there are: \(known)")
    }
    if kcidb == nil {
      throw ValidationError(
        "KCIDB takes an --origin of a-z, 0-9 and _, and a --build-id and a --test-id like origin:id")
    }
    for (name, value) in [
      ("--origin", origin), ("--build-id", buildID), ("--test-id", testID),
      ("--log-url-prefix", logURLPrefix),
    ] where value != nil && format != "kcidb" {
      throw ValidationError("\(name) is of --format kcidb alone: --format \(format) has no place for it")
    }
    if let logURLPrefix, !logURLPrefix.hasPrefix("https://"), !logURLPrefix.hasPrefix("http://") {
      throw ValidationError("--log-url-prefix \(logURLPrefix): an address begins with https://")
    }
  }

  func run() throws {
    var walk = try scan.walk()
    let gate = try scan.gate()
    let claims = try scan.kernel.claims(probes: scan.probe)
    // Where no row is written nobody asks which logs are the same.
    var rows = try scan.rows(hashes: !output.quiet || output.output != nil || history != nil)
    let chosen = ScanFormat.named(format)
    let examples = chosen?.illustrates == true ? Examples() : nil
    rows.illustrator = examples?.illustrator
    try output.refuse(overwriting: scan.paths + scan.lists)
    // A report of an earlier run may lie in a folder that is scanned; a log that is to be scanned must not be lost.
    if let old = output.output, FileIdentity(old) != nil, ScanRun.isLog(old) {
      guard walk.isCountable else {
        throw ValidationError("\(old) is a log, and may be one of the list's: name another file")
      }
      try output.refuse(overwriting: walk.lazy.map(\.path))
    }
    walk.notInputs += [output.output.flatMap { FileIdentity($0) } ?? FileIdentity(STDOUT_FILENO)].compactMap(
      \.self)
    let tally = ScanSoFar(gate, namesCleanLogs: chosen?.namesCleanLogs ?? true)
    let streams = format == "jsonl"
    let run = runID
    let boots = try history.map {
      try HistorySink($0, run: run, gate: gate, asks: scan.failOn.asksForChange)
    }
    // Until here a signal ends it: there is nothing to show yet, and what was waited for may never come.
    Interrupt.watch()
    if let history { walk.notInputs += ["", "-wal", "-shm"].compactMap { FileIdentity(history + $0) } }
    let outcome =
      streams
      ? stream(walk, run, rows, claims, gate, tally, boots)
      : Scanning.run(walk, scan, rows, claims, gate, showsProgress: true, tally: tally, boots, examples)
    let signal = outcome.signal
    // The rows' last line has asked already.
    let changed = streams ? outcome.change : boots?.end(isWhole: signal == nil) ?? HistorySink.Change()
    var report = tally.report
    report.isInterrupted = signal != nil
    report.copies = tally.end.copies
    report.leftOut = tally.end.known + outcome.ofOtherShards
    report.regressions = changed.failures?.map(ChangeReport.sentence)
    if streams {
      for note in report.baselineNotes { Diagnostics.say("proberace: baseline: \(Plain.safe(note))") }
    } else if signal == nil || format == "terminal", let chosen {
      let context = kcidb ?? KCIDB.Context()
      let settings = ScanFormat.Settings(
        style: output.style, kcidb: context, explainsGate: explainGate, run: run,
        groups: groupKeys ?? GroupKey.standard)
      try output.write(chosen.render(report, settings), isForReading: format == "terminal")
    } else {
      // Half a document would pass for a whole one.
      Diagnostics.say("proberace: \(output.output ?? "standard output"): not written")
    }
    if let signal { throw ExitCode(128 + signal) }
    // 2 wins over 1.
    throw ExitCode(max(changed.status, tally.exitCode(ofOtherShards: outcome.ofOtherShards)))
  }

  /// A line for each result, as soon as it is there.
  private func stream(
    _ walk: FileWalk, _ run: String, _ rows: RowSettings, _ claims: KernelClaims, _ gate: Scan.Gate,
    _ tally: ScanSoFar,
    _ boots: HistorySink?
  ) -> Scanning.Outcome {
    let isSilent = output.quiet && output.output == nil
    let lines = GrowingOutput(output.output)
    defer { lines.flush() }
    var walk = walk
    // It is there from now on, and may lie in a folder that is scanned.
    walk.notInputs += [lines.target].compactMap(\.self)
    var outcome = Scanning.run(
      walk, scan, rows, claims, gate, showsProgress: output.output != nil || !Output.isTerminal, tally: tally,
      into: (part: ScanPart(), rows: RowBatch(), records: [HistorySink.Boot]())
    ) { batch, log in
      if let boots, let boot = boots.boot(log) { batch.records.append(boot) }
      batch.part.add(log, gate, keeps: false)
      if !isSilent, !log.isKnown { batch.rows.add(log, run: run) }
    } each: {
      tally.add($0.part)
      $0.rows.write(run: run, to: lines)
      boots?.add($0.records)
    }
    outcome.change = boots?.end(isWhole: outcome.signal == nil) ?? HistorySink.Change()
    if !isSilent {
      let status = max(outcome.change.status, tally.exitCode(ofOtherShards: outcome.ofOtherShards))
      lines.put(
        tally.end.line(
          run: run, status: status, isInterrupted: outcome.signal != nil,
          regressions: outcome.change.failures))
    }
    return outcome
  }

  /// What rows say that they are of: `--run`, the CI system's job, else the time.
  private var runID: String {
    if let named = runName { return named }
    for name in ["GITHUB_RUN_ID", "CI_PIPELINE_ID", "BUILD_TAG", "BUILDKITE_BUILD_ID", "LAVA_JOB_ID"] {
      if let job = Output.environment(name), !job.isEmpty { return job }
    }
    return UTC.now
  }
}
