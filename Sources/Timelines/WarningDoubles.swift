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
        kept[at].places += warning.places
        kept[at].logs.formUnion(warning.logs)
        if warning.frames.count > kept[at].frames.count {
          // The whole stack tells more.
          (kept[at].frames, kept[at].stack) = (warning.frames, warning.stack)
          kept[at].selectorPlace = warning.selectorPlace
        }
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
  /// Another log of the boot has the same block, without a time or with one that a daemon gave it. Of one of them the end may
  /// be missing.
  fileprivate func isAlso(_ other: Warning) -> Bool {
    let count = min(frames.count, other.frames.count)
    guard let task, task == other.task, device == other.device, driver == other.driver,
      frames.prefix(count) == other.frames.prefix(count), logs.isDisjoint(with: other.logs)
    else { return false }
    guard let time, let second = other.time else { return true }
    return abs(time - second) < 2_000_000_000
  }
}
