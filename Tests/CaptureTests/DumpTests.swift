import Analysis
import Bytes
import Foundation
import Reading
import TestSupport
import Testing
import Timelines
import Verdicts

/// The trace that a panicking kernel dumps into its own log: all that a board with a serial console may leave.
struct DumpTests {
  private static let path = Here.sample("bind-loops-6.17.13-dump/dmesg.txt")

  private static func analyse(_ text: String) throws -> Analysis {
    let folder = try TemporaryFolder()
    return Analysis.run([try folder.file("dmesg.txt", text)])
  }

  @Test func theDumpIsReadAndTiedToTheLog() throws {
    let analysis = Analysis.run([Self.path])
    let boot = try #require(analysis.boots.first)
    let finding = try #require(boot.findings.first)
    #expect(boot.findings.count == 1 && analysis.boots.count == 1)
    #expect(finding.cause?.id == "skipped-by-walk-then-replayed" && finding.device == "0000:00:10.5")
    // Walk, replay and deferral stand in the dump; the warning in the log before it.
    let lines = finding.evidence.compactMap { $0.place?.line }
    #expect([3552, 3682, 3767, 4265, 386].allSatisfy(lines.contains))
    // The dump's clock begins with its first event: groups and their messages tie it, from both sides.
    let clock = try #require(boot.timeline.traces.first?.clock)
    #expect(clock.offset > 8_000_000_000 && clock.offset < 9_000_000_000)
    #expect(clock.slack.map { $0 < 100_000 } == true)
    #expect(!analysis.isDamaged)
  }

  @Test func aDumpThatDoesNotEndIsDamage() throws {
    let whole = try String(contentsOfFile: Self.path, encoding: .utf8).split(whereSeparator: \.isNewline)
    let cut = whole.prefix(4000).joined(separator: "\n") + "\n"
    let analysis = try Self.analyse(cut)
    let loss = try #require(analysis.inputs.first?.losses.first { $0.kind == .truncated })
    #expect(loss.detail.contains("dump") && loss.place?.line == 466)
    #expect(analysis.isDamaged)
    #expect(analysis.boots.first?.timeline.traces.first?.isIncomplete == true)
    #expect(analysis.boots.flatMap(\.findings).allSatisfy { $0.confidence != .certain })
  }

  @Test func aDumpIsOfItsOwnBootOnly() throws {
    let dumped = try String(contentsOfFile: Self.path, encoding: .utf8)
    let next = try String(contentsOfFile: Here.sample("race-bind-6.17.13-plain/dmesg.txt"), encoding: .utf8)
    let boots = try Self.analyse(dumped + next).boots
    #expect(boots.map(\.timeline.traces.count) == [1, 0])
    #expect(boots.map(\.findings.count) == [1, 3])
  }

  @Test func aDumpThatIsTooLongSaysSo() throws {
    var text = "[    0.000000] Linux version 6.17.13\n[    9.000000] Dumping ftrace buffer:\n"
    let rule = "[    9.000000] ---------------------------------\n"
    text += rule
    for number in 0..<70_000 {
      text +=
        "[    9.000000]   init-\(number)   1d.... \(1000 + number)us : rp: (really_probe+0x0/0x3a0) dev=\"d\(number)\"\n"
    }
    let analysis = try Self.analyse(text + rule)
    #expect(analysis.inputs.first?.losses.map(\.kind) == [.tooMany, .noContext])
  }
}
