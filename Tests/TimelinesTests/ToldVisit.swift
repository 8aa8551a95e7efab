import Testing

@testable import Timelines

extension Visit {
  /// A visit in a line, for tables.
  func told(_ device: String) -> String {
    func part(_ name: String, _ phase: Phase?) -> String? { phase.map { "\(name) \($0.told)" } }
    let outcome =
      switch outcome {
      case .accepted: "accepted"
      case .already: "already"
      case .skipped: "skipped"
      case .refused(let error): "refused \(error)"
      case .failed(let error): "failed \(error)"
      case .unknown: "unknown"
      }
    let walk = registration.map { " #\($0)" } ?? ""
    return [
      "\(device) \(side.rawValue)\(walk) \(phase.told) \(outcome)",
      part("dma", ownDMAConfigure), part("of_iommu", ownOFIOMMU),
      part("driver", driverProbeDevice), isInferred ? "inferred" : nil,
    ].compactMap(\.self).joined(separator: ", ")
  }
}
