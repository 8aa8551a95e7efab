import Bytes
import Records
import TestSupport
import Testing

/// Every column variant of docs/formats/ftrace.md#columns, docs/formats/ftrace.md#clocks and
/// docs/formats/trace-cmd.md#report-text, one row a line.
struct TraceHeaderTests {
  /// task | tid | cpu | time | body
  private static func describe(_ line: String) -> String? {
    withBytes(line) { text in
      guard let head = TraceHeader.parse(text) else { return nil }
      let time = head.isTicks ? "\(head.time) ticks" : head.isRelative ? "+\(head.time)" : "\(head.time)"
      return
        "\(text.string(head.task))|\(head.tid)|\(head.cpu)|\(time)|\(text.string(head.body..<text.count))"
    }
  }

  // swift-format-ignore
  static let rows: [Row<String>] = [
    Row("default", "              sh-114     [001] d....    14.536947: mutex_unlock <-do_syscall_64",
      "sh|114|1|14536947000|mutex_unlock <-do_syscall_64"),
    Row("four flags", "            init-156   [001] d...    18.524545: rp: x", "init|156|1|18524545000|rp: x"),
    Row("tgid unknown", "              sh-114     (-------) [001] .....    15.186766: mutex_unlock <-rb_simple_write",
      "sh|114|1|15186766000|mutex_unlock <-rb_simple_write"),
    Row("tgid known", "       swapper/0-1       (      1) [000] ...1.     2.005552: driver_probe_device <-x",
      "swapper/0|1|0|2005552000|driver_probe_device <-x"),
    Row("tgid, blank flags", "            init-156   (    156) [003]    18.524545: rp: x", "init|156|3|18524545000|rp: x"),
    Row("no irq-info", "              sh-114     [001]     17.347686: mutex_unlock <-x", "sh|114|1|17347686000|mutex_unlock <-x"),
    Row("tai clock", "              ls-334     [001] ..... 1795332424.013497: vfs_open <-path_openat",
      "ls|334|1|1795332424013497000|vfs_open <-path_openat"),
    Row("counter clock", "              sh-114     [001] .....            3: vfs_open <-x", "sh|114|1|3 ticks|vfs_open <-x"),
    Row("uptime clock", "              sh-114     [001] .....         5351: vfs_open <-x", "sh|114|1|5351 ticks|vfs_open <-x"),
    Row("x86-tsc clock", "              sh-114     [001] ..... 155163581461: vfs_open <-x", "sh|114|1|155163581461 ticks|vfs_open <-x"),
    Row("unknown comm", "           <...>-207     [000] .....    30.440431: a <-b", "<...>|207|0|30440431000|a <-b"),
    Row("idle", "          <idle>-0       [001] d.h2.    31.033210: ktime_get() <-tick_irq_enter", "<idle>|0|1|31033210000|ktime_get() <-tick_irq_enter"),
    Row("kworker", "   kworker/u16:3-38      [000] d..1.    14.418696: rp_ret: x", "kworker/u16:3|38|0|14418696000|rp_ret: x"),
    Row("comm with a dash", " ld-linux-x86-64-144     [000] .....   109.310420: x <-y", "ld-linux-x86-64|144|0|109310420000|x <-y"),
    Row("comm with brackets", "    a [1] (b): c-77      [002] .....     1.000001: x <-y", "a [1] (b): c|77|2|1000001000|x <-y"),
    Row("cpu of four digits", "              sh-114     [1023] d....    14.536947: x <-y", "sh|114|1023|14536947000|x <-y"),
    Row("lazy need-resched", "            init-124     [000] dl.1.    17.106635: rp_ret: x", "init|124|0|17106635000|rp_ret: x"),
    Row("latency", "      sh-114       1..... 18346us+: mutex_unlock <-rb_simple_write", "sh|114|1|+18346000|mutex_unlock <-rb_simple_write"),
    Row("latency, no mark", "      sh-114       1d.... 18377us : x <-y", "sh|114|1|+18377000|x <-y"),
    Row("latency, a real one", "kworker/-175       2d.... 147883us!: rp: (really_probe+0x0/0x3a0) dev=\"0000:00:10.0\"",
      "kworker/|175|2|+147883000|rp: (really_probe+0x0/0x3a0) dev=\"0000:00:10.0\""),
    Row("trace-cmd 3.1", "              sh-133   [001]   103.931213: funcgraph_entry:                   |      really_probe() {",
      "sh|133|1|103931213000|funcgraph_entry:                   |      really_probe() {"),
    Row("trace-cmd 3.4", "              sh-127   [000] ...1.    15.943885: funcgraph_entry:  |  really_probe() {",
      "sh|127|0|15943885000|funcgraph_entry:  |  really_probe() {"),
    Row("trace-cmd -t", "              sh-145   [001] d.h1.   109.308821171: sched_stat_runtime:   comm=x", "sh|145|1|109308821171|sched_stat_runtime:   comm=x"),
    Row("trace-cmd -l", "ld-linux-144     0d.h1.   109.309074: sched_stat_runtime:   comm=x", "ld-linux|144|0|109309074000|sched_stat_runtime:   comm=x"),
    Row("trace-cmd -R 3.4", "              sh-145   [001]-0x9   109.308821: sched_stat_runtime:    comm=x", "sh|145|1|109308821000|sched_stat_runtime:    comm=x"),
    Row("--ts-diff, first", "              sh-145   [001] d.h1.   109.308821:          sched_stat_runtime:   comm=x", "sh|145|1|109308821000|sched_stat_runtime:   comm=x"),
    Row("--ts-diff", " ld-linux-x86-64-144   [000] d.h1.   109.309074: (+253)   sched_stat_runtime:   comm=x",
      "ld-linux-x86-64|144|0|109309074000|sched_stat_runtime:   comm=x"),
    Row("instance", "foo:               sh-158   [001] ...1.   127.759572: funcgraph_entry:      + 41.021 us  |  driver_deferred_probe_del();",
      "sh|158|1|127759572000|funcgraph_entry:      + 41.021 us  |  driver_deferred_probe_del();"),
    Row("top instance, padded", "                   sh-158   [001] .....   127.746120: x:   y", "sh|158|1|127746120000|x:   y"),
    Row("fused ticks, 3.1", "              sh-184   [000]849842411932: sched_stat_runtime:   comm=x", "sh|184|0|849842411932 ticks|sched_stat_runtime:   comm=x"),
    Row("fused ticks, 3.4", "              sh-184   [000] d.h1.849842411932: sched_stat_runtime:   comm=x", "sh|184|0|849842411932 ticks|sched_stat_runtime:   comm=x"),
    Row("fused, dots only", "              sh-169   [000] .....849842411932: sched_prepare_exec:   a", "sh|169|0|849842411932 ticks|sched_prepare_exec:   a"),
    Row("--date, 3.1", "              sh-169   [000]1795333650942522519: sched_prepare_exec:   a", "sh|169|0|1795333650942522519 ticks|sched_prepare_exec:   a"),
    Row("--date, 3.4", "              sh-169   [000] .....1795333650942522519: sched_prepare_exec:   a", "sh|169|0|1795333650942522519 ticks|sched_prepare_exec:   a"),
  ]

  @Test(arguments: rows)
  func columns(_ row: Row<String>) {
    #expect(Self.describe(row.line) == row.expected)
  }

  /// The columns are at the line's start: brackets and parentheses cost nothing further in.
  @Test(arguments: [")[1]", " (1)[1]", "-1 (         [1]"])
  func bracketsWithoutEnd(_ piece: String) {
    let line = String(repeating: piece, count: (1 << 18) / piece.utf8.count)
    let start = ContinuousClock.now
    #expect(Self.describe(line) == nil)
    #expect(Self.describe(line + "sh-114     [001] d....    14.536947: x") == nil)
    #expect(ContinuousClock.now - start < .seconds(2))
  }

  @Test(arguments: [
    "", "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION", " => really_probe",
    "[    2.360729] x y: z",
    "CPU:1 [LOST 45044 EVENTS]", " 0)               |  really_probe() {", "mutex_unlock <-rb_simple_write",
    "              sh-114     [001] d....", "              sh     [001] d....    14.536947: x",
    "[    1.0] systemd-1 [001]: hello",
    "    2.291135 |   3)   swapper-1    |               |  really_probe() {",
    "rp: (really_probe+0x0/0x3a0) dev=\"0000:00:10.0\" drv=\"nvme\"", "  -5 [0] 1.0: x",
  ])
  func otherLinesHaveNone(_ line: String) {
    let described = Self.describe(line)
    // `  -5 [0]` has a pid and an empty comm, which is a header in every respect.
    #expect(described == nil || line.hasPrefix("  -5"))
  }
}
