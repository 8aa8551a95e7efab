// Entries and returns of one thread to calls. Returns get lost, probes double each other (kprobe and fprobe on one function):
// so they are matched from the innermost frame out.
import Bytes
import Events
import Records

/// What one thread has open: its outermost call, everything inside, and what was given up.
struct ThreadCalls {
  var tid: Int32 = 0
  /// The calls of the outermost call that is open, and of those that were given up; parents are indices into this
  /// list.
  var tree: [Call] = []
  var open: [Int32] = []
  /// Marks made inside the open tree.
  var marks: [Mark] = []
  /// The last call that ended, for the second probe on the same function.
  var lastEnded: Int32 = -1

  /// No kernel nests traced calls deeper than this; where all returns are lost they would pile up, and whoever
  /// walks the tree goes down as deep.
  private static let deepest = 256

  mutating func clear() {
    tree.removeAll(keepingCapacity: tree.capacity < 64)
    open.removeAll(keepingCapacity: true)
    marks.removeAll()
    lastEnded = -1
  }

  // MARK: entries

  mutating func enter(_ call: Call) {
    makeRoom()
    var call = call
    call.parent = open.last ?? -1
    open.append(Int32(tree.count))
    tree.append(call)
  }

  /// kprobe and fprobe on one function both fire: the second entry within microseconds, same function and device. False if it is
  /// the entry of another call.
  mutating func takeSecondProbe(
    _ function: Function, _ subject: DeviceKey, _ detail: Name, _ time: Int64
  ) -> Bool {
    guard let top = open.last.map(Int.init), tree[top].function == function, tree[top].end == nil,
      !tree[top].isWithoutReturn, time - tree[top].start < 1_000_000,
      tree[top].subject.name == subject.name || !subject.isKnown || !tree[top].subject.isKnown
    else { return false }
    tree[top].subject.merge(subject)
    tree[top].entries &+= 1
    if detail != .none { tree[top].detail = detail }
    return true
  }

  /// Ends what must have returned, for this begins now.
  mutating func endStale(_ role: Role, _ subject: DeviceKey, _ time: Int64) {
    endEarlier(role, subject, time)
    endForeign(role, subject)
    endForeignBind(role, subject)
  }

  /// Where the calls are too deep the outermost are given up: their returns are lost, and they get no end. What is
  /// cut off stands alone then, so the cut is made where something of its own begins.
  private mutating func makeRoom() {
    guard open.count == Self.deepest else { return }
    let next = open.indices.dropFirst().first { isOnItsOwn(open[$0], in: open[$0 - 1]) } ?? 1
    tree[Int(open[next])].parent = -1
    open.removeFirst(next)
  }

  /// A bind attempt, or a call for another device than the one that it runs in.
  private func isOnItsOwn(_ inner: Int32, in outer: Int32) -> Bool {
    let (inner, outer) = (tree[Int(inner)], tree[Int(outer)])
    return inner.role == .reallyProbe || inner.subject.differs(from: outer.subject)
  }

  /// The walk visits one device after the other, and a device is bound by one attempt at a time: an older one that
  /// is open here has returned, only its return was not recorded.
  private mutating func endEarlier(_ role: Role, _ subject: DeviceKey, _ time: Int64) {
    guard role == .walkVisit || role == .reallyProbe && subject.isKnown else { return }
    let older = open.firstIndex { index in
      tree[Int(index)].role == role && (role == .walkVisit || tree[Int(index)].subject == subject)
    }
    guard let older else { return }
    for index in open[older...] { tree[Int(index)].end = time }
    open.removeSubrange(older...)
  }

  /// What configures or probes one device does so for no other: where it is open and another device's begins, its return was
  /// not recorded, and when it was over is not known.
  private mutating func endForeign(_ role: Role, _ subject: DeviceKey) {
    guard Self.isOfOneDevice(role) else { return }
    let outer = open.lastIndex { !Self.isOfOneDevice(tree[Int($0)].role) }.map { $0 + 1 } ?? 0
    let foreign = open[outer...].firstIndex { tree[Int($0)].subject.differs(from: subject) }
    guard let foreign else { return }
    open.removeSubrange(foreign...)
  }

  /// really_probe() calls the bus's ->probe of its own device and no other: it has returned, and another was entered, where
  /// nothing was recorded. Returns since then may have been the other's: how its dma_configure ended is not known either.
  private mutating func endForeignBind(_ role: Role, _ subject: DeviceKey) {
    guard role == .busProbe, let depth = open.lastIndex(where: { tree[Int($0)].role == .reallyProbe }),
      tree[Int(open[depth])].subject.differs(from: subject)
    else { return }
    let bind = open[depth]
    open.removeSubrange(depth...)
    for index in tree.indices[Int(bind)...] where isConfiguring(Int32(index), in: bind) {
      tree[index].end = nil
      tree[index].result = nil
    }
  }

  /// A call of the device's dma_configure, down to what it calls, by this attempt.
  private func isConfiguring(_ index: Int32, in bind: Int32) -> Bool {
    var index = index
    while index > bind, Self.isOfOneDevice(tree[Int(index)].role) { index = tree[Int(index)].parent }
    return index == bind
  }

  private static func isOfOneDevice(_ role: Role) -> Bool {
    switch role {
    case .busDMAConfigure, .firmwareDMAConfigure, .ofIOMMUConfigure, .iommuProbeDevice, .innerIOMMUProbe,
      .innerIOMMUProbeTail:
      true
    default: false
    }
  }

  // MARK: returns

  /// More probes entered the call than have returned from it.
  func isOwed(_ index: Int32) -> Bool {
    tree.indices.contains(Int(index)) && tree[Int(index)].returns < tree[Int(index)].entries
  }

  /// A return: gives the device of the call that it ended, nil if it ended none.
  mutating func leave(_ function: Function, _ event: Event, _ caller: Name, _ result: Int64?) -> DeviceKey? {
    // The second probe on the call that just ended: it may know the result.
    if lastEnded >= 0, isOwed(lastEnded), matches(lastEnded, function) {
      close(lastEnded, event, caller, result)
      return nil
    }
    guard !isSecondSight(function, event.time, result),
      let depth = open.lastIndex(where: { matches($0, function) })
    else { return nil }
    // Frames further in whose return was not recorded end here without a result.
    let index = open[depth]
    open.removeSubrange(depth...)
    close(index, event, caller, result)
    lastEnded = index
    return tree[Int(index)].subject
  }

  /// The same return again (a line that is in the text twice) must not end a frame further out.
  private func isSecondSight(_ function: Function, _ time: Int64, _ result: Int64?) -> Bool {
    guard lastEnded >= 0, Int(lastEnded) < tree.count else { return false }
    let last = tree[Int(lastEnded)]
    return matches(lastEnded, function) && last.end == time && last.result == result
  }

  private func matches(_ index: Int32, _ function: Function) -> Bool {
    let called = tree[Int(index)].function
    return called.role == function.role && (function.name == .none || called.name == function.name)
  }

  private mutating func close(_ index: Int32, _ event: Event, _ caller: Name, _ result: Int64?) {
    tree[Int(index)].returns &+= 1
    tree[Int(index)].end = tree[Int(index)].end ?? event.time
    tree[Int(index)].endPlace = result == nil ? tree[Int(index)].endPlace ?? event.place : event.place
    tree[Int(index)].result = tree[Int(index)].result ?? result
    if caller != .none { tree[Int(index)].caller = caller }
  }

  /// The frame is gone and nobody saw its return: gives its device, nil if it is not open.
  mutating func abandon(_ role: Role) -> DeviceKey? {
    guard let depth = open.lastIndex(where: { tree[Int($0)].role == role }) else { return nil }
    let subject = tree[Int(open[depth])].subject
    open.removeSubrange(depth...)
    return subject
  }

  /// Function tracer: the frames further in than `caller` have returned by now.
  mutating func unwind(to caller: Name, _ role: Role) {
    if let depth = open.lastIndex(where: { tree[Int($0)].function.name == caller }) {
      open.removeSubrange((depth + 1)...)
    } else if role == .reallyProbe {
      open.removeAll()
    }
  }
}

extension DeviceKey {
  /// Whether it is certainly another device.
  fileprivate func differs(from other: DeviceKey) -> Bool {
    name != .none && other.name != .none && name != other.name
      || pointer != 0 && other.pointer != 0 && pointer != other.pointer
  }

  /// Takes over what `other` knows and this does not.
  fileprivate mutating func merge(_ other: DeviceKey) {
    if name == .none { name = other.name }
    if pointer == 0 { pointer = other.pointer }
  }
}
