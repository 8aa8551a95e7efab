// One log of a few lines for each cause that a log alone can show, after the kernel's own texts (docs/kernel.md#causes,
// docs/kernel.md#texts).

struct CauseLog: Sendable, CustomStringConvertible {
  var cause: String
  /// The finding names it as its cause; else it stands among the candidates.
  var isNamed = true
  var lines: [String]
  var description: String { cause }
  var text: String { lines.map { $0 + "\n" }.joined() }

  private static func hello(_ kernel: String) -> [String] {
    ["[    0.000000] Linux version \(kernel) (x@y) #1 SMP", "[    0.000000] Machine model: Toy Board"]
  }

  private static let end = ["[   30.000000] Run /init as init process"]

  private static func warning(
    _ second: Int, _ device: String, _ driver: String, line: Int = 612, _ frames: [String]
  ) -> [String] {
    let stamp = "[   \(second)."
    return [
      "\(stamp)100000] ------------[ cut here ]------------",
      "\(stamp)100100] \(driver) \(device): late IOMMU probe at driver bind, something fishy here!",
      "\(stamp)100200] WARNING: CPU: 1 PID: 12 at drivers/iommu/iommu.c:\(line) __iommu_probe_device+0x1f8/0x560",
      "\(stamp)100300] CPU: 1 UID: 0 PID: 12 Comm: kworker/u16:0 Not tainted",
      "\(stamp)100400] Call trace:", "\(stamp)100500]  __iommu_probe_device+0x1f8/0x560 (P)",
    ] + frames.map { "\(stamp)100600]  \($0)" } + ["\(stamp)100700] ---[ end trace 0000000000000000 ]---"]
  }

  private static let walk = [
    "probe_iommu_group+0x44/0x78", "bus_for_each_dev+0x84/0x100", "iommu_device_register+0x104/0x290",
    "toy_smmu_probe+0xbd4/0x14d0", "platform_probe+0x64/0xb8", "really_probe+0xc8/0x3a0",
  ]
  private static let replay = [
    "iommu_probe_device+0x3c/0x88", "of_iommu_configure+0x270/0x2b8", "of_dma_configure_id+0xbc/0x2f0",
    "pci_dma_configure+0x54/0x120", "really_probe+0x7c/0x3a0", "__driver_probe_device+0x84/0x160",
  ]
  private static let direct = [
    "iommu_probe_device+0x3c/0x88", "of_iommu_configure+0x270/0x2b8", "of_dma_configure_id+0xbc/0x2f0",
    "toy_reconfigure+0x40/0x90 [toy]", "toy_probe+0x70/0x120 [toy]", "platform_probe+0x64/0xb8",
    "really_probe+0xc8/0x3a0",
  ]
  private static let intel = [
    "probe_iommu_group+0x44/0x78", "bus_for_each_dev+0x84/0x100", "iommu_device_register+0x104/0x290",
    "intel_iommu_init+0x5d4/0x7d0", "pci_iommu_init+0x16/0x40", "do_one_initcall+0x5c/0x2e0",
  ]
  private static let client = "0000:00:05.1"

  private static func banner(_ second: Int) -> String {
    "[   \(second).000000] arm-smmu-v3 9050000.smmuv3: allocated 65536 entries for cmdq"
  }
  private static func adding(_ stamp: String, _ prefix: String, _ device: String, _ group: Int) -> String {
    "[   \(stamp)] \(prefix) \(device): Adding to iommu group \(group)"
  }
  private static func enabling(_ stamp: String, _ device: String = client) -> String {
    "[   \(stamp)] virtio-pci \(device): enabling device (0000 -> 0002)"
  }

  /// Causes of which a log by itself has no sign that tells them from others; and one that is no finding.
  static let notByLog: Set<String> = [
    "default-domain-flip", "missed-walk-late-attach", "own-device-in-walk", "iommu-registered-too-early",
    "acpi-missed-walk-orphan", "managed-dma-before-domain",
    // By the lines of two bridges and their functions: Tests/CaptureTests has a whole log.
    "skipped-bridge-split-groups",
  ]

  static let all: [CauseLog] = [
    CauseLog(
      cause: "premature-warning-prerelease",
      lines: hello("6.14.0-rc6-next") + warning(12, "reg-dummy", "reg-dummy", line: 449, walk) + end),
    CauseLog(
      cause: "dma-configure-outside-bus",
      lines: hello("6.17.13") + [banner(10)] + warning(12, "toy0", "toy", direct)
        + [adding("12.200000", "toy", "toy0", 4)] + end),
    CauseLog(
      cause: "rebound-after-late-iommu",
      lines: hello("6.17.13") + [
        "[   10.100000] virtio-pci \(client): deferred probe timeout, ignoring dependency",
        enabling("10.200000"), banner(11), adding("11.100000", "pci", "0000:00:00.0", 0),
      ] + warning(20, client, "virtio-pci", replay) + [adding("20.200000", "virtio-pci", client, 3)] + end),
    CauseLog(
      cause: "iommu-late-after-bind",
      lines: hello("6.17.13") + [enabling("10.200000")] + warning(12, client, "virtio-pci", intel)
        + [adding("12.200000", "virtio-pci", client, 3)] + end),
    CauseLog(
      cause: "probe-before-domain",
      lines: hello("6.17.13") + [banner(11)] + warning(12, client, "virtio-pci", walk) + [
        enabling("12.110000"), adding("12.200000", "virtio-pci", client, 3),
      ] + end),
    CauseLog(
      cause: "iommu-registered-too-early", isNamed: false,
      lines: hello("6.17.13") + [
        banner(10), "[   10.500000] arm-smmu-v3 9050000.smmuv3: registered",
      ] + warning(12, "0000:00:05.0", "virtio-pci", replay) + [
        adding("12.200000", "virtio-pci", "0000:00:05.0", 3)
      ] + warning(13, client, "virtio-pci", replay) + [adding("13.200000", "virtio-pci", client, 4)] + end),
    CauseLog(
      cause: "skipped-by-walk-then-replayed",
      lines: hello("6.17.13") + [banner(10), adding("10.500000", "pci", "0000:00:00.0", 0)]
        + warning(12, client, "virtio-pci", replay) + [
          adding("12.200000", "virtio-pci", client, 3), enabling("12.300000"),
        ] + end),
    CauseLog(
      cause: "multi-iommu-replay-bypass",
      lines: hello("6.17.13") + [banner(11)] + warning(12, client, "virtio-pci", replay) + [
        adding("12.200000", "virtio-pci", client, 3),
        "[   12.500000] arm-smmu-v3 9050000.smmuv3: registered",
      ] + end),
    CauseLog(
      cause: "ungated-replay",
      lines: hello("6.15.0") + [
        "[   11.800000] arm-smmu-v3 9050000.smmuv3: allocated 65536 entries for cmdq",
        adding("11.900000", "pci", "0000:00:00.0", 0),
      ] + warning(12, client, "virtio-pci", replay) + [adding("12.200000", "virtio-pci", client, 3)] + end),
    CauseLog(
      cause: "walk-bind-toctou",
      lines: hello("6.17.13") + [banner(11)] + warning(12, client, "virtio-pci", walk) + [
        adding("12.200000", "virtio-pci", client, 3), enabling("15.000000"),
      ] + end),
    CauseLog(
      cause: "walk-bind-toctou", isNamed: false,
      lines: hello("6.17.13") + warning(12, client, "virtio-pci", walk) + end),
    CauseLog(
      cause: "skipped-by-walk-then-replayed", isNamed: false,
      lines: hello("6.17.13") + warning(12, client, "virtio-pci", replay) + end),
    CauseLog(
      cause: "silent-late-iommu",
      lines: hello("6.17.13") + [
        "[   10.100000] virtio-pci \(client): deferred probe timeout, ignoring dependency",
        enabling("10.200000"), banner(11), adding("11.100000", "pci", "0000:00:00.0", 0),
      ] + end),
    CauseLog(
      cause: "walk-aborted-registration",
      lines: hello("7.3.4") + [
        "[   10.100000] toysmmu 9050000.smmuv3: probing hardware configuration...",
        "[   10.200000] toysmmu 9050000.smmuv3: Failed to register iommu",
        "[   10.300000] toysmmu 9050000.smmuv3: probe with driver toysmmu failed with error -22",
      ] + end),
    CauseLog(
      cause: "double-probe",
      lines: hello("6.15.0") + [
        "[   10.100000] sysfs: cannot create duplicate filename '/devices/platform/toy0/iommu_group'"
      ] + end),
    CauseLog(
      cause: "dma-configure-null-driver",
      lines: hello("6.15.0-rc3") + [
        "[   12.310000] Unable to handle kernel NULL pointer dereference at virtual address 0000000000000040",
        "[   12.310100] pc : platform_dma_configure+0x28/0x108", "[   12.310200] Call trace:",
        "[   12.310300]  platform_dma_configure+0x28/0x108 (P)",
        "[   12.310400]  __iommu_probe_device+0x250/0x4ac",
        "[   12.310500]  probe_iommu_group+0x44/0x78", "[   12.310600]  bus_for_each_dev+0x84/0x100",
        "[   12.310700]  iommu_device_register+0x104/0x290",
        "[   12.310800] ---[ end trace 0000000000000000 ]---",
      ] + end),
    CauseLog(
      cause: "device-lock-self-deadlock",
      lines: hello("6.19.0") + end + [
        "[  120.000000] INFO: task kworker/u16:3:38 blocked for more than 120 seconds.",
        "[  120.000100] Call trace:", "[  120.000200]  __switch_to+0x100/0x1c8",
        "[  120.000300]  __mutex_lock.constprop.0+0x2b0/0x4c0",
        "[  120.000400]  __iommu_probe_device+0x1f8/0x560",
        "[  120.000500]  probe_iommu_group+0x44/0x78", "[  120.000600]  bus_for_each_dev+0x84/0x100",
        "[  120.000700]  iommu_device_register+0x104/0x290",
        "[  120.000800]  arm_smmu_device_probe+0xbd4/0x14d0",
        "[  120.000900] INFO: task kworker/u16:3:38 is blocked on a mutex likely owned by task kworker/u16:3:38.",
      ]),
    CauseLog(
      cause: "firmware-dma-handover",
      lines: hello("6.16.0") + [
        "[    0.000000] OF: reserved mem: 0x0000000067000000..0x00000000680bb7ff (17133 KiB) nomap non-reusable fb@67000000",
        "[   12.900000] exynos-sysmmu 14860000.sysmmu: 14830000.decon: [READ] PAGE FAULT occurred at 0x67012000",
      ] + end),
  ]
}
