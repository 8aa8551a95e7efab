extension Recipe {
  /// arm64's and x86's COMMAND_LINE_SIZE; what a bootloader takes may be less.
  static let commandLineLimit = 2048

  /// Of the board, where one is known: kprobe_event= has a buffer of that size too.
  var lineLimit: Int { board?.commandLineLimit ?? Self.commandLineLimit }

  /// The parameters that capture what is missing of a device, one line. Made once for all: a scan asks for each finding.
  package static func bootParameters(_ device: String, _ firmware: Firmware) -> String {
    let buses = Bus.of(device)
    return ofDevices[firmware]?[buses] ?? Recipe(buses, firmware).bootParameters
  }
  private static let ofDevices = Dictionary(
    uniqueKeysWithValues: Firmware.allCases.map { firmware in
      (
        firmware,
        Dictionary(uniqueKeysWithValues: Bus.choices.map { ($0, Recipe($0, firmware).bootParameters) })
      )
    })

  private init(_ buses: [Bus], _ firmware: Firmware) {
    self.init(.cmdline, firmware: firmware)
    self.buses = buses
  }

  /// The parameters alone, one line.
  package var bootParameters: String {
    parameters.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
  }

  /// kprobe_event= arms its probes in the top instance at fs_initcall. trace_instance= and trace_event=kprobes: come too
  /// early for them and fail.
  var parameters: [(key: String, value: String)] {
    [
      ("trace_buf_size", "\(Self.bufferKB / 1024)M"), ("trace_clock", clock),
      ("trace_event", events.joined(separator: ",")),
      ("kprobe_event", probeEvents),
    ]
  }

  var probeEvents: String { probes.flatMap { $0.definitions(",") }.joined(separator: ";") }

  var commandLine: [String] {
    let line = bootParameters
    var text = [
      "# Append to the kernel command line: \(line.utf8.count) bytes of the \(lineLimit) that \(board == nil ? "arm64 and x86 take" : "this kernel takes") in all.",
      "# GRUB's and U-Boot's shells eat $ and ; unless quoted: compare /proc/cmdline after the boot.",
      "# Traces from fs_initcall on: an IOMMU that registers earlier is not seen registering.",
    ]
    if isAndroid {
      text.append(
        "# vendor_boot's command line, or BOARD_KERNEL_CMDLINE (there \\$$arg1 and \\$$retval: make and a shell eat $)."
      )
      text.append(
        "# No tp_printk beside printk:console: they hang."
      )
    }
    return text + [line, Self.turn] + textCommands.map { "#   \($0)" }
  }

  /// How the ring buffer becomes a file.
  var textCommands: [String] {
    isAndroid
      ? [
        "adb shell su 0 cat /sys/kernel/tracing/trace > trace.txt", "adb shell su 0 dmesg > dmesg.txt",
        "proberace report dmesg.txt trace.txt",
      ]
      : [
        "cat /sys/kernel/tracing/trace > trace.txt", Self.log, "proberace report dmesg.txt trace.txt",
      ]
  }
}
