// An IOMMU probe of a device: from where it came, what it ran, and what came of it.
import Bytes
import Events
import Records

struct VisitReader {
  let view: TraceView
  let sides: SideReader
  private var marksInside: [Int32: [Mark]] = [:]
  /// When each device got and lost its groups, in the order of the trace.
  private var memberships: [String: [(time: Int64, isIn: Bool)]] = [:]

  init(_ view: TraceView, _ sides: SideReader) {
    self.view = view
    self.sides = sides
    for mark in view.story.marks {
      switch mark.kind {
      case .group:
        if mark.inside >= 0 { marksInside[mark.inside, default: []].append(mark) }
        memberships[view.names[mark.device], default: []].append((view.clock.boot(mark.time), true))
      case .ungroup: memberships[view.names[mark.device]]?.append((view.clock.boot(mark.time), false))
      case .domain, .fault: continue
      }
    }
  }

  /// The outermost of walkVisit / iommuProbeDevice / innerIOMMUProbe stands for the visit.
  func isInVisit(_ index: Int32) -> Bool {
    for outer in view.tree.ancestors(of: index) {
      switch view.tree[outer].role {
      case .walkVisit, .iommuProbeDevice, .innerIOMMUProbe: return true
      case .registration, .reallyProbe, .busDMAConfigure: return false
      default: continue
      }
    }
    return false
  }

  /// The device and its probe; nil if the trace does not tell the device.
  func visit(_ index: Int32) -> (device: String, visit: Visit)? {
    guard let device = view.device(index) ?? groupMark(index).map({ view.names[$0.device] }) else {
      return nil
    }
    var visit = visit(phase: index, sides.approach(index), isInferred: false)
    look(index, index, &visit)
    visit.outcome = outcome(index, visit)
    // With a group it returns 0.
    if case .skipped = visit.outcome, innerResult(index) != -19, hadGroup(device, before: visit.phase.start) {
      visit.outcome = .already
    }
    // It slept on the lock while another thread did the probe.
    if case .accepted = visit.outcome, !didProbe(index), let end = visit.phase.end,
      hadGroup(device, before: end)
    {
      visit.outcome = .already
    }
    return (device, visit)
  }

  /// What is known of a probe before one looks into its calls.
  func visit(phase index: Int32, _ approach: Approach, isInferred: Bool) -> Visit {
    Visit(
      side: approach.side, phase: view.phase(index), ownDMAConfigure: nil, ownOFIOMMU: nil,
      driverProbeDevice: nil, outcome: .unknown, isInferred: isInferred, culprit: approach.culprit,
      registration: approach.registration)
  }

  /// What it ran for its device.
  func look(_ root: Int32, _ index: Int32, _ visit: inout Visit) {
    for child in view.tree.children(of: index) where view.sameDevice(child, root) {
      // Where the bus's own function is not probed, what it calls stands for it.
      switch view.tree[child].role {
      case .busDMAConfigure, .firmwareDMAConfigure, .ofIOMMUConfigure:
        visit.ownDMAConfigure = visit.ownDMAConfigure ?? view.phase(child)
      default: break
      }
      switch view.tree[child].role {
      case .ofIOMMUConfigure where visit.ownOFIOMMU == nil: visit.ownOFIOMMU = view.phase(child)
      case .driverProbeDevice where visit.driverProbeDevice == nil:
        visit.driverProbeDevice = view.phase(child)
      default: break
      }
      look(root, child, &visit)
    }
  }

  // MARK: outcome

  private func outcome(_ index: Int32, _ visit: Visit) -> Visit.Outcome {
    let call = view.tree[index]
    if let said = visit.driverProbeDevice?.result, said < 0, said > -4096 { return .refused(said) }
    if didProbe(index) { return .accepted }
    // probe_iommu_group turns -ENODEV into 0: the inner call's own result counts.
    let result = innerResult(index) ?? (call.role == .walkVisit ? nil : call.result)
    if let result {
      if result == -19 { return visit.ownDMAConfigure == nil ? .skipped : leftAlone(visit) }
      if result < 0 { return .failed(result) }
      // iommu_init_device comes after the look at the group; __iommu_probe_device begins with it.
      guard visit.ownDMAConfigure == nil, visit.side == .walk, !isInit(index) else { return .accepted }
      return memberships.isEmpty ? .unknown : .already
    }
    if call.role == .walkVisit, let error = call.result, error != 0 { return .failed(error) }
    // No result is traced: a visit that ended without the IOMMU driver's code, or in a trace that has groups without
    // one, is one that was left alone.
    guard call.end != nil,
      call.role == .walkVisit && !memberships.isEmpty || view.story.seen.contains(.innerIOMMUProbe)
        || view.story.seen.contains(.innerIOMMUProbeTail)
    else { return .unknown }
    return visit.ownDMAConfigure == nil ? .skipped : leftAlone(visit)
  }

  /// -ENODEV after the visit ran dma_configure: with a firmware description the IOMMU driver refused it (T2).
  private func leftAlone(_ visit: Visit) -> Visit.Outcome {
    visit.ownOFIOMMU?.result == 0 ? .refused(-19) : .skipped
  }

  private func innerResult(_ index: Int32) -> Int64? {
    if view.tree[index].role == .innerIOMMUProbe { return view.tree[index].result }
    for child in view.tree.children(of: index) where view.tree[child].role != .reallyProbe {
      if let found = innerResult(child) { return found }
    }
    return nil
  }

  private func isInit(_ index: Int32) -> Bool {
    view.names[view.tree[index].function.name] == "iommu_init_device"
  }

  /// The group came inside it, or the code around that ran.
  private func didProbe(_ index: Int32) -> Bool { groupMark(index) != nil || holdsAcceptance(index) }

  /// Whether code ran that comes only after the IOMMU driver accepted the device.
  private func holdsAcceptance(_ index: Int32) -> Bool {
    switch view.tree[index].role {
    case .innerIOMMUProbeTail, .groupAllocDevice, .deviceGroup: true
    default: view.tree.children(of: index).contains(where: holdsAcceptance)
    }
  }

  private func groupMark(_ index: Int32) -> Mark? {
    if let mark = marksInside[index]?.first { return mark }
    // A lazy sequence's `first` asks twice, which doubles with each level.
    for child in view.tree.children(of: index) {
      if let mark = groupMark(child) { return mark }
    }
    return nil
  }

  /// Whether it was in a group just before `time`.
  func hadGroup(_ device: String, before time: Int64) -> Bool {
    memberships[device]?.last { $0.time < time }?.isIn ?? false
  }
}
