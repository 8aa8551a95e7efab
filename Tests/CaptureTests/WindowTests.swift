import Analysis
import Reading
import TestSupport
import Testing
import Timelines

/// When there is a window between a device's driver and its IOMMU group.
struct WindowTests {
  /// The windows of a device that was bound at 7 s for good, after what `before` tells.
  private static func windows(_ before: [String]) -> [Window] {
    var lines = ["# tracer: nop"]
    for (second, event) in before.enumerated() {
      lines.append("   kworker-36   [000] d....     \(second + 1).000000: \(event)")
    }
    lines.append("   kworker-36   [000] d....     7.000000: rp: (really_probe+0x0/0x3f8) dev=\"lab-cl00\"")
    lines.append(
      "   kworker-36   [000] d....     7.000100: rp_ret: (__driver_probe_device+0x16c/0x1e0 <- really_probe) ret=0"
    )
    let text = lines.joined(separator: "\n") + "\n"
    return Analysis.run(texts: [Array(text.utf8)]).boots.flatMap(\.windows)
  }

  private static let group = "add_device_to_group: IOMMU: groupID=3 device=lab-cl00"
  private static let ungroup = "remove_device_from_group: IOMMU: groupID=3 device=lab-cl00"
  private static let domain = "attach_device_to_domain: IOMMU: device=lab-cl00"

  @Test func noneWhereTheDeviceHasItsGroup() {
    #expect(Self.windows([Self.group]).isEmpty)
    #expect(Self.windows([Self.group, Self.ungroup, Self.group]).isEmpty)
    #expect(Self.windows([Self.group, Self.ungroup, Self.domain]).isEmpty)
  }

  /// It gets no group, ever: its own driver refuses it.
  @Test func noneOfAnIOMMU() throws {
    let boot = try #require(
      Analysis.run(["dmesg.txt", "trace.txt"].map { Here.sample("harm-7.3.4/\($0)") }).boots.first)
    #expect(boot.timeline.devices["9050000.smmuv3"]?.concernsIOMMU == true)
    let devices = Set(boot.windows.map(\.device))
    #expect(devices.count == 51 && !devices.contains("9050000.smmuv3"))
  }

  @Test func oneWhereTheGroupIsGone() {
    #expect(Self.windows([Self.group, Self.ungroup]).map(\.state) == [.exposed])
    #expect(Self.windows([Self.group, Self.ungroup, Self.group, Self.ungroup]).map(\.state) == [.exposed])
  }
}
