// Calls to phases: which bind attempt, which visit of the walk, which registration, and what happened inside.
import Bytes
import Events
import Records

/// The calls of one trace, sorted by what they mean, per device name.
struct Phases {
  var binds: [String: [Bind]] = [:]
  var visits: [String: [Visit]] = [:]
  var registrations: [Registration] = []
  var maps: [String: [Phase]] = [:]
  /// Calls whose device the trace does not tell.
  var anonymous = 0

  private let story: TraceStory
  private let names: NameTable
  private let identity: Identity
  private let shift: Int64
  private let tree: CallTree
  private var registrationIndex: [Int32: Int] = [:]
  private var marksInside: [Int32: [Mark]] = [:]
  private var firstGroup: [String: Int64] = [:]

  init(_ story: TraceStory, _ names: NameTable, shift: Int64) {
    self.story = story
    self.names = names
    self.shift = shift
    tree = CallTree(story.calls)
    identity = Identity(tree, story.marks)
    for mark in story.marks where mark.inside >= 0 { marksInside[mark.inside, default: []].append(mark) }
    for mark in story.marks {
      guard case .group = mark.kind else { continue }
      firstGroup[names[mark.device]] = min(firstGroup[names[mark.device]] ?? .max, mark.time + shift)
    }
    for index in story.calls.indices where story.calls[index].role == .registration { register(Int32(index)) }
    for index in story.calls.indices { sort(Int32(index)) }
    for mark in story.marks { inferProbe(mark) }
  }

  func deviceName(_ key: DeviceKey) -> String? {
    if let name = identity.name(key) { return names[name] }
    return key.pointer == 0 ? nil : "device 0x" + String(key.pointer, radix: 16)
  }

  func phase(_ index: Int32) -> Phase {
    let call = story.calls[Int(index)]
    return Phase(
      start: call.start + shift, end: call.end.map { $0 + shift }, result: call.result,
      task: Task(comm: names[call.comm], tid: call.tid), place: call.place, endPlace: call.endPlace,
      function: names[call.function.name], caller: names[call.caller])
  }

  private func call(_ index: Int32) -> Call { tree[index] }

  // MARK: sorting

  private mutating func sort(_ index: Int32) {
    let call = call(index)
    switch call.role {
    case .reallyProbe:
      guard let device = name(index) else { return anonymous += 1 }
      binds[device, default: []].append(bind(index))
    case .walkVisit, .innerIOMMUProbe, .innerIOMMUProbeTail, .iommuProbeDevice: visit(index)
    case .busDMAConfigure: inferVisit(index)
    case .dmaMap:
      guard let device = name(index) else { return }
      maps[device, default: []].append(phase(index))
    default: break
    }
  }

  /// The device of a call: its own argument, else the nearest caller's that must have the same one.
  private func name(_ index: Int32) -> String? {
    deviceName(call(index).subject)
  }

  private mutating func register(_ index: Int32) {
    registrationIndex[index] = registrations.count
    let call = call(index)
    var iommu = names[call.detail]
    // Without hwdev the bind that runs it is the IOMMU's own.
    for bind in tree.ancestors(of: index) where iommu.isEmpty && self.call(bind).role == .reallyProbe {
      iommu = name(bind) ?? ""
    }
    registrations.append(Registration(phase: phase(index), iommu: iommu))
  }

  // MARK: binds

  private func bind(_ index: Int32) -> Bind {
    var bind = Bind(
      phase: phase(index), driver: names[call(index).detail], isWithoutReturn: call(index).isWithoutReturn)
    collect(index, index, &bind)
    // Its own return was not recorded, but a deferral in dma_configure ends the attempt right there.
    if bind.phase.result == nil, let dma = bind.dmaConfigure, dma.result == -517, let end = dma.end {
      bind.phase.end = min(bind.phase.end ?? .max, end)
      bind.phase.endPlace = dma.endPlace
    }
    return bind
  }

  /// Walks down from the bind attempt, not into what it does for other devices (a registration, children's binds).
  private func collect(_ root: Int32, _ index: Int32, _ bind: inout Bind) {
    for child in tree.children(of: index) {
      let call = call(child)
      let inBus = self.call(index).role == .busDMAConfigure
      // Where a return was lost, what the thread did next hangs below this attempt, for another device.
      guard sameDevice(child, root) || call.role == .pinctrlBind else { continue }
      switch call.role {
      case .reallyProbe, .registration: continue
      case .pinctrlBind: bind.setBy = bind.setBy ?? call.start + shift
      case .busDMAConfigure where bind.dmaConfigure == nil:
        bind.dmaConfigure = phase(child)
        bind.setBy = bind.setBy ?? call.start + shift
      case .firmwareDMAConfigure:
        if isDirect(child, inBus: inBus, bind) {
          bind.direct.append(phase(child))
        } else if bind.firmware == nil {
          bind.firmware = phase(child)
          bind.setBy = bind.setBy ?? call.start + shift
        }
      case .ofIOMMUConfigure where bind.ofIOMMU == nil: bind.ofIOMMU = phase(child)
      case .busProbe where bind.busProbe == nil: bind.busProbe = phase(child)
      default: break
      }
      collect(root, child, &bind)
    }
  }

  private func sameDevice(_ a: Int32, _ b: Int32) -> Bool {
    let first = identity.resolved(call(a).subject)
    let second = identity.resolved(call(b).subject)
    return !first.isKnown || !second.isKnown || first == second
  }

  /// of_dma_configure_id belongs to the bus if `<bus>_dma_configure` called it; anything else is driver code.
  private func isDirect(_ index: Int32, inBus: Bool, _ bind: Bind) -> Bool {
    if inBus { return false }
    let caller = caller(index)
    if Role.named(caller) == .busDMAConfigure { return false }
    // A bare address or an unknown caller: the bus calls it once, before ->probe begins.
    return !caller.isEmpty || bind.busProbe != nil || bind.firmware != nil
  }

  /// Who called it, if that is a function that may do so on its own: the driver core gets there through the bus, whose
  /// last call may be a jump, and tracing puts functions of its own in between.
  private func caller(_ index: Int32) -> String {
    let caller = names[call(index).caller]
    return StackSide.isTrampoline(caller) || StackSide.isCore(caller) ? "" : caller
  }

  /// The bus makes its call once, before ->probe begins.
  private func isSecond(_ firmware: Int32, in bind: Int32) -> Bool {
    tree.children(of: bind).contains { child in
      child < firmware
        && [.firmwareDMAConfigure, .busDMAConfigure, .busProbe].contains(call(child).role)
    }
  }

  // MARK: visits

  /// The outermost of walkVisit / iommuProbeDevice / innerIOMMUProbe stands for the visit.
  private mutating func visit(_ index: Int32) {
    guard !isInVisit(index) else { return }
    var visit = describe(index)
    guard let device = name(index) ?? markedDevice(index) else { return anonymous += 1 }
    if case .skipped = visit.outcome, hadGroup(device, before: visit.phase.start) { visit.outcome = .already }
    // It slept on the lock while another thread did the probe.
    if case .accepted = visit.outcome, !didProbe(index), let end = visit.phase.end,
      hadGroup(device, before: end)
    {
      visit.outcome = .already
    }
    visits[device, default: []].append(visit)
  }

  private func isInVisit(_ index: Int32) -> Bool {
    for outer in tree.ancestors(of: index) {
      switch call(outer).role {
      case .walkVisit, .iommuProbeDevice, .innerIOMMUProbe: return true
      case .registration, .reallyProbe, .busDMAConfigure: return false
      default: continue
      }
    }
    return false
  }

  /// A walk's visit whose own calls are not traced shows only as the dma_configure that it made.
  private mutating func inferVisit(_ index: Int32) {
    for outer in tree.ancestors(of: index) {
      switch call(outer).role {
      case .walkVisit, .iommuProbeDevice, .innerIOMMUProbe, .reallyProbe: return
      case .registration:
        guard let device = name(index) else { return }
        var visit = Visit(
          side: .walk, phase: phase(index), ownDMAConfigure: phase(index), ownOFIOMMU: nil,
          driverProbeDevice: nil, outcome: .unknown, isInferred: true, culprit: "",
          registration: registrationIndex[outer])
        look(index, index, &visit)
        visits[device, default: []].append(visit)
        return
      default: continue
      }
    }
  }

  /// Where no probing function is traced, the group says that a probe happened: in the walk, or in a bind's replay.
  private mutating func inferProbe(_ mark: Mark) {
    guard case .group = mark.kind else { return }
    var outer = mark.inside
    for index in tree.outward(from: mark.inside) {
      switch call(index).role {
      case .walkVisit, .iommuProbeDevice, .innerIOMMUProbe, .innerIOMMUProbeTail: return
      case .ofIOMMUConfigure, .firmwareDMAConfigure, .busDMAConfigure: outer = index
      case .reallyProbe: return add(inferred: outer, mark, side(mark.inside))
      case .registration: return add(inferred: mark.inside, mark, (.walk, "", registrationIndex[index]))
      default: continue
      }
    }
  }

  private mutating func add(
    inferred index: Int32, _ mark: Mark, _ side: (side: Side, culprit: String, registration: Int?)
  ) {
    let device = names[mark.device]
    // The walk's own dma_configure for the device was seen already: now its outcome is known too.
    if side.side == .walk,
      let known = visits[device]?.lastIndex(where: { $0.isInferred && $0.registration == side.registration })
    {
      visits[device]?[known].outcome = .accepted
      visits[device]?[known].phase.end = mark.time + shift
      return
    }
    // iommu_init_device returns before the group is added: that probe is already known.
    if visits[device]?.contains(where: { isJustBefore(mark, $0) }) == true { return }
    var phase = phase(index)
    if side.side == .walk {
      phase.start = mark.time + shift
      phase.end = mark.time + shift
    }
    visits[device, default: []].append(
      Visit(
        side: side.side, phase: phase, ownDMAConfigure: nil, ownOFIOMMU: nil, driverProbeDevice: nil,
        outcome: .accepted, isInferred: true, culprit: side.culprit, registration: side.registration))
  }

  private func isJustBefore(_ mark: Mark, _ visit: Visit) -> Bool {
    guard visit.phase.task.tid == mark.tid, visit.phase.start <= mark.time + shift else { return false }
    guard case .accepted = visit.outcome else { return false }
    return true
  }

  private func describe(_ index: Int32) -> Visit {
    let (side, culprit, registration) = side(index)
    var visit = Visit(
      side: side, phase: phase(index), ownDMAConfigure: nil, ownOFIOMMU: nil, driverProbeDevice: nil,
      outcome: .unknown, isInferred: false, culprit: culprit, registration: registration)
    look(index, index, &visit)
    visit.outcome = outcome(index, visit)
    return visit
  }

  private func look(_ root: Int32, _ index: Int32, _ visit: inout Visit) {
    for child in tree.children(of: index) where sameDevice(child, root) {
      // Where the bus's own function is not probed, what it calls stands for it.
      switch call(child).role {
      case .busDMAConfigure, .firmwareDMAConfigure, .ofIOMMUConfigure:
        visit.ownDMAConfigure = visit.ownDMAConfigure ?? phase(child)
      default: break
      }
      switch call(child).role {
      case .ofIOMMUConfigure where visit.ownOFIOMMU == nil: visit.ownOFIOMMU = phase(child)
      case .driverProbeDevice where visit.driverProbeDevice == nil: visit.driverProbeDevice = phase(child)
      default: break
      }
      look(root, child, &visit)
    }
  }

  /// Nearest selector outward: the walk, the bus's dma_configure, driver code, the notifier.
  private func side(_ index: Int32) -> (Side, culprit: String, registration: Int?) {
    var firmware: Int32?
    for at in tree.outward(from: index) {
      let call = call(at)
      switch call.role {
      case .walkVisit: return (.walk, "", enclosingRegistration(at))
      case .registration: return (.walk, "", registrationIndex[at])
      case .busDMAConfigure: return (.bind, "", nil)
      case .iommuNotifier: return (.notifier, "", nil)
      case .firmwareDMAConfigure: firmware = at
      case .reallyProbe:
        // A probe that adds devices has the notifier probe those: nobody binds them.
        guard sameDevice(index, at) else { return (.none, "", nil) }
        // The bus's own dma_configure is not traced, or driver code called from ->probe.
        guard let firmware else { return (.bind, "", nil) }
        let caller = caller(firmware)
        if Role.named(caller) == .busDMAConfigure { return (.bind, "", nil) }
        if !caller.isEmpty { return (.direct, caller, nil) }
        return isSecond(firmware, in: at)
          ? (.direct, names[self.call(firmware).caller], nil) : (.bind, "", nil)
      default: break
      }
      switch Role.named(names[call.caller]) {
      case .iommuNotifier: return (.notifier, "", nil)
      case .walkVisit: return (.walk, "", enclosingRegistration(at))
      default: continue
      }
    }
    guard let firmware else { return (.none, "", nil) }
    // A module that is gone has left only addresses; the bus's functions have their names, and call only in a bind.
    let address = names[call(firmware).caller]
    let caller = address.hasPrefix("0x") ? address : caller(firmware)
    return caller.isEmpty
      ? (.none, "", nil) : Role.named(caller) == .busDMAConfigure ? (.bind, "", nil) : (.direct, caller, nil)
  }

  private func enclosingRegistration(_ index: Int32) -> Int? {
    tree.ancestors(of: index).lazy.compactMap { registrationIndex[$0] }.first
  }

  /// The group came inside it, or the code around that ran.
  private func didProbe(_ index: Int32) -> Bool {
    hasMark(index) || holdsAcceptance(index)
  }

  private func outcome(_ index: Int32, _ visit: Visit) -> Visit.Outcome {
    if let said = visit.driverProbeDevice?.result, said < 0, said > -4096 { return .refused(said) }
    if didProbe(index) { return .accepted }
    // probe_iommu_group turns -ENODEV into 0: the inner call's own result counts.
    let result = innerResult(index) ?? (call(index).role == .walkVisit ? nil : call(index).result)
    if let result {
      if result == -19 { return visit.ownDMAConfigure == nil ? .skipped : leftAlone(visit) }
      if result < 0 { return .failed(result) }
      // iommu_init_device comes after the look at the group; __iommu_probe_device begins with it.
      guard visit.ownDMAConfigure == nil, visit.side == .walk, !isInit(index) else { return .accepted }
      return firstGroup.isEmpty ? .unknown : .already
    }
    if call(index).role == .walkVisit, let error = call(index).result, error != 0 { return .failed(error) }
    // No result is traced: a visit that ended without the IOMMU driver's code, or in a trace that has groups without
    // one, is one that was left alone.
    guard call(index).end != nil,
      call(index).role == .walkVisit && !firstGroup.isEmpty || story.seen.contains(.innerIOMMUProbe)
        || story.seen.contains(.innerIOMMUProbeTail)
    else { return .unknown }
    return visit.ownDMAConfigure == nil ? .skipped : leftAlone(visit)
  }

  /// -ENODEV after the visit ran dma_configure: with a firmware description the IOMMU driver refused it (T2).
  private func leftAlone(_ visit: Visit) -> Visit.Outcome {
    visit.ownOFIOMMU?.result == 0 ? .refused(-19) : .skipped
  }

  private func innerResult(_ index: Int32) -> Int64? {
    if call(index).role == .innerIOMMUProbe { return call(index).result }
    for child in tree.children(of: index) {
      if call(child).role == .reallyProbe { continue }
      if let found = innerResult(child) { return found }
    }
    return nil
  }

  private func isInit(_ index: Int32) -> Bool { names[call(index).function.name] == "iommu_init_device" }

  /// Whether code ran that comes only after the IOMMU driver accepted the device.
  private func holdsAcceptance(_ index: Int32) -> Bool {
    switch call(index).role {
    case .innerIOMMUProbeTail, .groupAllocDevice, .deviceGroup: true
    default: tree.children(of: index).contains { holdsAcceptance($0) }
    }
  }

  private func hasMark(_ index: Int32) -> Bool { groupMark(index) != nil }

  private func groupMark(_ index: Int32) -> Mark? {
    for mark in marksInside[index] ?? [] { if case .group = mark.kind { return mark } }
    for child in tree.children(of: index) { if let found = groupMark(child) { return found } }
    return nil
  }

  private func markedDevice(_ index: Int32) -> String? { groupMark(index).map { names[$0.device] } }

  private func hadGroup(_ device: String, before time: Int64) -> Bool {
    firstGroup[device].map { $0 < time } ?? false
  }
}
