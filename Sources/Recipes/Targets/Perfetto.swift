extension Recipe {
  /// Perfetto's own kprobes carry no device and no result, and traced starts long after the first-stage modules: the
  /// kernel makes the probes at boot, and Perfetto takes over the ring buffer they filled.
  var perfetto: [String] {
    [
      "# 1. Boot with the recipe of --target bootconfig --android (or cmdline): Perfetto's own kprobe_events have no device, no result.",
      "# 2. Take the text first: it is what proberace reads. Perfetto's reading empties the buffer.",
      "#      adb shell su 0 cat /sys/kernel/tracing/trace > trace.txt",
      "#      adb shell su 0 dmesg > dmesg.txt",
      "# 3. For the timeline in the Perfetto UI, the same buffer with this configuration:",
      "#      adb shell perfetto --txt -c - -o /data/misc/perfetto-traces/boot.perfetto-trace < FILE",
      "#      adb pull /data/misc/perfetto-traces/boot.perfetto-trace",
      "#    No `echo nop > current_tracer` and no removal of probes before it: both empty the buffer.",
      "buffers { size_kb: 65536 fill_policy: DISCARD }",
      "data_sources {",
      "  config {",
      "    name: \"linux.ftrace\"",
      "    ftrace_config {",
      "      ftrace_events: \"kprobes/*\"",
    ]
      + (Self.iommuEvents + ["printk:console"]).map {
        "      ftrace_events: \"\($0.replacing(":", with: "/"))\""
      }
      + [
        "      preserve_ftrace_buffer: true", "    }", "  }", "}", "duration_ms: 1000",
      ]
  }
}
