import Foundation
import TestSupport
import Testing

/// Every command line of the README, of docs/, of the manual pages and of --help does what it is said to do: scripts/examples.sh, which the
/// packages' tests run too.
struct DocumentedCommandTests {
  /// How many commands of each document ran, in order.
  private static func run(_ documents: [String]) throws -> [Int] {
    let script = Here.root.appending(path: "scripts/examples.sh").path(percentEncoded: false)
    let tool = Command.executable.deletingLastPathComponent().path(percentEncoded: false)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let result = try Command.run(
      URL(filePath: "/bin/sh"), [script, Here.sample("natural-7.3.4-cmdline")] + documents, nil,
      ["PATH": "\(tool):\(path)"])
    #expect(result.code == 0, "\(result.output.suffix(500))\(result.errors.suffix(500))")
    return result.output.split(separator: "\n").compactMap { Int($0.prefix { $0 != " " }) }
  }

  @Test(arguments: [
    ("README.md", 10), ("docs/ci.md", 5), ("docs/capturing.md", 5), ("docs/farm.md", 8),
    ("docs/findings/probe-before-domain.md", 1), ("docs/findings/acpi-orphans.md", 1),
    ("docs/man/proberace.7", 6),
  ])
  func documents(_ name: String, _ least: Int) throws {
    let counts = try Self.run([Here.root.appending(path: name).path(percentEncoded: false)])
    #expect(counts.count == 1 && counts.allSatisfy { $0 >= least })
  }

  /// A page for each command, without a mistake that groff knows, and with the examples of its --help.
  @Test func manualPages() throws {
    let folder = try TemporaryFolder()
    let script = Here.root.appending(path: "scripts/manual.py").path(percentEncoded: false)
    let made = try Command.run(
      URL(filePath: "/usr/bin/env"),
      ["python3", script, Command.executable.path(percentEncoded: false), folder.path], nil, [:])
    #expect(made.code == 0, "\(made.errors)")
    let pages = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let commands = [
      "report", "scan", "timeline", "capture", "formats", "rules", "explain", "baseline", "history",
      "doctor",
    ]
    for command in commands { #expect(pages.contains("proberace-\(command).1")) }
    let counts = try Self.run(pages.map { folder.path + "/" + $0 })
    #expect(counts.count == pages.count && counts.reduce(0, +) > 15)
    let options = try Command.run("report", "--help").output.matches(of: /--[a-z-]+/).map {
      String($0.output)
    }
    let page = try String(contentsOfFile: folder.path + "/proberace-report.1", encoding: .utf8).replacing(
      "\\-", with: "-")
    #expect(options.count > 10 && options.allSatisfy(page.contains))
  }
}
