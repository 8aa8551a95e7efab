// Joining a trace's clock to the kernel log's. Both usually come from local_clock(), but not always (boot, mono, latency format),
// so the offset is bounded by what was seen in both, and the slack is kept with the result.
import Bytes
import Events

/// How a trace's times become times of the boot: `log = trace + offset`, to within `slack` nanoseconds.
package struct ClockJoin: Sendable, Equatable {
  /// The offset at a time of the trace.
  struct Knot: Sendable, Equatable {
    var time: Int64
    var offset: Int64
  }

  /// Where the trace begins, nanoseconds; may be negative.
  package var offset: Int64
  /// Nil: nothing ties the two clocks together, so no order between the inputs is known.
  package var slack: Int64?
  /// How many sightings of one thing in both inputs it rests on.
  package var anchors: Int
  /// Of clocks that run at different speeds: straight lines between these. Empty: one offset holds throughout.
  private(set) var knots: [Knot] = []

  /// A trace alone: its own clock is the boot's.
  package static let alone = ClockJoin(offset: 0, slack: nil, anchors: 0)

  init(offset: Int64, slack: Int64?, anchors: Int) {
    self.offset = offset
    self.slack = slack
    self.anchors = anchors
  }

  /// A time of the trace on the boot's clock. Later stays later.
  package func boot(_ time: Int64) -> Int64 { time + offset(at: time) }

  /// A time of the boot on the trace's clock, to within a few nanoseconds.
  package func trace(_ time: Int64) -> Int64 {
    // Offsets change by a thousandth of the time at most: each step is that much nearer.
    var own = time - offset
    for _ in 0..<(knots.isEmpty ? 0 : 3) { own = time - offset(at: own) }
    return own
  }

  private func offset(at time: Int64) -> Int64 {
    guard let next = knots.firstIndex(where: { $0.time > time }) else { return knots.last?.offset ?? offset }
    guard next > 0 else { return offset }
    let (from, to) = (knots[next - 1], knots[next])
    let part = Double(time - from.time) / Double(to.time - from.time)
    return from.offset + Int64(part * Double(to.offset - from.offset))
  }

  // MARK: joining

  /// Offsets below this are taken for two views of one clock: the printk comes after its event.
  private static let sameClock: Int64 = 5_000_000
  /// How far bounds of one offset may miss each other: stamps are cut to microseconds, clocks drift a little.
  private static let jitter: Int64 = 250_000
  /// An offset that is none of one clock's is told by so many things at least: any two boots of a machine have one thing in common, and
  /// some offset that fits it.
  private static let leastShared = 3
  /// No two clocks of a machine run apart faster, in parts of the time.
  static let fastest: Int64 = 1000

  static func join(_ story: TraceStory, _ names: NameTable, _ log: LogEvents.Boot) -> ClockJoin {
    let (traced, said) = Groups.aligned(Groups(story, names), Groups(log, names))
    let sightings = ClockSighting.all(story, names, log, (traced, said))
    // A device's group and its warning are one thing, seen at one time of the trace.
    let things = Set(sightings.lazy.map(\.time)).count
    return settle(
      sightings + ClockSighting.returns(traced, said), anchors: sightings.count,
      isShared: things >= leastShared
    ).reaching(story.first, story.last)
  }

  /// Before its first sighting and behind its last one a clock that drifts may drift on.
  private func reaching(_ first: Int64?, _ last: Int64?) -> ClockJoin {
    guard let slack, let low = knots.first?.time, let high = knots.last?.time else { return self }
    var join = self
    join.slack = slack + max(0, low - (first ?? low), (last ?? high) - high) / Self.fastest
    return join
  }

  /// What was seen in both leaves no offset, by far: they are of two boots. Clocks that differ in speed leave a little.
  static func isImpossible(_ story: TraceStory, _ names: NameTable, _ log: LogEvents.Boot) -> Bool {
    let groups = Groups.aligned(Groups(story, names), Groups(log, names))
    let sightings = ClockSighting.all(story, names, log, groups)
    if let gap = gap(sightings), gap > farthest { return true }
    guard log.coarse == 0 else { return false }
    // Most traces have no console events. A clock that goes on while the machine sleeps leaps by more than a second.
    let bounded = sightings + ClockSighting.returns(groups.0, groups.1)
    return gap(bounded).map { $0 > farthest && $0 < shortestSleep } ?? false
  }
  private static let farthest: Int64 = 50_000_000
  private static let shortestSleep: Int64 = 1_000_000_000

  /// By how much the bounds of one offset miss each other; nil if clocks that drift explain it.
  private static func gap(_ sightings: [ClockSighting]) -> Int64? {
    let piece = Piece(sightings)
    guard piece.hasBoth, piece.low > piece.high, drifting(sightings, anchors: 0) == nil else { return nil }
    return piece.low - piece.high
  }

  /// The offset between the bounds; zero if two views of one clock fit them. `isShared`: enough things are in both.
  private static func settle(_ sightings: [ClockSighting], anchors: Int, isShared: Bool) -> ClockJoin {
    guard anchors > 0 else { return .alone }
    let piece = Piece(sightings)
    let (low, high) = (piece.low, piece.high)
    let jitter: Int64 = 1000
    let near = min(low == .min ? .max : abs(low), abs(high))
    if low <= jitter, high >= -jitter, near < sameClock {
      return ClockJoin(offset: 0, slack: max(jitter, near), anchors: anchors)
    }
    // One-sided bounds tie the clocks together only from one side: the order of close events stays open.
    guard piece.hasBoth else { return ClockJoin(offset: piece.offset, slack: nil, anchors: anchors) }
    // printk's clock is corrected at every tick where the CPU's own is not stable, the trace's is not.
    if low > high, max(abs(low), abs(high)) < sameClock {
      return ClockJoin(offset: 0, slack: max(abs(low), abs(high)), anchors: anchors)
    }
    guard isShared else { return ClockJoin(offset: high, slack: nil, anchors: anchors) }
    if low <= high { return ClockJoin(offset: high, slack: high - low, anchors: anchors) }
    return drifting(sightings, anchors: anchors) ?? ClockJoin(offset: high, slack: nil, anchors: anchors)
  }

  /// How many things the trace and the log have in common, to tell which boot of a log a trace belongs to.
  static func common(_ story: TraceStory, _ names: NameTable, _ log: LogEvents.Boot) -> Int {
    let (traced, said) = Groups.aligned(Groups(story, names), Groups(log, names))
    let groups = traced.sightings
    let gaps = said.sightings.compactMap { sighting, logged in
      groups[sighting].map { logged.time - $0.time }
    }.sorted()
    // Two views of one clock, or two clocks: then what is of one boot lies equally far apart.
    let middle = gaps.isEmpty ? 0 : gaps[gaps.count / 2]
    let close = gaps.count { abs($0) < 100_000_000 } + gaps.count { abs($0 - middle) < 1_000_000 }
    return close + story.console.count { log.anchors[$0.key] != nil }
  }

  // MARK: pieces

  /// A run of sightings that one offset fits.
  private struct Piece {
    var low = Int64.min
    var high = Int64.max
    var first = Int64.max
    var last = Int64.min
    var count = 0

    init(_ sightings: [ClockSighting] = []) { for sighting in sightings { take(sighting) } }

    var hasBoth: Bool { low != .min && high != .max }
    var offset: Int64 { high == .max ? low : high }
    /// More of them by chance no two boots have, each to within `jitter`.
    var isFirm: Bool { hasBoth && count >= 8 }

    mutating func take(_ sighting: ClockSighting) {
      if sighting.isLeast { low = max(low, sighting.offset) } else { high = min(high, sighting.offset) }
      first = min(first, sighting.time)
      last = max(last, sighting.time)
      count += 1
    }
  }

  /// One offset does not fit all: several do, one after the other, if they change as slowly as clocks drift and contradict nothing
  /// that was seen. Else nil: then they are not known to be of one boot, and no order is.
  private static func drifting(_ sightings: [ClockSighting], anchors: Int) -> ClockJoin? {
    var pieces: [Piece] = []
    for sighting in sightings.sorted() {
      var piece = pieces.last ?? Piece()
      piece.take(sighting)
      if pieces.isEmpty || piece.hasBoth && piece.low - piece.high > jitter {
        pieces.append(Piece([sighting]))
      } else {
        pieces[pieces.count - 1] = piece
      }
    }
    let firm = pieces.filter(\.isFirm)
    guard let first = firm.first else { return nil }
    var join = ClockJoin(offset: first.offset, slack: 0, anchors: anchors)
    join.knots = firm.map { Knot(time: $0.first + ($0.last - $0.first) / 2, offset: $0.offset) }
    var step: Int64 = 0
    for (from, to) in zip(join.knots, join.knots.dropFirst()) {
      let change = abs(to.offset - from.offset)
      guard change <= (to.time - from.time) / fastest else { return nil }
      step = max(step, change)
    }
    guard sightings.allSatisfy({ $0.excess(over: join.offset(at: $0.time)) <= jitter + step }) else {
      return nil
    }
    join.slack = jitter + step
    return join
  }
}
