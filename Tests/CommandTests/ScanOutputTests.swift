import Foundation
import TestSupport
import Testing

/// Where the results of `scan` go, and what goes wrong there: full disks, files that are inputs too.
struct ScanOutputTests {
  @Test(arguments: ["jsonl", "junit", "terminal"]) func aFullDiskIsSaid(_ format: String) throws {
    for line in [
      "scan --format \(format) \(ScanCommandTests.clean) > /dev/full",
      "scan --format \(format) -o /dev/full \(ScanCommandTests.clean)",
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
      "trap '' XFSZ; ulimit -f 1; \"$P\" scan --format junit -o \(report) \(ScanCommandTests.real)")
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
      "mkdir logs; cp '\(ScanCommandTests.clean)' logs/a.log; ln logs/a.log alias; ln -s logs/a.log link; "
      + "tail -n 40 logs/a.log | grep -v Linux > logs/tail.log; gzip -nc logs/a.log > logs/a.gz; echo logs/a.log > list"
    let command = try Command.shell(
      "cd '\(folder.path)'; \(setup); $P scan --format jsonl --baseline known.json \(arguments)")
    #expect(command.code == 2)
    #expect(command.errors.contains("would overwrite the input"))
    let files = FileManager.default
    #expect(files.contentsEqual(atPath: folder.path + "/logs/a.log", andPath: ScanCommandTests.clean))
    #expect(try String(contentsOfFile: known, encoding: .utf8) == list)
    #expect(try String(contentsOfFile: folder.path + "/list", encoding: .utf8) == "logs/a.log\n")
    #expect(!files.fileExists(atPath: folder.path + "/not-there"))
  }

  /// The results may go to a folder that is scanned: they are no log of it.
  @Test(arguments: ["> logs/out", "-o logs/out", "--format jsonl > logs/out", "--format jsonl -o logs/out"])
  func itsOwnOutputIsNotRead(_ output: String) throws {
    let folder = try TemporaryFolder()
    let scan = try Command.shell(
      "cd '\(folder.path)'; mkdir logs; cp '\(ScanCommandTests.clean)' logs/a; cp '\(ScanCommandTests.clean)' logs/z; $P scan logs \(output)"
    )
    #expect(scan.code == 0 && scan.errors.isEmpty)
    let text = try #require(InterruptTests.text(folder, "logs/out"))
    #expect(
      output.contains("jsonl") ? text.split(separator: "\n").count == 3 : text.hasPrefix("2 logs, 2 boots"))
  }

  /// A CI's workspace may be kept: the report of the run before is no log, and no input that must not be written over.
  @Test(arguments: ["terminal", "junit", "jsonl", "markdown", "ktap", "kcidb", "sarif"])
  func aSecondRunIntoTheFolder(_ format: String) throws {
    let folder = try TemporaryFolder()
    let scan = "$P scan --run 7 --fail-on none --format \(format) -o logs/out --baseline logs/known logs"
    let setup =
      "mkdir logs; cp '\(ScanCommandTests.real)' logs/a; echo '{\"schema\":\"proberace/baseline@1\",\"entries\":[]}' > logs/known"
    let first = try Command.shell("cd '\(folder.path)'; \(setup); \(scan); cat logs/out")
    let second = try Command.shell("cd '\(folder.path)'; \(scan); rc=$?; cat logs/out; exit $rc")
    #expect(second.code == 0 && second.errors == first.errors && !first.output.isEmpty)
    // Times of writing and made ids differ.
    if !["junit", "kcidb", "sarif"].contains(format) { #expect(second.output == first.output) }
  }

  /// The next file to be opened would take the place of a closed standard error.
  @Test func diagnosticsDoNotGoIntoTheReport() throws {
    let folder = try TemporaryFolder()
    let scan = try Command.shell(
      "cd '\(folder.path)'; $P scan --format jsonl -o out '\(ScanCommandTests.clean)' gone 2>&-; cat out")
    #expect(
      try ScanCommandTests.lines(scan.output).map { $0["path"] as? String } == [
        ScanCommandTests.clean, "gone",
      ])
  }

  /// What is done is there soon, whatever the next input does.
  @Test func aLineIsWrittenSoon() throws {
    let folder = try TemporaryFolder()
    let scan = try Command.shell(
      "cd '\(folder.path)'; mkfifo pipe; timeout -s KILL 3 $P scan --format jsonl '\(ScanCommandTests.clean)' '\(ScanCommandTests.real)' pipe > out; cat out"
    )
    #expect(
      try ScanCommandTests.lines(scan.output).map { $0["path"] as? String } == [
        ScanCommandTests.clean, ScanCommandTests.real,
      ])
  }

  /// In the order in which they were named, also what gives nothing.
  @Test func resultsStandInOrder() throws {
    let folder = try TemporaryFolder()
    let scan = try Command.shell(
      "cd '\(folder.path)'; mkdir empty; cp '\(ScanCommandTests.clean)' a; cp a b; $P scan --format jsonl b empty a gone"
    )
    #expect(scan.code == 2)
    #expect(
      try ScanCommandTests.lines(scan.output).map { $0["path"] as? String } == ["b", "empty", "a", "gone"])
  }

  @Test func aDashIsStandardOutput() throws {
    let folder = try TemporaryFolder()
    for command in ["scan --run 7 --format jsonl", "scan --format junit", "report --format json"] {
      let plain = try Command.shell("cd '\(folder.path)'; $P \(command) '\(ScanCommandTests.clean)'")
      let dash = try Command.shell("cd '\(folder.path)'; $P \(command) -o - '\(ScanCommandTests.clean)'; ls")
      #expect(!plain.output.isEmpty && dash.output == plain.output, "and no file called -")
    }
  }

  @Test func theBuildOfAKCIDBReport() throws {
    func build(_ options: String...) throws -> [String?] {
      let command = try Command.run(
        Command.executable,
        ["scan", "--format", "kcidb", "--fail-on", "none"] + options + [ScanCommandTests.clean], nil,
        [:])
      let test = (command.json?["tests"] as? [[String: Any]])?.first
      return [test?["origin"] as? String, test?["build_id"] as? String]
    }
    #expect(try build() == ["proberace", "proberace:unknown-build"])
    #expect(try build("--build-id", "my_ci:b1") == ["my_ci", "my_ci:b1"])
    #expect(try build("--origin", "lab", "--build-id", "my_ci:b1") == ["lab", "my_ci:b1"])
    #expect(try build("--origin", "lab") == ["lab", "lab:unknown-build"])
    for wrong in [["--origin", "My CI"], ["--build-id", "b1"], ["--build-id", "My:b1"]] {
      #expect(
        try Command.run(Command.executable, ["scan"] + wrong + [ScanCommandTests.clean], nil, [:]).code == 2)
    }
  }
}
