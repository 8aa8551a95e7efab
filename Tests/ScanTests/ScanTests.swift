import Bytes
import Foundation
import Scan
import Synchronization
import TestSupport
import Testing
import Verdicts

/// Logs as files, streams and archives, through the gate.
struct ScanTests {
  private static let today = "2026-11-22"

  private func sample(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Here.samples.appending(path: "\(name)/dmesg.txt")))
  }

  private func scan(_ files: [String], _ gate: Gate = Gate(today: today), workers: Int = 2) -> [LogResult] {
    let results = Mutex<[LogResult]>([])
    ScanRun.run(files, gate: gate, claims: KernelClaims(), workers: workers, isStopped: { false }) {
      logs, _ in
      results.withLock { $0 += logs }
    }
    return results.withLock { $0 }
  }

  private func shell(_ command: String, in folder: TemporaryFolder) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = URL(filePath: folder.path)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(command)")
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

  @Test func aBombIsAnErrorAndNotACrash() throws {
    let folder = try TemporaryFolder()
    try shell("yes | head -c 100000000 | gzip -9 > bomb.gz", in: folder)
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

  // MARK: the gate

  @Test func theAllowListLetsPassWhatItNamesAndNoMore() throws {
    let folder = try TemporaryFolder()
    let log = try folder.file("a.log", sample("natural-6.17.13-4"))
    let failing = scan([log])[0].findings.filter { !$0.decision.passes }.map(\.finding)
    #expect(failing.map(\.device) == ["0000:00:05.1", "0000:00:06.4"])
    let list = Baseline().updated(
      with: [failing[0]], bug: "https://bugs.example/1", expires: "2026-12-01", today: Self.today)
    let allowed = scan([log], Gate(baseline: try .parse(Array(try list.text().utf8)), today: Self.today))[0]
    #expect(allowed.findings.filter { !$0.decision.passes }.map(\.finding.device) == ["0000:00:06.4"])
    #expect(allowed.findings[0].decision.bug == "https://bugs.example/1")
    let expired = scan([log], Gate(baseline: list, today: "2026-12-02"))[0]
    #expect(expired.findings.filter { !$0.decision.passes }.count == 2)
    #expect(
      list.notes([], Self.today) == ["iommu-late-probe/v1:walk:virtio-pci on 0000:00:05.1 matched nothing"])
  }

  /// The harmless race and the harmful one have one signature: an entry for the one must not cover the other.
  @Test func anEntryForTheHarmlessRaceDoesNotCoverTheHarmfulOne() throws {
    let folder = try TemporaryFolder()
    let harmless = scan([try folder.file("a.log", sample("race-bind-6.17.13-kprobe"))])[0].findings.map(
      \.finding)
    var entry = try #require(
      Baseline().updated(with: harmless, bug: nil, expires: nil, today: Self.today).entries.first {
        $0.signature?.contains("walk") == true
      })
    entry.signature = "iommu-late-probe/v1:walk:virtio-pci"
    entry.device = nil
    let log = try folder.file("b.log", sample("natural-6.17.13-4"))
    let result = scan([log], Gate(baseline: Baseline(entries: [entry]), today: Self.today))[0]
    #expect(result.findings.filter { !$0.decision.passes }.count == 2)
  }

  @Test(arguments: [
    "[]", "{\"schema\":\"proberace/baseline@1\",\"entries\":[{}]}", "{\"schema\":\"x\",\"entries\":[]}",
    "{\"schema\":\"proberace/baseline@1\",\"entries\":[{\"cause\":\"nonsense\"}]}",
    "{\"schema\":\"proberace/baseline@1\",\"entries\":[{\"cause\":\"walk-bind-toctou\",\"expires\":\"soon\"}]}",
  ])
  func aWrongAllowListIsRefused(_ text: String) {
    #expect(throws: LogError.self) { try Baseline.parse(Array(text.utf8)) }
  }

  @Test func foldersAreWalkedByGlob() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("a.log", [1])
    _ = try folder.file("b.txt", [1])
    try shell("mkdir sub; cp a.log sub/c.log; ln -s .. sub/loop", in: folder)
    var walk = FileWalk(include: ["*.log"], exclude: ["c*"])
    #expect(walk.files([folder.path]).map { $0.split(separator: "/").last } == ["a.log"])
    #expect(FileWalk.list(Array("a\nb c\n".utf8)) == ["a", "b c"])
    #expect(FileWalk.list(Array("a\0b\nc\0".utf8)) == ["a", "b\nc"])
  }
}
