import Records
import TestSupport
import Testing

@testable import Timelines

/// Every role of a kernel function makes something of a timeline: where its function is another one, something else is said.
struct RoleTests {
  /// A function of the role, and a trace in which it counts. Nil: no call of it changes a timeline.
  private static func sample(_ role: Role) -> (function: String, trace: String)? {
    switch role {
    case .reallyProbe: alone("really_probe")
    case .busDMAConfigure: inside("really_probe", "pci_dma_configure")
    case .firmwareDMAConfigure: inside("really_probe", "of_dma_configure_id")
    case .ofIOMMUConfigure: inside("really_probe", "of_iommu_configure")
    case .iommuProbeDevice: alone("iommu_probe_device")
    case .innerIOMMUProbe: alone("iommu_init_device")
    case .innerIOMMUProbeTail: alone("__iommu_probe_device.part.0")
    case .walkVisit: alone("probe_iommu_group")
    case .registration: alone("iommu_device_register")
    // The stack of a warning alone shows it.
    case .busWalk: nil
    case .driverProbeDevice: inside("probe_iommu_group", "toy_smmu_probe_device")
    case .deviceGroup: inside("probe_iommu_group", "toy_smmu_device_group")
    case .groupAllocDevice: inside("probe_iommu_group", "iommu_group_alloc_device")
    // That it is traced says what the trace can show.
    case .setupDefaultDomain: nil
    case .busProbe: inside("really_probe", "pci_device_probe")
    case .pinctrlBind: inside("really_probe", "pinctrl_bind_pins")
    case .dmaMap: alone("dma_alloc_attrs")
    case .iommuNotifier: ("iommu_bus_notifier", inside("iommu_bus_notifier", "iommu_probe_device").1)
    }
  }

  private static func alone(_ function: String) -> (String, String) {
    (function, "1 10 \(function) A\n1 20 } \(function) = 0")
  }

  private static func inside(_ outer: String, _ function: String) -> (String, String) {
    (function, "1 5 \(outer) A\n\(alone(function).1)\n1 30 } \(outer) = 0")
  }

  @Test(arguments: Role.allCases)
  func isRead(_ role: Role) {
    guard let (function, trace) = Self.sample(role) else { return }
    #expect(withBytes(function) { Role.of($0, 0..<function.utf8.count) } == role)
    #expect(Self.told(trace) != Self.told(trace.replacing(function, with: "toy_function")))
  }

  private static func told(_ trace: String) -> [String] {
    let phases = Traced(trace).phases
    let binds = phases.binds.flatMap { device, binds in
      binds.map { bind in
        let calls = [bind.dmaConfigure, bind.firmware, bind.ofIOMMU, bind.busProbe, bind.direct.first]
        return "\(device) \(bind.phase.told) set by \(microseconds(bind.setBy)), "
          + calls.map { $0?.told ?? "-" }.joined(separator: ", ")
      }
    }
    return binds + phases.visits.flatMap { device, visits in visits.map { $0.told(device) } }
      + phases.maps.flatMap { device, maps in maps.map { "\(device) maps \($0.told)" } }
      + phases.registrations.map { "\($0.iommu) registers \($0.phase.told)" }
  }
}
