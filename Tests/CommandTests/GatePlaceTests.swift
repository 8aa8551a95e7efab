import Foundation
import TestSupport
import Testing

/// What lies in a folder of logs beside whole logs: nothing of it makes a silent pass, and nothing holds the scan.
struct GatePlaceTests {
  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: Here.sample("clean-7.3.4/dmesg.txt"), toPath: folder.path + "/good.log")
    return folder
  }

  @Test func aLinkThatLeadsNowhereIsALogThatIsMissing() throws {
    let folder = try Self.folder()
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/missing.log", withDestinationPath: "nowhere")
    let scan = try Command.run("scan", folder.path)
    #expect(scan.code == 2 && scan.output.contains("FAIL") && scan.errors.contains("no such file"))
  }

  /// A link to a log is a log; one to a folder is not followed.
  @Test func linksInAFolder() throws {
    let folder = try Self.folder()
    let files = FileManager.default
    try files.createSymbolicLink(
      atPath: folder.path + "/real.log", withDestinationPath: Here.sample("natural-7.3.4/dmesg.txt"))
    try files.createSymbolicLink(atPath: folder.path + "/circle", withDestinationPath: ".")
    let scan = try Command.run("scan", folder.path)
    #expect(scan.code == 1 && scan.output.hasPrefix("2 logs, 2 boots: 1 real"))
  }

  /// What nobody called a log is listed, and has no effect beside a log. Named, or alone, it is no pass.
  @Test func whatIsNoLogIsNoPass() throws {
    let folder = try Self.folder()
    let readme = try folder.file("README", "hello\n")
    _ = try folder.file("stderr.log", "")
    let scan = try Command.run("scan", folder.path)
    #expect(scan.code == 0 && scan.output.contains("2 of other kinds beside them"))
    let named = try Command.run("scan", folder.path, readme)
    #expect(named.code == 2 && !named.output.contains("PASS"))
    let markdown = try Command.run("scan", "--format", "markdown", folder.path, readme)
    #expect(markdown.code == 2 && markdown.output.hasPrefix("### proberace: INCOMPLETE\n"))
    try FileManager.default.removeItem(atPath: folder.path + "/good.log")
    let alone = try Command.run("scan", folder.path)
    #expect(alone.code == 2 && !alone.output.contains("PASS"))
    #expect(alone.errors.contains("no kernel log and no trace in here"))
  }

  /// Folders of artefacts that hold no log, when each folder is a machine's.
  @Test(arguments: ["<html><p>12 passed</p></html>\n", "12 passed\n", "\u{7f}ELF\u{2}\u{1}\u{1}\0"])
  func foldersWithoutALog(_ text: String) throws {
    let folder = try Self.folder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/report", withIntermediateDirectories: false)
    _ = try folder.file("report/index.html", text)
    let scan = try Command.run("scan", "--boot-per", "folder", folder.path)
    #expect(scan.code == 0 && scan.output.contains("PASS"), "\(scan.output)")
    // Without the log there is no answer.
    try FileManager.default.removeItem(atPath: folder.path + "/good.log")
    #expect(try Command.run("scan", "--boot-per", "folder", folder.path).code == 2)
  }

  /// A named pipe is waited for, and the wait can be ended.
  @Test func namedPipes() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.path + "/pipe"
    try #require(mkfifo(pipe, 0o600) == 0)
    // Not before it catches the signal (SigCgt's 15th bit), however busy the machine is.
    let ended = try Command.shell(
      """
      $P scan '\(pipe)' & pid=$!
      for try in $(seq 600); do
        grep -q '^SigCgt:.*[4-7c-f]...$' /proc/$pid/status && break
        sleep 0.05
      done
      kill $pid; wait $pid
      """)
    #expect(ended.code == 143 && ended.errors.contains("interrupted after 0 files\n"))
    let log = Here.sample("natural-7.3.4/dmesg.txt")
    let read = try Command.shell("cat '\(log)' > '\(pipe)' & timeout -k 5 20 $P scan '\(pipe)'")
    #expect(read.code == 1 && read.output.hasPrefix("1 log, 1 boot: 1 real"))
  }

  /// A limit on the size of files is as a full disk.
  @Test func noRoom() throws {
    let folder = try TemporaryFolder()
    let logs = Here.sample("")
    let scan = try Command.shell(
      "ulimit -f 8; $P scan --format junit --include dmesg.txt -o '\(folder.path)/out.xml' '\(logs)'")
    #expect(scan.code == 2 && scan.errors.contains("File too large"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  /// A misspelt key would let pass for ever, or everywhere; an entry without verdict and cause is named.
  @Test func allowLists() throws {
    let folder = try TemporaryFolder()
    let log = Here.sample("natural-7.3.4/dmesg.txt")
    func list(_ entry: String) throws -> String {
      try folder.file("list.json", "{\"schema\": \"proberace/baseline@1\", \"entries\": [{\(entry)}]}")
    }
    let signature = "\"signature\": \"iommu-late-probe/v1:walk:virtio-pci\""
    for key in ["expire", "Device"] {
      let scan = try Command.run("scan", "--baseline", list("\(signature), \"\(key)\": \"2020-01-01\""), log)
      #expect(scan.code == 2 && scan.errors.contains("entry 1: there is no key \"\(key)\""))
    }
    let wide = try Command.run("scan", "--baseline", list(signature), log)
    #expect(wide.code == 0 && wide.output.contains("names no verdict and no cause"))
  }
}
