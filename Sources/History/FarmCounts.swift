import Statistics
import Verdicts
import Writing

/// Boots of a board with a kernel.
package struct Cell: Sendable, Hashable {
  /// As labels or logs call it.
  package var board: String
  /// As labels or logs call it.
  package var kernel: String
  package init(board: String, kernel: String) {
    self.board = board
    self.kernel = kernel
  }
}

/// How many boots there are, how many of them could have shown a race, and how many show what.
package struct FarmCounts: Sendable {
  /// Boots of a cell.
  package struct Boots: Sendable, Equatable {
    /// All.
    package var boots = 0
    /// Those that count.
    package var eligible = 0
    /// The first and the last of their days.
    package var days: ClosedRange<Day>?
  }

  /// Boots of a cell that show a topic.
  package struct Seen: Sendable, Equatable {
    /// All.
    package var boots = 0
    /// Those of them that do not count otherwise.
    package var outside = 0
  }

  /// Of each cell.
  package var boots: [Cell: Boots] = [:]
  /// Of each topic: a cause's id, or the signature of what is undetermined.
  package var seen: [String: [Cell: Seen]] = [:]
  /// Which kernels' boots could have shown what; of `seen`, and of what else is known of them.
  package var warnings = WarningKernels()

  package init() {}

  /// Adds one boot. Several findings of one topic are one.
  package mutating func count(_ record: BootRecord, _ day: Day? = nil) {
    count(
      Cell(board: record.board, kernel: record.countedKernel), isEligible: record.eligible.value,
      record.topics, day)
  }

  /// The same of a boot of `cell` that shows `topics`.
  package mutating func count(_ cell: Cell, isEligible: Bool, _ topics: Set<String>, _ day: Day? = nil) {
    boots[cell, default: Boots()].boots += 1
    if isEligible { boots[cell]?.eligible += 1 }
    if let day {
      let days = boots[cell]?.days ?? day...day
      boots[cell]?.days = min(days.lowerBound, day)...max(days.upperBound, day)
    }
    for topic in topics {
      seen[topic, default: [:]][cell, default: Seen()].boots += 1
      if !isEligible { seen[topic]?[cell]?.outside += 1 }
      warnings.insert(topic, board: cell.board, kernel: cell.kernel)
    }
  }

  /// Takes one out that was counted. What it told of its kernel stays.
  package mutating func remove(_ record: BootRecord) {
    let cell = Cell(board: record.board, kernel: record.countedKernel)
    guard var left = boots[cell] else { return }
    left.boots -= 1
    if record.eligible.value { left.eligible -= 1 }
    boots[cell] = left.boots > 0 ? left : nil
    for topic in record.topics {
      guard var left = seen[topic]?[cell] else { continue }
      left.boots -= 1
      if !record.eligible.value { left.outside -= 1 }
      seen[topic]?[cell] = left.boots > 0 ? left : nil
    }
  }

  /// Days in their order. What one of them tells of a kernel holds on all: `warnings`.
  package static func inOrder(_ days: [Day: FarmCounts], _ warnings: WarningKernels) -> [(
    day: Day, counts: FarmCounts
  )] {
    days.sorted { $0.key < $1.key }.map { day, counts in
      var counts = counts
      counts.warnings = warnings
      return (day, counts)
    }
  }

  /// Those of some cells.
  package func part(_ isWanted: (Cell) -> Bool) -> FarmCounts {
    var part = self
    part.boots = boots.filter { isWanted($0.key) }
    part.seen = seen.mapValues { $0.filter { isWanted($0.key) } }.filter { !$0.value.isEmpty }
    return part
  }

  /// How many boots there are, and how many of them count.
  package var total: (boots: Int, eligible: Int) {
    boots.values.reduce((0, 0)) { ($0.0 + $1.boots, $0.1 + $1.eligible) }
  }

  /// `343 boots, 300 of them count`. `what`: what one is called.
  package func totalText(_ what: String = "boot") -> String {
    let (boots, eligible) = total
    if boots == 1 { return "1 \(what), which \(eligible == 1 ? "counts" : "does not count")" }
    return "\(Plain.count(boots, what)), \(eligible) of them \(eligible == 1 ? "counts" : "count")"
  }

  /// The boots of a cell that show a topic, of those that could have: the kernel can have it, and the boot counts or shows it all the same.
  package func rate(_ topic: String, _ cell: Cell) -> Rate {
    Self.rate(boots[cell], seen[topic]?[cell], mayShow: mayShow(topic, cell))
  }

  /// The same of all cells, where many counts of one farm are asked: `possible` keeps which cells can have the topic.
  package func rate(_ topic: String, _ possible: inout [Cell: Bool]) -> Rate {
    var rate = Rate(n: 0, of: 0)
    let shown = seen[topic] ?? [:]
    for (cell, boots) in boots {
      // Most days show nothing of most topics.
      let seen = shown.isEmpty ? nil : shown[cell]
      rate = rate + Self.rate(boots, seen, mayShow: Self.kept(in: &possible, cell) { mayShow(topic, cell) })
    }
    return rate
  }

  private static func rate(_ boots: Boots?, _ seen: Seen?, mayShow: @autoclosure () -> Bool) -> Rate {
    let seen = seen ?? Seen()
    let isPossible = seen.boots > 0 || mayShow()
    return Rate(n: seen.boots, of: (isPossible ? boots?.eligible ?? 0 : 0) + seen.outside)
  }

  private func mayShow(_ topic: String, _ cell: Cell) -> Bool {
    warnings.mayShow(topic, board: cell.board, kernel: cell.kernel)
  }

  private static func kept(in possible: inout [Cell: Bool], _ cell: Cell, _ ask: () -> Bool) -> Bool {
    if let known = possible[cell] { return known }
    let answer = ask()
    possible[cell] = answer
    return answer
  }

  /// The same of several cells.
  package func rate(_ topic: String, _ cells: some Sequence<Cell>) -> Rate {
    cells.reduce(Rate(n: 0, of: 0)) { $0 + rate(topic, $1) }
  }

  /// What findings are counted under: their causes; without any, the signatures of what is undetermined, which have a colon as no cause has.
  /// Beside a cause they are most likely more of the same.
  package static func topics(_ findings: some Collection<(cause: String?, signature: String)>) -> Set<String>
  {
    let causes = Set(findings.compactMap(\.cause))
    return causes.isEmpty ? Set(findings.map(\.signature)) : causes
  }

  /// `boots` that show a part of what is counted under a topic, of all that could have.
  package func share(_ boots: Int, of topic: String) -> Rate {
    Rate(n: boots, of: max(boots, rate(topic, self.boots.keys).of))
  }

  /// All boards, by name.
  package var boards: [String] { Set(boots.keys.map(\.board)).sorted() }
  /// All kernels, in their order; `CountedFor.unknown` last.
  package var kernels: [String] {
    let names = Set(boots.keys.map(\.kernel))
    return orderedKernels + (names.contains(CountedFor.unknown) ? [CountedFor.unknown] : [])
  }

  /// Those that stand in an order: by their names, and where these leave it open by the day of their first boots.
  package var orderedKernels: [String] {
    var days: [String: Int] = [:]
    for (cell, boots) in boots where cell.kernel != CountedFor.unknown {
      let first = boots.days?.lowerBound.number ?? .max
      days[cell.kernel] = min(days[cell.kernel] ?? .max, first)
    }
    return days.map { (key: KernelOrder($0.key), day: $0.value, name: $0.key) }.sorted { a, b in
      if a.key.precedes(b.key) { return true }
      return !b.key.precedes(a.key) && (a.day, a.name) < (b.day, b.name)
    }.map(\.name)
  }

  /// All topics, by name.
  package var topics: [String] { seen.keys.sorted() }
}
