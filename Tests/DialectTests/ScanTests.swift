// A scan parses only what a byte search hits: it must find what the engine finds, in every dialect and in every capture.
import Analysis
import Foundation
import Reading
import Scan
import Synchronization
import TestSupport
import Testing
import Verdicts

struct SameAsReportTests {
  private static func scanned(_ path: String) -> [String] {
    let found = Mutex<[String]>([])
    ScanRun.run(
      FileWalk([path]), gate: Gate(today: "2026-11-22"), claims: KernelClaims(), workers: 1, into: [String]()
    ) {
      $0 += $1.findings.map { describe($0.finding) }
    } sink: { texts in
      found.withLock { $0 += texts }
    }
    return found.withLock { $0 }
  }

  private static func describe(_ finding: Finding) -> String {
    "\(finding.device) \(finding.signature) \(finding.verdict) \(finding.cause?.id ?? "-") \(finding.harm)"
  }

  private static func reported(_ path: String) -> [String] {
    Analysis.run([path]).boots.flatMap(\.findings).map(describe)
  }

  @Test(arguments: Dialect.all, PlainLog.samples)
  func inEveryDialect(_ dialect: Dialect, _ sample: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("log", dialect.render(try PlainLog(sample)))
    let found = Self.scanned(path)
    #expect(!found.isEmpty)
    #expect(found == Self.reported(path))
  }

  /// Samples, the lab's captures and published logs, as far as they are here.
  static let logs: [String] =
    ([Here.samples, Here.shared].flatMap { Here.captures(in: $0) }
    + ["boot", "warning"].flatMap { kind -> [URL] in
      let folder = Here.shared.deletingLastPathComponent().appending(path: "real-logs/\(kind)")
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
      return (names ?? []).sorted().map { folder.appending(path: $0) }
    }).flatMap { url -> [String] in
      let path = url.path(percentEncoded: false)
      let files = ["dmesg.txt", "dmesg-r.txt", "serial.log"].map { path + "/" + $0 }
        .filter { FileManager.default.fileExists(atPath: $0) }
      return files.isEmpty && !url.hasDirectoryPath ? [path] : files
    }

  @Test(arguments: logs) func inEveryCapture(_ path: String) throws {
    // An archive is scan's alone to read.
    guard Analysis.run([path]).inputs.first?.format?.id == "kernel-log" else { return }
    #expect(Self.scanned(path) == Self.reported(path))
  }

  /// The message lost, only the header and the stack are there.
  @Test func aWarningWithoutItsMessage() throws {
    let folder = try TemporaryFolder()
    let log = try String(
      contentsOf: URL(filePath: Here.sample("natural-6.17.13-4/dmesg.txt")), encoding: .utf8)
    let rest = log.split(separator: "\n").filter { !$0.contains("late IOMMU probe") }.joined(separator: "\n")
    let path = try folder.file("log", rest + "\n")
    #expect(!Self.reported(path).isEmpty)
    #expect(Self.scanned(path) == Self.reported(path))
  }
}
