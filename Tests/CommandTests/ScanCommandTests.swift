import Foundation
import TestSupport
import Testing

/// What `scan` and `baseline update` make of their options, and how they end.
struct ScanCommandTests {
  static let real = Here.sample("natural-6.17.13-4/dmesg.txt")
  static let clean = Here.sample("clean-fgraph-6.17.13/dmesg.txt")

  /// The rows of JSON lines.
  static func lines(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    .filter { $0["schema"] as? String == "proberace/scan@1" }
  }

  @Test func gate() throws {
    #expect(try Command.run("scan", Self.clean).code == 0)
    #expect(try Command.run("scan", Self.real).code == 1)
    #expect(try Command.run("scan", Self.real, "/no/such.log").code == 2)
    #expect(try Command.run("scan", "--fail-on", "none", "-j1", Self.real).code == 0)
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
    #expect(command.output.hasPrefix("21\n"))
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

  @Test func aTraceIsJudgedAndNotTakenForACleanLog() throws {
    let trace = Here.sample("race-bind-6.17.13-kprobe/trace.txt")
    let command = try Command.run("scan", trace, Self.clean)
    #expect(command.code == 0)
    #expect(command.output.contains("2 false positives"))
    #expect(command.output.contains("1 trace without a kernel log"))
    #expect(command.output.contains("PASS, as far as the logs go"))
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
