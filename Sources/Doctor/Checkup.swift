// What a machine can tell about the race: can its kernel warn, can it happen here at all, how would it be captured.
import Recipes

/// A machine's answers, and what to do next.
package struct Checkup: Sendable {
  /// Unknown: what would tell could not be read.
  package enum Answer: String, Sendable { case yes, no, unknown }

  /// One question.
  package struct Check: Sendable {
    /// `warning`, `iommus`, `kernel-log`, or a way to capture.
    package var id: String
    /// Yes: it can.
    package var answer: Answer
    /// Why, and what would change it; may hold what the machine names, not escaped.
    package var detail: String
  }

  /// In the order of the questions that somebody asks.
  package let checks: [Check]
  /// Commands to paste, the first one first.
  package let next: [String]

  /// What the machine does not say is unknown, or no.
  package init(_ machine: Machine) {
    let captures = Self.captures(machine)
    checks = [Self.warning(machine), Self.iommus(machine), Self.log(machine)] + captures
    next = Self.next(machine, captures)
  }

  /// A race would show here, and it can be captured.
  package var isReady: Bool {
    func can(_ id: String) -> Bool { checks.contains { $0.id == id && $0.answer == .yes } }
    return can("warning") && can("iommus") && (can(Target.cmdline.rawValue) || can(Target.tracefs.rawValue))
  }

  private static func warning(_ machine: Machine) -> Check {
    func check(_ answer: Answer, _ detail: String) -> Check {
      Check(id: "warning", answer: answer, detail: detail)
    }
    guard let release = machine.release, let version = KernelVersion(release) else {
      return check(.unknown, "the kernel's version is not to be read: the warning came with 6.15")
    }
    if let config = machine.config {
      if config["IOMMU_API"] != "y" {
        return check(.no, "Linux \(release) has no IOMMUs (CONFIG_IOMMU_API is not set)")
      }
      if config["BUG"] != "y" {
        return check(.no, "no WARN of Linux \(release) prints anything (CONFIG_BUG is not set)")
      }
    }
    return version.isBefore(6, 15)
      ? check(
        .no,
        "Linux \(release) has no such warning unless bcb81ac6ae3c was backported: it came with 6.15. The causes that print nothing show without it"
      ) : check(.yes, "Linux \(release) can print it: it came with 6.15")
  }

  private static func iommus(_ machine: Machine) -> Check {
    let tables = machine.acpiTables.joined(separator: ", ")
    let detail =
      switch (machine.units.isEmpty, machine.acpiTables.isEmpty) {
      case (false, _):
        "\(machine.units.joined(separator: ", ")); groups: \(machine.groups)"
      case (true, false):
        "none is registered, and the firmware describes one (\(tables)): look for iommu=off or intel_iommu=off in /proc/cmdline, and for a driver that is not loaded"
      case (true, true):
        "none is registered: this machine has nothing to race for; take the log of the one that warned"
      }
    return Check(id: "iommus", answer: machine.units.isEmpty ? .no : .yes, detail: detail)
  }

  private static func log(_ machine: Machine) -> Check {
    func check(_ answer: Answer, _ detail: String) -> Check {
      Check(id: "kernel-log", answer: answer, detail: detail)
    }
    return switch machine.log {
    case .absent: check(.no, "there is none here (a container?)")
    case .denied: check(.no, "root may read it (kernel.dmesg_restrict)")
    case .granted where !machine.tools.contains("dmesg"): check(.no, "there is no dmesg on PATH (util-linux)")
    case .granted: check(.yes, "dmesg prints it")
    }
  }

  private static func captures(_ machine: Machine) -> [Check] {
    let (answer, detail) = tracefs(machine)
    let tools = [Target.traceCmd, .perfetto].map { target in
      let id = target.rawValue
      return machine.tools.contains(id)
        ? Check(id: id, answer: answer, detail: answer == .yes ? "installed" : "installed, and needs tracefs")
        : Check(id: id, answer: .no, detail: "not on PATH")
    }
    return [Check(id: Target.tracefs.rawValue, answer: answer, detail: detail)] + tools
      + [Target.cmdline, .bootconfig].map { atBoot($0, machine) }
  }

  private static func tracefs(_ machine: Machine) -> (Answer, String) {
    guard let mount = machine.tracefs else {
      return (.no, "not mounted; as root: mount -t tracefs tracefs /sys/kernel/tracing")
    }
    if machine.trace != .granted { return (.no, "\(mount) is open to root") }
    return switch machine.kprobes {
    case .absent: (.no, "\(mount) has no kprobe_events (CONFIG_KPROBE_EVENTS)")
    case .denied: (.no, "\(mount)/kprobe_events is open to root")
    case .granted: (.yes, "\(mount) takes kprobe events")
    }
  }

  private static func atBoot(_ target: Target, _ machine: Machine) -> Check {
    let version = machine.release.flatMap { KernelVersion($0) }
    func check(_ answer: Answer, _ detail: String) -> Check {
      Check(id: target.rawValue, answer: answer, detail: detail)
    }
    if let fault = Recipe(target, kernel: version).fault { return check(.no, fault) }
    guard let config = machine.config else {
      return check(.unknown, "neither /proc/config.gz nor /boot has this kernel's configuration")
    }
    let needed = ["KPROBE_EVENTS"] + (target == .bootconfig ? ["BOOT_CONFIG"] : [])
    let missing = needed.filter { config[$0] != "y" }
    return missing.isEmpty
      ? check(.yes, "from the boot's beginning, with a reboot")
      : check(.no, "the kernel lacks " + missing.map { "CONFIG_" + $0 }.joined(separator: " and "))
  }

  private static func next(_ machine: Machine, _ captures: [Check]) -> [String] {
    let reads = "dmesg | proberace report -"
    let log = machine.log == .granted ? [reads] : machine.log == .denied ? ["sudo " + reads] : []
    guard !machine.units.isEmpty else { return log + ["ssh root@board dmesg | proberace report -"] }
    let ways: [Target] = [.cmdline, .tracefs]
    guard
      let way = ways.first(where: { way in captures.contains { $0.id == way.rawValue && $0.answer == .yes } })
    else {
      return log + ["proberace capture --facts | sudo sh > facts.txt", "proberace capture --for facts.txt"]
    }
    let kernel = machine.release.map { " --kernel " + BoardKernel.safe($0) } ?? ""
    let firmware = machine.acpiTables.isEmpty ? "" : " --firmware acpi"
    return log + ["proberace capture --target \(way.rawValue)\(kernel)\(firmware)"]
  }
}
