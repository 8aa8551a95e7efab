import ArgumentParser
import Bytes
import FoundationEssentials
import Glibc
import Reports
import Scan
import Synchronization
import SystemPackage
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

  @Option(
    name: [.customShort("j", allowingJoined: true), .long], help: "Logs read at a time; default: one a core.")
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

  /// Every file to scan, and the folders that cannot be opened.
  func files() throws -> ScanList {
    // Only the progress bar asks how much there is.
    var walk = FileWalk(include: include, exclude: exclude, measures: ProgressBar.isShown)
    var files = walk.files(paths)
    if let filesFrom { files += walk.files(FileWalk.list(try Self.bytes(filesFrom))) }
    if files.isEmpty, walk.leftOut > 0 {
      Diagnostics.say("proberace: --include and --exclude leave none of \(walk.leftOut) files to read")
    }
    return ScanList(
      files: files, bytes: files.contains("-") ? 0 : walk.bytes,
      closed: walk.errors.map { LogResult.unreadable($0.path, $0.reason) })
  }

  func gate() throws -> Scan.Gate {
    Scan.Gate(failing: failOn.verdicts, baseline: try baseline.map(Self.list), today: Self.today)
  }

  static func list(_ path: String) throws -> Baseline {
    do {
      return try Baseline.parse(try bytes(path))
    } catch let error as LogError {
      throw ValidationError("\(path): \(error)")
    }
  }

  /// `2026-11-22`, in UTC: a CI farm has no other clock in common.
  static var today: String { String(Date.now.formatted(.iso8601.year().month().day())) }

  /// What a list is at most: a device or a pipe may never end.
  private static let longest = 64 << 20

  static func bytes(_ path: String) throws -> [UInt8] {
    let bytes: [UInt8]?
    do {
      if path == "-" {
        bytes = try FileDescriptor.standardInput.readWhole(atMost: longest)
      } else {
        let descriptor = try FileDescriptor.open(FilePath(path), .readOnly)
        bytes = try descriptor.closeAfter { try descriptor.readWhole(atMost: longest) }
      }
    } catch {
      throw ValidationError("\(path): \(error)")
    }
    guard let bytes else {
      throw ValidationError("\(path): more than \(longest >> 20) MiB: not read (is it the right file?)")
    }
    return bytes
  }
}

/// What is to be scanned.
struct ScanList {
  var files: [String]
  /// Size of all; 0 if it is not known.
  var bytes: Int
  /// Folders that could not be opened.
  var closed: [LogResult]
}

struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: "Scan many logs: a gate for CI.",
    discussion: """
      Known false positives pass, real and undetermined ones stop; an unreadable or empty log is never a pass. \
      Plain, gzip, zstd, xz, bzip2 and lz4 logs, tar and zip archives are recognised by content.

        proberace scan logs/
        proberace scan --format junit -o out.xml --baseline known.json logs/
        find . -name '*.log' -print0 | proberace scan --files-from - --format jsonl
      """)

  @OptionGroup var scan: ScanOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "\(ScanFormat.all.map(\.id).joined(separator: ", ")).")
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

  func validate() throws {
    if ScanFormat.named(format) == nil {
      let known = ScanFormat.all.map(\.id).joined(separator: ", ")
      throw ValidationError("unknown format '\(format)'; there are: \(known)")
    }
    if KCIDB.Context(origin: origin, build: buildID) == nil {
      throw ValidationError("KCIDB takes an --origin of a-z, 0-9 and _, and a --build-id like origin:id")
    }
  }

  func run() throws {
    let list = try scan.files()
    let gate = try scan.gate()
    // Only now is known what folders and lists hold.
    try output.refuse(overwriting: list.files + [scan.filesFrom, scan.baseline].compactMap(\.self))
    let tally = ScanSoFar(gate)
    let streams = format == "jsonl"
    let isSilent = output.quiet && output.output == nil
    let stream = Output.open(growing: streams ? output.output : nil)
    let ended = Scanning.run(
      list, scan, gate, showsProgress: !streams || output.output != nil || !Output.isTerminal
    ) {
      streams && !isSilent ? Array(JSONLines.line($0).utf8) : []
    } each: { log, line in
      tally.add(log, keeps: !streams)
      if !line.isEmpty { Output.put(line, stream, output.output ?? "standard output") }
    }
    let report = tally.report
    if streams {
      for note in report.baselineNotes { Diagnostics.say("proberace: baseline: \(Plain.safe(note))") }
    } else if ended == nil || format == "terminal", let chosen = ScanFormat.named(format) {
      let context = KCIDB.Context(origin: origin, build: buildID) ?? KCIDB.Context()
      let settings = ScanFormat.Settings(style: output.style, kcidb: context, explainsGate: explainGate)
      let text = chosen.render(report, settings)
      try output.write(.text(text), isForReading: format == "terminal")
    } else {
      // Half a document would pass for a whole one.
      Diagnostics.say("proberace: \(output.output ?? "standard output"): not written")
    }
    if let ended { throw ExitCode(128 + ended) }
    throw ExitCode(tally.exitCode)
  }
}

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
  /// The signal that ended it early; nil if it came to its end.
  static func run(
    _ list: ScanList, _ options: ScanOptions, _ gate: Scan.Gate, showsProgress: Bool,
    render: @escaping @Sendable (LogResult) -> [UInt8] = { _ in [] },
    each: @escaping @Sendable (LogResult, [UInt8]) -> Void
  ) -> Int32? {
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
    return signal
  }
}

struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline", abstract: "Keep the allow-list of known findings.", subcommands: [Update.self])

  struct Update: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "update",
      abstract: "Add an entry for every finding that fails now.",
      usage: "proberace baseline update --baseline <file> [<options>] [<paths> ...]",
      discussion: "  proberace baseline update --baseline known.json --bug LINK logs/")

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
      if let expires, expires < ScanOptions.today {
        throw ValidationError("--expires: \(expires) is over: such entries would let nothing pass")
      }
    }

    func run() throws {
      guard let path = scan.baseline else { return }
      let known = FileManager.default.fileExists(atPath: path) ? try ScanOptions.list(path) : Baseline()
      let gate = Scan.Gate(failing: scan.failOn.verdicts, baseline: known, today: ScanOptions.today)
      let list = try scan.files()
      let tally = ScanSoFar(gate)
      if let signal = Scanning.run(
        list, scan, gate, showsProgress: true, each: { log, _ in tally.add(log, keeps: true) })
      {
        Diagnostics.say("proberace: \(path): not changed")
        throw ExitCode(128 + signal)
      }
      let failing = tally.report.logs.flatMap(\.findings).filter { !$0.decision.passes }.map(\.finding)
      let updated = known.updated(with: failing, bug: bug, expires: expires, today: gate.today)
      Output.write(try updated.text(), to: path)
      Diagnostics.say(
        "proberace: \(path): entries before: \(known.entries.count), now: \(updated.entries.count)")
      // What fails is on the list now: only what could not be read is left to be said.
      if tally.exitCode == 2 { throw ExitCode(2) }
    }
  }
}
