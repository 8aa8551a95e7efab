import Bytes
import Records
import Timelines

extension Cause {
  static let dmaConfigureNullDriver = Cause(
    kind: .dmaConfigureNullDriver, letter: "T8",
    title: "<bus>_dma_configure read dev->driver twice and met NULL", verdict: .real,
    harm: "harmed: an oops", sides: [.none],
    story: """
      The bus's dma_configure takes the driver's container from dev->driver, which is NULL in the walk, and tests dev->driver \
      again later. A bind in between makes the test succeed, and driver_managed_dma is read through the bad pointer.
      """,
    needs: [
      "an oops with the program counter in <bus>_dma_configure, called from the IOMMU probe, or KASAN's report of a bad pointer there",
      "the address that it died of",
    ],
    proof: """
      The oops itself, or KASAN's null-ptr-deref, at an address in the first page (a field of what would lie around a NULL driver): pc in \
      <bus>_dma_configure, __iommu_probe_device or probe_iommu_group in its stack.
      """,
    decidedBy: [Proof(.kernelLog)],
    against:
      "A stack without the IOMMU probe: another NULL pointer. An address far from NULL: the pointer was another one.",
    advice: mends.map { "\($0.bus): \($0.mend)" }.joined(separator: "; ") + ".",
    cites: ["bcb81ac6ae3c", "95deee37a123", "152f33ee30ee", "78447d4545b2"],
    judge: { _ in nil },
    survey: { boot, kernel in boot.troubles.compactMap { suspect($0, boot, kernel) } })

  private static let unmended =
    "a patch is posted, no kernel up to 7.3.4 has it: bind the driver only once the IOMMU is registered"

  /// What each bus is mended by.
  private static let mends: [(bus: String, fix: KernelFix?, mend: String)] = [
    ("platform", .platform, "take 95deee37a123 (6.15-rc6)"),
    ("fsl_mc", .fslMC, "take 152f33ee30ee (6.16-rc1, 6.15.3)"),
    ("pci", .pci, "take 78447d4545b2 (6.17-rc1, 6.16.1)"), ("amba", nil, unmended), ("cdx", nil, unmended),
  ]

  private static func suspect(
    _ trouble: Trouble, _ boot: BootTimeline, _ kernel: KernelFeatures
  ) -> Surveyed? {
    guard trouble.kind == .oops, let function = oopsedConfigure(trouble) else { return nil }
    // The visit that was in its own dma_configure when it oopsed never returns. In a trace that ends before the oops it may be another.
    let device = boot.devices.values.first { device in
      device.visits.contains { visit in
        visit.phase.task.tid == trouble.task?.tid && visit.ownDMAConfigure.map { $0.end == nil } ?? false
          && reaches(boot.trace(of: visit.phase.place), trouble)
      }
    }
    let mended = mends.first { "\($0.bus)_dma_configure" == function }
    // With the fix in place the same oops has another reason.
    let isMended = mended?.fix.flatMap { kernel.has($0) } == true
    let isNull = trouble.address.map(isAroundNull) ?? false
    // Of other buses' functions it is not known that they look at the driver at all.
    let isProven = mended != nil && !isMended && isNull
    let died = trouble.address.map { " at address 0x" + String($0, radix: 16) } ?? ""
    let report = "this kernel has what mends that: report it to iommu@lists.linux.dev"
    let judgement = Judgement(
      confidence: isProven ? .certain : .likely, harm: .harmed, tier: .kernelLog,
      summary: "\(function)() oopsed inside the IOMMU probe",
      evidence: [
        Evidence(
          "an oops in \(function)()\(died), called by the IOMMU probe", trouble.place, time: trouble.time)
      ],
      missing: (isNull
        ? []
        : [
          trouble.address == nil
            ? "the oops's first line: whether it died of an address in the first page"
            : "whether the pointer was a NULL driver's: the address is far from it"
        ])
        + (mended == nil
          ? ["whether \(function)() reads driver_managed_dma through dev->driver: its source"] : []),
      advice: mended.map { "\($0.bus): \(isMended ? report : $0.mend)." })
    return Surveyed(device: device?.name ?? Surveyed.unknown, driver: device?.driver, judgement: judgement)
  }

  /// A field of a structure that lies around NULL, or KASAN's shadow of one, where its words behind the first line are missing. The field
  /// lies behind the driver that is NULL: below it are error pointers.
  private static func isAroundNull(_ address: UInt64) -> Bool {
    let page: UInt64 = 0x1000
    return address < page
      || address >> 52 == 0xdff && address & 0xff_ffff_ffff < page / 8
  }

  /// Whether the trace goes on behind the oops, as far as that can be told.
  private static func reaches(_ trace: TraceCoverage?, _ trouble: Trouble) -> Bool {
    guard let trace, let time = trouble.time, let slack = trace.clock.slack else { return false }
    return trace.last + slack >= time
  }

  /// The bus's dma_configure in which it happened, called by the IOMMU probe.
  static func oopsedConfigure(_ trouble: Trouble) -> String? {
    let frames = trouble.frames
    // A report that has lost the line with the program counter.
    let function =
      trouble.function.isEmpty ? frames.first { Role.named($0) == .busDMAConfigure } : trouble.function
    guard let function, Role.named(function) == .busDMAConfigure,
      frames.contains(where: { KernelFunction.named($0)?.way == .probe || Role.named($0) == .walkVisit })
    else { return nil }
    return function
  }
}
