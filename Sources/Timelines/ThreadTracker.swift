import Bytes
import Events
import Records

/// A trace's events to its story. Threads migrate and take turns: each event goes to its thread's calls (ThreadCalls), and what
/// is whole there goes into the story, as far as it is kept (Retention).
package struct ThreadTracker {
  /// Complete after `finish`.
  package var story = TraceStory()

  /// Threads with calls that are not in the story yet, and places that are free. They are changed where they are:
  /// copies of growing trees cost more than everything else together.
  private var pool: [ThreadCalls] = []
  private var slots: [Int32: Int] = [:]
  private var free: [Int] = []
  /// The thread of the last event: events of one thread come in runs.
  private var recent: (tid: Int32, slot: Int)?
  private var cpus = CPUTimes()
  /// The roles of `story.seen` and of `story.returning`, a bit each: a set is too slow for every event.
  private var seenBits: UInt64 = 0
  private var returningBits: UInt64 = 0
  private var retention = Retention()

  private static let keptAnchors = 20_000

  package init() {}

  /// False once an event was refused: the story ends before it, as if the recording had been stopped. The calls that are
  /// open then are kept, so that all threads are seen up to the same moment.
  /// Stored: to ask a computed one of a tracker in a closure copies the tracker, event by event.
  package private(set) var wantsMore = true

  /// The next event of the trace; without effect once it does not want more.
  package mutating func feed(_ event: Event) {
    guard !retention.isFull else {
      wantsMore = false
      return story.fullAt = story.fullAt ?? event.place
    }
    story.events += 1
    if case .lost(let count) = event.body { return lose(event, count) }
    if event.time != .min {
      cpus.note(event.cpu, event.time)
      story.grain.note(event.time)
      story.first = story.first ?? event.time
      story.last = max(story.last ?? event.time, event.time)
    }
    switch event.body {
    case .enter(let function, let subject, let detail):
      enter(event, function, subject, detail, caller: .none, hasReturn: true)
    case .call(let function, let subject, let caller):
      if let slot = known(event.tid) { pool[slot].unwind(to: caller, function.role) }
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
    case .lost: break
    }
  }

  /// A mark that has a time stands before what its CPU has at that time. The mark itself is no event of that CPU: with it for the last
  /// one no hole would be longer than a moment.
  private mutating func lose(_ event: Event, _ count: Int64?) {
    retention.hold()
    let after = event.time == .min ? story.last ?? .min : event.time - 1
    story.gaps.append(
      .init(since: cpus.last(of: event.cpu) ?? .min, after: after, count: count, place: event.place))
  }

  /// Each CPU may have overwritten its oldest events, as `place` says; to be called before the end.
  package mutating func loseBeginning(at place: Place) {
    story.gaps.append(.init(since: .min, after: .min, count: nil, place: place))
  }

  /// Commits what is still open; call once at the end.
  package mutating func finish() {
    for tid in slots.keys.sorted() {
      if let slot = slots[tid] { commit(slot) }
    }
    retention.finish(&story)
    // What was overwritten was each CPU's oldest.
    for index in story.gaps.indices where story.gaps[index].after == .min {
      story.gaps[index].after = cpus.latestFirst
    }
    story.marks.sort { $0.time < $1.time }
    story.settleReturns()
  }

  // MARK: calls

  private mutating func enter(
    _ event: Event, _ function: Function, _ subject: DeviceKey, _ detail: Name, caller: Name, hasReturn: Bool
  ) {
    if Self.isNew(function.role, &seenBits) { story.seen.insert(function.role) }
    retention.begins(function.role, subject, at: event.time)
    var slot = self.slot(event.tid)
    if pool[slot].takeSecondProbe(function, subject, detail, event.time) { return }
    pool[slot].endStale(function.role, subject, event.time)
    if pool[slot].open.isEmpty, !pool[slot].tree.isEmpty {
      commit(slot)
      slot = self.slot(event.tid)
    }
    pool[slot].enter(
      Call(
        function: function, subject: subject, detail: detail, tid: event.tid, comm: event.comm,
        start: event.time, end: nil, result: nil, caller: caller, parent: -1, place: event.place,
        endPlace: nil, isWithoutReturn: !hasReturn))
    retention.hold()
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

  private mutating func leave(_ event: Event, _ function: Function, _ caller: Name, _ result: Int64?) {
    guard let slot = known(event.tid) else { return }
    if let subject = pool[slot].leave(function, event, caller, result) {
      retention.ends(function.role, subject, at: event.time)
    }
    // The tree is whole once the outermost call has had all its returns.
    if pool[slot].open.isEmpty, !pool[slot].isOwed(0) { commit(slot) }
  }

  private mutating func abandon(_ event: Event, _ role: Role) {
    guard let slot = known(event.tid), let subject = pool[slot].abandon(role) else { return }
    retention.ends(role, subject, at: event.time)
    if pool[slot].open.isEmpty { commit(slot) }
  }

  // MARK: marks

  private mutating func mark(_ event: Event, _ kind: Mark.Kind, _ device: Name) {
    retention.hold(device)
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

  /// The thread's calls are whole, or nothing more comes.
  private mutating func commit(_ slot: Int) {
    var thread = ThreadCalls()
    swap(&thread, &pool[slot])
    slots[thread.tid] = nil
    free.append(slot)
    if recent?.slot == slot { recent = nil }
    guard retention.take(thread, &story) else { return }
    // Its memory is used again.
    thread.clear()
    swap(&thread, &pool[slot])
  }
}
