import Foundation
import TestSupport
import Testing

/// Lines that end, or lack a word, where the parser expects more: boards print some of them (an empty command line),
/// broken consoles the rest. None may end the program.
struct BrokenLineTests {
  /// Every message that a rule knows, with what stands around it.
  private static let known = """
    Linux version 6.17.13 (gcc) #1
    Machine model: linux,dummy-virt
    Hardware name: linux,dummy-virt (DT)
    Kernel command line: console=ttyAMA0
    CPU: 3 UID: 0 PID: 126 Comm: kworker/u8:1 Not tainted 7.3.4 #1
    CPU: 3 PID: 126 Comm: sh Tainted: G        W 6.15.0-rc1 #109
    iommu: Default domain type: Translated
    OF: reserved mem: 0x000000007c000000..0x000000007effffff (49152 KiB) nomap non-reusable framebuffer@7c000000
    ACPI: RSDP 0x000000007FBFE014 000024 (v02 BOCHS )
    sysfs: cannot create duplicate filename '/devices/platform/lab/iommu_group'
    WARNING: drivers/iommu/iommu.c:3363 at iommu_device_unuse_default_domain+0x34/0x78, CPU#0: rmmod/146
    WARNING: CPU: 9 PID: 343 at drivers/iommu/iommu.c:579 __iommu_probe_device+0x2b0/0x4ac
    probe of 0000:00:10.5 returned -517 after 92 usecs
    probe of 0000:00:10.5 with driver nvme returned 0 after 92 usecs
    nvme 0000:00:10.5: Adding to iommu group 3
    nvme 0000:00:10.5: Removing from iommu group 3
    nvme 0000:00:10.5: Failed to add to iommu group 3: -17
    nvme 0000:00:10.5: deferred probe timeout, ignoring dependency
    arm-smmu-v3 9050000.smmuv3: Failed to register iommu
    arm-smmu-v3 9050000.smmuv3: event: F_TRANSLATION client: 0000:00:05.0 sid: 0x28 ssid: 0x0 iova: 0x45972402 ipa: 0x0
    exynos-sysmmu 14830000.decon: [READ] PAGE FAULT occurred at 0x67000000
    arm-smmu 15000000.iommu: Unhandled context fault: fsr=0x402, iova=0x9d7a9000, fsynr=0x1
    arm-smmu-v3 9050000.smmuv3: ias 44-bit, oas 44-bit (features 0x00008325)
    arm-smmu-v3 9050000.smmuv3: allocated 65536 entries for cmdq
    labiommu lab-iommu: probe with driver labiommu failed with error -22
    pci 0000:00:10.5: bus: 'pci': really_probe: probing driver nvme with device
    pci 0000:00:10.5: driver: 'nvme': driver_bound: bound to device
    pci 0000:00:10.5: device is not behind an iommu
    nvme nvme4: pci function 0000:00:10.5
    nvme 0000:00:10.5: enabling device (0000 -> 0002)
    trace_kprobe: Failed to add event(-22)
    INFO: task kworker/u16:14:187 blocked for more than 120 seconds.
    INFO: task kworker/u16:14:187 is blocked on a mutex likely owned by task sh:91.
    Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008
    pc : platform_dma_configure+0x28/0x108
    RIP: 0010:pci_dma_configure+0x54/0x120
    ------------[ cut here ]------------
    nvme 0000:00:10.5: late IOMMU probe at driver bind, something fishy here!
    Workqueue: events_unbound deferred_probe_work_func
    Call trace:
     __iommu_probe_device.part.0+0x4c/0x210 (P)
    [<c0a1b2c3>] (of_dma_configure_id) from [<c0a1b2c3>] (platform_probe+0x68/0xe8)
     of_dma_configure_id from platform_dma_configure+0x28/0x108
    ---[ end trace 0000000000000000 ]---
    ** 2395 printk messages dropped **
    Dumping ftrace buffer:
    """

  /// In a block and outside of one.
  private static func read(_ line: some StringProtocol) {
    for head in ["", "[    2.000000] ------------[ cut here ]------------\n"] {
      for prefix in ["[    2.000001] ", ""] {
        #expect(!Log("[    0.000000] Booting Linux\n\(head)\(prefix)\(line)\n").boots.isEmpty)
      }
    }
  }

  @Test func cutAnywhere() {
    for line in Self.known.split(separator: "\n") {
      for length in 1...line.count {
        Self.read(line.prefix(length))
        Self.read(line.dropFirst(length))
      }
    }
  }

  @Test func withoutSomeWords() {
    for line in Self.known.split(separator: "\n") {
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      for first in words.indices {
        for last in first..<min(words.count, first + 3) {
          // The blanks around it remain, one of them, or none.
          let kept = [words[..<first], words[(last + 1)...]].map { $0.joined(separator: " ") }
          for gap in ["  ", " ", ""] { Self.read(kept.joined(separator: gap)) }
        }
      }
    }
  }
}
