import Statistics

/// Whether a run says something that the history before it does not: `--fail-on regression`.
///
/// A group (signature, cause, verdict) that was never seen fails, unless the allow-list names it. Of what was seen before, the rate on each
/// board is held against its allow-list entry's `rate`, where it has one, else against all earlier boots of that board.
package struct ChangeGate: Sendable {
  /// What an allow-list says of a finding.
  package enum Listed: Sendable {
    /// Nothing.
    case no
    /// It is known; nil: at any rate that it had before.
    case yes(ceiling: Double?)
  }

  /// Why a run fails.
  package enum Failure: Sendable, Equatable {
    /// No earlier boot shows it. `boots`: how many of this run do; `example`: the path of one.
    case new(signature: String, cause: String?, verdict: String, boots: Int, example: String)
    /// More boots of a board show it than `before` explains.
    case rose(topic: String, board: String, before: Rate, now: Rate, p: Double)
    /// More boots of a board show it than the allow-list's ceiling explains.
    case exceeds(topic: String, board: String, ceiling: Double, now: Rate, p: Double)
  }

  private struct Group: Hashable {
    /// `cause`: empty of what is undetermined.
    var signature, cause, verdict: String
    init(_ finding: FindingRecord) {
      (signature, cause, verdict) = (finding.signature, finding.cause ?? "", finding.verdict)
    }
    init(_ group: HistoryReader.Group) {
      (signature, cause, verdict) = (group.signature, group.cause ?? "", group.verdict)
    }
  }
  private struct Place: Hashable { var topic, board: String }

  /// With this probability a run in which nothing changed fails.
  package static let level = 0.01

  /// Half a hash tells logs apart, and a farm has many.
  private struct Key: Hashable {
    var hash: UInt128
    var boot: Int
    init(_ record: BootRecord) {
      hash = record.hash.prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
      boot = record.boot
    }
  }

  private var before: FarmCounts
  private var known: [Group: Int] = [:]
  /// Boots of the run that were there before it.
  private var taken: Set<Key> = []
  private var counts = FarmCounts()
  private var keys: Set<Key> = []
  private var groups: [Group: (boots: Int, isListed: Bool, example: String)] = [:]
  private var ceilings: [Place: Double] = [:]

  /// `history`: what there was when the run began. What others add meanwhile does not count: of two that show the same new thing at once both say it.
  package init(_ history: HistoryReader.Moment) {
    before = history.counts
    for group in history.groups { known[Group(group), default: 0] += group.boots }
  }

  /// A boot of the run that was there before it, as it was: it is no earlier one, so that the same run again says the same.
  package mutating func take(_ record: BootRecord) {
    guard taken.insert(Key(record)).inserted else { return }
    before.remove(record)
    for group in Set(record.findings.map { Group($0) }) { known[group, default: 0] -= 1 }
  }

  /// A boot of the run; one that comes twice counts once. `listed`: of each of its findings.
  package mutating func add(_ record: BootRecord, _ listed: [Listed]) {
    guard keys.insert(Key(record)).inserted else { return }
    counts.count(record)
    var own: [Group: Bool] = [:]
    for (finding, listed) in zip(record.findings, listed) {
      let group = Group(finding)
      guard case .yes(let ceiling) = listed else {
        own[group] = false
        continue
      }
      own[group] = own[group] ?? true
      if let ceiling {
        let place = Place(topic: finding.cause ?? finding.signature, board: record.board)
        ceilings[place] = max(ceilings[place] ?? 0, ceiling)
      }
    }
    for (group, isListed) in own {
      let known = groups[group]
      groups[group] = (
        (known?.boots ?? 0) + 1, isListed && known?.isListed ?? true, known?.example ?? record.path
      )
    }
  }

  /// What fails: what is new first. Nil where the history held nothing else, for there is nothing to compare with.
  package func failures() -> [Failure]? {
    guard !before.boots.isEmpty else { return nil }
    return new() + rises()
  }

  private func new() -> [Failure] {
    groups.filter { !$0.value.isListed && known[$0.key] ?? 0 <= 0 }
      .sorted {
        ($0.key.cause, $0.key.signature, $0.key.verdict) < ($1.key.cause, $1.key.signature, $1.key.verdict)
      }
      .map { group, own in
        .new(
          signature: group.signature, cause: group.cause.isEmpty ? nil : group.cause, verdict: group.verdict,
          boots: own.boots, example: own.example)
      }
  }

  private func rises() -> [Failure] {
    var (before, counts) = (before, counts)
    // What either tells of a kernel holds for both.
    before.warnings.formUnion(counts.warnings)
    counts.warnings = before.warnings
    let places = counts.topics.flatMap { topic in
      Set(counts.seen[topic, default: [:]].keys.map(\.board)).sorted().map { Place(topic: topic, board: $0) }
    }
    let tests = places.map { place -> (place: Place, before: Rate, now: Rate, p: Double, least: Double) in
      let (old, now) = (before.rate(place.topic, on: place.board), counts.rate(place.topic, on: place.board))
      if let ceiling = ceilings[place] {
        let p = now.probability(ifRateIs: ceiling)
        return (place, old, now, p, Rate(n: now.of, of: now.of).probability(ifRateIs: ceiling))
      }
      return (
        place, old, now, FisherExact.rise(from: old, to: now), FisherExact.leastRise(from: old, to: now)
      )
    }
    let count = Double(FamilyWise.tests(tests.map(\.least), level: Self.level))
    return tests.filter { $0.p * count <= Self.level }.sorted { $0.p < $1.p }.map { test in
      let p = test.p * count
      if let ceiling = ceilings[test.place] {
        return .exceeds(
          topic: test.place.topic, board: test.place.board, ceiling: ceiling, now: test.now, p: p)
      }
      return .rose(topic: test.place.topic, board: test.place.board, before: test.before, now: test.now, p: p)
    }
  }
}

extension FarmCounts {
  /// A topic's rate on a board, all kernels together.
  func rate(_ topic: String, on board: String) -> Rate {
    rate(topic, boots.keys.filter { $0.board == board })
  }
}
