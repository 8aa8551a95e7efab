import Analysis
import Foundation
import Reading
import TestSupport
import Testing
import Verdicts

/// Causes that no capture shows, from logs and traces written after the kernel's own texts (docs/kernel.md#causes,
/// docs/kernel.md#texts).
struct SilentCauseTests {
  private func findings(_ texts: String...) -> [Finding] {
    Analysis.run(texts: texts.map { Array($0.utf8) }).boots.flatMap(\.findings)
  }

  private func oops(
    _ function: String, kernel: String,
    _ first: String = "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000040"
  ) -> String {
    """
    [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x000f0510]
    [    0.000000] Linux version \(kernel) (x@y) #1 SMP
    [    2.310000] \(first)
    [    2.310010] Internal error: Oops: 0000000096000005 [#1] SMP
    [    2.310100] pc : \(function)+0x28/0x108
    [    2.310200] Call trace:
    [    2.310300]  \(function)+0x28/0x108 (P)
    [    2.310400]  __iommu_probe_device+0x250/0x4ac
    [    2.310500]  probe_iommu_group+0x44/0x78
    [    2.310600]  bus_for_each_dev+0x84/0x100
    [    2.310700]  iommu_device_register+0x104/0x290
    [    2.310800] ---[ end trace 0000000000000000 ]---

    """
  }

  @Test func aNullDriverInDMAConfigure() throws {
    let found = try #require(findings(oops("platform_dma_configure", kernel: "6.15.0-rc3")).first)
    #expect(found.cause?.id == "dma-configure-null-driver" && found.verdict == .real && found.harm == .harmed)
    #expect(found.confidence == .certain && found.kind == .silent)
    // Of the five buses only the one that it is about.
    #expect(found.advice == "platform: take 95deee37a123 (6.15-rc6).")
    let amba = findings(oops("amba_dma_configure", kernel: "7.3.4")).first
    #expect(
      amba?.advice
        == "amba: a patch is posted, no kernel up to 7.3.4 has it: bind the driver only once the IOMMU is registered."
    )
    // With the fix in the kernel the same oops is only likely to be this.
    #expect(findings(oops("platform_dma_configure", kernel: "6.17.13")).map(\.confidence) == [.likely])
    #expect(findings(oops("kfree", kernel: "6.15.0-rc3")).isEmpty)
    // Of a bus that is none of the five nobody knows that it reads the driver.
    #expect(findings(oops("host1x_dma_configure", kernel: "7.3.4")).map(\.confidence) == [.likely])
  }

  /// The proof is the address of a NULL driver's field; of another one, or none, it is not known whose pointer it was.
  @Test(arguments: [
    ("Unable to handle kernel NULL pointer dereference at virtual address 00000000000000b8", "certain 0xb8"),
    ("BUG: kernel NULL pointer dereference, address: 0000000000000060", "certain 0x60"),
    (
      "Unable to handle kernel paging request at virtual address dfff80000000000c",
      "certain 0xdfff80000000000c"
    ),
    (
      "Oops: general protection fault, probably for non-canonical address 0xdffffc000000000c: 0000 [#1] SMP KASAN",
      "certain 0xdffffc000000000c"
    ),
    (
      "Unable to handle kernel paging request at virtual address dfffffd00000000c\n"
        + "[    2.310005] KASAN: null-ptr-deref in range [0x0000000000000060-0x0000000000000067]",
      "certain 0x60"
    ),
    (
      "Unable to handle kernel paging request at virtual address ffff80007a3c1234",
      "likely 0xffff80007a3c1234"
    ),
    ("BUG: unable to handle page fault for address: ffffc90000a5f0b8", "likely 0xffffc90000a5f0b8"),
    // An error pointer.
    ("BUG: unable to handle page fault for address: fffffffffffffdfb", "likely 0xfffffffffffffdfb"),
    ("Unable to handle kernel access", "likely"),
  ])
  func theAddressOfTheOops(_ first: String, _ said: String) throws {
    let found = try #require(findings(oops("amba_dma_configure", kernel: "7.3.4", first)).first)
    let told = found.evidence.first.flatMap { $0.text.split(separator: " ").first { $0.hasPrefix("0x") } }
    #expect("\(found.confidence.map(\.rawValue) ?? "") \(told ?? "")".hasPrefix(said), "\(found.evidence)")
    #expect(found.confidence == .certain || !found.missing.isEmpty)
  }

  private func hung(owner: String) -> String {
    """
    [    0.000000] Linux version 6.19.0 (x@y) #1 SMP
    [  120.000000] INFO: task kworker/u16:3:38 blocked for more than 120 seconds.
    [  120.000100] Call trace:
    [  120.000200]  __switch_to+0x100/0x1c8
    [  120.000300]  __mutex_lock.constprop.0+0x2b0/0x4c0
    [  120.000400]  __iommu_probe_device+0x1f8/0x560
    [  120.000500]  probe_iommu_group+0x44/0x78
    [  120.000600]  bus_for_each_dev+0x84/0x100
    [  120.000700]  iommu_device_register+0x104/0x290
    [  120.000800]  arm_smmu_device_probe+0xbd4/0x14d0
    [  120.000900] INFO: task kworker/u16:3:38 is blocked on a mutex likely owned by task \(owner).

    """
  }

  @Test func theWalkDeadlocksOnItsOwnDevice() {
    let own = findings(hung(owner: "kworker/u16:3:38"))
    #expect(own.map { $0.cause?.id } == ["device-lock-self-deadlock"] && own.first?.confidence == .certain)
    #expect(findings(hung(owner: "init:1")).first?.confidence == .likely)
  }

  @Test func aSplashScreenFaultIsAnotherFault() throws {
    let log = """
      [    0.000000] Linux version 6.16.0 (x@y) #1 SMP
      [    0.000000] OF: reserved mem: 0x0000000067000000..0x00000000680bb7ff (17133 KiB) nomap non-reusable fb@67000000
      [    2.900000] exynos-sysmmu 14860000.sysmmu: 14830000.decon: [READ] PAGE FAULT occurred at 0x67012000

      """
    let found = try #require(findings(log).first)
    #expect(found.cause?.id == "firmware-dma-handover" && found.device == "14830000.decon")
    #expect(found.confidence == .likely)
  }

  @Test func anEarlyDevelopmentKernelWarnsForNothing() throws {
    let log = """
      [    6.200000] ------------[ cut here ]------------
      [    6.200100] reg-dummy reg-dummy: late IOMMU probe at driver bind, something fishy here!
      [    6.200200] WARNING: CPU: 0 PID: 1 at drivers/iommu/iommu.c:449 __iommu_probe_device+0x10b/0x510
      [    6.200300] CPU: 0 UID: 0 PID: 1 Comm: swapper/0 Not tainted 6.14.0-rc6-next+ #1
      [    6.200400] Call Trace:
      [    6.200500]  <TASK>
      [    6.200600]  __iommu_probe_device+0x10b/0x510
      [    6.200700]  probe_iommu_group+0x28/0x50
      [    6.200800]  bus_for_each_dev+0x7e/0xd0
      [    6.200900]  iommu_device_register+0xee/0x260
      [    6.201000]  iommu_go_to_state+0xa2a/0x1970
      [    6.201100] ---[ end trace 0000000000000000 ]---

      """
    let found = try #require(findings(log).first)
    #expect(found.cause?.id == "premature-warning-prerelease" && found.verdict == .falsePositive)
    #expect(found.confidence == .certain && found.side == .walk)
  }

  private static let twice = """
    # tracer: nop
       kworker-36   [000] d....     6.900000: rp: (really_probe+0x0/0x3f8) dev="lab-cl00" drv="labcl"
       kworker-36   [000] .....     6.943677: add_device_to_group: IOMMU: groupID=1 device=lab-cl00
    LOST
       init-1       [001] .....     6.953677: add_device_to_group: IOMMU: groupID=1 device=lab-cl00
       kworker-36   [000] d..1.     7.080000: rpr: (__driver_probe_device+0x16c/0x1e0 <- really_probe) ret=0

    """

  /// The removal may be among the lost events.
  @Test func twoGroupsWithLostEventsBetweenThemAreNoProof() {
    let whole = findings(Self.twice.replacing("LOST\n", with: ""))
    #expect(whole.map { $0.cause?.id } == ["double-probe"] && whole.first?.confidence == .certain)
    let holed = findings(Self.twice.replacing("LOST", with: "CPU:0 [LOST 12 EVENTS]"))
    #expect(holed.map { $0.cause?.id } == ["double-probe"] && holed.first?.confidence == .likely)
    #expect(holed.first?.missing.contains { $0.contains("lost") } == true)
  }

  /// Of a client without a group the trace says so only if it is whole.
  @Test func aGroupMayHaveComeInAGap() throws {
    let sample = "late-silent-7.3.4/"
    let trace = try String(contentsOfFile: Here.sample(sample + "trace.txt"), encoding: .utf8)
    var lines = trace.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for at in stride(from: lines.count - 2, to: 40, by: -60) {
      lines.insert("CPU:0 [LOST 5000 EVENTS]", at: at)
    }
    let whole = findings(trace).filter { $0.cause?.id == "silent-late-iommu" }
    #expect(whole.contains { $0.confidence == .certain })
    let holed = findings(lines.joined(separator: "\n")).filter { $0.cause?.id == "silent-late-iommu" }
    #expect(holed.count == whole.count && holed.allSatisfy { $0.confidence == .likely })
  }
}
