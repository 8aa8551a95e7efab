// Probes of which no call is traced: what they did shows them.
import Bytes
import Records

extension Phases {
  /// A walk's visit whose own calls are not traced shows only as the dma_configure that it made.
  mutating func inferVisit(_ index: Int32) {
    for outer in view.tree.ancestors(of: index) {
      switch view.tree[outer].role {
      case .walkVisit, .iommuProbeDevice, .innerIOMMUProbe, .reallyProbe: return
      case .registration:
        guard let device = view.device(index) else { return }
        let walk = Approach(side: .walk, registration: sides.registrations.number(of: outer))
        var visit = reader.visit(phase: index, walk, isInferred: true)
        if let number = walk.registration {
          walked[number, default: []].insert(visit.phase.function)
        }
        visit.ownDMAConfigure = visit.phase
        reader.look(index, index, &visit)
        return visits[device, default: []].append(visit)
      default: continue
      }
    }
  }

  /// Of a split probe (docs/kernel.md#symbols) the part behind the IOMMU driver's answer: it ends the visit that the walk's
  /// dma_configure began.
  mutating func isEnd(_ visit: Visit, _ index: Int32, of device: String) -> Bool {
    guard view.tree[index].role == .innerIOMMUProbeTail, visit.side == .walk,
      let known = visits[device]?.lastIndex(where: { $0.isInferred && $0.registration == visit.registration })
    else { return false }
    visits[device]?[known].outcome = visit.outcome
    visits[device]?[known].phase.end = visit.phase.end
    return true
  }

  /// A walk comes by every device of the bus: one that has an IOMMU, and for which it did not run the bus's dma_configure as it did
  /// for others, it left alone. When, within the registration, is not known.
  mutating func inferPassed() {
    for (number, functions) in walked {
      let walk = registrations[number].phase
      // An error ends the walk, a trace may end in it.
      guard let end = walk.end, walk.result ?? 0 == 0 else { continue }
      for (device, attempts) in binds
      where visits[device]?.contains(where: { $0.registration == number }) != true {
        let began = attempts.filter { $0.phase.start < end && $0.phase.task.tid != walk.task.tid }
        guard began.contains(where: { $0.dmaConfigure.map { functions.contains($0.function) } ?? false }),
          attempts.contains(where: \.metIOMMU) || reader.hadGroup(device, before: .max),
          !reader.hadGroup(device, before: end)
        else { continue }
        visits[device, default: []].append(
          Visit(
            side: .walk, phase: walk, ownDMAConfigure: nil, ownOFIOMMU: nil, driverProbeDevice: nil,
            outcome: .skipped, isInferred: true, culprit: "", registration: number))
      }
    }
  }

  /// Where no probing function is traced, the group says that a probe happened: in the walk, or in a bind's replay.
  mutating func inferProbe(_ mark: Mark) {
    guard case .group = mark.kind else { return }
    var outer = mark.inside
    for index in view.tree.outward(from: mark.inside) {
      switch view.tree[index].role {
      case .walkVisit, .iommuProbeDevice, .innerIOMMUProbe, .innerIOMMUProbeTail: return
      case .ofIOMMUConfigure, .firmwareDMAConfigure, .busDMAConfigure: outer = index
      case .reallyProbe: return add(inferred: outer, mark, sides.approach(mark.inside))
      case .registration:
        let walk = Approach(side: .walk, registration: sides.registrations.number(of: index))
        return add(inferred: mark.inside, mark, walk)
      default: continue
      }
    }
  }

  private mutating func add(inferred index: Int32, _ mark: Mark, _ approach: Approach) {
    let device = view.names[mark.device]
    let time = view.clock.boot(mark.time)
    // The walk's own dma_configure for the device was seen already: now its outcome is known too.
    if approach.side == .walk,
      let known = visits[device]?.lastIndex(where: {
        $0.isInferred && $0.registration == approach.registration
      })
    {
      visits[device]?[known].outcome = .accepted
      visits[device]?[known].phase.end = time
      return
    }
    // iommu_init_device returns before the group is added: that probe is already known.
    if visits[device]?.contains(where: { Self.isJustBefore(time, mark.tid, $0) }) == true { return }
    var visit = reader.visit(phase: index, approach, isInferred: true)
    visit.outcome = .accepted
    if approach.side == .walk {
      visit.phase.start = time
      visit.phase.end = time
    }
    visits[device, default: []].append(visit)
  }

  private static func isJustBefore(_ time: Int64, _ tid: Int32, _ visit: Visit) -> Bool {
    guard visit.phase.task.tid == tid, visit.phase.start <= time else { return false }
    guard case .accepted = visit.outcome else { return false }
    return true
  }
}

extension Bind {
  /// dma_configure waits, or gives up waiting, for nothing but an IOMMU.
  fileprivate var metIOMMU: Bool {
    [dmaConfigure, firmware, ofIOMMU].contains { [-517, -110].contains($0?.result) }
  }
}

extension Visit {
  /// Known by what the walk did for others: its time is that of the whole registration.
  package var isUntimed: Bool {
    if case .skipped = outcome { return isInferred && ownDMAConfigure == nil }
    return false
  }
}
