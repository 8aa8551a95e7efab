import Foundation
import TestSupport
import Testing

/// `scan` and `baseline update` where something goes wrong: full disks, closed folders.
struct ScanCommandTests {
  static let real = Here.sample("natural-6.17.13-4/dmesg.txt")
  private static let clean = Here.sample("clean-fgraph-6.17.13/dmesg.txt")

  static func lines(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func gate() throws {
    #expect(try Command.run("scan", Self.clean).code == 0)
    #expect(try Command.run("scan", Self.real).code == 1)
    #expect(try Command.run("scan", Self.real, "/no/such.log").code == 2)
    #expect(try Command.run("scan", "--fail-on", "none", "-j1", Self.real).code == 0)
  }

  // MARK: what cannot be read or written

  @Test(arguments: ["jsonl", "junit", "terminal"]) func aFullDiskIsSaid(_ format: String) throws {
    for line in [
      "scan --format \(format) \(Self.clean) > /dev/full",
      "scan --format \(format) -o /dev/full \(Self.clean)",
    ] {
      let command = try Command.shell("\"$P\" \(line)")
      #expect(command.code == 2)
      #expect(command.errors.contains("No space left on device"))
    }
  }

  @Test func aReportThatCannotBeWrittenLeavesTheOldOne() throws {
    let folder = try TemporaryFolder()
    let report = try folder.file("report.xml", "old")
    // A file may be at most 1 KiB: what a full disk does, without a disk.
    let command = try Command.shell(
      "trap '' XFSZ; ulimit -f 1; \"$P\" scan --format junit -o \(report) \(Self.real)")
    #expect(command.code == 2)
    #expect(try String(contentsOf: URL(filePath: report), encoding: .utf8) == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["report.xml"])
  }

  /// However an input is found: JSON lines would empty it before it is read.
  @Test(arguments: [
    "logs -o logs/a.log", "logs -o alias", "logs -o link", "--files-from list -o logs/a.log",
    "logs -o known.json",
    "--files-from list -o list", "not-there -o not-there", "logs -o logs/tail.log", "logs -o logs/a.gz",
  ])
  func anInputIsNotWrittenOver(_ arguments: String) throws {
    let folder = try TemporaryFolder()
    let list = "{\"schema\":\"proberace/baseline@1\",\"entries\":[]}"
    let known = try folder.file("known.json", list)
    let setup =
      "mkdir logs; cp '\(Self.clean)' logs/a.log; ln logs/a.log alias; ln -s logs/a.log link; "
      + "tail -n 40 logs/a.log | grep -v Linux > logs/tail.log; gzip -nc logs/a.log > logs/a.gz; echo logs/a.log > list"
    let command = try Command.shell(
      "cd '\(folder.path)'; \(setup); $P scan --format jsonl --baseline known.json \(arguments)")
    #expect(command.code == 2)
    #expect(command.errors.contains("would overwrite the input"))
    let files = FileManager.default
    #expect(files.contentsEqual(atPath: folder.path + "/logs/a.log", andPath: Self.clean))
    #expect(try String(contentsOfFile: known, encoding: .utf8) == list)
    #expect(try String(contentsOfFile: folder.path + "/list", encoding: .utf8) == "logs/a.log\n")
    #expect(!files.fileExists(atPath: folder.path + "/not-there"))
  }

  @Test(arguments: ["--baseline /dev/zero", "--files-from /dev/zero", "--files-from - < /dev/zero"])
  func aListWithoutEndIsNotReadForEver(_ arguments: String) throws {
    let command = try Command.shell("timeout -s KILL 60 $P scan '\(Self.clean)' \(arguments)")
    #expect(command.code == 2)
    #expect(command.errors.contains(": more than 64 MiB: not read"))
  }

  @Test func globsThatLeaveNothingAreNamed() throws {
    let folder = try TemporaryFolder()
    for name in ["a.log.gz", "b.log.gz"] { _ = try folder.file(name, "x") }
    let command = try Command.run("scan", "--include", "*.log", folder.path)
    #expect(command.code == 2)
    #expect(command.errors.contains("\(folder.path): the globs leave nothing in here to read"))
    #expect(!(try Command.run("scan", "--include", "*.gz", folder.path).errors.contains("globs")))
  }

  /// A path that gives nothing may be where the logs were meant to be: the others must not speak for it.
  @Test func aNamedPathWithoutAFileIsNoPass() throws {
    let folder = try TemporaryFolder()
    let empty = try Command.shell("cd '\(folder.path)'; mkdir empty; $P scan '\(Self.clean)' empty")
    #expect(empty.code == 2 && empty.errors.contains("empty: no file to read in here"))
    let strange = try Command.shell(
      "cd '\(folder.path)'; mkdir more; mkfifo more/pipe; ln -s ../empty more/loop; cp '\(Self.clean)' more; $P scan more"
    )
    #expect(strange.code == 0)
    #expect(strange.errors.contains("pipes, sockets and devices in folders are not read: 1"))
    #expect(strange.errors.contains("links to folders are not followed: 1"))
  }

  /// The results may go to a folder that is scanned: they are no log of it.
  @Test(arguments: ["> logs/out", "-o logs/out", "--format jsonl > logs/out", "--format jsonl -o logs/out"])
  func itsOwnOutputIsNotRead(_ output: String) throws {
    let folder = try TemporaryFolder()
    let scan = try Command.shell(
      "cd '\(folder.path)'; mkdir logs; cp '\(Self.clean)' logs/a; cp '\(Self.clean)' logs/z; $P scan logs \(output)"
    )
    #expect(scan.code == 0 && scan.errors.isEmpty)
    let text = try #require(InterruptTests.text(folder, "logs/out"))
    #expect(
      output.contains("jsonl") ? text.split(separator: "\n").count == 2 : text.hasPrefix("2 logs, 2 boots"))
  }

  /// A CI's workspace may be kept: the report of the run before is no log, and no input that must not be written over.
  @Test(arguments: ["terminal", "junit", "jsonl", "markdown", "ktap", "kcidb", "sarif"])
  func aSecondRunIntoTheFolder(_ format: String) throws {
    let folder = try TemporaryFolder()
    let scan = "$P scan --fail-on none --format \(format) -o logs/out --baseline logs/known logs"
    let setup =
      "mkdir logs; cp '\(Self.real)' logs/a; echo '{\"schema\":\"proberace/baseline@1\",\"entries\":[]}' > logs/known"
    let first = try Command.shell("cd '\(folder.path)'; \(setup); \(scan); cat logs/out")
    let second = try Command.shell("cd '\(folder.path)'; \(scan); rc=$?; cat logs/out; exit $rc")
    #expect(second.code == 0 && second.errors == first.errors && !first.output.isEmpty)
    // Times of writing and made ids differ.
    if !["junit", "kcidb", "sarif"].contains(format) { #expect(second.output == first.output) }
  }

  /// Two readers of it would each get pieces.
  @Test(arguments: ["- -", "- --files-from list", "--files-from - -"])
  func standardInputIsReadOnce(_ arguments: String) throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("list", "-\n")
    let scan = try Command.shell("cd '\(folder.path)'; $P scan \(arguments) < '\(Self.real)'")
    #expect(scan.code == 2 && scan.errors.contains("standard input (-) can be read only once"))
  }

  /// The next file to be opened would take the place of a closed standard error.
  @Test func diagnosticsDoNotGoIntoTheReport() throws {
    let folder = try TemporaryFolder()
    let scan = try Command.shell(
      "cd '\(folder.path)'; $P scan --format jsonl -o out '\(Self.clean)' gone 2>&-; cat out")
    #expect(try Self.lines(scan.output).map { $0["path"] as? String } == [Self.clean, "gone"])
  }

  /// What is done is there soon, whatever the next input does.
  @Test func aLineIsWrittenSoon() throws {
    let folder = try TemporaryFolder()
    let scan = try Command.shell(
      "cd '\(folder.path)'; mkfifo pipe; timeout -s KILL 3 $P scan --format jsonl '\(Self.clean)' '\(Self.real)' pipe > out; cat out"
    )
    #expect(try Self.lines(scan.output).map { $0["path"] as? String } == [Self.clean, Self.real])
  }

  @Test(arguments: [("--include a/b", "globs match names"), ("-o gone/out", "-o gone/out: No such file")])
  func whatCannotBeDoneIsSaidAtOnce(_ options: String, _ said: String) throws {
    let scan = try Command.shell("$P scan \(options) '\(Self.clean)'")
    #expect(scan.code == 2 && scan.output.isEmpty && scan.errors.contains(said))
  }

  /// An entry that has expired is renewed, not made anew.
  @Test func updateKeepsWhatAnEntrySays() throws {
    let folder = try TemporaryFolder()
    let entry =
      "{\"signature\":\"iommu-late-probe/v1:walk:virtio-pci\",\"verdict\":\"real\",\"device\":\"0000:00:*\",\"bug\":\"https://b/77\",\"mode\":\"soft\",\"expires\":\"2026-01-01\"}"
    let known = try folder.file("known", "{\"schema\":\"proberace/baseline@1\",\"entries\":[\(entry)]}")
    let log = Here.sample("harm-7.3.4/dmesg.txt")
    let endless = try Command.shell(
      "cp '\(known)' '\(folder.path)/two'; $P baseline update --baseline '\(folder.path)/two' '\(log)'")
    #expect(endless.errors.contains("hold for ever now (--expires sets a last day): 1"))
    let dated = try Command.run("baseline", "update", "--baseline", known, "--expires", "2999-01-01", log)
    #expect(!dated.errors.contains("for ever"))
    let text = try #require(InterruptTests.text(folder, "known"))
    for kept in ["0000:00:*", "https://b/77", "soft", "2999-01-01"] { #expect(text.contains(kept)) }
  }

  /// In the order in which they were named, also what gives nothing.
  @Test func resultsStandInOrder() throws {
    let folder = try TemporaryFolder()
    let scan = try Command.shell(
      "cd '\(folder.path)'; mkdir empty; cp '\(Self.clean)' a; cp a b; $P scan --format jsonl b empty a gone")
    #expect(scan.code == 2)
    #expect(try Self.lines(scan.output).map { $0["path"] as? String } == ["b", "empty", "a", "gone"])
  }

  @Test func aDashIsStandardOutput() throws {
    let folder = try TemporaryFolder()
    for command in ["scan --format jsonl", "scan --format junit", "report --format json"] {
      let plain = try Command.shell("cd '\(folder.path)'; $P \(command) '\(Self.clean)'")
      let dash = try Command.shell("cd '\(folder.path)'; $P \(command) -o - '\(Self.clean)'; ls")
      #expect(!plain.output.isEmpty && dash.output == plain.output, "and no file called -")
    }
  }

  /// `find | proberace` passes if find fails; a list that is given must name something.
  @Test func aListWithoutANameIsNoPass() throws {
    let command = try Command.shell("$P scan --files-from - '\(Self.clean)' < /dev/null")
    #expect(command.code == 2 && command.errors.contains("standard input: the list names no file"))
  }

  /// An entry for one would let any other pass.
  @Test func anUnknownDeviceIsNotPutOnTheList() throws {
    let folder = try TemporaryFolder()
    let log = try folder.file(
      "a.log",
      "[    0.000000] Linux version 6.17.13\n[    1.000000] late IOMMU probe at driver bind, something fishy here!\n"
        + "[    2.000000] Run /init as init process\n")
    let list = folder.path + "/known.json"
    let update = try Command.run("baseline", "update", "--baseline", list, log, Self.real)
    #expect(
      update.code == 1 && update.errors.contains("not put on the list, for they do not tell their device: 1"))
    #expect(try Command.run("scan", "--baseline", list, Self.real).code == 0)
    #expect(try Command.run("scan", "--baseline", list, log).code == 1)
  }

  @Test func moreJobsThanFiles() throws {
    let folder = try TemporaryFolder()
    for index in 0..<20 { _ = try folder.file("\(index).log", "[    0.000000] Linux version 6.17.13\n") }
    let command = try Command.shell(
      "$P scan -j 100000 --format jsonl '\(folder.path)' | wc -l")
    #expect(command.output.hasPrefix("20\n"))
  }

  @Test func repeatedOptionsAddUp() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("real", Self.real + "\r\n")
    _ = try folder.file("clean", Self.clean + "\n")
    for order in ["--files-from real --files-from clean", "--files-from clean --files-from real"] {
      #expect(try Command.shell("cd '\(folder.path)'; $P scan \(order)").code == 1)
    }
    for order in ["--fail-on real --fail-on undetermined", "--fail-on undetermined --fail-on real"] {
      #expect(try Command.shell("$P scan \(order) '\(Self.real)'").code == 1)
      #expect(try Command.shell("$P report \(order) '\(Self.real)'").code == 1)
    }
  }

  @Test func excludedFoldersAreNotOpened() throws {
    let folder = try TemporaryFolder()
    let command = try Command.shell(
      "cd '\(folder.path)'; mkdir a lost+found; cp '\(Self.clean)' a/1.log; cp '\(Self.real)' lost+found/2.log; "
        + "$P scan --exclude 'lost*' .")
    #expect(command.code == 0)
  }

  @Test func aNameThatIsNotUTF8IsNamedAsSuch() throws {
    let folder = try TemporaryFolder()
    let command = try Command.shell(
      "cd '\(folder.path)'; cp '\(Self.clean)' $'a\\xff.log'; $P scan . gone.log")
    #expect(command.code == 2)
    #expect(command.errors.contains("no such file; a name that is not UTF-8 cannot be opened"))
    #expect(command.errors.contains("gone.log: no such file\n"))
  }

  private static let setpriv = "/usr/bin/setpriv"
  private static let canDropPrivileges: Bool = {
    if getuid() != 0 || FileManager.default.isExecutableFile(atPath: setpriv) { return true }
    print("no setpriv here and this is root: the permission test of scan is left out")
    return false
  }()

  /// Runs it as somebody who may not read everything.
  private static func unprivileged(_ folder: TemporaryFolder, _ arguments: [String]) throws -> Command {
    guard getuid() == 0 else { return try Command.run(Command.executable, arguments, nil, [:]) }
    let copy = folder.path + "/proberace"
    if !FileManager.default.fileExists(atPath: copy) {
      try FileManager.default.copyItem(at: Command.executable, to: URL(filePath: copy))
    }
    _ = chmod(copy, 0o755)
    return try Command.run(
      URL(filePath: setpriv), ["--reuid=65534", "--clear-groups", copy] + arguments, nil, [:])
  }

  @Test(.enabled(if: canDropPrivileges, "root may read everything, and there is no setpriv"))
  func aClosedFolderIsSaidAndTheRestDone() throws {
    let folder = try TemporaryFolder()
    let logs = folder.path + "/logs"
    try FileManager.default.createDirectory(atPath: logs + "/closed", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Self.clean, toPath: logs + "/a.log")
    try FileManager.default.copyItem(atPath: Self.clean, toPath: logs + "/secret.log")
    let list = try folder.file("known.json", "{\"schema\":\"proberace/baseline@1\",\"entries\":[]}")
    defer { _ = chmod(logs + "/closed", 0o755) }
    for (path, mode) in [
      (folder.path, 0o777), (logs, 0o755), (logs + "/a.log", 0o644), (logs + "/secret.log", 0),
      (logs + "/closed", 0), (list, 0o666),
    ] {
      #expect(chmod(path, mode_t(mode)) == 0)
    }
    let scan = try Self.unprivileged(folder, ["scan", "--format", "jsonl", logs])
    #expect(scan.code == 2)
    #expect(scan.errors.contains("closed: permission denied"))
    #expect(scan.errors.contains("secret.log: permission denied"))
    #expect(
      try Self.lines(scan.output).map { $0["state"] as? String } == ["complete", "unreadable", "unreadable"])
    try FileManager.default.removeItem(atPath: logs + "/secret.log")
    let update = try Self.unprivileged(folder, ["baseline", "update", "--baseline", list, logs])
    #expect(update.code == 2)
    #expect(update.errors.contains("closed: permission denied"))
  }

  // MARK: what it is told

  @Test func theBuildOfAKCIDBReport() throws {
    func build(_ options: String...) throws -> [String?] {
      let command = try Command.run(
        Command.executable, ["scan", "--format", "kcidb", "--fail-on", "none"] + options + [Self.clean], nil,
        [:])
      let test = (command.json?["tests"] as? [[String: Any]])?.first
      return [test?["origin"] as? String, test?["build_id"] as? String]
    }
    #expect(try build() == ["proberace", "proberace:unknown-build"])
    #expect(try build("--build-id", "my_ci:b1") == ["my_ci", "my_ci:b1"])
    #expect(try build("--origin", "lab", "--build-id", "my_ci:b1") == ["lab", "my_ci:b1"])
    #expect(try build("--origin", "lab") == ["lab", "lab:unknown-build"])
    for wrong in [["--origin", "My CI"], ["--build-id", "b1"], ["--build-id", "My:b1"]] {
      #expect(try Command.run(Command.executable, ["scan"] + wrong + [Self.clean], nil, [:]).code == 2)
    }
  }

  @Test func aTraceIsJudgedAndNotTakenForACleanLog() throws {
    let trace = Here.sample("race-bind-6.17.13-kprobe/trace.txt")
    let command = try Command.run("scan", trace, Self.clean)
    #expect(command.code == 0)
    #expect(command.output.contains("2 false positives"))
    #expect(command.output.contains("1 traces without a kernel log"))
    #expect(command.output.contains("PASS, as far as the logs go"))
  }

  @Test func namesComeFromAListToo() throws {
    let folder = try TemporaryFolder()
    let list = try folder.file("list", "\(Self.clean)\0\(Self.real)\0")
    let command = try Command.run("scan", "--format", "jsonl", "--files-from", list)
    #expect(command.code == 1)
    #expect(try Self.lines(command.output).map { $0["path"] as? String } == [Self.clean, Self.real])
  }

  /// `report` of a serial log that ends in a prompt is whole; inside a message it is cut.
  @Test func aPromptEndsALog() throws {
    let folder = try TemporaryFolder()
    let log = try String(contentsOf: URL(filePath: Self.clean), encoding: .utf8)
    #expect(try Command.run("report", folder.file("a.log", log + "buildroot login: ")).code == 0)
    let open = try Command.run("report", "--format", "json", folder.file("b.log", log + "[   99.1"))
    #expect(open.code == 0 && open.output.contains("\"open-end\""))
    #expect(
      try Command.run("report", folder.file("c.log", log + "[   99.100000] nvme 0000:00:10.5: late I")).code
        == 2)
  }
}
