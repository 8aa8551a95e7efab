// Logs that others published, beside the repository: only where they are. Nothing of them may be copied here.
import Analysis
import Foundation
import Reading
import TestSupport
import Testing
import Timelines
import Verdicts

private enum RealLogs {
  static let folder = Here.root.deletingLastPathComponent().appending(path: "shared/real-logs")
  static let areHere = FileManager.default.fileExists(atPath: folder.path(percentEncoded: false))
}

@Suite(.enabled(if: RealLogs.areHere, "../shared/real-logs is not here"))
struct RealLogTests {
  private static let folder = RealLogs.folder

  private static func logs(_ kind: String) -> [String] {
    let path = folder.appending(path: kind)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path.path(percentEncoded: false))) ?? []
    return names.sorted()
  }

  private static func run(_ kind: String, _ name: String) -> Analysis {
    Analysis.run([folder.appending(path: "\(kind)/\(name)").path(percentEncoded: false)])
  }

  /// None of them has the warning, whatever else they have.
  @Test(arguments: logs("boot"))
  func bootLogsHaveNoWarning(_ name: String) {
    let analysis = Self.run("boot", name)
    #expect(analysis.inputs.first?.format?.id == "kernel-log")
    #expect(analysis.warnings == 0)
  }

  /// A file, by the beginning of its name: device, side, the verdicts that are right or honest.
  struct Case: Sendable {
    var file: String
    var device: String
    var driver: String
    var side: Side
    var verdicts: [Verdict]
  }

  // swift-format-ignore
  static let cases = [
    Case(file: "amd-x470", device: "reg-dummy", driver: "reg-dummy", side: .walk, verdicts: [.falsePositive]),
    Case(file: "intel-n100", device: "PNP0C14:00", driver: "acpi-wmi", side: .walk, verdicts: [.falsePositive]),
    Case(file: "rcar-m3n", device: "ee300000.sata", driver: "sata_rcar", side: .bind, verdicts: [.real, .undetermined]),
    Case(file: "hyperv", device: "13d7:00:00.0", driver: "idxd", side: .none, verdicts: [.real, .undetermined]),
    Case(file: "exynos7870", device: "14830000.decon", driver: "exynos-decon", side: .none, verdicts: [.undetermined]),
  ]

  @Test(arguments: cases)
  func labelledWarnings(_ expected: Case) throws {
    let name = try #require(Self.logs("warning").first { $0.hasPrefix(expected.file) })
    let findings = Self.run("warning", name).boots.flatMap(\.findings).filter { $0.kind == .lateIOMMUProbe }
    #expect(findings.map(\.device) == [expected.device])
    let finding = try #require(findings.first)
    #expect(finding.driver == expected.driver)
    #expect(finding.side == expected.side)
    #expect(expected.verdicts.contains(finding.verdict))
  }

  @Test(arguments: logs("warning").filter { $0.contains("no-fishy") })
  func oopsesAreNoWarning(_ name: String) { #expect(Self.run("warning", name).warnings == 0) }
}
