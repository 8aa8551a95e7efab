// Which files are one boot: which logs of it, and which trace.
import Bytes
import Events
import Facts

/// The logs and the traces of one boot.
struct BootFiles {
  typealias Trace = (input: InputStory, story: TraceStory)

  var logs: [LogEvents.Boot] = []
  var traces: [Trace] = []
  /// Its logs are the messages of its traces.
  var logIsTraces = false
  /// Its trace fits none of the other files.
  var fitsNoBoot = false
  /// What the board said of itself while it ran.
  var facts: BoardFacts?
  var factLosses: [Loss] = []

  /// The files of each boot.
  static func sorted(_ inputs: [InputStory], _ names: NameTable) -> [BootFiles] {
    var boots = sameLogs(inputs).map { BootFiles(logs: $0) }
    for input in inputs {
      for story in input.traces where story.isTelling || story.mayTellMore {
        let known =
          story.isTelling
          ? home(of: story, boots, names) : home(ofMessages: story, isFound: input.isFound, boots)
        guard known != nil || story.isTelling || story.warns else { continue }
        let home = known ?? boots.count
        if known == nil { boots.append(BootFiles(fitsNoBoot: story.isTelling && !boots.isEmpty)) }
        if story.isTelling { boots[home].traces.append((input, story)) }
        boots[home].takeMessages(of: story)
      }
    }
    joinTied(&boots, names)
    give(inputs, names, to: &boots)
    return boots
  }

  /// Whatever the order of the files: traces of no log's boot go to one that holds a trace which shows that they are of it.
  private static func joinTied(_ boots: inout [BootFiles], _ names: NameTable) {
    for index in boots.indices.reversed() where boots[index].fitsNoBoot {
      let own = boots[index].traces
      let home = boots.indices.first { other in
        other != index
          && own.allSatisfy { _, story in
            boots[other].traces.contains { $0.story.isTied(to: story) }
              && boots[other].mayHave(story, Groups(story, names), names)
          }
      }
      guard let home else { continue }
      boots[home].traces += own
      for (_, story) in own { boots[home].takeMessages(of: story) }
      boots.remove(at: index)
    }
  }

  // MARK: logs

  /// Logs of one boot are put together: those that show the same lines at the same times; those that follow each other in one
  /// document and are of one boot; and the logs that somebody named as the files of one boot, if each holds one.
  private static func sameLogs(_ inputs: [InputStory]) -> [[LogEvents.Boot]] {
    var groups: [[LogEvents.Boot]] = []
    let single = inputs.allSatisfy { $0.logs.filter { $0.lines > 0 }.count <= 1 && !$0.isFound }
    for input in inputs {
      var taken: Set<Int> = []
      var last: Int?
      for log in input.logs where log.lines > 0 {
        if let group = last, groups[group].last.map({ log.isSameBoot(as: $0) }) == true {
          groups[group].append(log)
          continue
        }
        let match = groups.indices.first { index in
          !taken.contains(index)
            && (groups[index].contains {
              $0.shows(log) || log.isSameBoot(as: $0) && log.part != nil && log.part != .running
            }
              || single && !groups[index].contains { differ($0, log) })
        }
        let group = match ?? groups.count
        if match == nil { groups.append([]) }
        groups[group].append(log)
        taken.insert(group)
        last = group
      }
    }
    return withDumpsJoined(groups)
  }

  /// Records of pstore that follow each other and are of one boot are one log. Of which parts they have lines in common, their sizes
  /// decide.
  private static func withDumpsJoined(_ groups: [[LogEvents.Boot]]) -> [[LogEvents.Boot]] {
    var joined: [[LogEvents.Boot]] = []
    for group in groups {
      if let before = joined.last, before.count <= mostParts, group.count <= mostParts,
        group.contains(where: { part in before.contains { part.isDumpedAgain(in: $0) } })
      {
        joined[joined.count - 1] += group
      } else {
        joined.append(group)
      }
    }
    return joined
  }

  /// No store holds more parts.
  private static let mostParts = 256

  /// They name two kernels, two boards, or two times at which the clock was set (sos collects the journals of two boots), or have their
  /// own stamps, and not a line in common: logs are one boot through the lines they share.
  private static func differ(_ a: LogEvents.Boot, _ b: LogEvents.Boot) -> Bool {
    if let clock = a.facts.setClock, let other = b.facts.setClock, clock != other { return true }
    // A line may have been chopped.
    if let model = a.facts.model, let other = b.facts.model, !model.hasPrefix(other), !other.hasPrefix(model)
    {
      return true
    }
    // Without their beginnings they may have little in common.
    let enough = a.facts.saysHello && b.facts.saysHello ? a.enoughInCommon(with: b) : 1
    return a.contradicts(kernel: b.facts.kernel)
      || a.anchors.count >= 8 && b.anchors.count >= 8 && a.anchors.common(b.anchors, enough: enough) < enough
  }

  // MARK: traces

  /// The boot that a trace belongs to: the one it has most in common with; of several the one inside which it stands (a dump),
  /// else the last that it does not contradict; nil for one of its own.
  private static func home(of story: TraceStory, _ boots: [BootFiles], _ names: NameTable) -> Int? {
    let own = Groups(story, names)
    let around = story.begins.flatMap { place in boots.lastIndex { $0.begins(before: place) } }
    var best: (index: Int, score: Int)?
    for index in boots.indices where boots[index].mayHave(story, own, names) {
      let common = boots[index].logs.map { ClockJoin.common(story, names, $0) }.max() ?? 0
      let isTied = boots[index].traces.contains { $0.story.isTied(to: story) }
      let score = 2 * common + (index == around ? 1 : 0) + (isTied ? 2 : 0)
      if score >= best?.score ?? 0 { best = (index, score) }
    }
    return best?.index
  }

  /// A log of it begins in the same document, and before the place.
  private func begins(before place: Place) -> Bool {
    logs.contains { log in
      log.begins.map { $0.input == place.input && ($0.line, $0.offset) < (place.line, place.offset) } ?? false
    }
  }

  /// None of its files contradicts the trace.
  private func mayHave(_ story: TraceStory, _ own: Groups, _ names: NameTable) -> Bool {
    let hasTimes = story.clock != .ticks
    let isTied = traces.contains { $0.story.isTied(to: story) }
    return logs.allSatisfy { log in
      // Two boots of a board are alike; of the one before only a store has the log.
      guard !story.isOfBootBefore || log.part != nil && log.part != .running else { return false }
      guard !Self.contradict(log.facts.kernel, story.kernel) else { return false }
      if isTied, story.isBehind(log) { return true }
      let logged = Groups(log, names)
      return !logged.contradict(own, hasTimes: hasTimes && log.coarse == 0)
        && !(hasTimes && own.areMissing(in: log, logged))
        && !(hasTimes && ClockJoin.isImpossible(story, names, log))
    }
      && traces.allSatisfy { _, other in
        other.isOfBootBefore == story.isOfBootBefore && !Self.contradict(other.kernel, story.kernel)
          && !Self.contradict(other.wallClock, story.wallClock)
          && (other.isApart(from: story)
            || !own.contradict(Groups(other, names), hasTimes: hasTimes && other.clock != .ticks))
      }
  }

  /// Two kernels were named, and they are not the same.
  private static func contradict(_ a: String?, _ b: String?) -> Bool { a != nil && b != nil && a != b }

  private static func contradict(_ a: WallClock?, _ b: WallClock?) -> Bool {
    guard let a, let b else { return false }
    return a.isOfAnotherBoot(than: b)
  }
}
