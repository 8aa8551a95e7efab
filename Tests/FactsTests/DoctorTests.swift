import Bytes
import Foundation
import Reports
import TestSupport
import Testing
import Writing

@testable import Doctor

/// What is made of a machine, and how a machine is read from its files.
struct DoctorTests {
  /// A machine on which everything goes.
  private static func machine(_ change: (inout Machine) -> Void = { _ in }) -> Machine {
    var machine = Machine(release: "6.17.13+deb13-arm64")
    machine.config = ["IOMMU_API": "y", "BUG": "y", "KPROBE_EVENTS": "y", "BOOT_CONFIG": "y"]
    machine.units = ["smmu3.0x0000000009050000"]
    machine.groups = 14
    machine.log = .granted
    machine.tracefs = "/sys/kernel/tracing"
    machine.trace = .granted
    machine.kprobes = .granted
    machine.tools = ["dmesg", "trace-cmd", "perfetto"]
    change(&machine)
    return machine
  }

  private static func answer(_ id: String, _ change: (inout Machine) -> Void) -> Checkup.Answer? {
    Checkup(machine(change)).checks.first { $0.id == id }?.answer
  }

  @Test func whereEverythingGoes() {
    let checkup = Checkup(Self.machine())
    #expect(checkup.isReady && checkup.checks.allSatisfy { $0.answer == .yes })
    #expect(
      checkup.next == [
        "dmesg | proberace report -", "proberace capture --target cmdline --kernel 6.17.13+deb13-arm64",
      ])
  }

  @Test func theWarning() {
    #expect(Self.answer("warning") { $0.release = "6.14.9" } == .no)
    #expect(Self.answer("warning") { $0.release = "6.15.0-rc1" } == .yes)
    #expect(Self.answer("warning") { $0.config = nil } == .yes)
    #expect(Self.answer("warning") { $0.config?["IOMMU_API"] = nil } == .no)
    #expect(Self.answer("warning") { $0.config?["BUG"] = "n" } == .no)
    #expect(Self.answer("warning") { $0.release = nil } == .unknown)
    #expect(Self.answer("warning") { $0.release = "next" } == .unknown)
  }

  @Test func noIOMMU() {
    let none = Checkup(Self.machine { $0.units = [] })
    #expect(!none.isReady && none.next.last == "ssh root@board dmesg | proberace report -")
    let off = Checkup(
      Self.machine {
        $0.units = []
        $0.acpiTables = ["DMAR"]
      })
    #expect(off.checks[1].answer == .no && off.checks[1].detail.contains("DMAR"))
  }

  @Test func whatIsClosed() {
    let user = Checkup(
      Self.machine {
        $0.log = .denied
        $0.trace = .denied
        $0.kprobes = .denied
        $0.config = nil
      })
    #expect(!user.isReady && user.next.first == "sudo dmesg | proberace report -")
    #expect(user.next.contains("proberace capture --facts | sudo sh > facts.txt"))
    #expect(Self.answer("tracefs") { $0.tracefs = nil } == .no)
    #expect(Self.answer("tracefs") { $0.kprobes = .absent } == .no)
    #expect(Self.answer("trace-cmd") { $0.tools = ["dmesg"] } == .no)
    #expect(Self.answer("perfetto") { $0.trace = .denied } == .no)
    #expect(Self.answer("kernel-log") { $0.tools = [] } == .no)
    #expect(Self.answer("kernel-log") { $0.log = .absent } == .no)
    #expect(Self.answer("cmdline") { $0.config = nil } == .unknown)
    #expect(Self.answer("cmdline") { $0.config?["KPROBE_EVENTS"] = "n" } == .no)
    #expect(Self.answer("cmdline") { $0.release = "7.3.4+deb13-rt-arm64" } == .no)
    #expect(Self.answer("bootconfig") { $0.config?["BOOT_CONFIG"] = nil } == .no)
  }

  /// Commands are pasted, and what is shown is on a terminal.
  @Test func namesAreNotTrusted() {
    let checkup = Checkup(
      Self.machine {
        $0.release = "6.17.1;reboot\u{1b}[2J"
        $0.units = ["a\u{1b}[31m"]
      })
    #expect(checkup.next.allSatisfy { !$0.contains(";") && !$0.contains("\u{1b}") })
    #expect(!DoctorReport.render(checkup, Style()).contains("\u{1b}"))
  }

  private static func files(_ texts: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (path, text) in texts {
      let file = folder.url.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: false, encoding: .utf8)
    }
    return folder
  }

  @Test func aMachineIsRead() throws {
    let root = try Self.files([
      "proc/sys/kernel/osrelease": "7.3.4\n",
      "lib/modules/7.3.4/config": "# CONFIG_BUG is not set\nCONFIG_IOMMU_API=y\n",
      "sys/class/iommu/b/x": "", "sys/class/iommu/a/x": "", "sys/kernel/iommu_groups/0/type": "DMA",
      "sys/firmware/acpi/tables/VIOT": "", "dev/kmsg": "", "opt/bin/trace-cmd": "#!/bin/sh\n",
      "proc/mounts": "none /debug/tracing tracefs rw 0 0\ntracefs /sys/kernel/tracing tracefs rw 0 0\n",
      "sys/kernel/tracing/trace": "", "sys/kernel/tracing/kprobe_events": "",
    ])
    let tool = root.url.appending(path: "opt/bin/trace-cmd").path(percentEncoded: false)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tool)
    let machine = MachineReader(root: root.path).read(path: ["/bin", "/opt/bin"])
    #expect(machine.release == "7.3.4" && machine.config == ["BUG": "n", "IOMMU_API": "y"])
    #expect(machine.units == ["a", "b"] && machine.groups == 1 && machine.acpiTables == ["VIOT"])
    #expect(machine.log == .granted && machine.tracefs == "/sys/kernel/tracing" && machine.trace == .granted)
    #expect(machine.kprobes == .granted && machine.tools == ["trace-cmd"])
  }

  @Test func aContainerIsRead() throws {
    let root = try Self.files([
      "proc/sys/kernel/dmesg_restrict": "1\n", "proc/mounts": "tracefs /t tracefs rw 0 0\n",
    ])
    let machine = MachineReader(root: root.path).read(path: [])
    #expect(machine.release == nil && machine.config == nil && machine.log == .absent)
    #expect(machine.tracefs == "/t" && machine.trace == .denied && machine.kprobes == .denied)
    let open = try Self.files([
      "proc/sys/kernel/dmesg_restrict": "0\n", "t/trace": "", "proc/mounts": "tracefs /t tracefs rw 0 0\n",
    ])
    let other = MachineReader(root: open.path).read(path: [])
    #expect(other.log == .granted && other.trace == .granted && other.kprobes == .absent)
  }
}
