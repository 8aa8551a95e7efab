import Foundation
import TestSupport
import Testing

/// By what a boot is known, whether it counts, and what it is called.
struct IdentityTests {
  private static let real = ScanCommandTests.real
  private static let clean = ScanCommandTests.clean

  private static func rows(_ command: Command) throws -> [[String: Any]] {
    try command.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  private static func farm() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    _ = try Command.shell(
      """
      cd '\(folder.path)'; mkdir -p rpi/6.17 rk/7.3; cp '\(real)' rpi/6.17/a; gzip -c rpi/6.17/a > rpi/6.17/b.gz
      cp '\(clean)' rk/7.3/a; ln -s a rk/7.3/link; ln rk/7.3/a rk/7.3/hard; tar cf rk/7.3/tar -C rpi 6.17
      iconv -f utf-8 -t utf-16 rk/7.3/a > rk/wide; cat rk/7.3/a rpi/6.17/a > rk/two
      """)
    return folder
  }

  @Test func theSameLogIsOneWhereverItLies() throws {
    let folder = try Self.farm()
    let scan = try Command.run(
      "scan", "--format", "jsonl", "--run", "7", "--labels-from-path", "{board}/{kernel}/", folder.path)
    let rows = try Self.rows(scan)
    let end = try #require(rows.last)
    #expect(end["schema"] as? String == "proberace/scan-end@1" && end["run"] as? String == "7")
    let counts = try #require(end["counts"] as? [String: Int])
    #expect(counts["rows"] == rows.count - 1 && rows.count == 11)
    // The real one four times, the clean one four times.
    #expect(counts["copies"] == 6 && counts["eligible"] == 4 && counts["unlabelled"] == 3)
    #expect(end["status"] as? Int == 1 && scan.code == 1)
    let text = try Command.run("scan", "--no-pager", folder.path).output
    #expect(text.contains("6 seen before under another name"))
    var byHash: [String: Set<String>] = [:]
    for row in rows.dropLast() {
      let path = try #require(row["path"] as? String).dropFirst(folder.path.count + 1)
      byHash[try #require(row["hash"] as? String), default: []].insert(String(path))
      let record = try #require(row["record"] as? String)
      #expect(record == "\(row["hash"] ?? ""):\(row["boot"] ?? "")")
      for (number, finding) in (row["findings"] as? [[String: Any]] ?? []).enumerated() {
        #expect(finding["record"] as? String == "\(record):\(number)" && finding["time"] is Int)
      }
      #expect((row["eligible"] as? [String: Any])?["value"] as? Bool == true)
    }
    #expect(
      Set(byHash.values) == [
        ["rpi/6.17/a", "rpi/6.17/b.gz", "rk/7.3/tar:6.17/a", "rk/7.3/tar:6.17/b.gz"],
        ["rk/7.3/a", "rk/7.3/link", "rk/7.3/hard", "rk/wide"], ["rk/two"],
      ])
    let labels = Dictionary(grouping: rows.dropLast()) { $0["labels"] as? [String: String] }.mapValues(
      \.count)
    #expect(labels == [["board": "rpi", "kernel": "6.17"]: 2, ["board": "rk", "kernel": "7.3"]: 5, [:]: 3])
    // SHA-256, as anybody computes it.
    let sum = try Command.shell("sha256sum < '\(Self.real)'").output.prefix(64)
    #expect(byHash.keys.contains(String(sum)))
  }

  @Test func whatIsKnownIsNotJudgedAgain() throws {
    let folder = try Self.farm()
    let rows = try folder.file(
      "rows", Command.run("scan", "--format", "jsonl", folder.path + "/rpi").output)
    let again = try Command.run(
      "scan", "--format", "jsonl", "--skip-known", rows, "--exclude", "rows", folder.path)
    let paths = try Self.rows(again).dropLast().compactMap { $0["path"] as? String }
    #expect(
      paths.map { $0.dropFirst(folder.path.count + 1) } == [
        "rk/7.3/a", "rk/7.3/hard", "rk/7.3/link", "rk/two", "rk/two", "rk/wide",
      ])
    #expect((try Self.rows(again).last?["counts"] as? [String: Int])?["known"] == 4)
    let nothing = try Command.run("scan", "--skip-known", rows, folder.path + "/rpi")
    #expect(nothing.code == 0 && nothing.output.contains("Nothing new"))
    // A history knows the same, and what is no history of ours knows nothing.
    let history = folder.path + "/farm.sqlite"
    _ = try Command.run("history", "add", "--history", history, rows)
    let asHistory = try Command.run(
      "scan", "--format", "jsonl", "--skip-known", history, "--exclude", "rows", "--exclude", "farm.sqlite*",
      folder.path)
    #expect(try Self.rows(asHistory).dropLast().compactMap { $0["path"] as? String } == paths)
    #expect((try Self.rows(asHistory).last?["counts"] as? [String: Int])?["known"] == 4)
    let other = try folder.file("other.sqlite", "SQLite format 3\0 and nothing else")
    let wrong = try Command.run("scan", "--skip-known", other, folder.path + "/rpi")
    #expect(wrong.code == 2 && wrong.output.isEmpty && wrong.errors.contains("other.sqlite: "))
  }

  @Test func aTarOnStandardInputHasLabelsToo() throws {
    let folder = try Self.farm()
    let scan = try Command.shell(
      "cd '\(folder.path)'; tar c rpi/6.17/a rpi/6.17/b.gz | $P scan --format jsonl --labels-from-path '{board}/{kernel}/' --label lab=a=b -"
    )
    let rows = try Self.rows(scan).dropLast()
    #expect(rows.map { $0["path"] as? String } == ["-:rpi/6.17/a", "-:rpi/6.17/b.gz"])
    #expect(
      rows.allSatisfy {
        $0["labels"] as? [String: String] == ["board": "rpi", "kernel": "6.17", "lab": "a=b"]
      })
  }

  /// Too large to be held: a file is read twice, of a pipe's many boots nobody knows the hash in time.
  @Test func aLogOfManyBoots() throws {
    let folder = try TemporaryFolder()
    let log = folder.path + "/log"
    _ = try Command.shell(
      "for i in $(seq 150); do cat '\(Self.real)' '\(Self.clean)'; done > '\(log)'; gzip -1k '\(log)'")
    let sum = try Command.shell("sha256sum < '\(log)'").output.prefix(64)
    let read = try Self.rows(Command.run("scan", "--fail-on", "none", "--format", "jsonl", log)).dropLast()
    #expect(read.count == 300 && read.allSatisfy { $0["hash"] as? String == String(sum) })
    let packed = try Self.rows(Command.run("scan", "--fail-on", "none", "--format", "jsonl", log + ".gz"))
      .dropLast()
    #expect(packed.count == 300 && packed.allSatisfy { $0["hash"] is NSNull })
    #expect(packed.map { $0["answer"] as? String } == read.map { $0["answer"] as? String })
    let few = try Self.rows(
      Command.shell("head -c 8800000 '\(log)' | $P scan --fail-on none --format jsonl -")
    ).dropLast()
    #expect(few.count > 150 && few.count < 256 && Set(few.map { $0["hash"] as? String }).count == 1)
    #expect(few.first?["hash"] is String && few.first?["size"] as? Int == 8_800_000)
  }

  /// A board's log that ends early could not have shown what comes later, unless it did.
  @Test func whatCountsInARate() throws {
    let folder = try TemporaryFolder()
    let clean = try String(contentsOfFile: Self.clean, encoding: .utf8).split(separator: "\n")
    let real = try String(contentsOfFile: Self.real, encoding: .utf8).split(separator: "\n")
    let last = try #require(real.lastIndex { $0.contains("late IOMMU probe") })
    func file(_ name: String, _ lines: some Sequence<Substring>) throws {
      _ = try folder.file(name, lines.map { $0 + "\n" }.joined())
    }
    try file("cut", clean.prefix(60))
    try file("cut-finding", real[...(last + 60)])
    try file("none", clean.filter { !$0.contains("iommu group") })
    try file("whole", clean)
    let rows = try Self.rows(Command.run("scan", "--format", "jsonl", folder.path)).dropLast()
    let why = Dictionary(
      uniqueKeysWithValues: rows.map { row in
        let eligible = row["eligible"] as? [String: Any]
        return (
          (row["path"] as? String ?? "").split(separator: "/").last ?? "",
          "\(eligible?["value"] as? Bool == true) \(eligible?["why"] ?? "")"
        )
      })
    #expect(why["cut"]?.hasPrefix("false the log ends before user space") == true)
    #expect(why["cut-finding"] == "true it shows a finding")
    #expect(why["none"] == "false no device was added to an IOMMU group")
    #expect(why["whole"] == "true whole to user space, with IOMMU groups")
  }

  @Test func aLogThatNeverEndsIsLeftAfterItsTime() throws {
    let scan = try Command.shell(
      "(cat '\(Self.clean)'; while sleep 0.2; do echo '[  100.000000] x'; done) | timeout -s KILL 20 $P scan --format jsonl --time-limit-per-log 1 -; echo rc ${PIPESTATUS[1]}"
    )
    #expect(scan.output.contains("(--time-limit-per-log)") && scan.output.hasSuffix("rc 2\n"))
  }

  /// Pipes whose writer says nothing, or no more: descriptor 3 keeps them open.
  @Test(
    arguments: [
      (":", "scan pipe clean.log", "pipe"), ("cat clean.log", "scan pipe clean.log", "pipe"),
      (":", "scan - < pipe", "-"), ("cat clean.log", "scan - < pipe", "-"),
      ("gzip -c clean.log", "scan - < pipe", "-"),
      ("tar c clean.log | head -c 20000", "scan - < pipe", "-:clean.log"),
      ("while sleep 0.1; do echo x || break; done", "scan - < pipe", "-"),
      ("(while cat clean.log; do sleep 0.1; done) | gzip -c", "scan - < pipe", "-"),
      (":", "scan --manifest names", "pipe"), ("cat clean.log", "scan --boot-per archive pipe", "pipe"),
    ])
  func aPipeThatStallsIsLeftAfterItsTime(_ writes: String, _ scans: String, _ path: String) throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("names", #"{"path": "pipe"}"# + "\n" + #"{"path": "clean.log"}"# + "\n")
    let scan = try Command.shell(
      """
      cd '\(folder.path)'; cp '\(Self.clean)' clean.log; mkfifo pipe; exec 3<>pipe; set -m
      { \(writes); } >&3 &
      timeout -s KILL 30 $P \(scans) --format jsonl --time-limit-per-log 1
      code=$?; kill -KILL -- -$!; exit $code
      """)
    let rows = try Self.rows(scan)
    let left = try #require(rows.first { $0["path"] as? String == path })
    #expect(left["state"] as? String == "unreadable" && left["hash"] is NSNull)
    #expect((left["error"] as? String)?.contains("(--time-limit-per-log)") == true)
    #expect(rows.last?["schema"] as? String == "proberace/scan-end@1" && scan.code == 2)
    // What comes behind it is judged.
    let others = rows.count { $0["answer"] as? String == "clean" }
    #expect(others == (scans.contains("clean.log") || scans.contains("names") ? 1 : 0))
  }

  @Test(
    arguments: [
      ["--labels-from-path", "nothing"], ["--label", "x"], ["--label", "a b=c"], ["--shard", "9/8"],
      ["--time-limit-per-log", "0"], ["--skip-known", "/none"], ["--manifest", "/none"],
    ])
  func optionsThatAreWrong(_ options: [String]) throws {
    let scan = try Command.run(Command.executable, ["scan"] + options + [Self.clean], nil, [:])
    #expect(scan.code == 2 && scan.output.isEmpty && !scan.errors.isEmpty)
  }
}
