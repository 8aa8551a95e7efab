import Analysis
import Facts
import Reading
import Verdicts

/// Board facts made by hand, part by part, each with its count.
struct FactsText {
  var release = "7.3.4"
  var commandLine = "console=ttyS0 quiet"
  var bootTime = 1_700_000_000
  var uptime = "60.00 10.00"
  var model = ""
  var parts: [(String, [String])] = []

  init(_ devices: [String], units: [String] = [], nodes: [String] = [], acpi: [String] = []) {
    parts = [
      ("acpi", acpi.map { "acpi \($0)" }), ("iommu-device", units.map { "iommu-device \($0)" }),
      ("node", nodes.map { "node \($0)" }), ("device", devices), ("deferred", []),
    ]
  }

  var text: String {
    let head = [
      ("version", ["version Linux version \(release) (x@y) (gcc) #1 SMP"]),
      ("cmdline", ["cmdline \(commandLine)"]),
      ("boot-id", ["boot-id 0ddee223-812b-4ff3-a83e-7d710c4c9837"]), ("uptime", ["uptime \(uptime)"]),
      ("btime", ["btime \(bootTime)"]), ("user", ["user 0", "machine aarch64"]),
      ("model", model.isEmpty ? [] : ["model \(model)"]),
    ]
    let lines = (head + parts).flatMap { part, lines in lines + ["read \(part) \(lines.count)"] }
    return (["proberace board-facts 1"] + lines + ["end", ""]).joined(separator: "\n")
  }

  /// A platform device with a driver, and what else there is of it.
  static func platform(_ name: String, _ driver: String?, group: Int? = nil, iommus: String? = nil)
    -> [String]
  {
    let own = "platform/\(name)"
    return ["device platform/devices/platform/\(name)"] + (driver.map { ["driver \(own)/\($0)"] } ?? [])
      + (group.map { ["group \(own)/\($0)/DMA"] } ?? []) + (iommus.map { ["iommus \(own)/\($0)"] } ?? [])
  }

  /// A PCI function below `path`.
  static func function(
    _ name: String, _ driver: String?, group: Int? = nil, iommu: String? = nil,
    below path: String = "pci0000:00"
  ) -> [String] {
    let own = "pci/\(name)"
    return ["device pci/devices/\(path)/\(name)"] + (driver.map { ["driver \(own)/\($0)"] } ?? [])
      + (group.map { ["group \(own)/\($0)/DMA"] } ?? []) + (iommu.map { ["iommu \(own)/\($0)"] } ?? [])
  }

  static let unit = "arm-smmu//devices/platform/a1000000.iommu/iommu/smmu.0xa1000000"
  static let node = "00000007/00000001/okay/soc/iommu@a1000000"
  static let other = "00000008/00000001/okay/soc/iommu@b1000000"
  /// The GPU's `iommus`: stream 0x100 of the first.
  static let own = "0000000700000100"
}

/// What an analysis says: `DEVICE CAUSE CONFIDENCE`, `DEVICE note`.
func said(_ analysis: Analysis) -> [String] {
  analysis.boots.flatMap { boot in
    boot.findings.map { "\($0.device) \($0.cause?.id ?? "-") \($0.confidence?.rawValue ?? "-")" }
      + boot.suspects.map { "\($0.device) note" }
  }
}

func analysis(_ texts: String...) -> Analysis { Analysis.run(texts: texts.map { Array($0.utf8) }) }
