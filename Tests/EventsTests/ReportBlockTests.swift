import Bytes
import Events
import Records
import TestSupport
import Testing

/// What lines one after the other come to: which reports, and where each ends.
struct ReportBlockTests {
  /// `lines` as reports, in the order in which they end: kind, function, frames. Each line is stamped.
  private static func reports(_ lines: String) -> [String] {
    var blocks = WarningBlocks()
    var names = NameTable()
    var reader = LogLines()
    var at = 0
    for line in lines.split(separator: "\n", omittingEmptySubsequences: false) {
      at += 1
      withBytes("[    1.000000] \(line)") { bytes in
        reader.take(LogPrefix.parse(bytes), bytes, Place(input: 0, line: at, offset: at)) {
          record, line, place in
          _ = blocks.feed(record, line, place, order: Int32(at), &names)
        }
      }
    }
    reader.flush { record, line, place in _ = blocks.feed(record, line, place, order: Int32(at), &names) }
    blocks.closeAll()
    return blocks.takeClosed().map { block in
      ([
        block.hasMessage ? "\(block.kind) of \(names[block.device])" : "\(block.kind)", names[block.function],
      ]
        + block.frames.map { names[$0] }).filter { !$0.isEmpty }.joined(separator: " ")
    }
  }

  // swift-format-ignore
  private static let rows: [Row<[String]>] = [
    Row("arm64, until 6.18", """
      ------------[ cut here ]------------
      toy 1.toy: late IOMMU probe at driver bind, something fishy here!
      WARNING: CPU: 1 PID: 43 at drivers/iommu/iommu.c:579 __iommu_probe_device+0x2b0/0x4ac
      Modules linked in: toy(+)
      CPU: 1 UID: 0 PID: 43 Comm: modprobe Not tainted 6.15.0 #1 PREEMPT
      pc : __iommu_probe_device+0x2b0/0x4ac
      Call trace:
       __iommu_probe_device+0x2b0/0x4ac (P)
       probe_iommu_group+0x44/0x78
      ---[ end trace 0000000000000000 ]---
       stray_frame+0x1/0x2
      """, ["lateProbe of 1.toy __iommu_probe_device __iommu_probe_device probe_iommu_group"]),
    Row("x86, since 6.19, a header as a mail breaks it", """
      ------------[ cut here ]------------
      toy 0000:00:02.0: late IOMMU probe at driver bind, something fishy here!
      WARNING: drivers/iommu/iommu.c:650 at
      ---[ end trace 0000000000000000 ]---
      """, ["lateProbe of 0000:00:02.0"]),
    Row("riscv, which says no Call Trace", """
      ------------[ cut here ]------------
      WARNING: CPU: 0 PID: 1 at drivers/iommu/iommu.c:571 __iommu_probe_device+0x208/0x38c
      toy 1.toy: late IOMMU probe at driver bind, something fishy here!
      epc : __iommu_probe_device+0x208/0x38c
      [<ffffffff8062e5ba>] __iommu_probe_device+0x208/0x38c
      [<ffffffff8062e7f0>] probe_iommu_group+0x2c/0x38
      ---[ end trace 0000000000000000 ]---
      """, ["lateProbe of 1.toy __iommu_probe_device __iommu_probe_device probe_iommu_group"]),
    Row("32-bit ARM", """
      ------------[ cut here ]------------
      WARNING: CPU: 1 PID: 13 at drivers/toy/toy.c:5 toy_probe+0x208/0x38c
      Backtrace:
       toy_probe from platform_probe+0x2c/0x38
       platform_probe from really_probe+0x7c/0xc4
      ---[ end trace 0000000000000000 ]---
      """, ["warning toy_probe platform_probe really_probe"]),
    Row("PowerPC", """
      ------------[ cut here ]------------
      toy 0001:01:00.0: late IOMMU probe at driver bind, something fishy here!
      WARNING: CPU: 1 PID: 13 at drivers/iommu/iommu.c:571 __iommu_probe_device+0x208/0x38c
      NIP [c0000000009d1e04] __iommu_probe_device+0x208/0x38c
      LR [c0000000009d1e00] __iommu_probe_device+0x204/0x38c
      Call Trace:
      [c000000003b93a90] [c0000000009d1e00] __iommu_probe_device+0x204/0x38c (unreliable)
      [c000000003b93b30] [c0000000009d2c7c] probe_iommu_group+0x2c/0x38
      ---[ end trace 0000000000000000 ]---
      """, ["lateProbe of 0001:01:00.0 __iommu_probe_device __iommu_probe_device probe_iommu_group"]),
    Row("two of other people's, the first without an end", """
      WARNING: CPU: 1 PID: 13 at drivers/toy/toy.c:5 toy_probe+0x208/0x38c
      Call trace:
       toy_probe+0x208/0x38c
      WARNING: CPU: 1 PID: 13 at drivers/toy/toy.c:7 toy_remove+0x8/0x3c
      WARNING: CPU: 1 PID: 13 at drivers/toy/toy.c:9 toy_exit+0x8/0x3c
      """, ["warning toy_probe", "warning", "warning"]),
    Row("lockdep", """
      ======================================================
      WARNING: possible circular locking dependency detected
      6.15.0 #1 Not tainted
      toyd/411 is trying to acquire lock:
      stack backtrace:
      CPU: 1 UID: 0 PID: 411 Comm: toyd Not tainted 6.15.0 #1
      Call Trace:
       <TASK>
       dump_stack_lvl+0x5d/0x80
       ? toy_lock+0x1/0x2
       </TASK>
      """, ["warning dump_stack_lvl"]),
    Row("panic_on_warn", """
      ------------[ cut here ]------------
      toy 1.toy: late IOMMU probe at driver bind, something fishy here!
      WARNING: CPU: 1 PID: 43 at drivers/iommu/iommu.c:579 __iommu_probe_device+0x2b0/0x4ac
      Call trace:
       __iommu_probe_device+0x2b0/0x4ac (P)
      Kernel panic - not syncing: kernel: panic_on_warn set ...
      Call trace:
       vpanic+0x1c/0x50
       __iommu_probe_device+0x2b0/0x4ac (P)
      ---[ end Kernel panic - not syncing: kernel: panic_on_warn set ... ]---
      """, ["panic", "lateProbe of 1.toy __iommu_probe_device __iommu_probe_device"]),
    Row("an oops of arm64", """
      Unable to handle kernel NULL pointer dereference at virtual address 0000000000000068
      Internal error: Oops: 0000000096000004 [#1]  SMP
      CPU: 1 UID: 0 PID: 43 Comm: toyd Not tainted 6.15.0 #1
      pc : toy_dma_configure+0x28/0x108
      lr : toy_probe+0x28/0x108
      Call trace:
       toy_dma_configure+0x28/0x108 (P)
       toy_probe+0x28/0x108
      ---[ end trace 0000000000000000 ]---
      """, ["oops toy_dma_configure toy_dma_configure toy_probe"]),
    Row("an oops of x86, in an interrupt, and the panic behind it", """
      BUG: kernel NULL pointer dereference, address: 0000000000000068
      #PF: supervisor read access in kernel mode
      Oops: Oops: 0000 [#1] SMP
      RIP: 0010:toy_irq+0x28/0x108
      Call Trace:
       <IRQ>
       handle_toy+0x5d/0x80
       </IRQ>
      RIP: 0010:cpuidle_toy+0x28/0x108
      ---[ end trace 0000000000000000 ]---
      Kernel panic - not syncing: Fatal exception in interrupt
      """, ["oops toy_irq handle_toy", "panic"]),
    Row("a BUG behind a cut is one", """
      ------------[ cut here ]------------
      kernel BUG at mm/toy.c:305!
      Internal error: Oops - BUG: 00000000f2000800 [#1]  SMP
      pc : toy_free+0x28/0x108
      ---[ end trace 0000000000000000 ]---
      """, ["bug toy_free"]),
    Row("KASAN says what the oops behind it dies of", """
      BUG: KASAN: null-ptr-deref in toy_read+0x28/0x108
      Call trace:
       toy_read+0x28/0x108
      Unable to handle kernel NULL pointer dereference at virtual address 0000000000000068
      pc : toy_read+0x28/0x108
      """, ["oops toy_read toy_read"]),
    Row("a hung task and the owner of the mutex", """
      INFO: task kworker/u8:1:17 blocked for more than 120 seconds.
      Call trace:
       __switch_to+0xe8/0x150
       __mutex_lock+0x1b0/0x5e4
      INFO: task kworker/u8:1:17 is blocked on a mutex likely owned by task modprobe:43.
      """, ["hungTask __switch_to __mutex_lock"]),
    Row("a cut alone is none", "------------[ cut here ]------------\ntoy 1.toy: enabling device (0000 -> 0002)", []),
    Row("no trouble", "toy 1.toy: the WARNING: of yesterday\n toy_probe+0x208/0x38c\n---[ end trace 0 ]---", []),
  ]

  @Test(arguments: rows)
  func reports(_ row: Row<[String]>) {
    #expect(Self.reports(row.line) == row.expected)
  }
}
