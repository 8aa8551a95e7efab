import Foundation
import TestSupport
import Testing

/// Every link of a page leads to something that is in the page.
struct PageLinkTests {
  private static func check(_ arguments: [String], _ least: Int) throws {
    let page = try Command.run(Command.executable, arguments, nil, [:]).output
    let ids = Set(page.matches(of: /\sid="([^"]+)"/).map { String($0.output.1) })
    let links = page.matches(of: /\shref="([^"]*)"/).map { String($0.output.1) }
    #expect(links.count >= least)
    // A farm's page filters itself by what stands behind such a mark.
    let dead = links.filter { link in
      !(link.hasPrefix("#") && ids.contains(String(link.dropFirst())))
        && link.prefixMatch(of: /#(?:board|kernel)=/) == nil
    }
    #expect(dead.isEmpty, "\(arguments.prefix(5)): \(dead.count) of \(links.count), \(dead.prefix(3))")
  }

  @Test(arguments: ["natural-6.17.13-4", "harm-7.3.4", "toy-reload-race-7.3.4"])
  func reports(_ sample: String) throws {
    let files = inputs(sample)
    try Self.check(["report", "--format", "html"] + files, 100)
    try Self.check(["report", "--format", "html", "--what-if", "all"] + files, 100)
    try Self.check(["timeline", "--format", "html"] + files, 50)
  }

  @Test func farms() throws {
    let folders = ["natural-6.17.13-4", "toy-reload-race-7.3.4"].map { Here.sample("\($0)/dmesg.txt") }
    try Self.check(["scan", "--fail-on", "none", "--format", "html"] + folders, 3)
  }

  /// Findings that have no room are in the table, and nothing leads to what is not there.
  @Test func moreThanThereIsRoomFor() throws {
    let folder = try TemporaryFolder()
    var log = "[    0.000000] Linux version 6.17.13 (gcc) #1\n[    0.000000] Machine model: board\n"
    for number in 0..<200 {
      let (device, stamp) = ("\(5_000_000 + number).gpu", "[    2.\(100_000 + number * 1000)]")
      log += """
        \(stamp) ------------[ cut here ]------------
        \(stamp) gpu \(device): late IOMMU probe at driver bind, something fishy here!
        \(stamp) WARNING: CPU: 0 PID: 343 at drivers/iommu/iommu.c:612 __iommu_probe_device+0x2b0/0x4ac
        \(stamp) Call trace:
        \(stamp)  __iommu_probe_device+0x2b0/0x4ac (P)
        \(stamp)  probe_iommu_group+0x2b/0x4a
        \(stamp)  iommu_device_register+0x2b/0x4a
        \(stamp) ---[ end trace 0000000000000000 ]---

        """
    }
    let path = try folder.file("dmesg.txt", log)
    try Self.check(["report", "--format", "html", "--what-if", "all", path], 150)
    let page = try Command.run("report", "--format", "html", path).output
    #expect(page.contains("50 more findings are in the table above"))
  }
}
