import Bytes
import Records

/// What a kernel-log line (or a WARNING block) says that matters here.
package struct LogEvent: Sendable {
  /// Nanoseconds since boot; nil for a log without time stamps.
  package var time: Int64?
  /// Position among the lines of its boot: printk's own order, also where there are no times.
  package var order: Int32
  /// Where the line stands; of a WARNING block its message, or its first line.
  package var place: Place
  var caller: LogCaller
  /// Its names are of the table that came with the reading.
  package var what: What

  /// One case for each text of the kernel that a rule reads (docs/kernel.md#texts).
  package enum What: Sendable {
    /// The late-IOMMU-probe warning, whole. Kept apart, as it is ten times the size of the rest.
    indirect case warning(WarningBlock)
    /// `DRIVER-OR-BUS DEVICE: Adding to iommu group N`; old kernels print neither driver nor bus.
    case adding(prefix: Name, device: Name, group: Int32)
    case removing(device: Name)
    case addFailed(device: Name)
    /// A line with a device's prefix that no rule below knows: its driver (or bus) says something.
    case deviceLine(prefix: Name, device: Name, DeviceLine)
    /// `deferred probe timeout, ignoring dependency` or `ignoring dependency for device, assuming no driver`.
    case gaveUp(device: Name)
    /// The same under its bus's name: no driver is set.
    case unboundGaveUp(device: Name)
    /// `deferred probe pending`: at the end of the boot it still waits; for `iommu`, if it says so.
    case probePending(device: Name, iommu: Name)
    /// The driver core says that the device waits for an IOMMU, or is linked to it: it is a client of it.
    case client(device: Name, iommu: Name)
    /// What a working driver made of the device is announced: a network or DRM device, an SD host.
    case inUse(device: Name)
    /// An IOMMU driver announces its hardware, before it registers.
    case iommuBanner(device: Name)
    case iommuRegistered(device: Name)
    case registerFailed(device: Name)
    case probeFailed(driver: Name, device: Name, error: Int32)
    /// initcall_debug: `probe of DEV returned N after M usecs`; `took` in nanoseconds. Under dyndbg also `Driver D requests probe
    /// deferral`: -517, and 0 for what is not said.
    case probeReturned(device: Name, result: Int32, took: Int64)
    /// dyndbg: `bus: 'pci': really_probe: probing driver D with device`.
    case bindStarted(device: Name, driver: Name)
    /// dyndbg: `driver: 'D': driver_bound: bound to device`.
    case bound(device: Name)
    /// dyndbg of of_dma_configure_id: the prefix tells who called it.
    case dmaConfigured(prefix: Name, device: Name, behindIOMMU: Bool)
    case fault(device: Name, iova: UInt64?)
    /// The buses behind a PCI bridge.
    case bridge(device: Name, first: UInt8, last: UInt8)
    /// What a PCI bridge is: its vendor's number, then its own.
    case bridgePart(device: Name, part: UInt32)
    case hotplugTimeout(device: Name)
    /// A device leaves its bus, or whatever is behind a port does.
    case leaves(device: Name, Leaving)
    case defaultDomain(translated: Bool)
    case unuseWarning
    /// `WARNING: … __iommu_group_free_device`: a driver owns the group that is freed.
    case freedGroup
    /// `retaining platform DMA ops`: its DMA is not translated, although its group has a domain.
    case keepsDirectDMA(device: Name)
    /// An oops or a hung task, whole.
    indirect case trouble(WarningBlock)
    /// `cannot create duplicate filename '…/iommu_group'`: a device was probed twice.
    case duplicateGroupLink
    /// `OF: reserved mem: 0x… ..0x…`: memory that the firmware keeps, a splash screen's frame buffer for one.
    case reservedMemory(UInt64, UInt64)
    /// The machine describes itself with ACPI.
    case acpi
    /// What is said of a device whose name is not there, or only its end: logcat's -v thread and -v raw leave out what logd took for
    /// a tag.
    case nameless(Nameless)
  }

  /// Who goes where a line names one that leaves.
  package enum Leaving: Sendable {
    case itself
    /// The port, or the bus, is named; what was behind it goes.
    case behind
  }

  /// What concerns an IOMMU, or its client, whoever it is.
  package enum Nameless: Sendable {
    case gaveUp
    /// It announces itself, or its walk adds somebody to a group.
    case iommuCame
  }

  /// Lines that carry a device's prefix, by what they prove.
  package enum DeviceLine: UInt8, Sendable {
    /// `enabling device (0000 -> 0002)`: pci_enable_device(); behind a driver's prefix only its ->probe prints it.
    case enabling
    /// `error -ENXIO: …`: dev_err_probe(), nearly always out of a ->probe that fails.
    case error
    /// Anything else with the driver's prefix.
    case other
  }
}

/// A report of the kernel, as the log shows it: a WARNING of `__iommu_probe_device` has a message, a header and a stack.
package struct WarningBlock: Sendable {
  /// What the block reports.
  package enum Kind: Sendable {
    /// What it reports is not known (yet).
    case other
    case lateProbe, oops, hungTask
    /// Other people's: a scan lists them.
    case warning, bug, panic

    /// A rule reads it.
    var isJudged: Bool {
      switch self {
      case .lateProbe, .oops, .hungTask: true
      case .other, .warning, .bug, .panic: false
      }
    }
  }
  /// Known once a line of the block has said it.
  package var kind = Kind.other
  /// The driver of the message; none if that was not there, or is damaged.
  package var driver = Name.none
  /// The device of the message, in the same way.
  package var device = Name.none
  /// The message was there; without it the device is unknown.
  package var hasMessage = false
  /// Its header was chopped before it says where it warned, and may be a late probe's.
  package var isChopped = false
  /// Frames of its stack were cut out.
  package var isCut = false
  /// What stands for them among the frames.
  package static let hole = "[...]"
  /// Where it warned or died, without suffix and offset; none if no line says so.
  package var function = Name.none
  /// What an oops died of; of several addresses that it names the lowest, for the others are KASAN's. Nil if no line says so.
  package var address: UInt64?
  /// N of `at FILE:N`; 0 if the header does not say.
  package var sourceLine: Int32 = 0
  /// -1 if no line says so.
  package var cpu: Int32 = -1
  /// `PID:` of the report, which is the thread's; -1 if no line says so.
  package var tid: Int32 = -1
  /// `Comm:` of the report; none if no line says so.
  package var comm = Name.none
  /// What a kworker was running (`Workqueue: events_unbound deferred_probe_work_func`: the queue and its
  /// work); none without that line.
  package var workqueue = Name.none
  /// Innermost first, compiler suffixes and offsets stripped; unreliable (`?`) frames are left out.
  package var frames: [Name] = []
  /// Where the message stands; nil without one.
  package var messagePlace: Place?
  /// Where the line with `WARNING:`, `Oops` or the like stands; nil if it is not in the log.
  package var headerPlace: Place?
  /// Hung task: the thread that owns the mutex, where the kernel says so.
  package var owner: Int32?
  /// When the message was printed, and its position in the log.
  package var time: Int64?
  var order: Int32 = -1
  var framePlaces: [Place] = []
  /// Lines of another report stand between its own (two CPUs print at once, and no caller ids tell them apart), or lines of
  /// it were dropped.
  package var isMixed = false
}

extension LogEvent.What {
  /// Which case it is: two logs of a boot show a line in the same one.
  package var kind: Int {
    switch self {
    case .warning: 0
    case .adding: 1
    case .removing: 2
    case .addFailed: 3
    case .deviceLine: 4
    case .gaveUp: 5
    case .probePending: 6
    case .client: 7
    case .inUse: 8
    case .iommuBanner: 9
    case .iommuRegistered: 10
    case .registerFailed: 11
    case .probeFailed: 12
    case .probeReturned: 13
    case .bindStarted: 14
    case .bound: 15
    case .dmaConfigured: 16
    case .fault: 17
    case .defaultDomain: 18
    case .unuseWarning: 19
    case .trouble: 20
    case .duplicateGroupLink: 21
    case .reservedMemory: 22
    case .acpi: 23
    case .bridge: 24
    case .hotplugTimeout: 25
    case .keepsDirectDMA: 26
    case .freedGroup: 27
    case .bridgePart: 28
    case .nameless: 29
    case .leaves: 30
    case .unboundGaveUp: 31
    }
  }
}
