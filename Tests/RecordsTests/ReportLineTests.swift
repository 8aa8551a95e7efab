import Bytes
import Records
import TestSupport
import Testing

/// The lines of reports of several kernels and architectures, and what only looks like one.
struct ReportLineTests {
  /// What a message is, with the texts that it names.
  private static func told(_ message: String, isStamped: Bool = true) -> String {
    withBytes(message) { bytes in
      func text(_ range: Range<Int>?) -> String { range.map { message.slice($0) } ?? "-" }
      switch ReportLine(bytes, 0..<bytes.count, isStamped: isStamped) {
      case .cutHere: return "cut"
      case .lateProbe(let driver, let device): return "late probe \(text(driver)) \(text(device))"
      case .warning(let function): return "warning \(text(function))"
      case .oops: return "oops"
      case .bug: return "bug"
      case .panic: return "panic"
      case .hungTask(let comm, let pid): return "hung \(text(comm)) \(text(pid))"
      case .cpu(let comm, let pid):
        return "cpu \(text(comm)) \(text(pid..<bytes.digitsEnd(from: pid, to: bytes.count)))"
      case .lockOwner(let pid): return "owner \(text(pid..<bytes.digitsEnd(from: pid, to: bytes.count)))"
      case .workqueue(let name): return "workqueue \(text(name))"
      case .programCounter(let function): return "pc \(text(function))"
      case .callTrace: return "trace"
      case .frame(let frame):
        return (frame.isBare ? "bare " : "frame ") + text(frame.function)
          + (frame.caller.map { " from \(text($0))" } ?? "")
      case .irqStamps: return "irq stamps"
      case .endTrace: return "end"
      case .hole: return "hole"
      case .aside, .other: return "-"
      }
    }
  }

  // swift-format-ignore
  private static let rows: [(String, String)] = [
    ("------------[ cut here ]------------", "cut"),
    (" [...]", "hole"), ("...", "hole"), (" <snip>", "hole"), ("[ 9 frames snipped ]", "hole"), ("...truncated...", "hole"),
    ("usb 1-1: new high-speed USB device number 2 using xhci_hcd... done", "-"),
    ("Oops: general protection fault, probably for non-canonical address 0xdffffc000000000c: 0000 [#1] SMP", "oops"),
    ("general protection fault: 0000 [#1] PREEMPT SMP", "oops"),
    ("/ # ------------[ cut here ]------------", "cut"),
    ("8<--- cut here ---", "-"),
    ("nvme 0000:00:10.5: late IOMMU probe at driver bind, something fishy here!", "late probe nvme 0000:00:10.5"),
    ("login: nvme 0000:00:10.5: late IOMMU probe at driver bind, something fishy here!", "late probe nvme 0000:00:10.5"),
    ("toy.1: late IOMMU probe at driver bind, something fishy here!", "late probe - toy.1"),
    ("late IOMMU probe at driver bind, something fishy here!", "late probe - -"),
    ("dev_WARN(dev, \"late IOMMU probe at driver bind, something fishy here!\\n\");", "-"),
    // Headers: until 6.18, since then, without a file, without a symbol's offset.
    ("WARNING: CPU: 3 PID: 38 at drivers/iommu/iommu.c:579 __iommu_probe_device+0x1f8/0x560", "warning __iommu_probe_device"),
    ("WARNING: drivers/iommu/iommu.c:428 at __iommu_probe_device.part.0+0x4c/0x210, CPU#3: kworker/u8:1/126", "warning __iommu_probe_device"),
    ("WARNING: at drivers/iommu/iommu.c:559 __iommu_probe_device", "warning __iommu_probe_device"),
    ("WARNING: CPU: 0 PID: 1 at kernel/toy.c:2 toy_init+0x34/0x78 [toy]", "warning -"),
    ("WARNING: possible circular locking dependency detected", "warning -"),
    ("WARNING: suspicious RCU usage", "warning -"),
    ("the WARNING: CPU: 0 PID: 1 at kernel/toy.c:2", "-"),
    ("WARNING", "-"),
    // Oopses of arm64, x86, powerpc; BUGs of all.
    ("Unable to handle kernel NULL pointer dereference at virtual address 0000000000000068", "oops"),
    ("Unable to handle kernel paging request at virtual address dead000000000100", "oops"),
    ("BUG: kernel NULL pointer dereference, address: 0000000000000068", "oops"),
    ("BUG: unable to handle page fault for address: ffffc90000b41000", "bug"),
    ("BUG: KASAN: slab-use-after-free in toy_release+0x1c/0x40", "bug"),
    ("BUG: Kernel NULL pointer dereference on read at 0x00000068", "bug"),
    ("BUG: soft lockup - CPU#2 stuck for 26s! [toyd:411]", "bug"),
    ("kernel BUG at mm/toy.c:305!", "bug"),
    ("Internal error: Oops: 0000000096000004 [#1] PREEMPT SMP", "-"),
    ("Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b", "panic"),
    ("---[ end Kernel panic - not syncing: Attempted to kill init! ]---", "-"),
    ("INFO: task kworker/u16:14:187 blocked for more than 120 seconds.", "hung kworker/u16:14 187"),
    ("INFO: task toyd:171 is blocked on a mutex likely owned by task kworker/u8:1:17.", "owner 17"),
    ("INFO: task toyd:171 is fine", "-"),
    ("rcu: INFO: rcu_preempt self-detected stall on CPU", "-"),
    // How reports go on.
    ("CPU: 3 UID: 0 PID: 38 Comm: kworker/u16:3 Not tainted 6.15.0-rc1 #109 PREEMPT", "cpu kworker/u16:3 38"),
    ("CPU: 1 PID: 13 Comm: swapper/0 Tainted: G        W          6.1.0 #1", "cpu swapper/0 13"),
    ("CPU: 1 PID: 13 Comm: a b Kdump: loaded Not tainted 5.14.0", "cpu a b 13"),
    ("CPU: All CPU(s) started at EL2", "-"),
    ("Workqueue: events_unbound deferred_probe_work_func", "workqueue events_unbound deferred_probe_work_func"),
    ("Modules linked in: toy(+) toy_core", "-"),
    ("Hardware name: Toy Board (DT)", "-"),
    ("pc : toy_dma_configure+0x28/0x108", "pc toy_dma_configure"),
    ("RIP: 0010:toy_dma_configure.isra.0+0x28/0x108", "pc toy_dma_configure.isra.0"),
    ("RIP: 0033:0x7f1c2e5a1b3d", "-"),
    ("PC is at toy_dma_configure+0x28/0x108", "pc toy_dma_configure"),
    ("epc : toy_dma_configure+0x28/0x108", "pc toy_dma_configure"),
    (" ra : toy_probe+0x2a/0x7e", "-"),
    ("lr : toy_probe+0x2a/0x7e", "-"),
    ("x29: ffff8000800b39f0 x28: 0000000000000000 x27: 0000000000000000", "-"),
    ("RAX: 0000000000000000 RBX: ffff888100a7d0c8 RCX: 0000000000000027", "-"),
    ("Code: 910003fd f9000bf3 aa0003f3 f9403000 (d4210000)", "-"),
    ("irq event stamp: 49052", "irq stamps"),
    // Stacks.
    ("Call trace:", "trace"), ("Call Trace:", "trace"), ("Backtrace: ", "trace"), (" <TASK>", "-"), (" </TASK>", "-"),
    (" toy_probe+0x2a/0x7e", "frame toy_probe"),
    (" __iommu_probe_device.part.0+0x4c/0x210 (P)", "frame __iommu_probe_device.part.0"),
    (" toy_probe+0xb0/0x104 [toy 756cd85ee7308d7c] (K)", "frame toy_probe"),
    (" ? toy_probe+0x2a/0x7e", "-"),
    (" [<ffffffff814f873b>] toy_probe+0xbb/0x2c0", "bare toy_probe"),
    ("[<ffffffff8062e5ba>] toy_probe+0x2a/0x7e", "bare toy_probe"),
    (" [<ffffffff814f873b>] ? toy_probe+0xbb/0x2c0", "-"),
    (" toy_probe (drivers/toy/toy.c:461 drivers/toy/toy.c:563) (P)", "frame toy_probe"),
    (" toy_probe from bus_for_each_dev+0x7c/0xc4", "frame toy_probe from bus_for_each_dev"),
    ("toys from the attic", "-"),
    ("---[ end trace 0000000000000000 ]---", "end"),
    ("toy 1.toy: enabling device (0000 -> 0002)", "-"),
    ("", "-"), ("   ", "-"),
  ]

  @Test(arguments: rows)
  func line(_ message: String, _ expected: String) {
    #expect(Self.told(message) == expected)
  }

  /// A mail or a program may have the sentence too: without its names it is the kernel's only behind a stamp.
  @Test func damagedMessagesNeedAStamp() {
    let message = "late IOMMU probe at driver bind, something fishy here!"
    #expect(Self.told("toy.1: \(message)", isStamped: false) == "-")
    #expect(Self.told("toy toy.1: \(message)", isStamped: false) == "late probe toy toy.1")
  }

  /// Lines of a log are part of a longer one: nothing behind them may be read.
  @Test(arguments: rows)
  func nothingIsReadPastTheMessage(_ message: String, _ expected: String) {
    withBytes(message + "+0x1/0x2 PID: 7 Comm: x") { bytes in
      let alone = withBytes(message) { ReportLine($0, 0..<$0.count, isStamped: true) }
      let inside = ReportLine(bytes, 0..<message.utf8.count, isStamped: true)
      #expect(inside == alone)
    }
  }
}
