extension Recipe {
  /// kernel.* keys only: they become command-line parameters. ftrace.* keys need CONFIG_BOOTTIME_TRACING, which GKI and
  /// Debian lack, and are ignored in silence there.
  var bootconfig: [String] {
    let place =
      isAndroid
      ? "# Into vendor_boot's bootconfig section: BOARD_BOOTCONFIG_FILE (BOARD_BOOTCONFIG takes words, and eats $ and quotes)."
      : "# Append to the initrd with tools/bootconfig -a FILE INITRD, and boot with `bootconfig` on the command line."
    let traps = [
      place,
      "# Needs CONFIG_BOOT_CONFIG (GKI has it, Debian has not): compare /proc/bootconfig after the boot.",
      "# log_buf_len= is read before it: that goes on the command line.",
      "# kprobe_event= is cut at \(lineLimit) bytes; this one has \(probeEvents.utf8.count).",
    ]
    return traps + parameters.map { "kernel.\($0.key) = \"\($0.value)\"" } + [Self.turn]
      + textCommands.map { "#   \($0)" }
  }
}
