import Foundation
import TestSupport
import Testing

/// What a farm's options must not do in silence.
struct FarmCommandTests {
  private static let real = Here.sample("natural-6.17.13-4/dmesg.txt")
  private static let clean = Here.sample("clean-6.12.107/dmesg.txt")

  private func paths(_ command: Command) throws -> [String] {
    try ScanCommandTests.lines(command.output).compactMap { $0["path"] as? String }
  }

  /// Where the folder lies and how it is named is for each machine alone.
  @Test func shardsOfFoldersThatLieElsewhere() throws {
    let folder = try TemporaryFolder()
    let answer = try Command.shell(
      """
      cd '\(folder.path)'; mkdir -p one/logs; for n in $(seq 40); do cp '\(Self.clean)' one/logs/$n.log; done
      cp -r one/logs two; cd one
      $P scan --format jsonl --shard 1/2 ./logs; $P scan --format jsonl --shard 2/2 ../two
      """)
    let names = try paths(answer).map { $0.split(separator: "/").last ?? "" }
    #expect(Set(names).count == 40 && names.count == 40)
  }

  /// A log that was damaged was not judged: whoever skips it would take that for a pass.
  @Test func whatWasDamagedIsNotKnown() throws {
    let folder = try TemporaryFolder()
    let answer = try Command.shell(
      """
      cd '\(folder.path)'; mkdir logs; cp '\(Self.clean)' logs/a.log
      gzip -c '\(Self.real)' | head -c 3000 > logs/cut.log.gz
      $P scan -q logs; echo $?; $P scan --format jsonl --history h.sqlite logs > rows; $P history export --history h.sqlite > boots
      for known in rows h.sqlite boots; do $P scan -q --skip-known $known logs 2>&1; echo $?; done
      sed 's/":/": /g' rows > spaced; $P scan -q --skip-known spaced logs/a.log 2>&1; echo $?
      """)
    #expect(answer.output.hasPrefix("2\n"), "\(answer)")
    #expect(
      answer.output.components(separatedBy: "known already (--skip-known), not judged: 1\n").count == 5,
      "\(answer)")
    #expect(answer.output.hasSuffix("judged: 1\n0\n"), "\(answer)")
    #expect(answer.output.split(separator: "\n").count { $0 == "2" } == 4, "\(answer)")
    let wrong = try folder.file("README", "# Logs\n")
    let scan = try Command.run("scan", "--skip-known", wrong, Self.clean)
    #expect(scan.code == 2 && scan.output.isEmpty && scan.errors.contains("nothing is known by it"))
    let mixed = try folder.file("mixed", String(repeating: "0", count: 64) + "  name\nhello\n")
    #expect(
      try Command.run("scan", "--skip-known", mixed, Self.clean).errors.contains(
        "lines that are no row and no hash: 1"))
  }

  /// A list that goes on later holds nothing back, and a signal ends the wait for it.
  @Test func aListThatGrowsSlowly() throws {
    let folder = try TemporaryFolder()
    let slow = try Command.shell(
      """
      cd '\(folder.path)'; cp '\(Self.clean)' a; cp '\(Self.clean)' b; mkfifo names
      (printf 'a\\nb\\n'; exec sleep 30) > names & list=$!; $P scan --format jsonl -j1 --files-from names > rows & scan=$!
      for n in $(seq 100); do [ $(grep -c scan@1 rows) = 2 ] && break; sleep 0.1; done; cat rows
      kill -TERM $scan; wait $scan; echo "rc $?" >&2; kill $list
      """)
    #expect(try paths(slow) == ["a", "b"] && slow.errors.contains("rc 143\n"), "\(slow)")
  }

  @Test func aManifestCannotNameStandardInput() throws {
    let scan = try Command.shell(
      "printf '{\"path\":\"-\"}\\n{\"path\":\"\(Self.clean)\"}\\n' | $P scan --format jsonl --manifest -")
    #expect(scan.code == 2 && scan.errors.contains("standard input:1: a list cannot name standard input"))
    #expect(try paths(scan) == ["standard input:1", Self.clean])
  }

  @Test func whatNobodyAskedToFailIsNoPass() throws {
    let scan = try Command.run("scan", "--fail-on", "none", Self.real)
    #expect(scan.code == 0 && scan.output.contains("\nNothing was asked to fail: 2 real\n"), "\(scan)")
    let some = try Command.run("scan", "--fail-on", "undetermined", Self.real)
    #expect(
      some.code == 0 && some.output.contains("\nPASS, as far as was asked: not asked to fail: 2 real\n"))
    #expect(try Command.run("scan", "--fail-on", "none", Self.clean).output.contains("PASS"))
  }

  /// Where only kernels were booted that cannot warn, no test of a warning's cause passes.
  @Test func kernelsThatCannotWarn() throws {
    let scan = try Command.run("scan", "--format", "lava", Self.clean)
    #expect(scan.output.contains("proberace-probe-before-domain --result skip"))
    #expect(scan.output.contains("proberace-silent-late-iommu --result pass"), "\(scan.output)")
  }

  @Test(
    arguments: [
      (["--label", "board=", clean], "it has no value"),
      (["--build-id", "a:b", clean], "--build-id is of --format kcidb alone"),
      (["--origin", "a", "--format", "junit", clean], "--origin is of --format kcidb alone"),
      (["--baseline", "/nowhere.json", clean], "there is no such allow-list; proberace baseline update"),
    ])
  func optionsThatWouldBeOfNoUse(_ arguments: [String], _ words: String) throws {
    let scan = try Command.run(Command.executable, ["scan"] + arguments, nil, [:])
    #expect(scan.code == 2 && scan.output.isEmpty && scan.errors.contains(words), "\(scan)")
  }

  @Test func aFolderThatIsNotThere() throws {
    let update = try Command.run("baseline", "update", "--baseline", "/nowhere/x.json", Self.real)
    #expect(update.code == 2 && update.errors.contains("/nowhere: there is no such folder"))
  }

  @Test func misspeltNamesHaveNoRate() throws {
    let folder = try TemporaryFolder()
    let history = folder.path + "/h"
    let rows = try folder.file("rows", HistoryRows.text(boots: 4, cause: "probe-before-domain"))
    _ = try Command.run("history", "add", "--history", history, rows)
    func trend(_ arguments: String...) throws -> Command {
      try Command.run(
        Command.executable, ["history", "trend", "--by", "kernel", "--history", history] + arguments, nil, [:]
      )
    }
    let cause = try trend("--cause", "probe-before-domian")
    #expect(
      cause.code == 2 && cause.errors.contains("no boot shows a cause or a signature 'probe-before-dom"))
    let board = try trend("--board", "nosuch")
    #expect(
      board.code == 2 && board.errors.contains("no boot is of a board 'nosuch'; history show lists them"))
    #expect(try trend("--cause", "probe-before-domain").code == 0)
    #expect(try trend("--cause", "silent-late-iommu").output.contains("0 of 4"))
    #expect(try trend("--below", "1e-300").code == 2 && trend("--below", "1e-9").code == 0)
  }
}
