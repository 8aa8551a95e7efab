import ArgumentParser
import Bytes
import FoundationEssentials
import Glibc
import Reports
import Scan
import Synchronization
import Verdicts

/// The files that a scan reads, and the gate it holds them against.
struct ScanOptions: ParsableArguments {
  @Argument(help: "Logs, folders (recursively) and archives; - is standard input.")
  var paths: [String] = []

  @Option(help: ArgumentHelp("Only files whose name matches this glob; may be repeated.", valueName: "glob"))
  var include: [String] = []

  @Option(help: ArgumentHelp("No files whose name matches this glob; may be repeated.", valueName: "glob"))
  var exclude: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read more names from this file (- is standard input), one a line or NUL-separated.", valueName: "file")
  )
  var filesFrom: String?

  @Option(help: ArgumentHelp("Let pass what this allow-list names.", valueName: "file"))
  var baseline: String?

  @Option(
    help: "Exit with 1 if a finding has one of these verdicts: real, undetermined, false-positive; or none.")
  var failOn = FailOn.standard

  @Option(name: [.customShort("j"), .long], help: "Logs read at a time; default: one a core.")
  var jobs: Int?

  @Option(help: ArgumentHelp("The kernels have the fix COMMIT; may be repeated.", valueName: "commit"))
  var kernelHas: [String] = []

  @Option(help: ArgumentHelp("The kernels lack the fix COMMIT; may be repeated.", valueName: "commit"))
  var kernelLacks: [String] = []

  func validate() throws {
    if paths.isEmpty, filesFrom == nil { throw ValidationError("name at least one log, folder or archive") }
    if let fault = KernelClaims(has: kernelHas, lacks: kernelLacks).fault { throw ValidationError(fault) }
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be 1 or more") }
  }

  /// Every file to scan; folders that cannot be opened are said and counted as failures.
  func files() throws -> (files: [String], failed: Bool) {
    var walk = FileWalk(include: include, exclude: exclude)
    var files = walk.files(paths)
    if let filesFrom { files += FileWalk.list(try Self.bytes(filesFrom)) }
    for error in walk.errors { Diagnostics.say("proberace: \(Plain.safe(error.path)): \(error.reason)") }
    return (files, !walk.errors.isEmpty)
  }

  func gate() throws -> Scan.Gate {
    var list: Baseline?
    if let baseline {
      do {
        list = try Baseline.parse(try Self.bytes(baseline))
      } catch let error as LogError {
        throw ValidationError("\(baseline): \(error)")
      }
    }
    return Scan.Gate(failing: failOn.verdicts, baseline: list, today: Self.today)
  }

  /// `2026-11-22`, in UTC: a CI farm has no other clock in common.
  static var today: String { String(Date.now.formatted(.iso8601.year().month().day())) }

  static func bytes(_ path: String) throws -> [UInt8] {
    do {
      var bytes: [UInt8] = []
      let source = try LineSource(path: path)
      while try source.next({ run, _ in for index in run.indices { bytes.append(run[index]) } }) {}
      return bytes
    } catch {
      throw ValidationError("\(path): cannot be read")
    }
  }
}

struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: "Scan many logs: a gate for CI.",
    discussion: """
      Known false positives pass, real and undetermined ones stop; an unreadable or empty log is never a pass. Plain,
      gzip, zstd, xz and bzip2 logs, tar and zip archives are recognised by content.

        proberace scan logs/
        proberace scan --format junit -o proberace.xml --baseline known.json logs/*.log.gz
        find . -name '*.log' -print0 | proberace scan --files-from - --format jsonl
      """)

  @OptionGroup var scan: ScanOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "\(ScanFormat.all.map(\.id).joined(separator: ", ")).")
  var format = "terminal"

  @Flag(help: "Say for each finding why it passed or failed.")
  var explainGate = false

  func validate() throws {
    if ScanFormat.named(format) == nil {
      let known = ScanFormat.all.map(\.id).joined(separator: ", ")
      throw ValidationError("unknown format '\(format)'; there are: \(known)")
    }
  }

  func run() throws {
    let (files, failed) = try scan.files()
    let gate = try scan.gate()
    let streams = format == "jsonl" && output.output == nil && !output.quiet
    var logs = Scanning.run(files, scan, gate) { if streams { Output.write(JSONLines.line($0), to: nil) } }
    let findings = logs.flatMap(\.findings).map(\.finding)
    let report = ScanReport(logs: logs, baselineNotes: gate.baseline?.notes(findings, gate.today) ?? [])
    if !streams, let chosen = ScanFormat.named(format) {
      var text = chosen.render(report, output.style)
      if explainGate, format == "terminal" { text += GateReport.render(report, output.style) }
      try output.write(.text(text), isForReading: format == "terminal")
    }
    for log in logs where log.isNoAnswer {
      Diagnostics.say(
        "proberace: \(Plain.safe(log.path)): \(log.error ?? log.losses.first(where: \.isDamage)?.detail ?? (log.state == .noKernelLog ? "no kernel log in here" : "damaged"))"
      )
    }
    logs.removeAll(where: \.isNoAnswer)
    let isIncomplete = failed || Interrupt.isSet || logs.count < report.logs.count || report.logs.isEmpty
    throw ExitCode(isIncomplete ? 2 : logs.contains(where: \.fails) ? 1 : 0)
  }
}

/// Runs a scan with its progress bar and Ctrl-C.
enum Scanning {
  static func run(
    _ files: [String], _ options: ScanOptions, _ gate: Scan.Gate,
    each: @escaping @Sendable (LogResult) -> Void
  ) -> [LogResult] {
    Interrupt.watch()
    let collected = Mutex<[LogResult]>([])
    let bar = ProgressBar(files.count)
    ScanRun.run(
      files, gate: gate, claims: KernelClaims(has: options.kernelHas, lacks: options.kernelLacks),
      workers: options.jobs ?? ProcessInfo.processInfo.activeProcessorCount, isStopped: { Interrupt.isSet }
    ) { results, progress in
      for result in results { each(result) }
      collected.withLock { $0 += results }
      bar.show(progress.done)
    }
    bar.clear()
    if Interrupt.isSet { Diagnostics.say("proberace: interrupted: what was scanned until now is reported") }
    return collected.withLock { $0 }
  }
}

/// Ctrl-C ends the scan between two logs, so that what is done can still be written.
enum Interrupt {
  private static let flag = Atomic<Bool>(false)
  static var isSet: Bool { flag.load(ordering: .relaxed) }

  static func watch() {
    // An atomic store is all that the handler does.
    _ = signal(SIGINT) { _ in Interrupt.flag.store(true, ordering: .relaxed) }
  }
}

/// `scan` of many logs on a terminal: how many are done, how fast, how long still. Silent elsewhere.
final class ProgressBar: Sendable {
  private let total: Int
  private let began = ContinuousClock.now
  private let isShown = isatty(STDERR_FILENO) == 1
  private let last = Mutex(ContinuousClock.now)

  init(_ total: Int) { self.total = total }

  func show(_ done: Int) {
    guard isShown, total > 20 else { return }
    let now = ContinuousClock.now
    let isDue = last.withLock { last in
      guard now - last > .milliseconds(100) else { return false }
      last = now
      return true
    }
    guard isDue else { return }
    let seconds = max(1, Int((now - began).components.seconds))
    let rate = max(1, done / seconds)
    let bar =
      String(repeating: "#", count: 20 * done / total) + String(repeating: ".", count: 20 - 20 * done / total)
    Diagnostics.put("\r[\(bar)] \(done)/\(total) logs, \(rate)/s, \((total - done) / rate) s left ")
  }

  func clear() {
    if isShown, total > 20 { Diagnostics.put("\r\u{1b}[K") }
  }
}

struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline", abstract: "Keep the allow-list of known findings.", subcommands: [Update.self])

  struct Update: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add an entry for every finding that fails now.",
      discussion:
        "  proberace baseline update --baseline known.json --bug https://… --expires 2027-03-31 logs/")

    @OptionGroup var scan: ScanOptions

    @Option(help: ArgumentHelp("Bug link for the new entries.", valueName: "link"))
    var bug: String?

    @Option(help: ArgumentHelp("Last day on which the new entries hold, e.g. 2027-03-31.", valueName: "date"))
    var expires: String?

    func validate() throws {
      if scan.baseline == nil { throw ValidationError("say which allow-list: --baseline FILE") }
      if let expires, !Baseline.isDate(expires) {
        throw ValidationError("--expires: \"\(expires)\" is no date like 2027-03-31")
      }
    }

    func run() throws {
      guard let path = scan.baseline else { return }
      let known =
        FileManager.default.fileExists(atPath: path)
        ? try Baseline.parse(try ScanOptions.bytes(path)) : Baseline()
      let gate = Scan.Gate(failing: scan.failOn.verdicts, baseline: known, today: ScanOptions.today)
      let logs = Scanning.run(try scan.files().files, scan, gate) { _ in }
      let failing = logs.flatMap(\.findings).filter { !$0.decision.passes }.map(\.finding)
      let updated = known.updated(with: failing, bug: bug, expires: expires, today: gate.today)
      Output.write(try updated.text(), to: path)
      Diagnostics.say(
        "proberace: \(path): entries before: \(known.entries.count), now: \(updated.entries.count)")
      for log in logs where log.isNoAnswer { Diagnostics.say("proberace: \(Plain.safe(log.path)): not read") }
      if logs.contains(where: \.isNoAnswer) { throw ExitCode(2) }
    }
  }
}
