// Traces of one boot that hold the same calls: one recording in two forms (trace.dat and its text), or two ring buffers (tracefs and an
// instance of trace-cmd's or Perfetto's), into which the kernel writes each event one after the other.
import Bytes
import Events
import Records

extension BootFiles {
  /// What the traces of a boot come to when each call counts once. `repeated`: the inputs that say nothing which another one does not say;
  /// `joined`: those that were put together with an earlier one.
  static func joined(_ traces: [Trace]) -> (own: [Trace], repeated: [InputStory], joined: [InputStory]) {
    var own: [Trace] = []
    var repeated: [InputStory] = []
    var joined: [InputStory] = []
    for trace in traces {
      let twins = own.indices.lazy.compactMap { index in
        BufferTwins(own[index].story, trace.story).map { (index, $0) }
      }.first
      guard let (holder, twins) = twins else {
        own.append(trace)
        continue
      }
      if trace.story.isRepeat(of: own[holder].story) {
        repeated.append(trace.input)
      } else if own[holder].story.isRepeat(of: trace.story) {
        repeated.append(own[holder].input)
        own[holder] = trace
      } else {
        joined.append(trace.input)
        var story = twins.story
        for (input, part) in [own[holder], trace] {
          story.parts.formUnion(part.parts.isEmpty ? [Int32(input.input)] : part.parts)
        }
        own[holder].story = story
      }
    }
    return (own, repeated, joined)
  }
}

extension TraceStory {
  /// It holds nothing that `other`, a trace of the same calls, does not hold. How many bind attempts are kept depends on where a trace
  /// begins: they do not count.
  fileprivate func isRepeat(of other: TraceStory) -> Bool {
    guard seen.isSubset(of: other.seen), marks.count <= other.marks.count, let first, let last,
      let start = other.first, let end = other.last
    else { return false }
    func probes(_ story: TraceStory) -> Int { story.calls.count { $0.role.isOfIOMMUProbe } }
    return first >= start - BufferTwins.slack && last <= end + BufferTwins.slack
      && probes(self) <= probes(other)
  }
}

/// The calls that two traces have in common.
struct BufferTwins {
  /// How far two stamps of one event may lie apart.
  static let slack: Int64 = 100_000

  let one: TraceStory
  let other: TraceStory
  /// For each call of `other` the same one of `one`; -1 if that has none.
  let twins: [Int32]

  /// Nil if they are not of one boot, as far as the calls tell: nearly all that both could have recorded are in both, on the same threads,
  /// for the same devices, in the same order.
  init?(_ one: TraceStory, _ other: TraceStory) {
    guard one.clock == other.clock else { return nil }
    self.one = one
    self.other = other
    let twins = Self.matched(one, other)
    self.twins = twins
    let common = one.seen.intersection(other.seen)
    let probes = common.filter(\.isOfIOMMUProbe)
    func agree(_ roles: Set<Role>) -> Bool {
      let found = other.calls.indices.count { twins[$0] >= 0 && roles.contains(other.calls[$0].role) }
      let least = min(Self.due(one, other, roles), Self.due(other, one, roles))
      return found >= 4 && found * 10 >= least * 9
    }
    guard agree(probes) || probes.isEmpty && agree(common) else { return nil }
  }

  /// Calls of `story` in the time of the other trace.
  private static func due(_ story: TraceStory, _ other: TraceStory, _ roles: Set<Role>) -> Int {
    guard let first = other.first, let last = other.last else { return 0 }
    return story.calls.count {
      roles.contains($0.role) && $0.start >= first - slack && $0.start <= last + slack
    }
  }

  private struct Thread: Hashable {
    var role: Role
    var tid: Int32
  }

  /// Each call of `other` with the nearest of `one` that no earlier one has.
  private static func matched(_ one: TraceStory, _ other: TraceStory) -> [Int32] {
    var queues: [Thread: (calls: [Int32], next: Int)] = [:]
    for index in byStart(one.calls) {
      let call = one.calls[Int(index)]
      queues[Thread(role: call.role, tid: call.tid), default: ([], 0)].calls.append(index)
    }
    var twins = [Int32](repeating: -1, count: other.calls.count)
    for index in byStart(other.calls) {
      let call = other.calls[Int(index)]
      guard var queue = queues[Thread(role: call.role, tid: call.tid)] else { continue }
      func distance(_ place: Int) -> Int64? {
        guard place < queue.calls.count else { return nil }
        let (far, isFar) = one.calls[Int(queue.calls[place])].start.subtractingReportingOverflow(call.start)
        return isFar ? nil : far
      }
      while let far = distance(queue.next), far < -slack { queue.next += 1 }
      var best: Int?
      var place = queue.next
      while let far = distance(place), far <= slack {
        let isSame = one.calls[Int(queue.calls[place])].isOfSameDevice(as: call)
        if isSame, abs(far) < best.flatMap(distance).map(abs) ?? .max { best = place }
        place += 1
      }
      if let best {
        twins[Int(index)] = queue.calls[best]
        queue.next = best + 1
      }
      queues[Thread(role: call.role, tid: call.tid)] = queue
    }
    return twins
  }

  private static func byStart(_ calls: [Call]) -> [Int32] {
    calls.indices.map(Int32.init).sorted { (calls[Int($0)].start, $0) < (calls[Int($1)].start, $1) }
  }
}

extension Call {
  /// Not certainly of two: one trace may have names, the other addresses.
  fileprivate func isOfSameDevice(as other: Call) -> Bool {
    if subject.name != .none, other.subject.name != .none { return subject.name == other.subject.name }
    if subject.pointer != 0, other.subject.pointer != 0 { return subject.pointer == other.subject.pointer }
    return true
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
