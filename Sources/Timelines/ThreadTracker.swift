// Entries and returns to calls, thread by thread. Returns get lost, probes double each other (kprobe and fprobe on
// one function), threads migrate: so everything is keyed on the thread and matched from the innermost frame out.
import Bytes
import Events
import Records

public struct ThreadTracker {
  public var story = TraceStory()

  /// Threads with calls that are not in the story yet, and places that are free. They are changed where they are:
  /// copies of growing trees cost more than everything else together.
  private var pool: [ThreadCalls] = []
  private var slots: [Int32: Int] = [:]
  private var free: [Int] = []
  /// The thread of the last event: events of one thread come in runs.
  private var recent: (tid: Int32, slot: Int)?
  private var lastOfCPU: [Int32: Int64] = [:]
  /// The CPU of the last event, whose time is not in `lastOfCPU` yet: events of one CPU come in runs.
  private var recentCPU: Int32 = -1
  private var recentTime: Int64 = .min
  /// The roles of `story.seen` and of `story.returning`, a bit each: a set is too slow for every event.
  private var seenBits: UInt64 = 0
  private var returningBits: UInt64 = 0
  private var openRegistrations = 0
  private var lastRegistration: Int64 = .min
  /// When an IOMMU probe last touched a device, and how many are in it now.
  private var visits: [DeviceKey: (last: Int64, open: Int)] = [:]
  private var maps: [DeviceKey: Int] = [:]
  private var kept: [DeviceKey: Int] = [:]
  /// A device's last quiet attempt whose result is not traced: the next attempt tells that it failed.
  private var waiting: [DeviceKey: ThreadCalls] = [:]

  /// How many deferrals of one device are kept before the rest is counted: with nothing else going on, and while
  /// some IOMMU registers. Those that overlap a visit of the device are always kept.
  private static let keptDeferrals = 3
  private static let keptWhileRegistering = 32
  /// DMA mappings of one device that are kept; those before its domain come first.
  private static let keptMaps = 24
  private static let keptAnchors = 20_000
  /// Calls, marks and gaps that are kept, and those of open trees. No boot has this many that matter: some 3000
  /// devices. Memory stays bounded whatever the input's size.
  private static let mostHeld = 1 << 16
  private var held = 0

  public init() {}

  /// False once an event was refused: the story ends before it, as if the recording had been stopped. The calls that are
  /// open then are kept, so that all threads are seen up to the same moment.
  public var wantsMore: Bool { story.fullAt == nil }

  public mutating func feed(_ event: Event) {
    guard held < Self.mostHeld else { return story.fullAt = story.fullAt ?? event.place }
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
    case .leave(let function, let caller, let result):
      if Self.isNew(function.role, &returningBits) { story.returning.insert(function.role) }
      leave(event, function, caller, result)
    case .abandon(let role): abandon(event, role)
    case .groupAdded(let device, let group): mark(event, .group(group), device)
    case .groupRemoved(let device): mark(event, .ungroup, device)
    case .domainAttached(let device): mark(event, .domain, device)
    case .pageFault(let device, let iova): mark(event, .fault(iova: iova), device)
    case .console(let hash, _): anchor(hash, event.time)
    case .lost(let count):
      let since = event.cpu < 0 ? nil : event.cpu == recentCPU ? recentTime : lastOfCPU[event.cpu]
      held += 1
      story.gaps.append(
        .init(since: since ?? .min, after: story.last ?? .min, count: count, place: event.place))
    }
  }

  /// Commits what is still open; call once at the end.
  public mutating func finish() {
    for tid in slots.keys.sorted() {
      if let slot = slots[tid] { commit(slot) }
    }
    // Of those that began at one time, too, the order must not be that of a hash table.
    let last = waiting.values.sorted {
      ($0.tree[0].start, $0.tree[0].place) < ($1.tree[0].start, $1.tree[0].place)
    }
    for thread in last { keep(thread) }
    waiting = [:]
    story.marks.sort { $0.time < $1.time }
    story.settleReturns()
  }

  // MARK: calls

  private mutating func enter(
    _ event: Event, _ function: Function, _ subject: DeviceKey, _ detail: Name, caller: Name, hasReturn: Bool
  ) {
    if Self.isNew(function.role, &seenBits) { story.seen.insert(function.role) }
    noteWalk(function.role, subject, event.time, opens: true)
    var slot = self.slot(event.tid)
    if let top = pool[slot].open.last, isSecondProbe(pool[slot].tree[Int(top)], function, subject, event.time)
    {
      pool[slot].tree[Int(top)].subject.merge(subject)
      pool[slot].tree[Int(top)].entries &+= 1
      if detail != .none { pool[slot].tree[Int(top)].detail = detail }
      return
    }
    pool[slot].endEarlier(function.role, subject, event.time)
    pool[slot].endForeign(function.role, subject)
    if pool[slot].open.isEmpty, !pool[slot].tree.isEmpty {
      commit(slot)
      slot = self.slot(event.tid)
    }
    pool[slot].makeRoom()
    let index = Int32(pool[slot].tree.count)
    pool[slot].tree.append(
      Call(
        function: function, subject: subject, detail: detail, tid: event.tid, comm: event.comm,
        start: event.time, end: nil, result: nil, caller: caller, parent: pool[slot].open.last ?? -1,
        place: event.place, endPlace: nil, isWithoutReturn: !hasReturn))
    pool[slot].open.append(index)
    held += 1
  }

  private static func isNew(_ role: Role, _ bits: inout UInt64) -> Bool {
    let bit: UInt64 = 1 << UInt64(role.rawValue)
    defer { bits |= bit }
    return bits & bit == 0
  }

  private mutating func slot(_ tid: Int32) -> Int {
    if let known = known(tid) { return known }
    let slot = free.popLast() ?? pool.count
    if slot == pool.count { pool.append(ThreadCalls()) }
    pool[slot].tid = tid
    slots[tid] = slot
    recent = (tid, slot)
    return slot
  }

  /// The thread's place if it has calls.
  private mutating func known(_ tid: Int32) -> Int? {
    if let recent, recent.tid == tid { return recent.slot }
    guard let slot = slots[tid] else { return nil }
    recent = (tid, slot)
    return slot
  }

  /// kprobe and fprobe on one function both fire: the second entry within microseconds, same function and device.
  private func isSecondProbe(_ top: Call, _ function: Function, _ subject: DeviceKey, _ time: Int64) -> Bool {
    top.function == function && top.end == nil && !top.isWithoutReturn && time - top.start < 1_000_000
      && (top.subject.name == subject.name || !subject.isKnown || !top.subject.isKnown)
  }

  private mutating func leave(_ event: Event, _ function: Function, _ caller: Name, _ result: Int64?) {
    guard let slot = known(event.tid) else { return }
    close(slot, event, function, caller, result)
    // The tree is whole once the outermost call has had all its returns.
    if pool[slot].open.isEmpty, !pool[slot].isOwed(0) { commit(slot) }
  }

  private mutating func close(
    _ slot: Int, _ event: Event, _ function: Function, _ caller: Name, _ result: Int64?
  ) {
    let last = pool[slot].lastEnded
    // The second probe on the call that just ended: it may know the result.
    if last >= 0, pool[slot].isOwed(last), matches(pool[slot].tree[Int(last)], function) {
      return pool[slot].close(last, event, caller, result)
    }
    if isSecondSight(pool[slot], event, function, result) { return }
    guard let depth = pool[slot].open.lastIndex(where: { matches(pool[slot].tree[Int($0)], function) }) else {
      return
    }
    // Frames further in whose return was not recorded end here without a result.
    let index = pool[slot].open[depth]
    pool[slot].open.removeSubrange(depth...)
    pool[slot].close(index, event, caller, result)
    pool[slot].lastEnded = index
    noteWalk(function.role, pool[slot].tree[Int(index)].subject, event.time, opens: false)
  }

  /// The same return again (a line that is in the text twice) must not end a frame further out.
  private func isSecondSight(
    _ thread: ThreadCalls, _ event: Event, _ function: Function, _ result: Int64?
  ) -> Bool {
    guard thread.lastEnded >= 0, Int(thread.lastEnded) < thread.tree.count else { return false }
    let last = thread.tree[Int(thread.lastEnded)]
    return matches(last, function) && last.end == event.time && last.result == result
  }

  private func matches(_ call: Call, _ function: Function) -> Bool {
    call.function.role == function.role && (function.name == .none || call.function.name == function.name)
  }

  private mutating func abandon(_ event: Event, _ role: Role) {
    guard let slot = known(event.tid),
      let depth = pool[slot].open.lastIndex(where: { pool[slot].tree[Int($0)].role == role })
    else { return }
    let subject = pool[slot].tree[Int(pool[slot].open[depth])].subject
    pool[slot].open.removeSubrange(depth...)
    noteWalk(role, subject, event.time, opens: false)
    if pool[slot].open.isEmpty { commit(slot) }
  }

  /// Function tracer: the frames further in than `caller` have returned by now.
  private mutating func unwind(_ tid: Int32, to caller: Name, _ role: Role) {
    guard let slot = known(tid) else { return }
    if let depth = pool[slot].open.lastIndex(where: { pool[slot].tree[Int($0)].function.name == caller }) {
      pool[slot].open.removeSubrange((depth + 1)...)
    } else if role == .reallyProbe {
      pool[slot].open.removeAll()
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
    held += 1
    let slot = known(event.tid)
    let inside = slot.flatMap { pool[$0].open.last } ?? -1
    let mark = Mark(
      kind: kind, device: device, time: event.time, tid: event.tid, place: event.place, inside: inside)
    if let slot, inside >= 0 {
      pool[slot].marks.append(mark)
    } else {
      story.marks.append(mark)
    }
  }

  private mutating func anchor(_ hash: UInt64, _ time: Int64) {
    guard story.console.count < Self.keptAnchors else { return }
    story.console[hash] = story.console[hash] == nil ? time : -1
  }

  // MARK: committing

  private mutating func commit(_ slot: Int) {
    var thread = ThreadCalls()
    swap(&thread, &pool[slot])
    slots[thread.tid] = nil
    free.append(slot)
    if recent?.slot == slot { recent = nil }
    guard let root = thread.tree.first, !fold(thread, root) else { return }
    keep(thread)
    // Its memory is used again.
    thread.clear()
    swap(&thread, &pool[slot])
  }

  private mutating func keep(_ thread: ThreadCalls) {
    // Growing step by step touches twice the memory; what is reserved and not used costs nothing.
    if story.calls.capacity < Self.mostHeld, story.calls.count > Self.mostHeld / 64 {
      story.calls.reserveCapacity(Self.mostHeld)
    }
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
  private mutating func fold(_ thread: ThreadCalls, _ root: Call) -> Bool {
    if root.role == .dmaMap {
      let count = maps[root.subject, default: 0]
      maps[root.subject] = count + 1
      // Where its return is lost, other calls are in it.
      return count >= Self.keptMaps && thread.marks.isEmpty
        && thread.tree.allSatisfy { $0.role == .dmaMap } && drop(thread)
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
      if !(count(before.tree[0]) && drop(before)) { keep(before) }
      return true
    }
    return root.result == -517 && count(root) && drop(thread)
  }

  /// The calls of `thread` are not held any more.
  private mutating func drop(_ thread: ThreadCalls) -> Bool {
    held -= thread.tree.count
    return true
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
