// The kernel's messages that traces hold (printk:console, logd's copy in a recording). Where a log is given it is the better one; but a
// warning that stands among a trace's messages alone must not be lost: the log may begin late, be of another boot, or not be there.
import Bytes
import Events

extension TraceStory {
  /// A warning is among its messages: it tells something, whatever it lacks.
  var warns: Bool { (messages + copies).contains { !$0.warned.isEmpty } }

  /// Its messages are a log from the boot's beginning, or have warnings.
  var mayTellMore: Bool { warns || messages.contains { $0.facts.saysHello } }
}

extension BootFiles {
  /// Too few messages tell no boot from another.
  private static let fewest = 8
  /// Fewer lie equally far apart by chance.
  private static let leastShared = 5

  /// The boot whose logs are of the same boot as the messages of a trace that has nothing else; nil if none is known to be, and the
  /// warnings among them are nobody's.
  static func home(ofMessages story: TraceStory, isFound: Bool, _ boots: [BootFiles]) -> Int? {
    if let home = boots.indices.last(where: { index in
      boots[index].logs.contains { ClockJoin.usualOffset(story, $0, least: leastShared) != nil }
    }) {
      return home
    }
    let warned = (story.messages + story.copies).reduce(into: Set<Name>()) { $0.formUnion($1.warned) }
    let open = boots.indices.filter { index in
      boots[index].logs.allSatisfy { log in
        !(story.messages + story.copies).contains { log.contradicts(kernel: $0.facts.kernel) }
          && !log.contradicts(kernel: story.kernel)
      }
    }
    // Whose clock leaps or drifts: the boot with the same warnings. Without times, or with too few of them: the one that it was given with.
    if let home = open.last(where: { warned.isSubset(of: boots[$0].warned) && !warned.isEmpty }) {
      return home
    }
    let few = open.filter { index in
      boots[index].logs.allSatisfy { story.console.count < fewest || $0.anchors.count < fewest }
    }
    return few.last { !boots[$0].warned.isDisjoint(with: warned) }
      ?? (boots.count == 1 && !isFound ? few.first : nil)
  }

  /// Devices that its logs have warnings of.
  private var warned: Set<Name> { logs.reduce(into: []) { $0.formUnion($1.warned) } }

  /// Takes what the messages of one of its traces say and its logs do not.
  mutating func takeMessages(of story: TraceStory) {
    guard logs.isEmpty || story.mayTellMore else { return }
    for messages in [story.messages, story.copies] {
      guard !logs.isEmpty else {
        logs = messages.filter { !$0.events.isEmpty }
        for index in logs.indices { logs[index].anchors.index() }
        logIsTraces = !logs.isEmpty
        continue
      }
      let told = warned
      let offset = logs.lazy.compactMap { ClockJoin.usualOffset(story, $0, least: 2) }.first
      let isWhole = logs.contains { $0.facts.saysHello && !$0.facts.hasDropped }
      let lacksBeginning = offset != nil && !logs.contains(where: \.facts.saysHello)
      let reach = span
      logs += messages.compactMap { boot in
        var boot = boot
        boot.keepWhatIsNew(told, offset, besides: reach)
        // Between what nothing ties together anything may be missing.
        boot.facts.hasDropped = boot.facts.hasDropped || offset == nil && !isWhole
        guard !boot.warned.isEmpty || lacksBeginning && boot.facts.saysHello else { return nil }
        boot.anchors.index()
        return boot
      }
    }
  }

  /// From the first stamp of its logs to the last.
  private var span: ClosedRange<Int64>? {
    guard let first = logs.compactMap(\.firstTime).min(), let last = logs.compactMap(\.lastTime).max() else {
      return nil
    }
    return min(first, last)...max(first, last)
  }
}

extension LogEvents.Boot {
  /// Of a trace's messages what the logs of its boot do not have: warnings of other devices than `told`, and what is outside of the time
  /// that they reach over. `offset`: of the logs' clock; nil if nothing ties the two.
  fileprivate mutating func keepWhatIsNew(
    _ told: Set<Name>, _ offset: Int64?, besides reach: ClosedRange<Int64>?
  ) {
    if let offset {
      move(by: offset)
    } else {
      forgetTimes()
    }
    func isInside(_ event: LogEvent) -> Bool {
      guard let time = event.time, let reach else { return true }
      return reach.contains(time)
    }
    keep { event in
      guard case .warning(let block) = event.what, isInside(event) else { return !isInside(event) }
      // Of one that has lost its name nobody knows whether the logs have it.
      return block.device == .none ? told.isEmpty : !told.contains(block.device)
    }
    if events.contains(where: isInside) { loseOrder() }
  }
}

extension ClockJoin {
  /// How much later a log has a trace's messages than the trace; nil if those that both have do not lie equally far apart, as they do in
  /// one boot: two boots of a kernel have the same messages, each at its own time.
  static func usualOffset(_ story: TraceStory, _ log: LogEvents.Boot, least: Int) -> Int64? {
    guard log.coarse == 0 else { return nil }
    let pairs = story.console.compactMap { hash, traced -> (time: Int64, offset: Int64)? in
      // Until its clock runs every boot stamps its lines with 0.
      guard traced > 0, let logged = log.anchors[hash], logged > 0 else { return nil }
      return (traced, logged - traced)
    }
    .sorted { ($0.offset, $0.time) < ($1.offset, $1.time) }
    guard pairs.count >= least else { return nil }
    let middle = pairs[pairs.count / 2]
    let near = pairs.count {
      abs($0.offset - middle.offset) <= nearest + abs($0.time - middle.time) / slowest
    }
    return near * 4 >= pairs.count * 3 ? middle.offset : nil
  }

  /// Both clocks are read for one message, one after the other; another boot is off by more, the further the more.
  private static let nearest: Int64 = 200_000
  /// Clocks of one machine drift apart, in parts of the time.
  private static let slowest: Int64 = 20_000
}
