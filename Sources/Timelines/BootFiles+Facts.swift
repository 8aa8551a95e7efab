// Which boot the facts of a live board are of. They are of one moment: what they say of another boot would prove what never was.
import Bytes
import Events
import Facts

extension BootFiles {
  /// Clocks of boards are set while they run, by a little; a boot is further away.
  private static let clockSlack: Int64 = 120
  /// 2020: a clock chip that lost its power tells a day before this one (1970, 2000, 2013, ...), and the board's time came from somewhere else, later.
  private static let firstDay: Int64 = 1_577_836_800

  /// Gives each input's facts to the boot that they are of: the last that they do not contradict, for it is the one that runs.
  static func give(_ inputs: [InputStory], _ names: NameTable, to boots: inout [BootFiles]) {
    for facts in inputs.compactMap(\.facts) {
      guard boots.contains(where: { !$0.logs.isEmpty || !$0.traces.isEmpty || $0.facts != nil }) else {
        boots.append(BootFiles(facts: facts))
        continue
      }
      let contrary = boots.map { $0.contradiction(facts, names) }
      let fitting = boots.indices.filter { contrary[$0] == nil }
      guard let home = fitting.last(where: { boots[$0].hasClock(of: facts) }) ?? fitting.last else {
        boots[boots.count - 1].factLosses.append(
          Loss(
            .anotherBoot,
            "these board facts are of another boot than the files beside them, and are not used: "
              + contrary.compactMap(\.self).joined(separator: "; "), at: facts.begins))
        continue
      }
      boots[home].take(facts)
    }
  }

  /// Of two moments of one boot the later one tells more.
  private mutating func take(_ new: BoardFacts) {
    let old = facts
    let isLater = (new.uptime?.value ?? 0) >= (old?.uptime?.value ?? 0)
    facts = isLater ? new : old
    guard let old else { return }
    factLosses.append(
      Loss(
        .repeated, "other board facts are of a later moment of the same boot: these are not used",
        at: isLater ? old.begins : new.begins))
  }

  private func hasClock(of facts: BoardFacts) -> Bool {
    guard let other = facts.bootTime?.value else { return false }
    return logsAgree(other)
      || traces.compactMap { $0.story.wallClock?.began }.contains { Self.isNear(other, $0) }
  }

  /// By the clock chip, as one of its logs has it, the boot began at this time, in seconds since 1970.
  private func logsAgree(_ time: Int64) -> Bool {
    logs.compactMap(\.facts.bootTime).contains { Self.isNear($0, time) }
  }

  private static func isNear(_ a: Int64, _ b: Int64) -> Bool {
    let (gap, isFar) = a.subtractingReportingOverflow(b)
    return !isFar && gap.magnitude <= UInt64(clockSlack)
  }

  /// How far a time lies from when a boot began, by a clock that somebody may have set once; nil if not far, or if that clock had lost its time.
  private static func gap(_ time: Int64, _ began: ClosedRange<Int64>) -> UInt64? {
    guard began.lowerBound >= firstDay, !isNear(time, began) else { return nil }
    return [began.lowerBound, began.upperBound].map {
      time.subtractingReportingOverflow($0).partialValue.magnitude
    }.min()
  }

  private static func isNear(_ time: Int64, _ began: ClosedRange<Int64>) -> Bool {
    isNear(time, began.lowerBound) || isNear(time, began.upperBound)
  }

  /// What shows that the facts are of another boot; nil if nothing does.
  private func contradiction(_ facts: BoardFacts, _ names: NameTable) -> String? {
    if traces.contains(where: \.story.isOfBootBefore) { return "the recording tells of the boot before it" }
    let kernels = logs.compactMap(\.facts.kernel) + traces.compactMap(\.story.kernel)
    if let own = facts.release, let other = kernels.first(where: { $0 != own }) {
      return "their kernel is \(own), here it is \(other)"
    }
    if let other = self.facts, let a = facts.bootID?.value, let b = other.bootID?.value, a != b {
      return "their boot_id is another"
    }
    for log in logs {
      // Both from the device tree: of one board to the letter.
      let board = facts.model.trimmingSuffix { $0 == " " }
      if let model = log.facts.model, !board.isEmpty, model != board {
        return "their board is \(board), here it is \(model)"
      }
      // The log may have the first piece of a long line (a backslash ends it), or what the boot loader gave; the board has all of it.
      if let own = facts.commandLine?.value, let other = log.facts.commandLine,
        !own.contains(other.trimmingSuffix { $0 == "\\" || $0 == " " })
      {
        return "their kernel command line is another"
      }
      if let a = log.facts.bootTime, let b = facts.bootTime?.value, let far = Self.gap(b, a...a) {
        return "by the board's clock they are of a boot \(far) s away"
      }
    }
    // The log's clock goes before a recording's, which is set while the board runs: where no clock chip is, by the network.
    if let b = facts.bootTime?.value, b >= Self.firstDay, !logsAgree(b),
      let far = traces.lazy.compactMap({ $0.story.wallClock.flatMap { Self.gap(b, $0.began) } }).first
    {
      return "by the recording's wall clock they are of a boot \(far) s away"
    }
    return groupsDiffer(facts, names) ? "most devices have another IOMMU group in them, or none" : nil
  }

  /// A device may be unplugged and found again, or probed anew, and an IOMMU's module unloaded; not most of them.
  private func groupsDiffer(_ facts: BoardFacts, _ names: NameTable) -> Bool {
    // When the facts were collected, less what two clocks may differ in; without it nobody knows what came later.
    let moment = (facts.uptime?.value ?? 0) - Self.second
    var groups: [String: (number: Int32, time: Int64)] = [:]
    for event in logs.flatMap(\.events) {
      if case .adding(_, let device, let group) = event.what {
        groups[names[device]] = (group, event.time ?? .max)
      }
    }
    // No line tells that a group has gone.
    for mark in traces.flatMap(\.story.marks) {
      if case .group(let group) = mark.kind { groups[names[mark.device]] = (group, mark.time) }
      if case .ungroup = mark.kind { groups[names[mark.device]] = nil }
    }
    var same = 0
    var others = 0
    var missing = 0
    for (device, group) in groups {
      guard let known = facts.device(device) else { continue }
      if let there = known.group?.value {
        if there == group.number { same += 1 } else { others += 1 }
      } else if facts.whole.contains(.device), group.time < moment {
        missing += 1
      }
    }
    return others > same || missing > same && missing >= Self.fewestMissing
  }
  /// Fewer groups may have gone since.
  private static let fewestMissing = 4
  private static let second: Int64 = 1_000_000_000
}

extension String {
  fileprivate func trimmingSuffix(while isEnd: (Character) -> Bool) -> Substring {
    var rest = self[...]
    while let last = rest.last, isEnd(last) { rest.removeLast() }
    return rest
  }
}
