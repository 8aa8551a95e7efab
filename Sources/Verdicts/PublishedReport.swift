import Timelines

/// A case that was published, in our own words: what it was, and what its maintainers made of it. docs/reports.md and
/// `proberace explain` come from this table. A finding that looks like one says so; that is never a proof.
package struct PublishedReport: Sendable {
  /// The board, or where it was seen.
  package var board: String
  /// The client's driver, as the warning prints it; nil where no client is named.
  package var driver: String?
  /// The IOMMU's driver; nil if that does not matter.
  package var iommu: String?
  /// How the probe was reached; none: nothing was printed.
  package var side: Side
  /// Kernels in which it was seen.
  package var kernels: String
  /// What it was.
  package var cause: Cause
  /// What was made of it.
  package var outcome: String
  /// The commit that mended it; nil if none has.
  package var fix: String?
  /// Where to read of it; nil where only the commit was checked.
  package var source: String?

  private init(
    _ board: String, driver: String? = nil, iommu: String? = nil, _ side: Side, kernels: String,
    _ cause: Cause,
    _ outcome: String, fix: String? = nil, source: String? = nil
  ) {
    self.board = board
    self.driver = driver
    self.iommu = iommu
    self.side = side
    self.kernels = kernels
    self.cause = cause
    self.outcome = outcome
    self.fix = fix
    self.source = source
  }

  /// In the order in which they were published.
  package static let all: [PublishedReport] = [
    PublishedReport(
      "x86 machines (AMD X470, Intel N100 and Arrow Lake)", driver: "reg-dummy", .walk,
      kernels: "6.14-rc6 and linux-next of March 2025", .prematureWarning,
      "the check came before the IOMMU driver was asked: devices without any IOMMU warned",
      fix: "73d2f10957f5"),
    PublishedReport(
      "Renesas R-Car M3-N Salvator-XS", driver: "sata_rcar", iommu: "ipmmu-vmsa", .bind,
      kernels: "6.14-rc3 with the series", .iommuRegisteredTooEarly,
      "the IOMMU driver registered before its data was set, and so refused its client in the walk",
      fix: "d9d3cede4167"),
    PublishedReport(
      "Lenovo ThinkPad T14s (X1E)", driver: "adreno", iommu: "arm-smmu", .bind, kernels: "6.15-rc1",
      .ungatedReplay,
      "the SMMU came late, for a clock, and the GPU's bind replayed inside its registration",
      fix: "da33e87bd2bf"),
    PublishedReport(
      "Pixel", .none, kernels: "6.15-rc", .dmaConfigureNullDriver,
      "platform_dma_configure() read the driver twice, and oopsed in the walk", fix: "95deee37a123"),
    PublishedReport(
      "NVIDIA Grace with an AST2600", iommu: "arm-smmu-v3", .none, kernels: "6.15-rc",
      .walkAbortedRegistration,
      "a stream id that stands twice made the walk fail, and the SMMU with it; mended in the SMMU's driver, in 6.12.28 too"
    ),
    PublishedReport(
      "Samsung Galaxy J7 Prime (Exynos 7870)", driver: "exynos-decon", iommu: "exynos-sysmmu", .bind,
      kernels: "6.15 to 6.16-rc2", .firmwareDMAHandover,
      "the boot loader leaves the display scanning out, so that its DMA faults once the IOMMU is on; the warning itself came of a "
        + "test that kept dma_configure from this device",
      source: "https://lists.freedesktop.org/archives/dri-devel/2025-June/511158.html"),
    PublishedReport(
      "Hyper-V guest", driver: "idxd", iommu: "a para-virtual IOMMU, a proposed driver", .walk,
      kernels: "a series on 6.19",
      .iommuLateAfterBind, "the IOMMU's initcall came after the client was bound: the order was to be mended"),
    PublishedReport(
      "Pixel 9 Pro XL (Zuma Pro)", driver: "exynos-decon", iommu: "samsung-sysmmu-v9", .walk,
      kernels: "6.19, an Android tree",
      .multiIOMMUReplayBypass,
      "the client has two IOMMUs, and its bind passed the gate of the second; a stricter gate was refused, for the walk's own way "
        + "goes through it, and so was device_lock()",
      source: "https://lkml.rescloud.iu.edu/2603.2/15047.html"),
    PublishedReport(
      "Qualcomm boards with AMBA clients", iommu: "arm-smmu", .none, kernels: "7.1 and older",
      .dmaConfigureNullDriver,
      "amba_dma_configure() reads the driver twice; the patch is in vendor trees, and not in 7.3.4",
      source: "https://github.com/qualcomm-linux/kernel/pull/950"),
  ]

  /// Those of one cause.
  package static func of(_ cause: Cause) -> [PublishedReport] { all.filter { $0.cause == cause } }

  /// Whether it looks like the finding: the same driver, reached in the same way, and nothing says that it is something else.
  func looks(like finding: Finding) -> Bool {
    guard let driver, finding.driver == driver || finding.device == driver, finding.side == side else {
      return false
    }
    return finding.cause == nil || finding.cause == cause
  }

  /// The commit that mended it, behind a semicolon; empty without one.
  package var end: String { fix.map { "; mended by \($0)" } ?? "" }
}

extension Finding {
  /// Published cases that look like it: a hint for the reader, no evidence.
  package var likeReports: [PublishedReport] { PublishedReport.all.filter { $0.looks(like: self) } }
}
