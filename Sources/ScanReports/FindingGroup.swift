// Findings that are one bug, over all boots of a scan: a farm has thousands of findings and a handful of these.
import History
import Scan
import Statistics
import Verdicts

/// What findings are put together by, `--group-by`.
package enum GroupKey: String, CaseIterable, Sendable {
  case signature, cause, verdict, board, kernel, device, driver

  /// The same bug, wherever it is.
  package static let standard: [GroupKey] = [.signature, .cause, .verdict]

  func value(_ judged: Judged, _ log: LogResult) -> String {
    let finding = judged.finding
    switch self {
    case .signature: return finding.signature
    case .cause: return judged.ruleID
    case .verdict: return finding.verdict.rawValue
    case .board: return log.board
    case .kernel: return log.countedKernel
    case .device: return finding.device
    case .driver: return finding.driver ?? "no driver"
    }
  }
}

extension LogResult {
  /// The board that it counts for.
  var board: String { CountedFor.board(labels, hardware: hardware) }
  /// The kernel that it counts for.
  var countedKernel: String { CountedFor.kernel(labels, release: kernel) }
  /// The day that it counts for, if a label says so.
  var day: Day? { labels["date"].flatMap { Day($0) } }
  /// Different boots have different ones.
  var identity: String { record ?? "\(path):\(boot)" }
}

extension ScanReport {
  /// Hands the first row of each boot that has one to `body`.
  func forEachBoot(_ body: (LogResult) -> Void) {
    var seen: Set<String> = []
    for log in logs where log.isBoot && seen.insert(log.identity).inserted { body(log) }
  }
}

extension ScanReport {
  /// Which finding of which log, in their order.
  var findingPlaces: [(log: Int, finding: Int)] {
    logs.indices.flatMap { log in logs[log].findings.indices.map { (log, $0) } }
  }
}

/// One bug: how many boots show it, and where.
package struct FindingGroup: Sendable {
  /// In the order of the keys that were asked for.
  var values: [(key: GroupKey, value: String)]
  /// The worst of its findings.
  var verdict: Verdict
  /// Boots with such a finding, of those that could have one.
  var rate: Rate
  var findings = 0
  var failing = 0
  var boards: Set<String> = []
  var kernels: Set<String> = []
  /// The first log that shows it, a failing one if there is one, with its line.
  var example: (log: LogResult, judged: Judged)

  /// `cause probe-before-domain, signature …` without the verdict.
  var name: String {
    values.filter { $0.key != .verdict }.map(\.value).joined(separator: ", ")
  }

  /// `2 boards, kernels 6.17 to 7.3`.
  var reach: String {
    let board = boards.count == 1 ? "on \(boards.first ?? "")" : "on \(boards.count) boards"
    return "\(board), \(kernels.count == 1 ? "kernel" : "kernels") \(kernels.kernelSpan)"
  }
}

extension FindingGroup {
  /// What reports begin with: nothing where no findings are put together.
  static func leading(_ report: ScanReport, by keys: [GroupKey]) -> [FindingGroup] {
    guard report.logs.count + report.clean.boots > 1 else { return [] }
    let groups = all(report, by: keys)
    return groups.reduce(0) { $0 + $1.findings } > groups.count ? groups : []
  }

  /// Those that fail first, the most frequent of them first. A boot that was seen before under another name counts once.
  package static func all(_ report: ScanReport, by keys: [GroupKey] = GroupKey.standard) -> [FindingGroup] {
    var groups: [FindingGroup] = []
    var places: [[String]: Int] = [:]
    var boots: [Set<String>] = []
    for log in report.logs {
      for judged in log.findings {
        let values = keys.map { $0.value(judged, log) }
        let place = places[values] ?? groups.count
        if place == groups.count {
          places[values] = place
          boots.append([])
          groups.append(
            FindingGroup(
              values: Array(zip(keys, values)).map { (key: $0.0, value: $0.1) },
              verdict: judged.finding.verdict,
              rate: Rate(n: 0, of: 0), example: (log, judged)))
        }
        let fails = !judged.decision.passes
        if fails, groups[place].failing == 0 { groups[place].example = (log, judged) }
        groups[place].verdict = worse(groups[place].verdict, judged.finding.verdict)
        groups[place].findings += 1
        groups[place].failing += fails ? 1 : 0
        groups[place].boards.insert(log.board)
        groups[place].kernels.insert(log.countedKernel)
        boots[place].insert(log.identity)
      }
    }
    let farm = FarmCounts(report)
    for place in groups.indices {
      groups[place].rate = Rate(
        n: boots[place].count, of: max(boots[place].count, groups[place].couldShow(farm)))
    }
    return groups.enumerated().sorted { a, b in
      (a.element.failing > 0 ? 0 : 1, -a.element.rate.n, a.offset)
        < (b.element.failing > 0 ? 0 : 1, -b.element.rate.n, b.offset)
    }
    .map(\.element)
  }

  private static func worse(_ a: Verdict, _ b: Verdict) -> Verdict {
    let order: [Verdict] = [.real, .undetermined, .falsePositive]
    return order.first { $0 == a || $0 == b } ?? a
  }
}

extension FindingGroup {
  private func value(_ key: GroupKey) -> String? { values.first { $0.key == key }?.value }

  /// What its boots are counted under: a cause, or the signature of what is undetermined; nil if that is more than one thing.
  var topic: String? {
    if let cause = value(.cause).flatMap({ Cause.named($0)?.id }) { return cause }
    return value(.cause) == nil ? nil : value(.signature)
  }

  /// The boots of its board and kernel, if it is of one, that could have shown it.
  private func couldShow(_ farm: FarmCounts) -> Int {
    let topic = topic ?? value(.signature) ?? value(.cause)
    let (board, kernel) = (value(.board), value(.kernel))
    return farm.boots.reduce(0) { sum, entry in
      guard board == nil || board == entry.key.board, kernel == nil || kernel == entry.key.kernel else {
        return sum
      }
      return sum + (topic.map { farm.rate($0, entry.key).of } ?? entry.value.eligible)
    }
  }
}

extension FarmCounts {
  /// The different boots of a scan.
  init(_ report: ScanReport) {
    self = report.clean.farm
    report.forEachBoot { count($0) }
  }

  /// Adds the boot of a row.
  mutating func count(_ log: LogResult) {
    count(
      Cell(board: log.board, kernel: log.countedKernel), isEligible: log.eligible.value,
      Self.topics(log.findings.map { (cause: $0.finding.cause?.id, signature: $0.finding.signature) }),
      log.day)
  }
}
