// What a live board said of itself in one moment (docs/formats/board-facts.md). Its names are the board's: not to be trusted.
import Bytes

/// Something that one line of the facts says.
package struct Fact<Value: Sendable>: Sendable {
  /// As the line has it; not escaped.
  package var value: Value
  /// The line.
  package var place: Place
}

/// All that a file of facts says; what it does not say is nil or empty.
package struct BoardFacts: Sendable {
  /// A device that has a driver, a group, or a place in the firmware's description of an IOMMU.
  package struct Device: Sendable {
    /// As in /sys/bus: pci, platform, amba, fsl-mc, cdx.
    package var bus: String
    /// As the bus has it: `0000:00:03.0`.
    package var name: String
    /// Below /sys; a component each.
    package var path: [String]
    /// The line that says so.
    package var place: Place
    /// What it is bound to; nil: nothing.
    package var driver: Fact<String>?
    /// Its IOMMU group; nil: none.
    package var group: Fact<Int32>?
    /// The group's domain: DMA, DMA-FQ, identity, blocked; empty if not said.
    package var groupType = ""
    /// Where its link to its IOMMU leads: a path below /sys, a component each.
    package var iommu: Fact<[String]>?
    /// The firmware's properties `iommus` and `iommu-map`, a cell each.
    package var iommus: Fact<[UInt32]>?
    /// As `iommus`, of a host bridge: requester id, phandle, cells, length.
    package var map: Fact<[UInt32]>?
    /// `iommu-map-mask`: what of a requester id counts.
    package var mapMask: UInt32 = 0xffff
    /// Numbers of its message interrupts.
    package var interrupts: [Int32] = []
  }

  /// An IOMMU that is registered (/sys/class/iommu).
  package struct Unit: Sendable {
    /// Below /sys: the IOMMU's device, and what it is called as an IOMMU.
    package var path: [String]
    /// Empty if it has none.
    package var driver: String
    /// Empty if its driver is built in.
    package var module: String
    /// The line that says so.
    package var place: Place
  }

  /// A node of the device tree that IOMMU clients point to.
  package struct Node: Sendable {
    /// By which clients name it.
    package var phandle: UInt32
    /// `#iommu-cells`.
    package var cells: Int
    /// As in the tree; empty if it says nothing: okay.
    package var status: String
    /// Below the tree's root.
    package var path: String
    /// The line that says so.
    package var place: Place
    /// `iommu@a1000000`
    package var name: String { path.split(separator: "/").last.map(String.init) ?? "" }
  }

  /// A function of /proc/kallsyms.
  package struct Symbol: Sendable {
    /// With what the compiler put behind it: `really_probe.isra.0`.
    package var name: String
    /// Empty if it is the kernel's own.
    package var module: String
    /// The line that says so.
    package var place: Place
  }

  /// A line of /proc/interrupts.
  package struct Interrupt: Sendable {
    /// Of all CPUs.
    package var count: Int64
    /// The line behind the counts: chip, kind, who asked for it.
    package var text: String
    /// The line that says so.
    package var place: Place
  }

  /// What was collected together: complete, or its absences prove nothing.
  package enum Part: String, Sendable {
    case version, cmdline, bootconfig, bootID = "boot-id", uptime, btime, user, model, config, symbol, event,
      clock, tracer, kprobe, traceable, blacklist, deferred, acpi, iommuDevice = "iommu-device", node, device,
      interrupt
  }

  /// Where they begin.
  package var begins: Place
  /// /proc/version.
  package var version: Fact<String>?
  /// /proc/cmdline.
  package var commandLine: Fact<String>?
  /// /proc/sys/kernel/random/boot_id: another one is another boot.
  package var bootID: Fact<String>?
  /// When the board was booted, seconds since 1970 by the board's clock.
  package var bootTime: Fact<Int64>?
  /// Since the boot, nanoseconds.
  package var uptime: Fact<Int64>?
  /// Whose id collected it: not 0, and parts are missing.
  package var user: Int64?
  /// `uname -m`
  package var machine = ""
  /// Of the device tree, or DMI's product.
  package var model = ""
  /// Without CONFIG_; `n` where it is not set.
  package var config: [String: String] = [:]
  /// Those of /proc/kallsyms that recipes and rules ask for.
  package var symbols: [Symbol] = []
  /// Functions that ftrace can trace, and those that refuse probes.
  package var traceable: Set<String> = []
  /// Of kprobes/blacklist.
  package var blacklist: Set<String> = []
  /// available_events: `iommu:map`.
  package var events: Set<String> = []
  /// Each clock; the one in use is in brackets.
  package var clocks: [String] = []
  /// available_tracers.
  package var tracers: Set<String> = []
  /// Definitions of kprobe events that are there.
  package var kprobes: [Fact<String>] = []
  /// Names below /sys/firmware/acpi/tables; none: no ACPI.
  package var acpiTables: [Fact<String>] = []
  /// /sys/class/iommu.
  package var units: [Unit] = []
  /// What clients' `iommus` point to.
  package var nodes: [Node] = []
  /// Those that concern an IOMMU, or have a driver.
  package var devices: [Device] = []
  /// By `bus/name`.
  package var numbers: [String: Int] = [:]
  /// Registered IOMMUs by every name of their paths, nodes by phandle.
  package var unitNumbers: [String: Int] = [:]
  /// Places in `nodes`.
  package var nodeNumbers: [UInt32: Int] = [:]
  /// Places in `units`, by phandle: of nodes whose address is not that of their device.
  package var translated: [UInt32: Int] = [:]
  /// Devices that still wait for something, and what for.
  package var deferred: [Fact<(name: String, reason: String)>] = []
  /// By number.
  package var interrupts: [Int32: Interrupt] = [:]
  /// Parts of which every line is here.
  package var whole: Set<Part> = []
  /// Parts that the board did not give, and what was tried.
  package var skipped: [String] = []
  /// What the file lacks of itself: cut, damaged, too much.
  package var losses: [Loss] = []

  package init(begins: Place) { self.begins = begins }

  /// `6.17.13+deb13-arm64`
  package var release: String? {
    guard let words = version?.value.split(separator: " "), words.count > 2, words[0] == "Linux" else {
      return nil
    }
    return String(words[2])
  }

  /// The device of this name; names are of one bus, as the analysis takes them.
  package func device(_ name: String) -> Device? {
    for bus in FactsReader.buses { if let number = numbers["\(bus)/\(name)"] { return devices[number] } }
    return nil
  }
}
