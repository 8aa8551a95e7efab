import Analysis
import Bytes
import Reading
import Scan
import TestSupport
import Testing
import Verdicts

/// What a log lacks of its boot: then no finding is no clean bill.
struct GapTests {
  private static let hello = "[    0.000000] Linux version 6.17.13 (x@y)\n"
  private static let middle = "[    1.000000] foo bar: step\n"
  private static let userSpace = "[    9.000000] Run /sbin/init as init process\n"
  private static let whole = hello + middle + userSpace

  private func result(_ text: String) throws -> LogResult {
    let folder = try TemporaryFolder()
    return try #require(scan([try folder.file("boot.log", text)]).first)
  }

  @Test func aWholeBootHasNone() throws {
    let result = try result(Self.whole)
    #expect(result.state == .complete && result.gaps.isEmpty)
  }

  @Test(
    arguments: [
      (middle + userSpace, [.beginning]), (hello + middle, [.end]), (middle + middle, [.beginning, .end]),
      (whole + "[    9.100000] ** 230 printk messages dropped **\n", [.messages]),
      (whole + "[    9.100000] systemd-journald[1]: Missed 400 kernel messages\n", [.messages]),
    ] as [(String, [LogGap])])
  func whatIsMissingIsSaid(_ text: String, _ gaps: [LogGap]) throws {
    let result = try result(text)
    #expect(result.state == .incomplete && result.gaps == gaps)
    #expect(!result.isNoAnswer && !result.fails)
  }

  @Test func theEngineCountsThemToo() throws {
    // A refused DMA asks for the engine.
    let asked =
      "[    2.000000] arm-smmu 15000000.iommu: Unhandled context fault: fsr=0x402, iova=0x9d7a9000\n"
    #expect(try result(Self.whole + asked).gaps.isEmpty)
    #expect(try result(Self.middle + asked).gaps == [.beginning, .end])
  }

  @Test func aLogThatEndsWhereAWarningBeginsIsCut() throws {
    let result = try result(Self.whole + "[    9.100000] ------------[ cut here ]------------\n")
    #expect(result.state == .unreadable)
    #expect(result.losses.map(\.kind) == [.truncated])
    // Of a report in the middle the rest was dropped, or another caller's lines follow: that is no cut.
    let begins = "[    8.000000][T1] ------------[ cut here ]------------\n"
    let refused = "[    2.000000] arm-smmu 15000000.iommu: Failed to register iommu\n"
    #expect(
      try self.result(Self.hello + refused + begins + "[    9.000000][T2] Run /init\n").state == .complete)
    let closed = "[    9.200000] WARNING: CPU: 1 PID: 2 at kernel/foo.c:1 foo+0x1/0x2\n"
    let begun = "[    9.100000] ------------[ cut here ]------------\n"
    #expect(try self.result(Self.whole + begun + closed).state == .complete)
  }

  @Test(arguments: [
    "__CURSOR=s=1;i=2\n_TRANSPORT=kernel\nMESSAGE=Linux version 6.17.13\n\n",
    "Fri 2026-11-20 10:00:00.000000 UTC [s=a;i=1;b=0f]\n    _TRANSPORT=kernel\n    MESSAGE=Linux version 6.17.13\n",
  ])
  func aJournalsExportIsNotHalfRead(_ export: String) throws {
    let result = try result(export)
    #expect(result.state == .unreadable && result.error?.contains("-o json") == true)
    let losses = Analysis.run(texts: [Array(export.utf8)]).inputs.first?.losses ?? []
    #expect(losses.map(\.kind) == [.unrecognised] && losses.first?.detail == result.error)
  }

  /// The search asks the engine about a group under a driver's name: its warning has been lost (RealLifeTests has the log).
  @Test func aLostWarningIsLookedFor() throws {
    var isInside = false
    let log = try String(contentsOfFile: Here.sample("harm-untraced-7.3.4/dmesg.txt"), encoding: .utf8)
      .split(separator: "\n").filter { line in
        if line.contains("[ cut here ]") { isInside = true }
        defer { if line.contains("[ end trace") { isInside = false } }
        return !isInside
      }.joined(separator: "\n")
    #expect(!log.contains("late IOMMU probe"))
    #expect(try result(log + "\n").findings.map(\.finding.device) == ["0000:00:03.1", "0000:00:07.3"])
  }

  /// By the search alone and by the engine, in the first boot and in a later one.
  @Test(arguments: ["", "[    2.000000] arm-smmu 15000000.iommu: Failed to register iommu\n"])
  func otherTroubleHasItsLine(_ asked: String) throws {
    let trouble = "[    2.000000] WARNING: CPU: 3 PID: 38 at kernel/foo.c:12 foo_bar+0x1f8/0x560\n"
    let first = try result(Self.hello + asked + Self.middle + trouble + Self.userSpace)
    #expect(first.others.map(\.place?.line) == [asked.isEmpty ? 3 : 4])
    let folder = try TemporaryFolder()
    let steps = String(repeating: "[    5.000000] foo bar: step\n", count: 9000)
    let twice = Self.hello + steps + asked + Self.hello + steps + trouble
    let last = scan([try folder.file("twice.log", twice)]).last
    #expect(last?.boot == 1 && last?.others.map(\.place?.line) == [asked.isEmpty ? 18_003 : 18_004])
  }

  /// One damaged boot, many that are not.
  @Test func damageIsOfItsOwnBoot() throws {
    let folder = try TemporaryFolder()
    let filler = String(repeating: "[    5.000000] foo bar: step\n", count: 3000)
    let boot = Self.hello + filler + Self.userSpace
    let text = Self.hello + "[    1.000000] \0\0\0\n" + filler + Self.userSpace + boot + boot + boot
    let states = scan([try folder.file("boots.log", text)]).map(\.state)
    #expect(states == [.unreadable, .complete, .complete, .complete])
  }

  /// A line that only the engine understands must not be left out by the search in front of it.
  @Test(arguments: [
    "arm-smmu-v3 9050000.smmuv3: event: F_TRANSLATION client: 0000:00:05.0 sid: 0x28 ssid: 0x0 iova: 0x7c100000 ipa: 0x0",
    "arm-smmu 15000000.iommu: Unhandled context fault: fsr=0x402, iova=0x7c100000, fsynr=0x1",
    "exynos-sysmmu 14860000.sysmmu: 14830000.decon: [READ] PAGE FAULT occurred at 0x7c100000",
  ])
  func scanSeesWhatReportSees(_ fault: String) throws {
    let memory =
      "[    0.000000] OF: reserved mem: 0x000000007c000000..0x000000007effffff (49152 KiB) nomap non-reusable fb\n"
    let text = Self.hello + memory + Self.middle + "[    2.000000] \(fault)\n" + Self.userSpace
    let reported = Analysis.run(texts: [Array(text.utf8)]).boots.flatMap(\.findings)
    let scanned = try result(text).findings.map(\.finding)
    #expect(scanned.map { "\($0.device) \($0.signature)" } == reported.map { "\($0.device) \($0.signature)" })
    #expect(reported.count == 1)
  }

  /// A log may say any number of times that something was lost: memory must not grow with it.
  @Test func manyLossesAreOne() throws {
    let dropped = "[    2.000000] ** 3 printk messages dropped ** \n"
    let refused = "[    2.000000] trace_kprobe: Failed to add event(-22)\n"
    let text = Self.hello + String(repeating: dropped + refused, count: 20_000) + Self.userSpace
    let losses = try result(text).losses
    #expect(losses.count < 200)
    #expect(losses.filter { $0.kind == .droppedPrintk }.compactMap(\.count).reduce(0, +) == 60_000)
    let absurd = "[    2.000000] ** \(Int64.max) printk messages dropped ** \n"
    let most = try result(Self.hello + String(repeating: absurd, count: 200) + Self.userSpace).losses
    #expect(most.map(\.count) == [.max])
  }
}
