extension Recipe {
  static let group = "proberace"

  /// Defines the probes; says which the kernel refuses and goes on without them.
  private var definitions: [String] {
    place + [
      "T=/sys/kernel/tracing; [ -d $T/events ] || T=/sys/kernel/debug/tracing",
      "while read -r probe; do",
      "  echo \"$probe\" >> $T/kprobe_events || echo \"refused: $probe\"", "done <<'PROBES'",
    ] + probes.flatMap { $0.definitions(" ", group: Self.group + "/") } + ["PROBES"]
  }

  /// Where the files of the second half go; Android's root folder is read-only, and /data not there in recovery. Its shell, mksh, keeps
  /// what stands behind `<<` in a file too.
  private var place: [String] {
    guard isAndroid else { return ["# As root."] }
    return [
      "# In `adb shell`, as root.",
      "for F in \(Self.androidFolder) /tmp /dev; do [ -w $F ] && cd $F && TMPDIR=$F && break; done; echo \"the files go to $PWD\"",
    ]
  }

  private static let androidFolder = "/data/local/tmp"

  /// Gets the files to where proberace is.
  private func fetching(_ files: String...) -> [String] {
    isAndroid
      ? files.map {
        "# on the host: adb pull \(Self.androidFolder)/\($0) (or from the folder that was named)"
      } : []
  }

  private static let now =
    "# now make it happen: load the IOMMU's module, or what it waits for, while its clients are deferred"

  /// Sets the probes and starts tracing. The functions of a module that is not loaded yet cannot be probed; none of these is in
  /// a module.
  var start: [String] {
    definitions + [
      "echo 0 > $T/tracing_on", "echo \(Self.bufferKB) > $T/buffer_size_kb", "echo \(clock) > $T/trace_clock",
      "for event in \(Self.group) \(eventPaths); do echo 1 > $T/events/$event/enable; done",
      "echo > $T/trace", "echo 1 > $T/tracing_on",
    ]
  }

  /// Stops and saves.
  var end: [String] {
    [Self.turn, "echo 0 > $T/tracing_on", "cat $T/trace > trace.txt", Self.log]
      + fetching("trace.txt", "dmesg.txt") + [
        "# proberace report dmesg.txt trace.txt",
        "# and to undo it: echo 0 > $T/events/\(Self.group)/enable; echo > $T/kprobe_events",
      ]
  }

  var tracefs: [String] { start + [Self.now] + end }

  /// trace-cmd makes no kprobes itself, but records those that are there.
  var traceCmd: [String] {
    (isAndroid ? ["# Android has no trace-cmd: push a static one into PATH, or use --target tracefs."] : [])
      + definitions + [
        "trace-cmd start -b \(Self.bufferKB) -C \(clock) -e \(Self.group) "
          + events.map { "-e \($0)" }.joined(separator: " "),
        Self.now, Self.turn,
        "trace-cmd stop", "trace-cmd extract -o trace.dat", Self.log,
      ] + fetching("trace.dat", "dmesg.txt") + [
        "# Give it trace.dat itself: trace-cmd report prints bare addresses for kprobes, in the other order.",
        "# proberace report dmesg.txt trace.dat",
        "# and to undo it: trace-cmd reset; echo > $T/kprobe_events",
      ]
  }

  private var eventPaths: String {
    events.map { $0.replacing(":", with: "/") }.joined(separator: " ")
  }
}
