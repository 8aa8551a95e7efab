import Events
import TestSupport
import Testing

/// The WARNING block in every grammar of docs/formats/kernel-log.md#warnings and docs/kernel.md#the-warning.
struct WarningBlockTests {
  static let new = """
    ------------[ cut here ]------------
    nvme 0000:00:10.5: late IOMMU probe at driver bind, something fishy here!
    WARNING: drivers/iommu/iommu.c:654 at __iommu_probe_device.part.0+0x4c/0x210, CPU#3: kworker/u8:1/126
    Modules linked in: nvme(+)
    CPU: 3 UID: 0 PID: 126 Comm: kworker/u8:1 Not tainted 7.3.4+deb13-arm64 #1 PREEMPTLAZY  Debian 7.3.4-1
    Hardware name: linux,dummy-virt (DT)
    Workqueue: events_unbound deferred_probe_work_func
    pstate: 61402009 (nZCv daif +PAN -UAO -TCO +DIT -SSBS BTYPE=--)
    pc : __iommu_probe_device.part.0+0x4c/0x210
    lr : __iommu_probe_device.part.0+0x48/0x210
    sp : ffff8000800b39f0
    x29: ffff8000800b39f0 x28: 0000000000000000 x27: 0000000000000000
    Call trace:
     __iommu_probe_device.part.0+0x4c/0x210 (P)
     probe_iommu_group+0x44/0x78 (K)
     bus_for_each_dev+0x8c/0x100 (F)
     iommu_device_register+0xdc/0x260
     arm_smmu_device_probe+0x720/0x938 [arm_smmu_v3 756cd85ee7308d7c98df18fc7d1a25a4db1266e9]
     labmis_reconfigure_dma+0xb0/0x104 [labmis] (K)
     platform_probe+0x68/0xe8
    ---[ end trace 0000000000000000 ]---
    """

  @Test func newHeader() {
    let log = Log(stamped(Self.new))
    #expect(
      log.described == [
        "nvme 0000:00:10.5 @2001000 cpu 3 tid 126 kworker/u8:1 line 654 __iommu_probe_device: "
          + "__iommu_probe_device probe_iommu_group bus_for_each_dev iommu_device_register "
          + "arm_smmu_device_probe labmis_reconfigure_dma platform_probe"
      ])
    let block = log.warnings.first
    #expect(block?.messagePlace?.line == 2)
    #expect(block?.headerPlace?.line == 3)
    #expect(block?.place(ofFrame: 1)?.line == 15)
    #expect(block.map { log.names[$0.workqueue] } == "events_unbound deferred_probe_work_func")
    #expect(block?.isMixed == false)
  }

  static let old = """
    ------------[ cut here ]------------
    reg-dummy reg-dummy: late IOMMU probe at driver bind, something fishy here!
    WARNING: CPU: 9 PID: 343 at drivers/iommu/iommu.c:579 __iommu_probe_device+0x2b0/0x4ac
    CPU: 9 UID: 0 PID: 343 Comm: modprobe Tainted: G S         O        6.15.0-rc1 #109 PREEMPT
    Call trace:
     __iommu_probe_device+0x2b0/0x4ac (P)
     iommu_probe_device+0x3c/0x80
    ---[ end trace 0000000000000000 ]---
    """

  @Test func oldHeader() {
    let log = Log(stamped(Self.old))
    #expect(
      log.described == [
        "reg-dummy reg-dummy @2001000 cpu 9 tid 343 modprobe line 579 __iommu_probe_device: "
          + "__iommu_probe_device iommu_probe_device"
      ])
    #expect(log.boots.first?.facts.kernel == "6.15.0-rc1")
  }

  /// W1, W2, W3, W5 and the early draft: which line, CPU, pid and comm each gives.
  @Test(arguments: [
    Row(
      "W1", "WARNING: at drivers/iommu/iommu.c:559 __iommu_probe_device",
      "cpu -1 tid -1 - line 559 __iommu_probe_device"),
    Row(
      "W2", "WARNING: CPU: 1 PID: 13 at drivers/iommu/iommu.c:571 __iommu_probe_device+0x208/0x38c",
      "cpu 1 tid 13 - line 571 __iommu_probe_device"),
    Row(
      "W2 without a file", "WARNING: CPU: 1 PID: 13 at __iommu_probe_device+0x208/0x38c",
      "cpu 1 tid 13 - line 0 __iommu_probe_device"),
    Row(
      "W3", "WARNING: drivers/iommu/iommu.c:650 at __iommu_probe_device+0x3a0/0x608, CPU#7: init/1",
      "cpu 7 tid 1 init line 650 __iommu_probe_device"),
    Row(
      "W3, slashes and colons in the comm",
      "WARNING: drivers/iommu/iommu.c:650 at __iommu_probe_device+0x3a0/0x608, CPU#7: a/b: c/99",
      "cpu 7 tid 99 a/b: c line 650 __iommu_probe_device"),
    Row(
      "W3 without a file", "WARNING: at __iommu_probe_device+0x3a0/0x608, CPU#7: swapper/7/0",
      "cpu 7 tid 0 swapper/7 line 0 __iommu_probe_device"),
    Row(
      "W3, the draft without a comma",
      "WARNING: drivers/iommu/iommu.c:650 at __iommu_probe_device+0x3a0/0x608 CPU#7: init/1",
      "cpu 7 tid 1 init line 650 __iommu_probe_device"),
    Row(
      "W5",
      "WARNING: [dev->driver] drivers/iommu/iommu.c:650 at __iommu_probe_device+0x3a0/0x608, CPU#7: init/1",
      "cpu 7 tid 1 init line 650 __iommu_probe_device"),
    Row(
      "syzbot",
      "WARNING: drivers/iommu/iommu.c:650 at __iommu_probe_device+0x3a0/0x608 "
        + "drivers/iommu/iommu.c:650, CPU#1: syz.0.1/5000",
      "cpu 1 tid 5000 syz.0.1 line 650 __iommu_probe_device"),
  ])
  func headers(_ row: Row<String>) {
    let message = "a b: late IOMMU probe at driver bind, something fishy here!"
    let after = Log(
      stamped("------------[ cut here ]------------\n\(message)\n\(row.line)\n---[ end trace 0 ]---"))
    #expect(after.described == ["a b @2001000 \(row.expected): "])
    // Architectures without __WARN_FLAGS print the header first; the warning's time is still its message's.
    let before = Log(
      stamped("------------[ cut here ]------------\n\(row.line)\n\(message)\n---[ end trace 0 ]---"))
    #expect(before.described == ["a b @2002000 \(row.expected): "])
  }

  @Test func armStack() {
    let log = Log(
      stamped(
        """
        ------------[ cut here ]------------
        WARNING: CPU: 1 PID: 13 at drivers/iommu/iommu.c:571 __iommu_probe_device+0x208/0x38c
        sata_rcar ee300000.sata: late IOMMU probe at driver bind, something fishy here!
        CPU: 1 UID: 0 PID: 13 Comm: kworker/u8:1 Not tainted 6.14.0-rc3 #1
        Call trace:
         unwind_backtrace from show_stack+0x10/0x14
         show_stack from dump_stack_lvl+0x58/0x70
         __iommu_probe_device from probe_iommu_group+0x2c/0x38
         probe_iommu_group from bus_for_each_dev+0x7c/0xc4
        ---[ end trace 0000000000000000 ]---
        """))
    #expect(log.warnings.count == 1)
    let frames = log.warnings.first?.frames.map { log.names[$0] } ?? []
    #expect(frames.contains("probe_iommu_group"))
    #expect(frames.last == "bus_for_each_dev")
    #expect(log.names[log.warnings[0].device] == "ee300000.sata")
  }

  @Test func x86StackLeavesOutUnreliableFrames() {
    let log = Log(
      stamped(
        """
        ------------[ cut here ]------------
        e1000e 0000:00:02.0: late IOMMU probe at driver bind, something fishy here!
        WARNING: CPU: 1 PID: 13 at drivers/iommu/iommu.c:579 __iommu_probe_device+0x208/0x38c
        RIP: 0010:__iommu_probe_device+0x208/0x38c
        Call Trace:
         <TASK>
         ? __warn+0x80/0x130
         ? __iommu_probe_device+0x208/0x38c
         probe_iommu_group+0x2c/0x38
         bus_for_each_dev+0x7c/0xc4
         [<ffffffff814f873b>] iommu_device_register+0xbb/0x2c0
         [<ffffffff814f873b>] ? rw_verify_area+0xbb/0x2c0
         </TASK>
        ---[ end trace 0000000000000000 ]---
        """))
    let frames = log.warnings.first?.frames.map { log.names[$0] }
    #expect(frames == ["probe_iommu_group", "bus_for_each_dev", "iommu_device_register"])
  }

  @Test func decodedStack() {
    let log = Log(
      stamped(
        """
        ------------[ cut here ]------------
        a b: late IOMMU probe at driver bind, something fishy here!
        WARNING: CPU: 1 PID: 13 at drivers/iommu/iommu.c:571 __iommu_probe_device (drivers/iommu/iommu.c:461)
        Call trace:
         __iommu_probe_device (drivers/iommu/iommu.c:461 drivers/iommu/iommu.c:563) (P)
         probe_iommu_group (drivers/iommu/iommu.c:1722)
        ---[ end trace 0000000000000000 ]---
        """))
    #expect(
      log.warnings.first?.frames.map { log.names[$0] } == ["__iommu_probe_device", "probe_iommu_group"])
  }

  @Test func otherWarningsAreNotOurs() {
    let log = Log(
      stamped(
        """
        ------------[ cut here ]------------
        WARNING: drivers/iommu/iommu.c:3363 at iommu_device_unuse_default_domain+0x34/0x78, CPU#0: rmmod/146
        Call trace:
         iommu_device_unuse_default_domain+0x34/0x78 (P)
        ---[ end trace 0000000000000000 ]---
        ------------[ cut here ]------------
        WARNING: CPU: 0 PID: 1 at kernel/trace/ftrace.c:2 ftrace_call_adjust+0x34/0x78
        ---[ end trace 0000000000000000 ]---
        """))
    #expect(log.warnings.isEmpty)
    #expect(log.events.contains { if case .unuseWarning = $0.what { true } else { false } })
  }

  @Test(arguments: [
    "+\t\tdev_WARN(dev, \"late IOMMU probe at driver bind, something fishy here!\\n\");",
    "> +\t\tdev_WARN(dev, \"late IOMMU probe at driver bind, something fishy here!\\n\");",
    "we see \"late IOMMU probe at driver bind\" on this board",
    "we see \"late IOMMU probe at driver bind, something fishy here!\"",
    "here it says late IOMMU probe at driver bind",
    "Kernel command line: quiet fail_on='late IOMMU probe at driver bind, something fishy here!'",
    "host ci.sh[33]: no late IOMMU probe at driver bind, something fishy here!",
    "host ci.sh[33]: (late IOMMU probe at driver bind, something fishy here!)",
    "audit: proctitle=grep late IOMMU probe at driver bind, something fishy here!",
    "mail: the kernel WARNING : late IOMMU probe at driver bind, something fishy here!",
  ])
  func quotedTextIsNoWarning(_ line: String) {
    #expect(Log("[    1.000000] Booting Linux\n\(line)\n").warnings.isEmpty)
    #expect(Log(stamped(line)).warnings.isEmpty)
  }

  /// Two CPUs on one console, or a flipped bit: whose it was is lost, that it was there is not.
  @Test(arguments: [
    ("", "- -"), ("0000:00:01.0: ", "- 0000:00:01.0"),
    ("virtio-pci  0000:00:01.0: ", "virtio-pci 0000:00:01.0"),
    ("virtio-pci0000:00:01.0: ", "- virtio-pci0000:00:01.0"), ("virtio-pci 0000:00:01.0:", "- -"),
    (": ", "- -"),
  ])
  func damagedMessage(_ prefix: String, _ names: String) {
    let text = "\(prefix)late IOMMU probe at driver bind, something fishy here!"
    #expect(Log(stamped(text)).described.map { $0.components(separatedBy: " @")[0] } == [names])
    // Without a stamp it may be a mail.
    #expect(Log("[    1.000000] Booting Linux\n\(text)\n").warnings.isEmpty == names.hasPrefix("- "))
  }

  @Test func withoutStampsTheOrderRemains() {
    let log = Log(Self.new + "\nnvme 0000:00:10.5: Adding to iommu group 3\n")
    #expect(log.warnings.map(\.time) == [nil])
    let orders = log.events.map(\.order)
    #expect(orders == orders.sorted())
    #expect(log.described.first?.hasPrefix("nvme 0000:00:10.5 @- cpu 3 tid 126") == true)
  }

  @Test func carriageReturnsAreNoPartOfNames() {
    let log = Log(stamped(Self.new).split(separator: "\n").map { $0 + "\r\n" }.joined())
    #expect(log.described == Log(stamped(Self.new)).described)
  }
}
