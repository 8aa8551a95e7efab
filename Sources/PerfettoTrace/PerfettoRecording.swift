import Bytes
import Events
import Records

/// A recording of Perfetto, read once from its first byte to its last. Most of it is passed over. Files of several that were put
/// together (`cat`) hold each for itself: see `parts`.
package struct PerfettoRecording {
  let input: Int
  /// Where the run of bytes comes from that is read; packets in packets have the place of the outer one.
  var splitter = PacketSplitter()
  var inflating = Inflating()
  var holding = Holding()
  var probes = Probes()
  var threads = ThreadNames()
  var sequences = Sequences()
  /// Plans of generic events, by the trace's own ids; and of those that name themselves.
  var dense = DensePlans()
  var named: [Name: NamedPlan] = [:]
  /// Of the names of their fields.
  var namedBytes = 0
  var cpus: [CPUKey: CPUState] = [:]
  var bundles = BundleClocks()
  /// Sequences of those that write ftrace's events.
  var sources: [UInt32] = []
  var stats = RecordingStats()
  var service = ServiceStats()
  var androidLog = AndroidLog()
  var identity = RecordingIdentity()
  /// Recordings that stand before this one in the file.
  var earlier: [PerfettoRecording] = []
  /// There are more recordings than are held: from here on nothing was taken.
  var fullAt: Int64?
  var drops = 0
  var counts = Counts()
  /// Its events are of the boot before the one that all else in the file is of.
  package fileprivate(set) var isOfBootBefore = false

  /// What was seen and not taken.
  struct Counts: Sendable {
    var events: Int64 = 0
    var bundles = 0
    var broken: Int64 = 0
    var firstBroken: Int64?
    var undescribed: Int64 = 0
    var timeless: Int64 = 0
    /// Without anything but a time and a thread.
    var empty: Int64 = 0
    /// Functions of the graph tracer as bare numbers.
    var unnamed: Int64 = 0
    /// Events of kprobes that Perfetto made itself.
    var bare: Int64 = 0
    var otherMachines: Int64 = 0
    var otherClocks: Int64 = 0
    var hasNoRoom = false
    /// Of two data sources.
    var repeated: Int64 = 0
  }

  /// A CPU's buffer, as one data source reads it.
  struct CPUKey: Hashable, Sendable {
    var cpu: Int32
    var sequence: UInt32
  }

  /// What one CPU's bundles have told so far.
  struct CPUState: Sendable {
    var events: Int64 = 0
    /// A hole before its next event, and where it is said.
    var hole: Int64?
    /// `drops` as of its last event.
    var drops = 0
    var lost: Int64 = 0
    var source: UInt8 = 0
  }

  /// `input`: its number, for places.
  package init(input: Int) { self.input = input }

  /// Lets go of the events that were read so far: what only reads is to be measured.
  package mutating func forget() { holding.removeAll() }

  /// It has a log or events of ftrace: without either it is a recording of something else.
  package var hasKernel: Bool { !earlier.isEmpty || hasOwnKernel }
  var hasOwnKernel: Bool { counts.bundles > 0 || stats.isThere || androidLog.lines > 0 }
  /// Events of ftrace, needed or not; of a file of several those of the last.
  package var events: Int64 { counts.events }
  /// `uname`'s release, as the recording has it; nil if it does not.
  package var kernelRelease: String? { isOfBootBefore ? nil : identity.release }
  /// When its boot began, by the wall's clock; nil if it does not say.
  package var wallClock: WallClock? { isOfBootBefore ? nil : identity.wall }
  /// From here on there are no packets, and nothing was read.
  package var unreadFrom: Int? {
    splitter.faults.lazy.compactMap { if case .garbage(let at) = $0 { at } else { nil } }.first
  }
  /// The clock that its ftrace events are on, as Perfetto calls it.
  package var clockName: String { bundles.name }
  /// The same, where it is known: recordings of one boot that have the same one are on one clock.
  package var timebase: String? { bundles.isKnown ? clockName : nil }
  /// Ticks for a clock without seconds, which gives an order only.
  package var clock: TraceClock { bundles.clock == 1 ? .ticks : .nanoseconds }

  /// Reads the next run of bytes.
  package mutating func feed(_ bytes: Span<UInt8>, _ names: inout NameTable) {
    var splitter = PacketSplitter()
    swap(&splitter, &self.splitter)
    var work = self
    self = PerfettoRecording(input: input)
    var table = names
    names = NameTable()
    splitter.feed(bytes) { bytes, packet in
      work.take(bytes, packet.range, at: Int64(packet.place), depth: 0, &table)
    }
    self = work
    names = table
    swap(&splitter, &self.splitter)
  }

  /// One TracePacket.
  mutating func take(
    _ bytes: Span<UInt8>, _ range: Range<Int>, at place: Int64, depth: Int, _ names: inout NameTable
  ) {
    var packet = Packet()
    guard packet.read(bytes, range) else { return breakOff(place) }
    guard packet.machine == 0 else {
      counts.otherMachines += 1
      return
    }
    inflate(packet, bytes, at: place, depth: depth, &names)
    if isOfAnother(packet, bytes) { beginAnother(packet, at: place) }
    guard fullAt == nil else { return }
    identity.take(packet, bytes, hasData: hasOwnKernel)
    let carriesFtrace = packet.bundle != nil || packet.stats != nil
    if sequences.note(packet, carriesFtrace: carriesFtrace, place) { drops += 1 }
    if let symbols = packet.symbols { sequences.take(symbols: symbols, of: packet.sequence, bytes) }
    if let tree = packet.tree { threads.take(tree: tree, bytes, &names) }
    if let bundle = packet.bundle {
      if !take(
        bundle: bundle, packet, bytes, depth == 0 ? place - Int64(range.lowerBound) : nil, place, &names)
      {
        breakOff(place)
      }
    }
    if let range = packet.stats { stats.take(range, of: packet.sequence, bytes, place) }
    if let range = packet.service { service.take(stats: range, bytes, place) }
    if let range = packet.recovered { service.take(recovered: range, bytes, place) }
    if let range = packet.log { androidLog.take(range, bytes, input, place, &names) }
    if let range = packet.event {
      bundles.takeService(range, packet, bytes)
      stats.take(service: range, bytes)
    }
  }

  /// What a message cannot be: the rest of its packet is not known.
  mutating func breakOff(_ place: Int64) {
    counts.broken += 1
    counts.firstBroken = counts.firstBroken ?? place
  }
}

extension PerfettoRecording {
  /// What a buffer that outlived a reboot held is a recording for itself: nothing else here is of its boot.
  func divided() -> [PerfettoRecording] {
    let config = identity.config
    guard config.hasFrozen else { return [self] }
    let live = Set(sources.indices.filter { config.hasLive && stats.hasStart(sources[$0]) }.map { UInt8($0) })
    var (before, own) = (self, self)
    before.isOfBootBefore = true
    before.androidLog = AndroidLog()
    before.threads = ThreadNames()
    before.keep { !live.contains($0.source) }
    own.keep { live.contains($0.source) }
    return [before, own]
  }

  /// Of another boot a probe is at another address.
  private mutating func keep(where isKept: (Held) -> Bool) {
    holding.keep(where: isKept)
    let calls: [Held.Kind] = [.enter, .leave, .leaveWithoutResult]
    let used = Set(holding.events.lazy.filter { calls.contains($0.kind) }.map(\.probe))
    for index in probes.all.indices where !used.contains(UInt16(index)) {
      (probes.all[index].address, probes.all[index].events) = (0, 0)
    }
  }
}
