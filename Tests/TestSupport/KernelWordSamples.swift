import Records

extension KernelWord {
  /// A message in which the word tells what the line is, and nothing else does.
  package var sample: String {
    switch self {
    case .warning: "WARNING: CPU: 1 PID: 43 at drivers/toy/toy.c:5 toy_probe+0x2b0/0x4ac"
    case .unableToHandle: "Unable to handle kernel paging request at virtual address dead000000000100"
    case .nullPointer: "BUG: kernel NULL pointer dereference, address: 0000000000000068"
    case .generalProtection:
      "Oops: general protection fault, probably for non-canonical address 0xdffffc000000000c: 0000 [#1] SMP"
    case .bug: "BUG: KASAN: slab-use-after-free in toy_release+0x1c/0x40"
    case .kernelBug: "kernel BUG at mm/toy.c:305!"
    case .panic: "Kernel panic - not syncing: Attempted to kill init!"
    case .blocked: "INFO: task toyd:171 blocked for more than 120 seconds."
    case .linuxVersion: "Linux version 6.17.13 (x@y)"
    case .commandLine: "Kernel command line: quiet"
    case .earlyCommandLine: "Command line: quiet"
    case .machineModel: "Machine model: Toy Board"
    case .machine: "Machine: Toy Board"
    case .firmware: "DMI: Toy Corp. Book/TB15, BIOS 1.0 01/01/2026"
    case .hardwareName: "Hardware name: Toy Board (DT)"
    case .oldAdding: "iommu: Adding device 1.toy to group 4"
    case .oldRemoving: "iommu: Removing device 1.toy from group 4"
    case .defaultDomain: "iommu: Default domain type: Translated"
    case .reservedMemory:
      "OF: reserved mem: 0x000000007c000000..0x000000007effffff (49152 KiB) nomap fb@7c000000"
    case .acpi: "ACPI: RSDP 0x000000004FFF0018 000024 (v02 BOCHS )"
    case .duplicateLink: "sysfs: cannot create duplicate filename '/devices/platform/1.toy/iommu_group'"
    case .unuseDomain:
      "WARNING: drivers/iommu/iommu.c:3363 at iommu_device_unuse_default_domain+0x34/0x78, CPU#0: rmmod/146"
    case .probeOf: "probe of 1.toy returned -517 after 92 usecs"
    case .drmDevice: "[drm] Initialized toydrm 1.2.0 20180908 for 1.gpu on minor 0"
    case .sdHost: "mmc0: SDHCI controller on 1.mmc [1.mmc] using ADMA 64-bit"
    case .missedByJournal: "systemd-journald[1]: Missed 400 kernel messages"
    case .kprobeRefused: "trace_kprobe: Failed to add event p:toy toy_probe"
    case .adding: "toy 1.toy: Adding to iommu group 4"
    case .removing: "toy 1.toy: Removing from iommu group 4"
    case .addFailed: "toy 1.toy: Failed to add to iommu group 4: -22"
    case .probeTimeout: "toy 1.toy: deferred probe timeout, ignor>"
    case .ignoringDependency: "toy 1.toy: ignoring dependency for device, assuming no driver"
    case .probePending: "toy 1.toy: deferred probe pending: wait for supplier /soc/iommu@a1000000"
    case .syncState: "arm-smmu 15000000.iommu: sync_state() pending due to 1.toy"
    case .linked: "toy 1.toy: Linked as a consumer to 15000000.iommu"
    case .deferred: "toy 1.toy: error -EPROBE_DEFER: wait for supplier /soc/iommu@a1000000"
    case .oldDeferred: "platform 1.toy: probe deferral - supplier a1000000.iommu not ready"
    case .registerFailed: "arm-smmu 15000000.iommu: Failed to register iommu"
    case .registered: "toy-iommu 15000000.iommu: registered"
    case .faultEvent:
      "arm-smmu-v3 9050000.smmuv3: event: F_TRANSLATION client: 1.toy sid: 0x28 iova: 0x45972402"
    case .badStreamEvent:
      "arm-smmu-v3 9050000.smmuv3: event: C_BAD_STREAMID client: 1.toy sid: 0x28 iova: 0x0"
    case .pageFault: "toy-sysmmu 148f0000.sysmmu: 1.toy: [READ] PAGE FAULT occurred at 0x67000000"
    case .contextFault: "arm-smmu 15000000.iommu: Unhandled context fault: fsr=0x402, iova=0x9d7a9000, cb=1"
    case .freedGroup:
      "WARNING: drivers/iommu/iommu.c:743 at __iommu_group_free_device.constprop.0+0x168/0x1a0, CPU#1: init/1"
    case .directDMA: "Failed to set up IOMMU for device 0000:00:05.0; retaining platform DMA ops"
    case .endpointFault: "virtio_iommu virtio0: page fault from EP 135 at 0x45972402 []"
    case .smmuBanner: "arm-smmu 15000000.iommu: probing hardware configuration..."
    case .smmuFeatures: "arm-smmu-v3 9050000.smmuv3: ias 44-bit, oas 44-bit (features 0x00008305)"
    case .smmuQueues: "arm-smmu-v3 9050000.smmuv3: allocated 65536 entries for cmdq"
    case .probeFailed: "toy 1.toy: probe with driver toy failed with error -22"
    case .reallyProbe: "toy 1.toy: bus: 'toys': really_probe: probing driver toy with device"
    case .bound: "toy 1.toy: driver: 'toy': driver_bound: bound to device"
    case .behindIOMMU: "toy 1.toy: device is behind an iommu"
    case .notBehindIOMMU: "toy 1.toy: device is not behind an iommu"
    case .bridge: "pci 0000:00:09.0: PCI bridge to [bus 08-0a]"
    case .hotplugTimeout:
      "pcieport 0000:00:02.0: pciehp: Timeout on hotplug command 0x12f1 (issued 1004 msec ago)"
    case .slot: "pcieport 0000:00:02.0: pciehp: Slot(0): Card not present"
    case .oldSlot: "pciehp 0000:00:1c.2:pcie004: Slot(2): Link Down"
    case .cardGone: "shpchp 0000:01:00.0: Card not present on Slot(1)"
    case .slotPower: "shpchp 0000:01:00.0: PCI slot #1 - powering off due to button press"
    case .busReleased: "pci_bus 0000:01: busn_res: [bus 01] is released"
    case .hostRemoved: "xhci_hcd 0000:01:00.0: remove, state 4"
    case .pciFunction: "nvme nvme4: pci function 0000:00:10.5"
    case .enabling: "toy 1.toy: enabling device (0000 -> 0002)"
    case .error: "toy 1.toy: error -ENXIO: no clock"
    }
  }

  /// The sample with the word's first letter spoilt: it holds the word no more.
  package var spoilt: String {
    sample.replacing("\(text)", with: "~" + "\(text)".dropFirst())
  }
}
