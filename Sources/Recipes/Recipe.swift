/// What to capture, for one way of capturing it.
package struct Recipe: Sendable {
  /// The tool, or the place in the boot, that gets it.
  package var target: Target
  /// Nil: it must do for any.
  package var kernel: KernelVersion?
  /// A kernel and a user space as Android has them (GKI).
  package var isAndroid: Bool
  /// Those whose probes it asks for.
  package var buses: [Bus]
  /// The kernel that it is for, where a board's facts describe it.
  package var board: BoardKernel?
  /// Whose functions it probes.
  package var firmware: Firmware
  /// The client, where one is named and not a glob.
  package var device: String?

  /// `kernel` nil: the recipe must do for any. `device`: its name or a glob; nil for the buses that most machines have. `target`,
  /// `firmware`: nil for what fits the kernel.
  package init(
    _ target: Target?, kernel: KernelVersion? = nil, isAndroid: Bool = false, device: String? = nil,
    firmware: Firmware? = nil
  ) {
    self.target = target ?? Target.fitting(kernel, isAndroid: isAndroid)
    self.firmware = firmware ?? .of(kernel)
    self.device = device.flatMap { name in
      !name.isEmpty
        && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ":._@,-".contains($0)) }
        ? name : nil
    }
    self.kernel = kernel
    self.isAndroid = isAndroid
    buses = Bus.of(device)
  }

  /// Between the commands before the race and those after it.
  package static let turn = "# when it has happened:"

  static let iommuEvents = [
    "iommu:add_device_to_group", "iommu:remove_device_from_group", "iommu:attach_device_to_domain",
  ]
  /// The boot clock is another one than printk's: the console's lines in the trace tie it to the log.
  package var events: [String] {
    (Self.iommuEvents + (isAndroid ? ["printk:console"] : [])).filter { board?.has(event: $0) ?? true }
  }
  /// Per CPU.
  static let bufferKB = 8192

  /// Perfetto's clock on Android; elsewhere the clock that printk counts in, so that log and trace join by themselves.
  var clock: String { isAndroid ? "boot" : "global" }
  var probes: [Probe] { fitted.compactMap(\.probe) }

  /// Each probe that is asked for, as the board's kernel takes it.
  private var fitted: [(probe: Probe?, note: String?)] {
    let asked = Probe.all(buses, firmware)
    guard let board else { return asked.map { ($0, nil) } }
    let atBoot = target == .cmdline || target == .bootconfig
    func fit(_ probe: Probe) -> (probe: Probe?, note: String?) {
      switch board.fit(probe.function, atBoot: atBoot) {
      case .missing(let why): return (nil, "\(probe.function): \(why)")
      case .on(let symbol, let note):
        var probe = probe
        let told = note.map { "\(symbol): \($0)" }
        probe.function = symbol
        return (probe, told)
      }
    }
    return asked.map(fit)
  }

  /// What of it the board's kernel does not take, or takes otherwise.
  package var probesLeft: [String] {
    let missing = board.map { board in Self.iommuEvents.filter { !board.has(event: $0) } } ?? []
    return fitted.compactMap(\.note) + missing.map { "\($0): not among its events" }
  }

  /// What a capture with it shows, if the log is saved beside.
  package var sights: Set<Sight> {
    let probes = probes
    var sights = Set(probes.compactMap { $0.role?.sight })
    if probes.contains(where: { $0.role == .reallyProbe && $0.hasReturn }) { sights.insert(.results) }
    if events.contains("iommu:add_device_to_group") { sights.insert(.groups) }
    if events.contains("iommu:attach_device_to_domain") { sights.insert(.domains) }
    return sights.union([.kernelLog])
  }

  /// Why this target cannot work with this kernel; nil if it can.
  package var fault: String? {
    guard let kernel else { return nil }
    switch target {
    case .cmdline where kernel.isRealTime, .bootconfig where kernel.isRealTime:
      return
        "Debian's 7.3.4-rt stops before its first line with any trace_event= on its command line: on \(kernel.text) use --target tracefs"
    case .cmdline where kernel.isBefore(5, 3):
      return "kprobe_event= came with 5.3: on \(kernel.text) use --target tracefs"
    case .bootconfig where kernel.isBefore(5, 6):
      return "bootconfig came with 5.6: on \(kernel.text) use --target cmdline"
    default: return nil
    }
  }

  /// Comments (`#`) and what to paste.
  package var text: String {
    let body =
      switch target {
      case .cmdline: commandLine
      case .bootconfig: bootconfig
      case .tracefs: tracefs
      case .traceCmd: traceCmd
      case .perfetto: perfetto
      case .reload: reload
      }
    return (notes + body).joined(separator: "\n") + "\n"
  }

  /// What holds for every target.
  private var notes: [String] {
    var notes = [
      "# proberace: \(target.title)" + (kernel.map { ", Linux \(BoardKernel.safe($0.text))" } ?? "")
    ]
    if let kernel, kernel.isBefore(6, 15) {
      notes.append(
        "# Upstream has the warning since 6.15; before that only trees with bcb81ac6ae3c backported. The silent causes need no warning."
      )
    }
    if isAndroid {
      notes.append(
        "# GKI has kprobes, and neither function_graph nor boot-time tracing (ftrace.* keys): kprobes it is. Modules are loaded in parallel by threads that are all called init: the thread id tells them apart."
      )
    }
    return notes
  }

  /// What to keep beside a trace.
  static let log = "dmesg > dmesg.txt"
}

/// A way to capture.
package enum Target: String, Sendable, CaseIterable {
  case cmdline, bootconfig, tracefs
  case traceCmd = "trace-cmd"
  case perfetto, reload

  /// Phones take bootconfig; a real-time kernel may not start with trace_event=.
  static func fitting(_ kernel: KernelVersion?, isAndroid: Bool) -> Target {
    if kernel?.isRealTime == true { return .tracefs }
    return isAndroid ? .bootconfig : .cmdline
  }

  var title: String {
    switch self {
    case .cmdline: "boot parameters"
    case .bootconfig: "bootconfig"
    case .tracefs: "shell commands for tracefs"
    case .traceCmd: "shell commands for trace-cmd"
    case .perfetto: "Perfetto"
    case .reload: "shell commands for a system that may not reboot"
    }
  }
}
