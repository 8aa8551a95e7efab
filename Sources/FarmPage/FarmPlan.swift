import History
import Statistics
import Verdicts

/// What of a farm has room in a page, and in which order.
struct FarmPlan {
  /// A cause, or the signature of what is undetermined.
  struct Topic {
    var name: String
    /// The worst of its groups'; nil if none is there any more.
    var verdict: Verdict?
    /// With those of all boards, whether they have room or not.
    var map: TopicMap
    var rate: Rate { map.rows[0].all }
  }
  let topics: [Topic]
  let topicsLeft: Int
  let boards: [String]
  let boardsLeft: Int
  let kernels: [String]
  let kernelsLeft: Int

  private static let mostTopics = 30
  private static let mostBoards = 60
  private static let mostKernels = 48

  init(_ farm: FarmSummary) {
    let counts = farm.counts
    let kernels = counts.kernels
    self.kernels = kernels.suffix(Self.mostKernels)
    kernelsLeft = kernels.count - self.kernels.count
    boards = Self.boards(farm)
    boardsLeft = counts.boards.count - boards.count
    let order = FarmSummary.order
    let verdicts = Dictionary(grouping: farm.groups, by: \.topic).mapValues { groups in
      order.first { verdict in groups.contains { $0.verdict == verdict?.rawValue } } ?? nil
    }
    let places = counts.topics.map { name in
      let boots = counts.seen[name, default: [:]].values.reduce(0) { $0 + $1.boots }
      return (place: order.firstIndex(of: verdicts[name] ?? nil) ?? 0, boots: boots, name: name)
    }
    let sorted = places.sorted { ($0.place, -$0.boots, $0.name) < ($1.place, -$1.boots, $1.name) }
    let (shown, columns) = (boards, self.kernels)
    topics = sorted.prefix(Self.mostTopics).map { _, _, name in
      Topic(
        name: name, verdict: verdicts[name] ?? nil,
        map: TopicMap(name, counts, boards: shown, kernels: columns, farm.regressions))
    }
    topicsLeft = sorted.count - topics.count
  }

  /// Those that have something to show, by name.
  private static func boards(_ farm: FarmSummary) -> [String] {
    let all = farm.counts.boards
    guard all.count > mostBoards else { return all }
    var worth: [String: (rises: Int, shows: Int, boots: Int)] = [:]
    for (cell, boots) in farm.counts.boots { worth[cell.board, default: (0, 0, 0)].boots += boots.boots }
    for (cell, seen) in farm.counts.seen.values.joined() {
      worth[cell.board, default: (0, 0, 0)].shows += seen.boots
    }
    for rise in farm.regressions { worth[rise.board, default: (0, 0, 0)].rises += 1 }
    return all.sorted { (worth[$0] ?? (0, 0, 0)) > (worth[$1] ?? (0, 0, 0)) }.prefix(mostBoards).sorted()
  }

  /// The number of a topic's section, from 1; nil if it has none.
  func number(_ topic: String) -> Int? { topics.firstIndex { $0.name == topic }.map { $0 + 1 } }
}

/// A topic's rates by board and kernel.
struct TopicMap {
  /// The first is of all boards (nil).
  let rows: [Row]

  struct Row {
    /// Nil: all.
    var board: String?
    /// All kernels together.
    var all: Rate
    /// A rate a kernel.
    var rates: [Rate]
    /// Kernels from which on the rate is higher, by their index.
    var rises: [Int: Regression]
  }

  init(
    _ topic: String, _ counts: FarmCounts, boards: [String], kernels: [String], _ regressions: [Regression]
  ) {
    // A cell has no more than its own boots: what is asked for all boards is their sum.
    var sums = Row(
      board: nil, all: Rate(n: 0, of: 0), rates: kernels.map { _ in Rate(n: 0, of: 0) }, rises: [:])
    let places = Dictionary(uniqueKeysWithValues: kernels.enumerated().map { ($1, $0) })
    var own = Dictionary(
      uniqueKeysWithValues: boards.map { board in
        (board, Row(board: board, all: Rate(n: 0, of: 0), rates: sums.rates, rises: [:]))
      })
    for cell in counts.boots.keys {
      let rate = counts.rate(topic, cell)
      sums.all.add(rate)
      var row = own[cell.board]
      row?.all.add(rate)
      if let place = places[cell.kernel] {
        sums.rates[place].add(rate)
        row?.rates[place] = rate
      }
      own[cell.board] = row
    }
    for rise in regressions where rise.topic == topic {
      guard let place = places[rise.kernel] else { continue }
      sums.rises[place] = rise
      own[rise.board]?.rises[place] = rise
    }
    rows = [sums] + boards.compactMap { own[$0] }
  }
}

extension Rate {
  fileprivate mutating func add(_ other: Rate) { self = self + other }
}
