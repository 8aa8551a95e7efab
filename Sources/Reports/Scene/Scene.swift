import Analysis
import Bytes
import Timelines
import Verdicts

/// What is drawn of one boot.
struct Scene {
  /// Longest window first, then as they were met.
  var lanes: [DrawnLane]
  var registrations: [PhaseSpan]
  private var index: [String: Int] = [:]

  /// `glob`: only devices whose name matches; else those that have something to do with an IOMMU, and those with a
  /// finding.
  init(_ boot: BootAnalysis, device glob: String?) {
    let found = Set(boot.findings.map(\.device))
    self.init(boot) { device in
      glob.map { Glob.matches($0, device.name) } ?? (device.concernsIOMMU || found.contains(device.name))
    }
  }

  /// Only these devices.
  init(_ boot: BootAnalysis, devices: Set<String>) { self.init(boot) { devices.contains($0.name) } }

  private init(_ boot: BootAnalysis, _ isChosen: (DeviceTimeline) -> Bool) {
    let windows = Dictionary(grouping: boot.windows, by: \.device)
    let warnings = Dictionary(grouping: boot.timeline.warnings, by: \.device)
    let chosen = boot.timeline.devices.values.filter(isChosen)
    var lanes = chosen.map {
      DrawnLane($0, windows: windows[$0.name] ?? [], warnings: warnings[$0.name] ?? [])
    }
    lanes.removeAll { $0.acts.isEmpty && $0.marks.isEmpty && $0.folded == nil }
    let order = lanes.indices.sorted {
      (lanes[$0].longestWindow ?? -1, $1) > (lanes[$1].longestWindow ?? -1, $0)
    }
    self.lanes = order.map { lanes[$0] }
    registrations = boot.timeline.registrations.map { registration in
      var span = PhaseSpan(.registration, registration.phase, registration.iommu)
      span.function = "iommu_device_register"
      return span
    }
    for (at, lane) in self.lanes.enumerated() { index[lane.device] = at }
  }

  func lane(_ device: String) -> DrawnLane? { index[device].map { lanes[$0] } }

  /// The lane of a finding's device, cut to what matters to it.
  func lane(_ finding: Finding, limit: Int) -> DrawnLane? {
    guard let lane = lane(finding.device) else { return nil }
    let focus = finding.time ?? lane.marks.first?.time ?? finding.evidence.compactMap(\.time).first
    return lane.around(focus, limit: limit)
  }
}
