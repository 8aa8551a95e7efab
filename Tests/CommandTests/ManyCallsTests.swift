import Foundation
import TestSupport
import Testing

/// A trace with more calls than any boot has is judged up to some point, as if it had been stopped there.
struct ManyCallsTests {
  private static let folder = Here.sample("natural-7.3.4/")
  private static let log = folder + "dmesg.txt"

  private struct Answer {
    var findings: [String]
    var losses: [[String: Any]]
    var code: Int32
  }

  private static func report(_ paths: String...) throws -> Answer {
    let command = try Command.run(
      Command.executable, ["report", "--format", "json", "--fail-on", "none"] + paths, nil, [:])
    let boots = try #require(command.json?["boots"] as? [[String: Any]])
    let inputs = try #require(command.json?["inputs"] as? [[String: Any]])
    return Answer(
      findings: boots.flatMap { $0["findings"] as? [[String: Any]] ?? [] }.map { finding in
        ["device", "verdict", "cause", "confidence", "harm"].map { "\(finding[$0] ?? "-")" }.joined(
          separator: " ")
      }.sorted(),
      losses: inputs.flatMap { $0["losses"] as? [[String: Any]] ?? [] }, code: command.code)
  }

  /// Calls of one thread for so many devices in turn, from `second` on: nothing of it can be folded.
  private static func flood(from second: Int, devices: Int = 70_000) -> String {
    var text = ""
    for call in 0..<70_000 {
      let device = "dev=\"\(call % devices).flood\""
      let time = "\(second + call / 10_000).\(100_000 + call % 10_000 * 2)"
      text += "           flood-999     [003] d....    \(time): e7: (pci_dma_configure+0x0/0x128) \(device)\n"
      text +=
        "           flood-999     [003] d..1.    \(time): r7: (really_probe+0x7c/0x3f8 <- pci_dma_configure) ret=0\n"
    }
    return text
  }

  @Test(arguments: [(1000, 100_000...140_000), (70_000, 25_000...33_000)])
  func whatCameBeforeIsJudged(_ devices: Int, _ lines: ClosedRange<Int>) throws {
    let folder = try TemporaryFolder()
    let trace = try String(contentsOfFile: Self.folder + "trace.txt", encoding: .utf8)
    let long = try folder.file("long.txt", trace + Self.flood(from: 100, devices: devices))
    let alone = try Self.report(Self.log, Self.folder + "trace.txt")
    let flooded = try Self.report(Self.log, long)
    #expect(alone.findings.count > 2 && alone.findings.contains { $0.contains("certain") })
    #expect(flooded.findings == alone.findings)
    #expect(alone.code == 0 && flooded.code == 2)
    let loss = try #require(flooded.losses.first { $0["kind"] as? String == "too-many" })
    let line = try #require((loss["at"] as? [String: Any])?["line"] as? Int)
    let before = trace.utf8.count { $0 == 10 }
    #expect(lines.contains(line - before))
  }

  /// What came after is not there: the log's own verdicts stand, and nothing is certain because of a trace that was
  /// not read so far.
  @Test func whatCameAfterIsUnknown() throws {
    let folder = try TemporaryFolder()
    let trace = try String(contentsOfFile: Self.folder + "trace.txt", encoding: .utf8)
    let late = try folder.file("late.txt", Self.flood(from: 1) + trace)
    let alone = try Self.report(Self.log)
    let flooded = try Self.report(Self.log, late)
    #expect(flooded.findings == alone.findings && !alone.findings.isEmpty)
    #expect(flooded.code == 2)
  }
}
