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

  private struct Group: Hashable { var signature, cause, verdict: String }
  private struct Place: Hashable { var topic, board: String }

  /// With this probability a run in which nothing changed fails.
  package static let level = 0.01

  private var counts = FarmCounts()
  private var keys: Set<[UInt8]> = []
  private var groups: [Group: (boots: Int, isListed: Bool, example: String)] = [:]
  private var ceilings: [Place: Double] = [:]

  package init() {}

  /// A boot of the run; one that comes twice counts once. `listed`: of each of its findings.
  package mutating func add(_ record: BootRecord, _ listed: [Listed]) {
    // Half a hash tells boots apart, and a farm has many.
    guard keys.insert(record.hash.prefix(16) + [UInt8(truncatingIfNeeded: record.boot)]).inserted else {
      return
    }
    counts.count(record)
    var own: [Group: Bool] = [:]
    for (finding, listed) in zip(record.findings, listed) {
      let group = Group(signature: finding.signature, cause: finding.cause ?? "", verdict: finding.verdict)
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

  /// What fails, beside a history that the run was added to: what is new first. Nil where the history holds nothing else, for there is
  /// nothing to compare with.
  package func failures(_ history: FarmCounts, _ known: [HistoryReader.Group]) -> [Failure]? {
    let before = history.without(counts)
    guard !before.boots.isEmpty else { return nil }
    return new(known) + rises(before)
  }

  private func new(_ known: [HistoryReader.Group]) -> [Failure] {
    let boots = Dictionary(
      known.map { (Group(signature: $0.signature, cause: $0.cause ?? "", verdict: $0.verdict), $0.boots) },
      uniquingKeysWith: +)
    return groups.filter { !$0.value.isListed && boots[$0.key] ?? 0 <= $0.value.boots }
      .sorted {
        ($0.key.cause, $0.key.signature, $0.key.verdict) < ($1.key.cause, $1.key.signature, $1.key.verdict)
      }
      .map { group, own in
        .new(
          signature: group.signature, cause: group.cause.isEmpty ? nil : group.cause, verdict: group.verdict,
          boots: own.boots, example: own.example)
      }
  }

  private func rises(_ before: FarmCounts) -> [Failure] {
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
  /// What is left when the boots of `part` are taken away.
  func without(_ part: FarmCounts) -> FarmCounts {
    var rest = self
    for (cell, own) in part.boots {
      guard var left = rest.boots[cell] else { continue }
      left.boots = max(0, left.boots - own.boots)
      left.eligible = max(0, left.eligible - own.eligible)
      rest.boots[cell] = left.boots > 0 ? left : nil
    }
    for (topic, cells) in part.seen {
      for (cell, own) in cells {
        guard var left = rest.seen[topic]?[cell] else { continue }
        left.boots = max(0, left.boots - own.boots)
        left.outside = max(0, left.outside - own.outside)
        rest.seen[topic]?[cell] = left.boots > 0 ? left : nil
      }
    }
    return rest
  }

  /// A topic's rate on a board, all kernels together.
  func rate(_ topic: String, on board: String) -> Rate {
    rate(topic, boots.keys.filter { $0.board == board })
  }
}
