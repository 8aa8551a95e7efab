// One warning, however often it stands in the logs of its boot.

extension [Warning] {
  /// A line that stands twice in a text, or in two logs of the boot, is one warning with two places.
  func withoutDoubles() -> [Warning] {
    var kept: [Warning] = []
    var known: [String: Int] = [:]
    // A device warns once or twice; a damaged log may say it any number of times.
    var ofDevice: [String: [Int]] = [:]
    for warning in self {
      let key = warning.time.map { "\($0) \(warning.device)" }
      let same = ofDevice[warning.device]?.prefix(8).first { kept[$0].isAlso(warning) }
      if let at = key.flatMap({ known[$0] }) ?? same {
        // Of one log's two the one with a time tells more, wherever it stands; other logs' copies come behind the whole one's.
        let isBetter =
          kept[at].time == nil && warning.time != nil && !kept[at].logs.isDisjoint(with: warning.logs)
        kept[at] = isBetter ? warning.with(kept[at]) : kept[at].with(warning)
        if let key { known[key] = at }
      } else {
        if let key { known[key] = kept.count }
        ofDevice[warning.device, default: []].append(kept.count)
        kept.append(warning)
      }
    }
    return kept
  }
}

extension Warning {
  /// One warning of both, with what this one says but for a stack that the other has more of.
  fileprivate func with(_ copy: Warning) -> Warning {
    var both = self
    both.places += copy.places
    both.logs.formUnion(copy.logs)
    if copy.frames.count > frames.count {
      (both.frames, both.stack) = (copy.frames, copy.stack)
      both.selectorPlace = copy.selectorPlace
    }
    return both
  }

  /// Another log of the boot has the same block, without a time or with one that a daemon gave it; or this one has it among lines
  /// with a time, and once more without, as somebody put it beside the log (Apport's OopsText). Of one of them the end may be
  /// missing.
  fileprivate func isAlso(_ other: Warning) -> Bool {
    let count = min(frames.count, other.frames.count)
    let areApart = logs.isDisjoint(with: other.logs)
    guard device == other.device, driver == other.driver,
      frames.prefix(count) == other.frames.prefix(count),
      task != nil && task == other.task
        ? areApart || (time == nil) != (other.time == nil)
        : areApart && (time == nil || other.time == nil) && (isRest(of: other) || other.isRest(of: self))
    else { return false }
    guard let time, let second = other.time else { return true }
    return abs(time - second) < 2_000_000_000
  }

  /// A search (`journalctl | grep iommu`) has left some lines of the other's block: nothing of its stack, and at most its pid.
  private func isRest(of other: Warning) -> Bool {
    frames.isEmpty && (task.map { $0.comm.isEmpty && $0.tid == other.task?.tid } ?? true)
  }
}
