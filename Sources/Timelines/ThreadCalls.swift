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

  /// More probes entered the call than have returned from it.
  func isOwed(_ index: Int32) -> Bool {
    tree.indices.contains(Int(index)) && tree[Int(index)].returns < tree[Int(index)].entries
  }

  /// Where the calls are too deep the outermost are given up: their returns are lost, and they get no end. What is
  /// cut off stands alone then, so the cut is made where something of its own begins.
  mutating func makeRoom() {
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
  mutating func endEarlier(_ role: Role, _ subject: DeviceKey, _ time: Int64) {
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
  mutating func endForeign(_ role: Role, _ subject: DeviceKey) {
    guard Self.isOfOneDevice(role) else { return }
    let outer = open.lastIndex { !Self.isOfOneDevice(tree[Int($0)].role) }.map { $0 + 1 } ?? 0
    let foreign = open[outer...].firstIndex { tree[Int($0)].subject.differs(from: subject) }
    guard let foreign else { return }
    open.removeSubrange(foreign...)
  }

  private static func isOfOneDevice(_ role: Role) -> Bool {
    switch role {
    case .busDMAConfigure, .firmwareDMAConfigure, .ofIOMMUConfigure, .iommuProbeDevice, .innerIOMMUProbe,
      .innerIOMMUProbeTail:
      true
    default: false
    }
  }

  mutating func close(_ index: Int32, _ event: Event, _ caller: Name, _ result: Int64?) {
    tree[Int(index)].returns &+= 1
    tree[Int(index)].end = tree[Int(index)].end ?? event.time
    tree[Int(index)].endPlace = result == nil ? tree[Int(index)].endPlace ?? event.place : event.place
    tree[Int(index)].result = tree[Int(index)].result ?? result
    if caller != .none { tree[Int(index)].caller = caller }
  }
}

extension DeviceKey {
  /// Whether it is certainly another device.
  fileprivate func differs(from other: DeviceKey) -> Bool {
    name != .none && other.name != .none && name != other.name
      || pointer != 0 && other.pointer != 0 && pointer != other.pointer
  }
}
