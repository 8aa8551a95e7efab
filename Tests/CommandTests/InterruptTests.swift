import Foundation
import TestSupport
import Testing

/// What a scan leaves behind that Ctrl-C ended.
struct InterruptTests {
  /// A scan that waits for more of its second log gets SIGINT.
  private static func interrupted(_ options: [String]) throws -> (code: Int32, folder: TemporaryFolder) {
    let folder = try TemporaryFolder()
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let process = Process()
    process.executableURL = Command.executable
    process.arguments =
      ["scan", "-j1"] + options.map { $0.replacing("@", with: folder.path) } + [ScanCommandTests.real, pipe]
    process.standardOutput = FileHandle(forWritingAtPath: try folder.file("out", ""))
    process.standardError = FileHandle(forWritingAtPath: try folder.file("err", ""))
    try process.run()
    let id = process.processIdentifier
    let rescue = DispatchWorkItem { kill(id, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + 30, execute: rescue)
    defer { rescue.cancel() }
    // Opens once the scan has come to the pipe; closed only after the signal.
    let writer = try #require(FileHandle(forWritingAtPath: pipe))
    try writer.write(contentsOf: Data("[    0.000000] Linux version 6.17.13\n".utf8))
    usleep(200_000)
    process.interrupt()
    process.waitUntilExit()
    try writer.close()
    #expect(process.terminationReason == .exit)
    return (process.terminationStatus, folder)
  }

  static func text(_ folder: TemporaryFolder, _ name: String) -> String? {
    try? String(contentsOf: URL(filePath: folder.path + "/" + name), encoding: .utf8)
  }

  @Test(arguments: ["out", "x.jsonl"]) func linesAreWholeAfterControlC(_ name: String) throws {
    let ended = try Self.interrupted(["--format", "jsonl"] + (name == "out" ? [] : ["-o", "@/" + name]))
    #expect(ended.code == 130)
    let text = try #require(Self.text(ended.folder, name))
    #expect(text.hasSuffix("\n"))
    let lines = try ScanCommandTests.lines(text)
    #expect(lines.map { $0["path"] as? String } == [ScanCommandTests.real])
    #expect((lines.first?["findings"] as? [Any])?.count == 4)
    #expect(Self.text(ended.folder, "err")?.contains("interrupted after 1 file\n") == true)
  }

  private static let documents = [
    "junit", "sarif", "kcidb", "squad", "squad-metadata", "lava", "ktap", "github", "gitlab", "markdown",
    "html",
  ]

  @Test func everyDocumentIsInTheList() throws {
    #expect(try Set(Command.formats(of: "scan")) == Set(Self.documents + ["terminal", "jsonl"]))
  }

  /// Half a document would pass for a whole one.
  @Test(arguments: documents)
  func noDocumentAfterControlC(_ format: String) throws {
    let ended = try Self.interrupted(["--format", format, "-o", "@/report"])
    #expect(ended.code == 130)
    #expect(Self.text(ended.folder, "report") == nil)
    #expect(Self.text(ended.folder, "err")?.contains("not written") == true)
  }

  @Test func theTerminalShowsWhatWasSeenUntilControlC() throws {
    let ended = try Self.interrupted([])
    #expect(ended.code == 130)
    #expect(Self.text(ended.folder, "out")?.hasPrefix("1 log, 1 boot: 2 real, 2 false positives") == true)
  }
}
