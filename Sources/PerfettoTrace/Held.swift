// Events between the recording and the analysis: which function a probe is on, and what a thread is called, may be known only
// when everything was read.
import Bytes
import Events

/// An event that the analysis needs.
struct Held: Sendable {
  enum Kind: UInt8, Sendable {
    case enter, leave, leaveWithoutResult
    case groupAdded, groupRemoved, domainAttached, pageFault, console, lost
  }
  /// On the trace's clock.
  var time: Int64
  /// Of the event; of a packed one a byte of its packet, another one for each.
  var place: Int64
  /// A result, a pointer, a group, an address, a message's hash.
  var number: Int64
  var tid: Int32
  var cpu: Int32
  /// The device, or the message.
  var name: Name = .none
  /// The driver, or the IOMMU's own device.
  var detail: Name = .none
  /// Index into `Probes.all`.
  var probe: UInt16 = 0
  var kind: Kind
  /// Index into the recording's sources.
  var source: UInt8 = 0

  /// What every event has, whether it is needed or not. An event is made of it at once, where it is held: one that is filled in
  /// bit by bit and then copied costs more than decoding it.
  struct Head {
    var time: Int64
    var place: Int64
    var tid: Int32
    var cpu: Int32
    var source: UInt8
  }

  init(
    _ head: Head, _ kind: Kind, number: Int64 = 0, name: Name = .none, detail: Name = .none, probe: UInt16 = 0
  ) {
    time = head.time
    place = head.place
    tid = head.tid
    cpu = head.cpu
    source = head.source
    self.kind = kind
    self.number = number
    self.name = name
    self.detail = detail
    self.probe = probe
  }

  /// The same event as an earlier one of another data source, which read the same buffer or one that had it too.
  func isRepeat(of other: Held) -> Bool {
    time - other.time <= Self.mostApart && cpu == other.cpu && kind == other.kind && kind != .lost
      && number == other.number && name == other.name && detail == other.detail && probe == other.probe
  }
  /// Two stamps of one event, with an interrupt between them.
  private static let mostApart: Int64 = 100_000
}

/// The earliest events, as many as any boot has: files may be of any size, and their order is that of the CPUs' buffers.
struct Holding: Sendable {
  /// As many as one boot has. The recordings of one file share the room.
  private let most: Int

  fileprivate(set) var events: [Held] = []
  /// Events at this time and later are not held.
  private(set) var cut = Int64.max
  /// The first place of such an event, in the file's order.
  private(set) var firstLeftOut: Int64?

  init(room: Int = 400_000) { most = room }

  /// For a recording behind this one.
  var roomLeft: Int { max(0, most - events.count) }

  @inline(__always)
  mutating func wants(_ time: Int64, _ place: Int64) -> Bool {
    if time < cut { return true }
    if firstLeftOut == nil { firstLeftOut = place }
    return false
  }

  @inline(__always)
  mutating func add(_ event: Held) {
    guard wants(event.time, event.place) else { return }
    if events.count == events.capacity { grow() }
    events.append(event)
    if events.count > most + most / 4 { trim() }
  }

  /// Doubled again and again, a large one would be there twice, and twice too long.
  @inline(never)
  private mutating func grow() {
    if events.count >= 1 << 15 { events.reserveCapacity(most + most / 4 + 1) }
  }

  @inline(never)
  private mutating func trim() {
    sort()
    cut = events[most].time
    firstLeftOut = firstLeftOut ?? events[most].place
    while let last = events.last, last.time >= cut { events.removeLast() }
  }

  /// By time, of equal times the lower CPU first, as the kernel's own text has them.
  mutating func sort() {
    // Stable: Swift's sort keeps the order of what is equal, and that of one CPU is the file's.
    events.sort { ($0.time, $0.cpu) < ($1.time, $1.cpu) }
  }

  /// Leaves out what two data sources recorded; how much that was. Each ring buffer has a stamp of its own, but the kernel has written an
  /// event into all of them before its thread goes on.
  mutating func removeRepeated() -> Int64 {
    sort()
    var kept: [Held] = []
    kept.reserveCapacity(events.count)
    // The latest events of each thread, and the sources that have them.
    var latest: [Int32: [(place: Int, sources: [UInt8])]] = [:]
    for event in events {
      var own = latest.removeValue(forKey: event.tid) ?? []
      if let known = own.firstIndex(where: {
        event.isRepeat(of: kept[$0.place]) && !$0.sources.contains(event.source)
      }) {
        own[known].sources.append(event.source)
      } else {
        if own.count == Self.mostAtOnce { own.removeFirst() }
        own.append((kept.count, [event.source]))
        kept.append(event)
      }
      latest[event.tid] = own
    }
    defer { events = kept }
    return Int64(events.count - kept.count)
  }
  /// Of one thread, while an event is written into all buffers.
  private static let mostAtOnce = 16

  mutating func keep(where isKept: (Held) -> Bool) { events.removeAll { !isKept($0) } }

  mutating func removeAll() { events.removeAll(keepingCapacity: true) }

  /// Leaves out what is earlier; how much that was.
  mutating func removeAll(before time: Int64) -> Int {
    let before = events.count
    events.removeAll { $0.time < time }
    return before - events.count
  }
}

extension Holding {
  /// A hole before the first event of each of these CPUs; all along for one that has none.
  mutating func addBeginnings(of cpus: Set<Int32>, place: Int64) {
    guard !cpus.isEmpty else { return }
    var first: [Int32: Int64] = [:]
    for event in events where event.kind != .lost && cpus.contains(event.cpu) {
      first[event.cpu] = min(first[event.cpu] ?? .max, event.time)
    }
    let silent = cpus.subtracting(first.keys)
    addEnds(of: Dictionary(uniqueKeysWithValues: silent.map { ($0, place) }))
    // In front of all: they stay in front of what has the same time.
    events.insert(
      contentsOf: first.sorted { $0.key < $1.key }.map { cpu, time in
        Held(.init(time: time, place: place, tid: -1, cpu: cpu, source: 0), .lost)
      }, at: 0)
  }

  /// A hole behind the last event of each of these CPUs, to the end; and where it is said.
  mutating func addEnds(of places: [Int32: Int64]) {
    guard !places.isEmpty, let last = events.lazy.filter({ $0.kind != .lost }).map(\.time).max() else {
      return
    }
    for (cpu, place) in places.sorted(by: { $0.key < $1.key }) {
      add(Held(.init(time: last + 1, place: place, tid: -1, cpu: cpu, source: 0), .lost))
    }
  }
}
