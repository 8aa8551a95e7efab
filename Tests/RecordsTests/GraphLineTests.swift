import Bytes
import Records
import TestSupport
import Testing

/// function_graph lines in every variant of docs/formats/ftrace.md#function_graph, one row a line.
struct GraphLineTests {
  /// what indent symbol(arguments) then what else is there
  private static func describe(_ line: String) -> String? {
    withBytes(line) { text -> String? in
      guard let graph = GraphLine.parse(text) else { return nil }
      if graph.what == .switched {
        return "switched cpu \(graph.cpu) to \(text.string(graph.task))-\(graph.tid)"
      }
      var parts = ["\(graph.what) \(graph.indent)"]
      if !graph.symbol.isEmpty {
        parts.append("\(text.string(graph.symbol))(\(text.string(graph.arguments)))")
      }
      if !graph.comment.isEmpty { parts.append("\"\(text.string(graph.comment))\"") }
      if let time = graph.time { parts.append("at \(time)") }
      if graph.cpu >= 0 { parts.append("cpu \(graph.cpu)") }
      if graph.tid >= 0 { parts.append("\(text.string(graph.task))-\(graph.tid)") }
      if let duration = graph.duration { parts.append("\(duration) ns") }
      if let result = graph.result { parts.append("= \(result)") }
      if !graph.caller.isEmpty { parts.append("<- \(text.string(graph.caller))") }
      return parts.joined(separator: ", ")
    }
  }

  // swift-format-ignore
  static let rows: [Row<String>] = [
    Row("entry", " 0)               |  bus_probe_device() {", "open 2, bus_probe_device(), cpu 0"),
    Row("deeper", " 0)               |        really_probe() {", "open 8, really_probe(), cpu 0"),
    Row("leaf", " 0) ! 136.922 us  |          bus_probe_device();", "leaf 10, bus_probe_device(), cpu 0, 136922 ns"),
    Row("leaf, no mark", " 0)   9.004 us    |  f();", "leaf 2, f(), cpu 0, 9004 ns"),
    Row("close", " 0) # 7789.846 us |        }", "close 8, cpu 0, 7789846 ns"),
    Row("close, two decimals", " 0) * 32255.99 us |    } /* really_probe */", "close 4, really_probe(), cpu 0, 32255990 ns"),
    Row("close, a second", " 1) @ 457015.6 us |  }", "close 2, cpu 1, 457015600 ns"),
    Row("close, no decimals from a second on", " 1) $ 1457015 us |  }", "close 2, cpu 1, 1457015000 ns"),
    Row("tail", " 0) # 1259.549 us |          } /* vfs_open */", "close 10, vfs_open(), cpu 0, 1259549 ns"),
    Row("proc", " 1)     sh-114     |   0.871 us    |            } /* _raw_spin_lock_irq */",
      "close 12, _raw_spin_lock_irq(), cpu 1, sh-114, 871 ns"),
    Row("proc, comm with a dash", " 1)   ksoftir-14   |   2.414 us    |  f();", "leaf 2, f(), cpu 1, ksoftir-14, 2414 ns"),
    Row("proc, idle", " 1)    <idle>-0    |   2.414 us    |  f();", "leaf 2, f(), cpu 1, <idle>-0, 2414 ns"),
    Row("abstime", "   83.161606 |   0) + 28.694 us   |                    } /* resched_curr */",
      "close 20, resched_curr(), at 83161606000, cpu 0, 28694 ns"),
    Row("abstime, proc", "   97.708140 |   0)   ksoftir-14   |   2.414 us    |        _raw_spin_lock_irqsave();",
      "leaf 8, _raw_spin_lock_irqsave(), at 97708140000, cpu 0, ksoftir-14, 2414 ns"),
    Row("abstime, proc, entry with arguments", "    2.291989 |   3)   swapper-1    |               |      really_probe(dev=0xfff0000005615400, drv=0xffffa5a6c58ff560) {",
      "open 6, really_probe(dev=0xfff0000005615400, drv=0xffffa5a6c58ff560), at 2291989000, cpu 3, swapper-1"),
    Row("cpu off, leaf", "  1.963 us    |            check_stack_object();", "leaf 12, check_stack_object(), 1963 ns"),
    Row("cpu off, close", "+ 10.746 us   |          } /* __check_object_size */", "close 10, __check_object_size(), 10746 ns"),
    Row("cpu off, entry", "              |      vfs_statx() {", "open 6, vfs_statx()"),
    Row("duration off", " 0)               __d_lookup() {", "open 15, __d_lookup(), cpu 0"),
    Row("duration off, close", " 0)             } /* lookup_fast */", "close 13, lookup_fast(), cpu 0"),
    Row("duration off, plain close", " 0)             }", "close 13, cpu 0"),
    Row("cpu and duration off", "              try_to_wake_up() {", "open 0, try_to_wake_up()"),
    Row("latency", " 0)  ...1. |   0.751 us    |                  } /* __rcu_read_lock */",
      "close 18, __rcu_read_lock(), cpu 0, 751 ns"),
    Row("latency, abstime, proc", "  102.435829 |   1)    <idle>-0    |  d.h4. | + 11.848 us   |                          f();",
      "leaf 26, f(), at 102435829000, cpu 1, <idle>-0, 11848 ns"),
    Row("leaf with arguments", " 0)   1.953 us    |      timer_init_key(timer=0xff77, flags=0x0);", "leaf 6, timer_init_key(timer=0xff77, flags=0x0), cpu 0, 1953 ns"),
    Row("module", " 0)               |  labmis_probe [labmis](dev=0x1) {", "open 2, labmis_probe(dev=0x1), cpu 0"),
    Row("retval, old", " 0)   1.953 us    |  cgroup_migrate(); /* = -22 */", "leaf 2, cgroup_migrate(), cpu 0, 1953 ns, = -22"),
    Row("retval, old, close", " 0) # 1953.1 us    |  } /* really_probe = -517 */", "close 2, really_probe(), cpu 0, 1953100 ns, = -517"),
    Row("retval, old, hex", " 0)   1.953 us    |  f(); /* = 0xfffffdfb */", "leaf 2, f(), cpu 0, 1953 ns, = -517"),
    Row("retval, old, hex of 64 bits", " 0)   1.953 us    |  f(); /* = 0xfffffffffffffdfb */", "leaf 2, f(), cpu 0, 1953 ns, = -517"),
    Row("retval, new", " 0)   1.953 us    |  f(); /* ret=-19 */", "leaf 2, f(), cpu 0, 1953 ns, = -19"),
    Row("retval, new, close", " 0) # 1953.1 us    |  } /* really_probe ret=0x0 */", "close 2, really_probe(), cpu 0, 1953100 ns, = 0"),
    Row("retaddr", " 0)               |  f() { /* <-g+0x1/0x2 */", "open 2, f(), cpu 0, <- g"),
    Row("retaddr and retval", " 0)   1.953 us    |  f(); /* <-g+0x1/0x2 ret=-19 */", "leaf 2, f(), cpu 0, 1953 ns, = -19, <- g"),
    Row("event", " 0)               |  /* add_device_to_group: IOMMU: groupID=3 device=0000:00:03.2 */",
      "comment 2, \"add_device_to_group: IOMMU: groupID=3 device=0000:00:03.2\", cpu 0"),
    Row("event, a column behind it", " 0)               |  /* add_device_to_group: IOMMU: groupID=3 device=0000:00:03.2 */   +",
      "comment 2, \"add_device_to_group: IOMMU: groupID=3 device=0000:00:03.2\", cpu 0"),
    Row("banner", " 0)   rcu_pre-15   =>    <idle>-0   ", "switched cpu 0 to <idle>-0"),
  ]

  @Test(arguments: rows)
  func variants(_ row: Row<String>) {
    #expect(Self.describe(row.line) == row.expected)
  }

  @Test(arguments: [
    "", "# tracer: function_graph", "# CPU  DURATION                  FUNCTION CALLS",
    " ------------------------------------------",
    "[    2.360729] x y: late IOMMU probe", " => really_probe", "hello world", "}",
    " 0)   ==========> |", " 0)   <========== |", "CPU:1 [LOST 45044 EVENTS]",
  ])
  func otherLinesAreNone(_ line: String) {
    #expect(Self.describe(line) == nil)
  }
}

struct ReturnValueTests {
  @Test(
    arguments: [
      ("0", 0), ("-517", -517), ("4294966779", -517), ("18446744073709551099", -517), ("0xfffffdfb", -517),
      ("0xfffffffffffffdfb", -517), ("0x0", 0), ("1", 1), ("", nil), ("0x", nil), ("ENODEV", nil),
    ] as [(String, Int64?)])
  func spellings(_ text: String, _ expected: Int64?) {
    let value = withBytes(text) { ReturnValue.parse($0, 0..<$0.count) }
    #expect(value == expected)
  }
}
