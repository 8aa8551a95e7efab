// Which of a trace's finished calls are kept: a deferred device is bound again and again, and a driver at work maps memory all
// the time. What is dropped is counted; memory stays bounded whatever the input's size.
import Bytes
import Events
import Records

struct Retention {
  /// Calls, marks and gaps that are kept, and those of open trees.
  private(set) var held = 0

  /// Those that are named, by names and by addresses. Of mappings there may be any number: they are dropped.
  private var devices: Set<DeviceKey> = []
  /// The last of them: the calls inside one another are of one device.
  private var device = DeviceKey.unknown

  private var openRegistrations = 0
  private var lastRegistration: Int64 = .min
  /// When an IOMMU probe last touched a device, and how many are in it now.
  private var visits: [DeviceKey: (last: Int64, open: Int)] = [:]
  private var maps: [DeviceKey: Int] = [:]
  private var deferrals: [DeviceKey: Int] = [:]
  /// A device's last quiet attempt whose result is not traced: the next attempt tells that it failed.
  private var waiting: [DeviceKey: ThreadCalls] = [:]

  /// How many deferrals of one device are kept before the rest is counted: with nothing else going on, and while
  /// some IOMMU registers. Those that overlap a visit of the device are always kept.
  private static let keptDeferrals = 3
  private static let keptWhileRegistering = 32
  /// DMA mappings of one device that are kept; those before its domain come first.
  private static let keptMaps = 24
  /// No boot has this many that matter: some 3000 devices.
  private static let mostHeld = 1 << 16
  /// Each may have a name and an address.
  private static let mostDevices = 1 << 14

  var isFull: Bool { held >= Self.mostHeld || devices.count > Self.mostDevices }

  /// One more call, mark or gap is there.
  mutating func hold() { held += 1 }

  /// The same, of a mark that names a device.
  mutating func hold(_ device: Name) {
    held += 1
    meets(DeviceKey(name: device))
  }

  private mutating func meets(_ subject: DeviceKey) {
    guard subject != device else { return }
    device = subject
    devices.insert(subject)
  }

  // MARK: what goes on

  mutating func begins(_ role: Role, _ subject: DeviceKey, at time: Int64) {
    if role != .dmaMap { meets(subject) }
    note(role, subject, time, opens: true)
  }

  mutating func ends(_ role: Role, _ subject: DeviceKey, at time: Int64) {
    note(role, subject, time, opens: false)
  }

  private mutating func note(_ role: Role, _ subject: DeviceKey, _ time: Int64, opens: Bool) {
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

  // MARK: what is kept

  /// Takes a thread's whole calls; false if they are not in the story now.
  mutating func take(_ thread: ThreadCalls, _ story: inout TraceStory) -> Bool {
    guard let root = thread.tree.first, !fold(thread, root, &story) else { return false }
    Self.keep(thread, &story)
    return true
  }

  /// Keeps what was waiting; to be called once at the end.
  mutating func finish(_ story: inout TraceStory) {
    // Of those that began at one time, too, the order must not be that of a hash table.
    let last = waiting.values.sorted {
      ($0.tree[0].start, $0.tree[0].place) < ($1.tree[0].start, $1.tree[0].place)
    }
    for thread in last { Self.keep(thread, &story) }
    waiting = [:]
  }

  private static func keep(_ thread: ThreadCalls, _ story: inout TraceStory) {
    // Growing step by step touches twice the memory; what is reserved and not used costs nothing.
    if story.calls.capacity < mostHeld, story.calls.count > mostHeld / 64 {
      story.calls.reserveCapacity(mostHeld)
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
  private mutating func fold(_ thread: ThreadCalls, _ root: Call, _ story: inout TraceStory) -> Bool {
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
      if root.role == .reallyProbe, let before = waiting.removeValue(forKey: root.subject) {
        Self.keep(before, &story)
      }
      return false
    }
    // Without a result an attempt shows by the next one that it did not bind.
    if root.result == nil {
      guard let before = waiting.updateValue(thread, forKey: root.subject) else { return true }
      if !(count(before, &story) && drop(before)) { Self.keep(before, &story) }
      return true
    }
    return root.result == -517 && count(thread, &story) && drop(thread)
  }

  /// The calls of `thread` are not held any more.
  private mutating func drop(_ thread: ThreadCalls) -> Bool {
    held -= thread.tree.count
    return true
  }

  /// Counts a deferred attempt; false if so few were seen that this one is still to be kept.
  private mutating func count(_ thread: ThreadCalls, _ story: inout TraceStory) -> Bool {
    let root = thread.tree[0]
    let whileRegistering = openRegistrations > 0 || lastRegistration >= root.start
    let seen = deferrals[root.subject, default: 0]
    deferrals[root.subject] = seen + 1
    guard seen >= (whileRegistering ? Self.keptWhileRegistering : Self.keptDeferrals) else { return false }
    story.folded[root.subject, default: FoldedBinds()].add(root, thread.tree)
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

extension FoldedBinds {
  fileprivate mutating func add(_ bind: Call, _ tree: [Call]) {
    let end = bind.end ?? bind.start
    let hasWaited = tree.contains { call in
      switch call.role {
      case .busDMAConfigure, .firmwareDMAConfigure, .ofIOMMUConfigure: call.result == -517
      default: false
      }
    }
    if hasWaited { lastWait = max(lastWait ?? .min, bind.start) }
    count += 1
    first = min(first, bind.start)
    last = max(last, end)
    longest = max(longest, end - bind.start)
  }
}
