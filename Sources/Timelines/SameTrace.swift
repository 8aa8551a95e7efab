import Events
import Records

extension BootFiles {
  /// Traces that say what no other one says, and the inputs whose trace another one holds already.
  static func withoutRepeats(_ traces: [Trace]) -> (own: [Trace], repeated: [InputStory]) {
    var own: [Trace] = []
    var repeated: [InputStory] = []
    for trace in traces {
      if let holder = own.firstIndex(where: {
        $0.story.isContained(in: trace.story) || trace.story.isContained(in: $0.story)
      }) {
        let isFuller = trace.story.calls.count > own[holder].story.calls.count
        repeated.append(isFuller ? own[holder].input : trace.input)
        if isFuller { own[holder] = trace }
      } else {
        own.append(trace)
      }
    }
    return (own, repeated)
  }
}

extension TraceStory {
  /// Whether nearly every IOMMU probe of this trace is in `other` too, on the same thread at the same microsecond: then
  /// they are one recording in two forms (trace.dat and its text), and to take both would show everything twice.
  fileprivate func isContained(in other: TraceStory) -> Bool {
    let own = sights(shift: 0)
    let known = other.sights(shift: 0)
    guard own.count >= 4, own.count <= known.count else { return false }
    // Text cuts nanoseconds off, or rounds them.
    let near = known.union(other.sights(shift: 1)).union(other.sights(shift: -1))
    return own.count(where: near.contains) * 10 >= own.count * 9
  }

  private struct Sight: Hashable {
    var role: Role
    var tid: Int32
    var microsecond: Int64
  }

  /// Bind attempts do not count: how many of them are kept depends on where a trace begins.
  private func sights(shift: Int64) -> Set<Sight> {
    Set(
      calls.lazy.filter { $0.role.isOfIOMMUProbe }.map {
        Sight(role: $0.role, tid: $0.tid, microsecond: $0.start / 1000 + shift)
      })
  }
}

extension Role {
  fileprivate var isOfIOMMUProbe: Bool {
    switch self {
    case .registration, .walkVisit, .iommuProbeDevice, .innerIOMMUProbe, .innerIOMMUProbeTail: true
    default: false
    }
  }
}
