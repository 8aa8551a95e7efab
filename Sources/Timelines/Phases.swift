// Calls to phases: which bind attempt, which visit of the walk, which registration.
import Bytes
import Events
import Records

/// The calls of one trace, sorted by what they mean, per device name.
struct Phases {
  private(set) var binds: [String: [Bind]] = [:]
  var visits: [String: [Visit]] = [:]
  /// Of walks whose visits are not traced: the buses' functions that each was seen to run.
  var walked: [Int: Set<String>] = [:]
  private(set) var maps: [String: [Phase]] = [:]
  /// Calls whose device the trace does not tell.
  private(set) var anonymous = 0
  let view: TraceView
  let sides: SideReader
  let reader: VisitReader

  var registrations: [Registration] { sides.registrations.all }

  init(_ story: TraceStory, _ names: NameTable, _ clock: ClockJoin) {
    view = TraceView(story, names, clock)
    sides = SideReader(view: view, registrations: Registrations(view))
    reader = VisitReader(view, sides)
    for index in story.calls.indices { sort(Int32(index)) }
    for mark in story.marks { inferProbe(mark) }
    inferPassed()
  }

  private mutating func sort(_ index: Int32) {
    switch view.tree[index].role {
    case .reallyProbe:
      guard let device = view.device(index) else { return anonymous += 1 }
      binds[device, default: []].append(BindReader(view: view).bind(index))
    case .walkVisit, .innerIOMMUProbe, .innerIOMMUProbeTail, .iommuProbeDevice:
      guard !reader.isInVisit(index) else { return }
      guard let (device, visit) = reader.visit(index) else { return anonymous += 1 }
      if !isEnd(visit, index, of: device) { visits[device, default: []].append(visit) }
    case .busDMAConfigure: inferVisit(index)
    case .dmaMap:
      guard let device = view.device(index) else { return }
      maps[device, default: []].append(view.phase(index))
    default: break
    }
  }
}
