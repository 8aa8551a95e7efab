// How the code looks with a fix and without it (docs/kernel.md#commits). A form that is neither is not known.
import Verdicts

struct Shape {
  var commit: String
  var file: String
  var function: String
  /// All of these stand in the function that has the fix, without blanks.
  var with: [String]
  /// All of these in one that lacks it, and none of `unlike`.
  var without: [String]
  var unlike: [String] = []

  static let all = [
    Shape(
      commit: KernelFix.gate.commit, file: "drivers/iommu/iommu.c", function: "iommu_fwspec_init",
      with: ["if(!dev->iommu&&!READ_ONCE(iommu->ready))return-EPROBE_DEFER;"],
      without: ["dev_iommu_get(dev)"], unlike: ["ready", "EPROBE_DEFER"]),
    Shape(
      commit: KernelFix.recheck.commit, file: "drivers/iommu/iommu.c", function: "iommu_init_device",
      with: [
        "mutex_lock(&iommu_probe_device_lock);if(!dev->iommu||dev->iommu_group)return-ENODEV;",
        "if(!dev->iommu->fwspec&&!dev->driver&&dev->bus->dma_configure)",
      ],
      without: ["dev->bus->dma_configure(dev);mutex_lock(&iommu_probe_device_lock);}"]),
    Shape(
      commit: KernelFix.domainCheck.commit, file: "drivers/iommu/iommu.c",
      function: "iommu_device_use_default_domain",
      with: ["if(!group->default_domain){ret=-EPROBE_DEFER;gotounlock_out;}"],
      without: ["mutex_lock(&group->mutex);if(group->owner_cnt)"], unlike: ["EPROBE_DEFER"]),
    bus(.platform, "drivers/base/platform.c", "platform"),
    bus(.fslMC, "drivers/bus/fsl-mc/fsl-mc-bus.c", "fsl_mc"),
    bus(.pci, "drivers/pci/pci-driver.c", "pci"),
  ]

  /// dev->driver is read once, and the driver's struct is made of what was read.
  private static func bus(_ fix: KernelFix, _ file: String, _ name: String) -> Shape {
    Shape(
      commit: fix.commit, file: file, function: "\(name)_dma_configure",
      with: ["=READ_ONCE(dev->driver);", "to_\(name)_driver(drv)->driver_managed_dma"],
      without: ["=to_\(name)_driver(dev->driver);"])
  }

  enum Answer: Equatable {
    case with(line: Int), without(line: Int)
    /// In words for the report.
    case unknown(String)
  }

  func look(_ source: CSource) -> Answer {
    guard let body = source.body(of: function) else {
      return .unknown("\(file) does not define \(function)()")
    }
    guard !body.isConditional else {
      return .unknown("\(file): the preprocessor decides what is in \(function)()")
    }
    if let line = body.line(of: with[0]), with.allSatisfy({ body.line(of: $0) != nil }) {
      return .with(line: line)
    }
    if let line = body.line(of: without[0]), without.allSatisfy({ body.line(of: $0) != nil }),
      unlike.allSatisfy({ body.line(of: $0) == nil }), with.allSatisfy({ body.line(of: $0) == nil })
    {
      return .without(line: line)
    }
    return .unknown("\(file): \(function)() has a form that is not known")
  }
}
