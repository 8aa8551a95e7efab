extension Recipe {
  /// Perfetto's own kprobes carry no device and no result, and traced starts long after the first-stage modules: the
  /// kernel makes the probes at boot, and Perfetto takes over the ring buffer they filled.
  var perfetto: [String] {
    let shell = isAndroid ? "adb shell su 0 " : ""
    let file = isAndroid ? "/data/misc/perfetto-traces/boot.pftrace" : "boot.pftrace"
    return [
      "# 1. Boot with the recipe of --target \(isAndroid ? "bootconfig" : "cmdline"), or trace with --target tracefs: Perfetto's own",
      "#    kprobe_events have no device, no result.",
      "# 2. Take the text first, Perfetto's reading empties the buffer:",
      "#      \(shell)cat /sys/kernel/tracing/trace > trace.txt",
      "#      \(shell)dmesg > dmesg.txt",
      "#    No `echo nop > current_tracer` and no removal of probes before it: both empty the buffer.",
      "# 3. As root\(isAndroid ? ", in `adb shell`" : ""). The first buffer takes what the kernel's holds, \(Self.bufferKB / 1024) MB a CPU.",
      "#    DISCARD: a full one keeps what came first, the boot; RING_BUFFER would keep what came last. That it was full is said.",
      "#    kprobes/* are the probes of the command line, \(Self.group)/* those of --target tracefs.",
      "perfetto --txt -c - -o \(file) <<EOF",
      "buffers { size_kb: $(($(nproc) * \(Self.bufferKB))) fill_policy: DISCARD }",
      "buffers { size_kb: 2048 fill_policy: DISCARD }",
      "data_sources {",
      "  config {",
      "    name: \"linux.ftrace\"",
      "    target_buffer: 0",
      "    ftrace_config {",
    ]
      + (["kprobes:*", "\(Self.group):*"] + Self.iommuEvents + ["printk:console"]).map {
        "      ftrace_events: \"\($0.replacing(":", with: "/"))\""
      }
      + [
        "      preserve_ftrace_buffer: true", "    }", "  }", "}",
        // Events have thread ids alone.
        "data_sources {", "  config {", "    name: \"linux.process_stats\"", "    target_buffer: 1",
        "    process_stats_config { scan_all_processes_on_start: true }", "  }", "}",
        "duration_ms: 1000", "EOF",
      ]
      + (isAndroid ? ["# on the host: adb pull \(file)"] : [])
      + ["# proberace report dmesg.txt boot.pftrace"]
  }
}
