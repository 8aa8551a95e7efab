import Bytes

/// The words by which the kernel's lines are told: whatever reads them (`ReportLine`, `LogFacts`, `LogLine`) takes them from here,
/// and so does a scan's search. A new one must say what the search makes of it: none can be read that a scan does not know.
package enum KernelWord: CaseIterable, Sendable {
  // MARK: reports of trouble

  case warning, unableToHandle, nullPointer, generalProtection, bug, kernelBug, panic, blocked

  // MARK: what the kernel says of itself and its machine

  case linuxVersion, commandLine, earlyCommandLine, machineModel, machine, firmware, hardwareName

  // MARK: lines without a device in front

  /// Until 5.1 the group lines began with the subsystem, in place of driver and device.
  case oldAdding, oldRemoving
  case defaultDomain, reservedMemory, acpi, duplicateLink, unuseDomain, freedGroup, directDMA, probeOf,
    drmDevice, sdHost
  case missedByJournal, kprobeRefused

  // MARK: behind `DRIVER DEVICE: `

  case adding, removing, addFailed
  /// A client that gave up says both, or the second alone. A pager may have chopped the line behind the first.
  case probeTimeout, ignoringDependency
  case probePending, syncState, linked, deferred, oldDeferred
  /// In downstream drivers without the capital.
  case registerFailed
  case registered
  /// arm-smmu-v3: what it could not translate, and streams that it does not know.
  case faultEvent, badStreamEvent
  /// exynos, arm-smmu.
  case pageFault, contextFault
  /// virtio-iommu: the endpoint is the client's bus, device and function.
  case endpointFault
  case smmuBanner, smmuFeatures, smmuQueues
  case probeFailed
  case reallyProbe, bound, behindIOMMU, notBehindIOMMU
  case pciFunction, enabling, error
  /// Which buses are behind a bridge; a hotplug port whose interrupt does not come.
  case bridge, hotplugTimeout
  /// What a hotplug port says of its slot, today and before 4.20; the last two are those of shpchp too.
  case slot, oldSlot, cardGone, slotPower
  /// A bus is removed with the bridge that led to it; a USB host is unbound.
  case busReleased, hostRemoved

  /// As the kernel prints it, with the blanks that belong to it.
  @inlinable @inline(__always)
  package var text: StaticString {
    switch self {
    case .warning: "WARNING: "
    case .unableToHandle: "Unable to handle kernel "
    case .nullPointer: "BUG: kernel NULL pointer dereference"
    case .generalProtection: "general protection fault"
    case .bug: "BUG: "
    case .kernelBug: "kernel BUG at "
    case .panic: "Kernel panic - not syncing"
    case .blocked: " blocked for more than "
    case .linuxVersion: "Linux version "
    case .commandLine: "Kernel command line: "
    case .earlyCommandLine: "Command line: "
    case .machineModel: "Machine model:"
    case .machine: "Machine: "
    case .firmware: "DMI: "
    case .hardwareName: "Hardware name: "
    case .oldAdding: "iommu: Adding device "
    case .oldRemoving: "iommu: Removing device "
    case .defaultDomain: "iommu: Default domain type: "
    case .reservedMemory: "OF: reserved mem: 0x"
    case .acpi: "ACPI: RSDP 0x"
    case .duplicateLink: "/iommu_group'"
    case .unuseDomain: "iommu_device_unuse_default_domain"
    case .freedGroup: "__iommu_group_free_device"
    case .directDMA: "Failed to set up IOMMU for device "
    case .probeOf: "probe of "
    case .drmDevice: "[drm] Initialized "
    case .sdHost: ": SDHCI controller on "
    case .missedByJournal: ": Missed "
    case .kprobeRefused: "trace_kprobe: Failed to add event"
    case .adding: "Adding to iommu group "
    case .removing: "Removing from iommu group "
    case .addFailed: "Failed to add to iommu group"
    case .probeTimeout: "deferred probe timeout"
    case .ignoringDependency: "ignoring dependency"
    case .probePending: "deferred probe pending"
    case .syncState: "sync_state() pending due to "
    case .linked: "Linked as a consumer to "
    case .deferred: "error -EPROBE_DEFER: "
    case .oldDeferred: "probe deferral - "
    case .registerFailed: "ailed to register iommu"
    case .registered: "registered"
    case .faultEvent: "event: F_"
    case .badStreamEvent: "event: C_BAD"
    case .pageFault: " FAULT occurred at "
    case .contextFault: "Unhandled context fault: "
    case .endpointFault: "page fault from EP "
    case .smmuBanner: "probing hardware configuration"
    case .smmuFeatures: "(features 0x"
    case .smmuQueues: " entries for "
    case .probeFailed: "probe with driver "
    case .reallyProbe: "really_probe: probing driver "
    case .bound: "driver_bound: bound to device"
    case .behindIOMMU: "device is behind an iommu"
    case .notBehindIOMMU: "device is not behind an iommu"
    case .pciFunction: "pci function "
    case .enabling: "enabling device ("
    case .error: "error -"
    case .bridge: "PCI bridge to [bus "
    case .hotplugTimeout: "pciehp: Timeout on hotplug command"
    case .slot: "pciehp: Slot("
    case .oldSlot: "Slot("
    case .cardGone: "Card not present on Slot("
    case .slotPower: "PCI slot #"
    case .busReleased: "busn_res: "
    case .hostRemoved: "remove, state "
    }
  }
}

extension KernelWord {
  /// Bytes of `text`.
  @inlinable @inline(__always)
  package var count: Int { text.utf8CodeUnitCount }

  /// What a scan's search makes of a word that it finds.
  package enum Meaning: Sendable {
    /// The engine must look.
    case engine
    /// The same where an IOMMU may have come behind it.
    case gaveUp
    /// The same under a driver's name, on a kernel that warns.
    case adding
    case warning, oops, panic
    /// Somebody hangs.
    case hung
    /// An IOMMU refused DMA; memory that the firmware keeps.
    case fault, reserved
    /// An IOMMU's driver announces its hardware; a driver failed.
    case banner, failed
    case hello, hardware
  }

  /// How a scan's search finds the word: by the four bytes at `mark`, which hardly any line has (chosen together by
  /// Benchmarks/marks.py). Nil where it makes no finding by itself: it is read beside one that does.
  package var sought: (mark: Int, meaning: Meaning)? {
    switch self {
    case .probeTimeout: (12, .gaveUp)
    case .ignoringDependency: (1, .gaveUp)
    case .registerFailed: (17, .engine)
    case .duplicateLink: (6, .engine)
    case .adding: (9, .adding)
    case .blocked: (11, .hung)
    case .pageFault: (1, .fault)
    case .faultEvent: (3, .fault)
    case .badStreamEvent: (3, .fault)
    case .contextFault: (21, .fault)
    case .endpointFault: (8, .fault)
    case .smmuBanner: (6, .banner)
    case .smmuFeatures: (0, .banner)
    case .probeFailed: (9, .failed)
    case .reservedMemory: (0, .reserved)
    case .missedByJournal: (2, .engine)
    case .warning: (3, .warning)
    case .unableToHandle: (0, .oops)
    case .generalProtection: (17, .oops)
    case .bug: (1, .oops)
    case .kernelBug: (9, .oops)
    case .panic: (11, .panic)
    case .linuxVersion: (3, .hello)
    case .machineModel: (6, .hardware)
    case .hardwareName: (8, .hardware)
    case .firmware: (1, .hardware)
    case .machine: (0, .hardware)
    // `BUG: ` is its beginning.
    case .nullPointer: nil
    case .commandLine, .earlyCommandLine, .oldAdding, .oldRemoving, .defaultDomain, .acpi, .unuseDomain,
      .freedGroup,
      .directDMA, .probeOf, .drmDevice, .sdHost, .kprobeRefused, .removing, .addFailed, .probePending,
      .syncState,
      .linked, .deferred, .oldDeferred, .registered, .smmuQueues,
      .reallyProbe, .bound, .behindIOMMU, .notBehindIOMMU, .pciFunction, .enabling, .error, .bridge,
      .hotplugTimeout, .slot, .oldSlot, .cardGone, .slotPower, .busReleased, .hostRemoved:
      nil
    }
  }
}

extension KernelWord {
  /// What is said once an IOMMU is there, by its driver or by the core.
  private static let ofIOMMU = TextSet(
    ([(.smmuBanner, 8), (.smmuFeatures, 8), (.smmuQueues, 0), (.adding, 10), (.oldAdding, 3)]
      as [(KernelWord, Int)])
      .map { ($0.text, $1) })

  /// Whether an IOMMU may have come behind `place`: without any of these words none has.
  package static func mayComeOfIOMMU(in text: Span<UInt8>, after place: Int) -> Bool {
    var isFound = false
    ofIOMMU.each(in: text.extracting(place..<text.count)) { _, _ in
      isFound = true
      return false
    }
    return isFound
  }
}

extension KernelWord {
  /// Those that stand behind `DRIVER DEVICE: `. A longer one comes before one that it begins with.
  private static let ofDevices: [KernelWord] = [
    .adding, .removing, .addFailed, .ignoringDependency, .probePending, .syncState, .linked, .deferred,
    .oldDeferred,
    .registered, .faultEvent, .badStreamEvent, .contextFault, .endpointFault, .smmuBanner, .probeFailed,
    .behindIOMMU,
    .notBehindIOMMU, .pciFunction, .enabling, .error, .bridge, .hotplugTimeout,
    .slot, .oldSlot, .cardGone, .slotPower, .busReleased, .hostRemoved,
  ]

  /// For each first byte, those of them that begin with it, as bits.
  private static let byFirst: [UInt32] = {
    precondition(ofDevices.count <= UInt32.bitWidth, "the table of words is full")
    var table = [UInt32](repeating: 0, count: 256)
    for (index, word) in ofDevices.enumerated() {
      let first = word.text.withUTF8Buffer { unsafe $0[0] }
      table[Int(first)] |= 1 << UInt32(index)
    }
    return table
  }()

  /// The one that the words of a device in `rest` begin with; nil for nearly all.
  package static func behindDevice(_ line: Span<UInt8>, _ rest: Range<Int>) -> KernelWord? {
    guard !rest.isEmpty else { return nil }
    var left = byFirst[Int(line[rest.lowerBound])]
    while left != 0 {
      let word = ofDevices[left.trailingZeroBitCount]
      if line.has(word.text, at: rest.lowerBound, before: rest.upperBound) { return word }
      left &= left - 1
    }
    return nil
  }
}
