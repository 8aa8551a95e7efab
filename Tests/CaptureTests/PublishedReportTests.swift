import Analysis
import Reading
import TestSupport
import Testing
import Verdicts

/// A finding that looks like a published case names it, and is judged as before.
struct PublishedReportTests {
  private func findings(_ driver: String, _ caller: String) -> [Finding] {
    let log = """
      [    1.000000] Linux version 6.19.0 (x@y) #1 SMP
      [    5.000000] ------------[ cut here ]------------
      [    5.000100] \(driver) 19471000.drmdecon: late IOMMU probe at driver bind, something fishy here!
      [    5.000200] WARNING: drivers/iommu/iommu.c:645 at __iommu_probe_device+0x1f8/0x550, CPU#7: init/1
      [    5.000300] Call trace:
      [    5.000400]  __iommu_probe_device+0x1f8/0x550 (P)
      [    5.000500]  \(caller)+0x44/0x78
      [    5.000600]  bus_for_each_dev+0x84/0x100
      [    5.000700]  iommu_device_register+0x104/0x290
      [    5.000800] ---[ end trace 0000000000000000 ]---

      """
    return Analysis.run(texts: [Array(log.utf8)]).boots.flatMap(\.findings)
  }

  @Test func sameDriverSameWay() throws {
    let found = try #require(findings("exynos-decon", "probe_iommu_group").first)
    #expect(found.likeReports.map(\.cause.id) == ["multi-iommu-replay-bypass"])
    #expect(found.verdict == .undetermined && found.cause == nil)
    #expect(findings("virtio-pci", "probe_iommu_group").flatMap(\.likeReports).isEmpty)
  }

  /// One that is decided to be something else is not like it.
  @Test func notWhatIsSomethingElse() {
    let names = ["natural-7.3.4", "two-iommus-7.3.4", "misuse-7.3.4"]
    let paths = names.map { [Here.sample("\($0)/dmesg.txt"), Here.sample("\($0)/trace.txt")] }
    #expect(paths.flatMap { Analysis.run($0).boots.flatMap(\.findings).flatMap(\.likeReports) }.isEmpty)
  }

  @Test func theTable() {
    for report in PublishedReport.all {
      #expect(report.fix != nil || report.source != nil || report.outcome.contains("mended"))
      #expect(report.source?.hasPrefix("https://") ?? true)
      #expect(report.fix.map { $0.count == 12 } ?? true)
    }
    #expect(PublishedReport.of(.all[0]).count == 1)
  }
}
