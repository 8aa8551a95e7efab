import Bytes
import Foundation
import Inputs
import Scan
import TestSupport
import Testing
import Verdicts

/// Logs as files, streams and archives, through the gate.
struct ScanTests {
  private func sample(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Here.samples.appending(path: "\(name)/dmesg.txt")))
  }

  @Test func packedLogsGiveTheSameFindings() throws {
    let folder = try TemporaryFolder()
    let plain = try folder.file("a.log", sample("natural-6.17.13-4"))
    try shell("gzip -k a.log; xz -k a.log; bzip2 -k a.log; tar czf b.tar.gz a.log", in: folder)
    let packed = ["a.log.gz", "a.log.xz", "a.log.bz2", "b.tar.gz"].map { folder.path + "/" + $0 }
    let results = scan([plain] + packed)
    #expect(results.count == 5)
    let first = results[0].findings.map {
      "\($0.finding.device) \($0.finding.verdict) \($0.finding.signature)"
    }
    #expect(first.count == 4)
    for result in results {
      let found = result.findings.map { "\($0.finding.device) \($0.finding.verdict) \($0.finding.signature)" }
      #expect(found == first, "\(result.path)")
    }
    #expect(results[4].path.hasSuffix("b.tar.gz:a.log"))
  }

  @Test func damagedArchivesAndMissingFilesAreNoPass() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("a.log", sample("natural-6.17.13-4"))
    try shell("gzip a.log; head -c 5000 a.log.gz > cut.gz", in: folder)
    let empty = try folder.file("empty.log", [])
    for path in [folder.path + "/cut.gz", empty, folder.path + "/none.log"] {
      let results = scan([path])
      #expect(results.last?.state == .unreadable, "\(path)")
      #expect(results.last?.error != nil)
      let fails = results.contains { $0.fails }
      #expect(fails)
    }
  }

  /// Of short lines, and of one line that never ends.
  @Test(arguments: ["yes", "cat /dev/zero"]) func aBombIsAnErrorAndNotACrash(_ endless: String) throws {
    let folder = try TemporaryFolder()
    try shell("\(endless) | head -c 100000000 | gzip > bomb.gz", in: folder)
    let results = scan([folder.path + "/bomb.gz"])
    #expect(results.map(\.state) == [.unreadable])
    #expect(results[0].error?.contains("bomb") == true)
  }

  @Test func proseAndCutBootsAreNotClean() throws {
    let folder = try TemporaryFolder()
    let prose = try folder.file("prose.txt", Array("Dear diary,\nnothing happened.\n".utf8))
    var lines = String(decoding: try sample("clean-fgraph-6.17.13"), as: UTF8.self).split(separator: "\n")
      .prefix(60)
    lines.append("[    1.000000] last words")
    let cut = try folder.file("cut.log", Array((lines.joined(separator: "\n") + "\n").utf8))
    #expect(scan([prose]).map(\.state) == [.noKernelLog])
    #expect(scan([cut]).map(\.state) == [.incomplete])
  }

  // MARK: boots

  private static let hello = "[    0.000000] Linux version 6.17.13 (x@y)\n"
  private static let userSpace = "[    9.000000] Run /sbin/init as init process\n"
  private static func boot(_ second: String, _ rest: String = "") -> String {
    hello + (1..<8).map { "[    \($0).000000] foo bar: step \($0) of the \(second) boot\n" }.joined() + rest
  }

  /// Each boot is judged for itself: user space, other trouble and damage are its own.
  @Test func aBootThatReachedUserSpaceDoesNotSpeakForTheOther() throws {
    let folder = try TemporaryFolder()
    let trouble = "[    8.500000] WARNING: CPU: 3 PID: 38 at kernel/foo.c:12 foo_bar+0x1f8/0x560\n"
    let first = Self.boot("first", Self.userSpace)
    let second = Self.boot("second", trouble)
    func states(_ text: String) throws -> [LogResult.State] {
      scan([try folder.file("boots.log", Array(text.utf8))]).map(\.state)
    }
    #expect(try states(first + second) == [.complete, .incomplete])
    #expect(try states(second + first) == [.incomplete, .complete])
    #expect(try states(first + first) == [.complete, .complete])
    #expect(try states(first + Self.boot("second", "[    8.50")) == [.complete, .incomplete])
    #expect(
      try states(first + Self.boot("second", "[    8.500000] nvme 0000:00:10.5: late I"))
        == [.complete, .unreadable])
    let results = scan([try folder.file("boots.log", Array((first + second + first).utf8))])
    #expect(results.map(\.boot) == [0, 1, 2])
    #expect(results.map { $0.others.map(\.signature) } == [[], ["warning:foo_bar"], []])
  }

  /// Each hit on such a line was once looked at from the line's beginning to its end: minutes.
  @Test func aLongLineOfWarningsTakesNoTime() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "BUG: ", count: 200_000)
    let trouble = "[    8.500000] WARNING: CPU: 3 PID: 38 at kernel/foo.c:12 foo_bar+0x1f8/0x560\n"
    let log = Self.boot("only", long + "\n[    8.400000] " + long + "\n" + trouble + Self.userSpace)
    let path = try folder.file("a.log", Array(log.utf8))
    let began = ContinuousClock.now
    let results = scan([path])
    #expect(ContinuousClock.now - began < .seconds(20))
    #expect(results.map(\.state) == [.complete])
    let others = try #require(results.first?.others)
    #expect(others.map(\.kind) == [.oops, .warning])
    #expect(others.map(\.count) == [2, 1] && others.allSatisfy { $0.title.utf8.count <= 4096 })
  }

  /// The same for a log that is too large to be held, and memory does not grow with its boots.
  @Test func aLogOfManyBootsIsReadBootByBoot() throws {
    let folder = try TemporaryFolder()
    let sample = String(decoding: try sample("natural-6.17.13-4"), as: UTF8.self)
    let cut = Self.boot("cut")
    let times = 9_000_000 / (sample.utf8.count + cut.utf8.count) + 2
    let path = try folder.file("many.log", Array(String(repeating: sample + cut, count: times).utf8))
    let results = scan([path])
    #expect(results.count == 2 * times)
    #expect(results.map(\.boot) == Array(0..<2 * times))
    for (index, result) in results.enumerated() {
      #expect(result.state == (index % 2 == 0 ? .complete : .incomplete))
      #expect(result.findings.count == (index % 2 == 0 ? 4 : 0))
    }
  }

  /// Memory is bounded, and what was not judged for it is said.
  @Test func aBootWithMoreEventsThanABootCanHaveIsNoPass() throws {
    let folder = try TemporaryFolder()
    let flood = (0..<100_100).map { "[    8.000000] pci dev\($0): Adding to iommu group 1\n" }.joined()
    let results = scan([try folder.file("a.log", Array((Self.boot("only") + flood + Self.userSpace).utf8))])
    // Nothing in it would have asked for the engine but this.
    let asked = scan([
      try folder.file(
        "b.log", Array((Self.boot("only") + "[    7.900000] foo bar: ignoring dependency\n" + flood).utf8))
    ])
    #expect(results.map(\.state) == [.complete])
    #expect(asked.map(\.state) == [.unreadable])
    #expect(asked.first?.losses.map(\.kind) == [.tooMany])
  }

  @Test func aLogThatEndsInsideALineIsCutUnlessItIsAPrompt() throws {
    let folder = try TemporaryFolder()
    let whole = Self.boot("only", Self.userSpace)
    func state(_ end: String) throws -> LogResult.State? {
      scan([try folder.file("a.log", Array((whole + end).utf8))]).first?.state
    }
    for end in ["", "board login: ", "\r\nPassword: ", "[root@board ~]# ", "/ # ", "=> "] {
      #expect(try state(end) == .complete, "\(end)")
    }
    // Whether more followed is not known, but no finding hangs on it.
    for end in ["[    9.5", "<6>[", "systemd[1]: Star", "2026-11-22T10:", "[    9.500000] foo bar: hal"] {
      #expect(try state(end) == .incomplete, "\(end)")
    }
    // What was cut off may be part of a warning, or of a group's line.
    for end in [
      "[    9.500000] nvme 0000:00:10.5: late IOM", "[    9.500000] WARNING: CPU: 1 PI",
      "[    9.500000] nvme 0000:00:10.5: Adding to io", "[    9.500000] ------------[ cut he",
    ] {
      #expect(try state(end) == .unreadable, "\(end)")
    }
  }

  // MARK: what is no log

  @Test func tracesAreJudgedAndWhatIsNoneIsSaid() throws {
    let sample = Here.samples.appending(path: "race-bind-6.17.13-kprobe/trace.txt").path(
      percentEncoded: false)
    let folder = try TemporaryFolder()
    let prose = try folder.file("README", Array("The IOMMU probe of this board is late.\n".utf8))
    let dat = try folder.file("trace.dat", [0x17, 8, 0x44] + Array("tracing6\0".utf8))
    let results = scan([sample, prose, dat])
    #expect(results.map(\.state) == [.incomplete, .noKernelLog, .unreadable])
    #expect(
      results[0].gaps == [.log] && results[0].findings.contains { $0.finding.verdict == .falsePositive })
    #expect(results[2].error != nil)
  }

  @Test func resultsComeInTheOrderOfTheFiles() throws {
    let folder = try TemporaryFolder()
    let bytes = try sample("race-bind-6.17.13-plain")
    var files: [String] = []
    for index in 0..<12 {
      files.append(try folder.file("log-\(index).txt", index % 3 == 0 ? bytes : Array("x\n".utf8)))
    }
    #expect(scan(files).map(\.path) == files)
    #expect(scan(files, workers: 1).map { $0.findings.count } == scan(files).map { $0.findings.count })
  }

  @Test func otherTroublesAreListedBySignature() throws {
    let folder = try TemporaryFolder()
    let text = """
      [    0.000000] Linux version 6.17.13 (x@y)
      [    1.000000] WARNING: CPU: 3 PID: 38 at kernel/foo.c:12 foo_bar+0x1f8/0x560
      [    2.000000] WARNING: kernel/foo.c:14 at foo_bar+0x2/0x5, CPU#1: init/1
      [    3.000000] Unable to handle kernel NULL pointer dereference at virtual address 0000000000000068
      [    3.000001] pc : baz_probe.isra.0+0x10/0x20
      [    4.000000] Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b

      """
    let results = scan([try folder.file("t.log", Array(text.utf8))])
    let found = results[0].others.map { "\($0.count) \($0.signature)" }
    #expect(
      found == [
        "2 warning:foo_bar", "1 oops:baz_probe",
        "1 panic:Kernel panic - not syncing: Attempted to kill init! exitcode=#x#b",
      ])
  }

  /// What the engine finds in a report is not listed once more, however its header is broken; and neither is a part of another.
  @Test func aReportCountsOnce() throws {
    let folder = try TemporaryFolder()
    let text = """
      [    0.000000] Linux version 6.17.13 (x@y)
      [    1.000000] ------------[ cut here ]------------
      [    1.000001] toy 1.toy: late IOMMU probe at driver bind, something fishy here!
      [    1.000002] WARNING: CPU: 1 PID: 43 at drivers/iommu/iommu.c:579
      __iommu_probe_device+0x2b0/0x4ac
      [    1.000003] Call trace:
      [    1.000004]  __iommu_probe_device+0x2b0/0x4ac (P)
      [    1.000005]  probe_iommu_group+0x44/0x78
      [    1.000006] ---[ end trace 0000000000000000 ]---
      [    2.000000] ------------[ cut here ]------------
      [    2.000001] WARNING: CPU: 1 PID: 43 at drivers/toy/toy.c:5
      toy_probe+0x2b0/0x4ac
      [    2.000002] ---[ end trace 0000000000000000 ]---
      [    3.000000] BUG: sleeping function called from invalid context at kernel/toy.c:580
      [    3.000001] Call trace:
      [    3.000002]  toy_sleep+0x44/0x78
      [    4.000000] Unable to handle kernel paging request at virtual address dead000000000100
      [    4.000001] pc : toy_read.isra.0+0x10/0x20
      [    5.000000] Unable to handle kernel paging request at virtual address beef000000000100
      [    5.000001] ---[ end trace 0000000000000000 ]---
      [    6.000000] Unable to handle kernel paging request at virtual address beef000000000100

      """
    let result = scan([try folder.file("t.log", Array(text.utf8))])[0]
    #expect(result.findings.map(\.finding.device) == ["1.toy"])
    #expect(
      result.others.map { "\($0.count) \($0.signature) \($0.place?.line ?? 0)" } == [
        "1 warning:toy_probe 11",
        "1 oops:BUG: sleeping function called from invalid context at kernel/toy.c:# 14",
        "1 oops:toy_read 17", "1 oops:Unable to handle kernel paging request 21",
      ])
  }

  // MARK: the gate

  @Test func theAllowListLetsPassWhatItNamesAndNoMore() throws {
    let folder = try TemporaryFolder()
    let log = try folder.file("a.log", sample("natural-6.17.13-4"))
    let failing = scan([log])[0].findings.filter { !$0.decision.passes }.map(\.finding)
    #expect(failing.map(\.device) == ["0000:00:05.1", "0000:00:06.4"])
    let list = Baseline().updated(
      with: [PlacedFinding(failing[0], of: BootPlace())], bug: "https://bugs.example/1",
      expires: "2026-12-01", today: today)
    let allowed = scan([log], Gate(baseline: try .parse(Array(try list.text().utf8)), today: today))[0]
    #expect(allowed.findings.filter { !$0.decision.passes }.map(\.finding.device) == ["0000:00:06.4"])
    #expect(allowed.findings[0].decision.bug == "https://bugs.example/1")
    let expired = scan([log], Gate(baseline: list, today: "2026-12-02"))[0]
    #expect(expired.findings.filter { !$0.decision.passes }.count == 2)
    #expect(
      list.notes([], today) == ["iommu-late-probe/v1:walk:virtio-pci on 0000:00:05.1 matched nothing"])
    var many = list
    many.entries = Array(repeating: list.entries[0], count: 30)
    let notes = many.notes([3], today)
    #expect(notes.count == 6 && notes.last == "entries that matched nothing, too: 24")
  }

  /// The harmless race and the harmful one have one signature: an entry for the one must not cover the other.
  @Test func anEntryForTheHarmlessRaceDoesNotCoverTheHarmfulOne() throws {
    let folder = try TemporaryFolder()
    let harmless = scan([try folder.file("a.log", sample("race-bind-6.17.13-kprobe"))])[0].findings.map {
      PlacedFinding($0.finding, of: BootPlace())
    }
    var entry = try #require(
      Baseline().updated(with: harmless, bug: nil, expires: nil, today: today).entries.first {
        $0.signature?.contains("walk") == true
      })
    entry.signature = "iommu-late-probe/v1:walk:virtio-pci"
    entry.device = nil
    let log = try folder.file("b.log", sample("natural-6.17.13-4"))
    let result = scan([log], Gate(baseline: Baseline(entries: [entry]), today: today))[0]
    #expect(result.findings.filter { !$0.decision.passes }.count == 2)
  }

  @Test(arguments: [
    "[]", "{\"schema\":\"proberace/baseline@1\",\"entries\":[{}]}", "{\"schema\":\"x\",\"entries\":[]}",
    "{\"schema\":\"proberace/baseline@1\",\"entries\":[{\"cause\":\"nonsense\"}]}",
    "{\"schema\":\"proberace/baseline@1\",\"entries\":[{\"cause\":\"walk-bind-toctou\",\"expires\":\"soon\"}]}",
    "{\"schema\":\"proberace/baseline@1\",\"entries\":[{\"cause\":\"walk-bind-toctou\",\"expires\":\"2027-+3-31\"}]}",
    "{\"schema\":\"proberace/baseline@1\",\"entries\":[{\"cause\":\"walk-bind-toctou\",\"expires\":\"+027-03-31\"}]}",
  ])
  func aWrongAllowListIsRefused(_ text: String) {
    #expect(throws: InputError.self) { try Baseline.parse(Array(text.utf8)) }
  }
}
