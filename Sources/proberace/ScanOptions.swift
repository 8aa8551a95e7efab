import Analysis
import ArgumentParser
import Bytes
import Glibc
import Inputs
import Reading
import Reports
import Scan
import ScanReports
import SystemPackage
import Verdicts
import Writing

extension BootUnit: ExpressibleByArgument {}

/// The files that a scan reads, and the gate it holds them against.
struct ScanOptions: ParsableArguments {
  @Argument(
    help: "Logs, traces, folders (recursively) and archives; - is standard input.", completion: .file())
  var paths: [String] = []

  @Option(
    help: ArgumentHelp(
      "Of folders only the files whose name matches this glob (*, ?, […]); may be repeated.",
      valueName: "glob"))
  var include: [String] = []

  @Option(
    help: ArgumentHelp(
      "No files or folders whose name matches this glob; may be repeated.", valueName: "glob"))
  var exclude: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read more names from this file (- is standard input), one a line or NUL-separated; may be repeated.",
      valueName: "file"), completion: .file())
  var filesFrom: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read JSON lines with \"path\", \"id\" and \"labels\" from this file (-: standard input); rows echo them; may be repeated.",
      valueName: "file"), completion: .file())
  var manifest: [String] = []

  @Option(
    name: .customLong("labels-from-path"),
    help: ArgumentHelp(
      "Labels from where a log lies below the scanned folder or archive, as {date}/{board}/{kernel}/.",
      valueName: "pattern"))
  var labelsFromPath: String?

  @Option(
    help: ArgumentHelp("A label of all logs; may be repeated.", valueName: "key=value"))
  var label: [String] = []

  @Option(
    help: ArgumentHelp(
      "Of all inputs only the i-th of n parts, told by their names below the named folder; lists must name alike.",
      valueName: "i/n"))
  var shard: String?

  @Option(
    name: .customLong("skip-known"),
    help: ArgumentHelp(
      "No logs that were judged, by their hash: rows of an earlier scan, a history, or a list of hashes.",
      valueName: "file"), completion: .file())
  var skipKnown: String?

  @Option(
    name: .customLong("time-limit-per-log"),
    help: ArgumentHelp("Read no log for longer; what is missing then is said.", valueName: "seconds"))
  var timeLimit: Int?

  @Option(help: ArgumentHelp("Let pass what this allow-list names.", valueName: "file"), completion: .file())
  var baseline: String?

  @Option(
    help: ArgumentHelp(
      "Exit with 1 if a finding has one of these verdicts: real, undetermined, false-positive; or none. regression: if one is new to the history, or more frequent than before."
    ), completion: FailOn.completion(history: true))
  var failOn = FailOn.standard

  @Option(
    name: [.customShort("j", allowingJoined: true), .long], help: "Logs read at a time; default: one a core.")
  var jobs: Int?

  @Option(
    name: .customLong("boot-per"),
    help: ArgumentHelp(
      "What holds the inputs of one machine, whose logs and traces are joined: file, folder or archive.",
      valueName: "unit"))
  var bootPer = BootUnit.file

  @OptionGroup var kernel: KernelOptions

  @Option(
    help: ArgumentHelp(
      "The probe NAME of Perfetto recordings is on FUNCTION (rp=really_probe); may be repeated.",
      valueName: "name=function"))
  var probe: [String] = []

  func validate() throws {
    if paths.isEmpty, filesFrom.isEmpty, manifest.isEmpty {
      throw ValidationError("name at least one log, folder or archive")
    }
    if let fault = probe.lazy.compactMap(Analysis.probeFault).first { throw ValidationError(fault) }
    if let glob = (include + exclude).first(where: { $0.contains("/") }) {
      throw ValidationError("globs match names, not paths: \(glob)")
    }
    do {
      if let labelsFromPath { _ = try PathPattern(labelsFromPath) }
    } catch {
      throw ValidationError("--labels-from-path: \(error)")
    }
    for label in label where !LabelName.isOne(String(label.prefix { $0 != "=" })) || !label.contains("=") {
      throw ValidationError(
        "--label \(label): a label is NAME=VALUE, its name of letters, digits, _, - and .")
    }
    if let label = label.first(where: { $0.hasSuffix("=") && $0.count { $0 == "=" } == 1 }) {
      throw ValidationError("--label \(label): it has no value (of a variable that is not set?)")
    }
    if let shard, Shard(shard) == nil { throw ValidationError("--shard \(shard): take 1/8 to 8/8 of eight") }
    if let timeLimit, timeLimit < 1 { throw ValidationError("--time-limit-per-log must be 1 or more") }
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be 1 or more") }
  }

  /// What is to be scanned.
  func walk() throws -> FileWalk {
    var walk = FileWalk(paths, include: include, exclude: exclude)
    walk.groupsFolders = bootPer == .folder
    var inputs = paths.count { $0 == "-" }
    for (kind, lists) in [(InputList.Kind.paths, filesFrom), (.manifest, manifest)] {
      for list in lists {
        // access reads the name and nothing else.
        if list != "-", unsafe access(list, R_OK) != 0 {
          throw ValidationError("\(list): \(InputError.explain(Errno(rawValue: errno)))")
        }
        inputs += list == "-" ? 1 : 0
        walk.add(InputList(kind, list))
      }
    }
    walk.shard = shard.flatMap(Shard.init)
    if inputs > 1 { throw ValidationError("standard input (-) can be read only once") }
    walk.notInputs = lists.compactMap { FileIdentity($0) } + [FileIdentity(STDERR_FILENO)].compactMap(\.self)
    walk.isStopped = { Interrupt.signal != nil }
    return walk
  }

  /// Files that are read beside the logs.
  var lists: [String] { filesFrom + manifest + [baseline, skipKnown].compactMap(\.self) }

  /// `hashes`: somebody asks by what the logs are known.
  func rows(hashes: Bool) throws -> RowSettings {
    var rows = RowSettings()
    rows.hashes = hashes || skipKnown != nil
    rows.timeLimit = timeLimit.map { .seconds($0) }
    rows.labels.pattern = try labelsFromPath.map { try PathPattern($0) }
    for label in label {
      let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      rows.labels.fixed[String(parts[0])] = String(parts[1])
    }
    if let skipKnown { rows.known = try KnownLogs.read(skipKnown) }
    return rows
  }

  func gate() throws -> Scan.Gate {
    Scan.Gate(failing: failOn.verdicts, baseline: try baseline.map(Self.list), today: UTC.today.text)
  }

  static func list(_ path: String) throws -> Baseline {
    // access reads the name and nothing else.
    if path != "-", unsafe access(path, F_OK) != 0 {
      throw ValidationError("\(path): there is no such allow-list; proberace baseline update makes one")
    }
    do {
      return try Baseline.parse(try bytes(path))
    } catch let error as InputError {
      throw ValidationError("\(path): \(error)")
    }
  }

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
