// Entries and returns to calls, thread by thread. Returns get lost, probes double each other (kprobe and fprobe on
// one function), threads migrate: so everything is keyed on the thread and matched from the innermost frame out.
import Bytes
import Events
import Records

/// What one trace tells, as calls and marks.
public struct TraceStory: Sendable {
  public var calls: [Call] = []
  public var marks: [Mark] = []
  /// Deferred bind attempts that were counted instead of kept, by device key.
  public var folded: [DeviceKey: FoldedBinds] = [:]
  /// Hash of a console message → its time on this clock, for joining clocks. -1: printed twice.
  public var console: [UInt64: Int64] = [:]
  /// When events were lost, on the trace's clock.
  public var gaps: [Gap] = []
  public var first: Int64?
  public var last: Int64?
  public var events = 0
  /// Calls that were not kept because there were too many of them.
  public var dropped: Int64 = 0
  /// Parts of the trace are gone, nobody knows where: an absence proves nothing, and a return may be missing.
  public var isIncomplete = false
  /// Which roles were seen at all: a silent probe proves nothing if it never spoke.
  public var seen: Set<Role> = []
  public init() {}

  public struct Gap: Sendable {
    /// The last event of that CPU before the hole, and the last of all before its mark.
    public var since: Int64
    public var after: Int64
    public var count: Int64?
    public var place: Place
  }
}

public struct ThreadTracker {
  public var story = TraceStory()

  /// A class, so that the one entry of the dictionary is changed in place: copies of growing trees cost more than
  /// everything else together.
  private final class Thread {
    /// The calls of the outermost call that is open; parents are indices into this list.
    var tree: [Call] = []
    var open: [Int32] = []
    /// Marks made inside the open tree.
    var marks: [Mark] = []
    /// The last call that ended, for the second probe on the same function.
    var lastEnded: Int32 = -1

    func clear() {
      tree.removeAll(keepingCapacity: tree.count < 64)
      open.removeAll(keepingCapacity: true)
      marks.removeAll()
      lastEnded = -1
    }

    /// More probes entered the call than have returned from it.
    func isOwed(_ index: Int32) -> Bool {
      tree.indices.contains(Int(index)) && tree[Int(index)].returns < tree[Int(index)].entries
    }

    /// The walk visits one device after the other, and a device is bound by one attempt at a time: an older one that
    /// is open here has returned, only its return was not recorded.
    func endEarlier(_ role: Role, _ subject: DeviceKey, _ time: Int64) {
      guard role == .walkVisit || role == .reallyProbe && subject.isKnown else { return }
      let older = open.firstIndex { index in
        tree[Int(index)].role == role && (role == .walkVisit || tree[Int(index)].subject == subject)
      }
      guard let older else { return }
      for index in open[older...] { tree[Int(index)].end = time }
      open.removeSubrange(older...)
    }

    func close(_ index: Int32, _ event: Event, _ caller: Name, _ result: Int64?) {
      tree[Int(index)].returns &+= 1
      tree[Int(index)].end = tree[Int(index)].end ?? event.time
      tree[Int(index)].endPlace = result == nil ? tree[Int(index)].endPlace ?? event.place : event.place
      tree[Int(index)].result = tree[Int(index)].result ?? result
      if caller != .none { tree[Int(index)].caller = caller }
    }
  }
  private var threads: [Int32: Thread] = [:]
  /// The thread of the last event: events of one thread come in runs.
  private var recent: (tid: Int32, thread: Thread)?
  private var lastOfCPU: [Int32: Int64] = [:]
  /// The CPU of the last event, whose time is not in `lastOfCPU` yet: events of one CPU come in runs.
  private var recentCPU: Int32 = -1
  private var recentTime: Int64 = .min
  /// The roles of `story.seen`, a bit each.
  private var seenBits: UInt64 = 0
  /// A thread whose calls were taken over, to be used again.
  private var spare: Thread?
  private var openRegistrations = 0
  private var lastRegistration: Int64 = .min
  /// When an IOMMU probe last touched a device, and how many are in it now.
  private var visits: [DeviceKey: (last: Int64, open: Int)] = [:]
  private var maps: [DeviceKey: Int] = [:]
  private var kept: [DeviceKey: Int] = [:]
  /// A device's last quiet attempt whose result is not traced: the next attempt tells that it failed.
  private var waiting: [DeviceKey: Thread] = [:]

  /// How many deferrals of one device are kept before the rest is counted: with nothing else going on, and while
  /// some IOMMU registers. Those that overlap a visit of the device are always kept.
  private static let keptDeferrals = 3
  private static let keptWhileRegistering = 32
  /// DMA mappings of one device that are kept; those before its domain come first.
  private static let keptMaps = 24
  private static let keptAnchors = 20_000
  /// No boot has this many calls that matter; memory stays bounded whatever the input's size.
  private static let keptCalls = 300_000

  public init() {}

  public mutating func feed(_ event: Event) {
    story.events += 1
    if event.time != .min {
      if event.cpu != recentCPU {
        lastOfCPU[recentCPU] = recentTime
        recentCPU = event.cpu
      }
      recentTime = event.time
      story.first = story.first ?? event.time
      story.last = max(story.last ?? event.time, event.time)
    }
    switch event.body {
    case .enter(let function, let subject, let detail):
      enter(event, function, subject, detail, caller: .none, hasReturn: true)
    case .call(let function, let subject, let caller):
      unwind(event.tid, to: caller, function.role)
      enter(event, function, subject, .none, caller: caller, hasReturn: false)
    case .leave(let function, let caller, let result): leave(event, function, caller, result)
    case .abandon(let role): abandon(event, role)
    case .groupAdded(let device, let group): mark(event, .group(group), device)
    case .groupRemoved(let device): mark(event, .ungroup, device)
    case .domainAttached(let device): mark(event, .domain, device)
    case .pageFault(let device, let iova): mark(event, .fault(iova: iova), device)
    case .warned: mark(event, .warned, .none)
    case .console(let hash): anchor(hash, event.time)
    case .frame: break
    case .lost(let count):
      let since = event.cpu < 0 ? nil : event.cpu == recentCPU ? recentTime : lastOfCPU[event.cpu]
      story.gaps.append(
        .init(since: since ?? .min, after: story.last ?? .min, count: count, place: event.place))
    }
  }

  /// Commits what is still open; call once at the end.
  public mutating func finish() {
    for tid in threads.keys.sorted() { commit(tid) }
    for thread in waiting.values.sorted(by: { $0.tree[0].start < $1.tree[0].start }) { keep(thread) }
    waiting = [:]
    story.marks.sort { $0.time < $1.time }
  }

  // MARK: calls

  private mutating func enter(
    _ event: Event, _ function: Function, _ subject: DeviceKey, _ detail: Name, caller: Name, hasReturn: Bool
  ) {
    if seenBits & 1 << UInt64(function.role.rawValue) == 0 {
      seenBits |= 1 << UInt64(function.role.rawValue)
      story.seen.insert(function.role)
    }
    noteWalk(function.role, subject, event.time, opens: true)
    var thread = self.thread(event.tid)
    if let top = thread.open.last, isSecondProbe(thread.tree[Int(top)], function, subject, event.time) {
      thread.tree[Int(top)].subject.merge(subject)
      thread.tree[Int(top)].entries &+= 1
      if detail != .none { thread.tree[Int(top)].detail = detail }
      return
    }
    thread.endEarlier(function.role, subject, event.time)
    if thread.open.isEmpty, !thread.tree.isEmpty {
      commit(event.tid)
      thread = self.thread(event.tid)
    }
    let index = Int32(thread.tree.count)
    thread.tree.append(
      Call(
        function: function, subject: subject, detail: detail, tid: event.tid, comm: event.comm,
        start: event.time, end: nil, result: nil, caller: caller, parent: thread.open.last ?? -1,
        place: event.place, endPlace: nil, isWithoutReturn: !hasReturn))
    thread.open.append(index)
  }

  private mutating func thread(_ tid: Int32) -> Thread {
    if let recent, recent.tid == tid { return recent.thread }
    let thread = threads[tid] ?? spare ?? Thread()
    if thread === spare { spare = nil }
    threads[tid] = thread
    recent = (tid, thread)
    return thread
  }

  /// The thread if it has calls.
  private mutating func known(_ tid: Int32) -> Thread? {
    if let recent, recent.tid == tid { return recent.thread }
    guard let thread = threads[tid] else { return nil }
    recent = (tid, thread)
    return thread
  }

  /// kprobe and fprobe on one function both fire: the second entry within microseconds, same function and device.
  private func isSecondProbe(_ top: Call, _ function: Function, _ subject: DeviceKey, _ time: Int64) -> Bool {
    top.function == function && top.end == nil && !top.isWithoutReturn && time - top.start < 1_000_000
      && (top.subject.name == subject.name || !subject.isKnown || !top.subject.isKnown)
  }

  private mutating func leave(_ event: Event, _ function: Function, _ caller: Name, _ result: Int64?) {
    guard let thread = known(event.tid) else { return }
    defer { settle(event.tid, thread) }
    // The second probe on the call that just ended: it may know the result.
    if thread.lastEnded >= 0, thread.isOwed(thread.lastEnded),
      matches(thread.tree[Int(thread.lastEnded)], function)
    {
      thread.close(thread.lastEnded, event, caller, result)
      return
    }
    if isSecondSight(thread, event, function, result) { return }
    guard let depth = thread.open.lastIndex(where: { matches(thread.tree[Int($0)], function) }) else {
      return
    }
    // Frames further in whose return was not recorded end here without a result.
    let index = thread.open[depth]
    thread.open.removeSubrange(depth...)
    thread.close(index, event, caller, result)
    thread.lastEnded = index
    noteWalk(function.role, thread.tree[Int(index)].subject, event.time, opens: false)
  }

  /// Commits the thread's tree once the outermost call has had all its returns.
  private mutating func settle(_ tid: Int32, _ thread: Thread) {
    if thread.open.isEmpty, !thread.isOwed(0) { commit(tid) }
  }

  /// The same return again (a line that is in the text twice) must not end a frame further out.
  private func isSecondSight(_ thread: Thread, _ event: Event, _ function: Function, _ result: Int64?) -> Bool
  {
    guard thread.lastEnded >= 0, Int(thread.lastEnded) < thread.tree.count else { return false }
    let last = thread.tree[Int(thread.lastEnded)]
    return matches(last, function) && last.end == event.time && last.result == result
  }

  private func matches(_ call: Call, _ function: Function) -> Bool {
    call.function.role == function.role && (function.name == .none || call.function.name == function.name)
  }

  private mutating func abandon(_ event: Event, _ role: Role) {
    guard let thread = known(event.tid),
      let depth = thread.open.lastIndex(where: { thread.tree[Int($0)].role == role })
    else { return }
    let subject = thread.tree[Int(thread.open[depth])].subject
    thread.open.removeSubrange(depth...)
    noteWalk(role, subject, event.time, opens: false)
    if thread.open.isEmpty { commit(event.tid) }
  }

  /// Function tracer: the frames further in than `caller` have returned by now.
  private mutating func unwind(_ tid: Int32, to caller: Name, _ role: Role) {
    guard let thread = known(tid) else { return }
    if let depth = thread.open.lastIndex(where: { thread.tree[Int($0)].function.name == caller }) {
      thread.open.removeSubrange((depth + 1)...)
    } else if role == .reallyProbe {
      thread.open.removeAll()
    }
  }

  private mutating func noteWalk(_ role: Role, _ subject: DeviceKey, _ time: Int64, opens: Bool) {
    switch role {
    case .registration:
      openRegistrations = max(0, openRegistrations + (opens ? 1 : -1))
      lastRegistration = time
    case .walkVisit, .innerIOMMUProbe, .innerIOMMUProbeTail, .iommuProbeDevice:
      Self.note(&visits[subject, default: (.min, 0)], time, opens)
    default: break
    }
  }

  private static func note(_ visit: inout (last: Int64, open: Int), _ time: Int64, _ opens: Bool) {
    visit = (time, max(0, visit.open + (opens ? 1 : -1)))
  }

  // MARK: marks

  private mutating func mark(_ event: Event, _ kind: Mark.Kind, _ device: Name) {
    let thread = known(event.tid)
    let inside = thread?.open.last ?? -1
    let mark = Mark(
      kind: kind, device: device, time: event.time, tid: event.tid, place: event.place, inside: inside)
    if let thread, inside >= 0 {
      thread.marks.append(mark)
    } else {
      story.marks.append(mark)
    }
  }

  private mutating func anchor(_ hash: UInt64, _ time: Int64) {
    guard story.console.count < Self.keptAnchors else { return }
    story.console[hash] = story.console[hash] == nil ? time : -1
  }

  // MARK: committing

  private mutating func commit(_ tid: Int32) {
    if recent?.tid == tid { recent = nil }
    guard let thread = threads.removeValue(forKey: tid), let root = thread.tree.first else { return }
    if fold(thread, root) { return }
    keep(thread)
    thread.clear()
    spare = thread
  }

  private mutating func keep(_ thread: Thread) {
    guard story.calls.count < Self.keptCalls else { return story.dropped += Int64(thread.tree.count) }
    let base = Int32(story.calls.count)
    for var call in thread.tree {
      if call.parent >= 0 { call.parent += base }
      story.calls.append(call)
    }
    for var mark in thread.marks {
      mark.inside += base
      story.marks.append(mark)
    }
  }

  /// Counts a bind attempt that was deferred while nothing walked or probed; drops run-time DMA mappings.
  private mutating func fold(_ thread: Thread, _ root: Call) -> Bool {
    if root.role == .dmaMap {
      let count = maps[root.subject, default: 0]
      maps[root.subject] = count + 1
      return count >= Self.keptMaps
    }
    guard root.role == .reallyProbe, root.end != nil, root.subject.isKnown, thread.marks.isEmpty,
      isUnvisited(root), isQuiet(thread.tree)
    else {
      if root.role == .reallyProbe, let before = waiting.removeValue(forKey: root.subject) { keep(before) }
      return false
    }
    // Without a result an attempt shows by the next one that it did not bind.
    if root.result == nil {
      guard let before = waiting.updateValue(thread, forKey: root.subject) else { return true }
      if !count(before.tree[0]) { keep(before) }
      return true
    }
    return root.result == -517 && count(root)
  }

  /// Counts a deferred attempt; false if so few were seen that this one is still to be kept.
  private mutating func count(_ root: Call) -> Bool {
    let whileRegistering = openRegistrations > 0 || lastRegistration >= root.start
    let seen = kept[root.subject, default: 0]
    kept[root.subject] = seen + 1
    guard seen >= (whileRegistering ? Self.keptWhileRegistering : Self.keptDeferrals) else { return false }
    var folded = story.folded[root.subject] ?? FoldedBinds()
    folded.count += 1
    folded.first = min(folded.first, root.start)
    folded.last = max(folded.last, root.end ?? root.start)
    folded.longest = max(folded.longest, (root.end ?? root.start) - root.start)
    folded.lastPlace = root.place
    story.folded[root.subject] = folded
    return true
  }

  /// Whether no IOMMU probe touched the device since the attempt began.
  private func isUnvisited(_ root: Call) -> Bool {
    guard let visit = visits[root.subject] else { return true }
    return visit.open == 0 && visit.last < root.start
  }

  private func isQuiet(_ tree: [Call]) -> Bool {
    !tree.contains {
      $0.role == .registration || $0.role == .innerIOMMUProbe || $0.role == .iommuProbeDevice
        || $0.role == .busProbe
    }
  }
}

extension DeviceKey {
  /// Takes over what `other` knows and this does not.
  mutating func merge(_ other: DeviceKey) {
    if name == .none { name = other.name }
    if pointer == 0 { pointer = other.pointer }
  }
}
