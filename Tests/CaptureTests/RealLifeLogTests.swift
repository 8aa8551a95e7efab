import Analysis
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

/// Kernel logs as real life changes them: without a beginning, an end, times, or messages.
struct RealLifeLogTests {
  /// An old ring buffer, or a quiet console: the log has lost its beginning, but it is of this boot.
  @Test func aLogWithoutItsBeginningIsNoOtherBoot() throws {
    let log = try RealLifeTests.lines("bind-loops-7.3.4/dmesg.txt")
    let warning = try #require(log.firstIndex { $0.contains("late IOMMU probe") })
    let tail = Array(log[(warning - 4)...])
    let trace = try RealLifeTests.lines("bind-loops-7.3.4/trace.txt")
    let found = RealLifeTests.findings(tail, trace)
    #expect(
      found.count == 2 && found.allSatisfy { $0.confidence == .likely && $0.verdict == .falsePositive })
  }

  /// The warning, pasted without stamps: nothing tells which lines of the log came before it.
  @Test func linesWithoutTimesHaveNoPlaceInAnotherLog() throws {
    let log = try RealLifeTests.lines("natural-7.3.4/dmesg.txt")
    let excerpt = log.drop { !$0.contains("cut here") }.prefix(60).map {
      String($0.drop { $0 != "]" }.dropFirst(2))
    }
    let found = RealLifeTests.findings(log, excerpt)
    #expect(found.count >= 2 && found.allSatisfy { $0.confidence != .certain })
  }

  /// That a line is missing proves nothing where lines are missing.
  @Test func droppedMessagesMayBeTheGroups() throws {
    var log = try RealLifeTests.lines("late-silent-7.3.4/dmesg.txt")
    let whole = RealLifeTests.findings(log).filter { $0.cause?.id == "silent-late-iommu" }
    #expect(!whole.isEmpty && whole.contains { $0.confidence == .certain })
    log.insert("** 12 printk messages dropped **", at: log.count - 5)
    let dropped = RealLifeTests.findings(log).filter { $0.cause?.id == "silent-late-iommu" }
    #expect(dropped.count == whole.count && dropped.allSatisfy { $0.confidence == .likely })
  }

  /// What IOMMU drivers print when they fail to register, and what sounds like it.
  @Test(arguments: [
    ("Failed to register iommu", "certain"), ("failed to register iommu", "certain"),
    ("error -EINVAL: Failed to register iommu", "certain"), ("Failed to register iommu in sysfs", "-"),
  ])
  func theIOMMUDoesNotRegister(_ words: String, _ confidence: String) {
    let log = [
      "[    0.000000] Linux version 7.2.13 (x@y) #1 SMP",
      "[    3.000000] qcom_iommu 1e00000.iommu: \(words)", "",
    ]
    let expected = confidence == "-" ? [] : ["walk-aborted-registration \(confidence)"]
    #expect(RealLifeTests.said(RealLifeTests.findings(log), "1e00000.iommu") == expected)
  }

  @Test func anIOMMUThatFailsAfterItsBannerIsTold() {
    let log = [
      "[    0.000000] Linux version 7.2.13 (x@y) #1 SMP",
      "[    3.028568] arm-smmu-v3 9050000.smmuv3: oas 44-bit (features 0x01008305)",
      "[    3.145330] arm-smmu-v3 9050000.smmuv3: allocated 32768 entries for evtq",
      "[    3.245330] arm-smmu-v3 9050000.smmuv3: probe with driver arm-smmu-v3 failed with error -22", "",
    ]
    #expect(
      RealLifeTests.said(RealLifeTests.findings(log), "9050000.smmuv3") == [
        "walk-aborted-registration likely"
      ])
    let again = log.dropLast() + ["[    4.245330] arm-smmu-v3 9050000.smmuv3: registered", ""]
    #expect(RealLifeTests.findings(Array(again)).isEmpty)
  }

  /// No finding in the end of a log is no clean bill for the boot.
  @Test func aLogsEndIsNotTheBoot() throws {
    let log = try RealLifeTests.lines("clean-fgraph-6.17.13/dmesg.txt")
    func losses(_ lines: some Collection<String>) -> [String] {
      Analysis.run(texts: [Array(lines.joined(separator: "\n").utf8)]).boots.flatMap(\.timeline.losses)
        .map(\.kind.rawValue)
    }
    #expect(losses(log) == [])
    #expect(losses(log.suffix(200)) == ["no-beginning"])
  }

  /// A console of low level, or a vendor, hides the warning: the group's line under the driver's name still tells.
  @Test func aLostWarningLeavesTheDriversNameOnTheGroup() throws {
    var isInside = false
    let log = try RealLifeTests.lines("harm-untraced-7.3.4/dmesg.txt").filter { line in
      if line.contains("[ cut here ]") { isInside = true }
      defer { if line.contains("[ end trace") { isInside = false } }
      return !isInside
    }
    #expect(!log.contains { $0.contains("late IOMMU probe") })
    let expected = ["0000:00:03.1", "0000:00:07.3"]
    let found = RealLifeTests.findings(log)
    #expect(found.map(\.device) == expected)
    #expect(
      found.allSatisfy {
        $0.cause?.id == "probe-before-domain" && $0.confidence == .likely && $0.kind == .silent
      })
    // Older kernels add every group at a bind, and warn of nothing.
    #expect(
      RealLifeTests.findings(log.map { $0.replacing("Linux version 7.3.4", with: "Linux version 6.12.94") })
        .isEmpty)
  }
}
