import History
import Scan

/// Logs that are whole and show nothing, as counts: of a farm they are nearly all, and what people read names none of them.
package struct CleanLogs: Sendable {
  /// Their boots, copies too.
  package private(set) var boots = 0
  /// Their different boots.
  package private(set) var farm = FarmCounts()
  private var seen: Set<BootKey> = []
  /// Hashes of their paths.
  private var paths: Set<Int> = []

  package init() {}

  /// Takes the row if it is one of these, and says whether it is.
  package mutating func take(_ log: LogResult) -> Bool {
    guard !log.isKnown, log.state == .complete, log.findings.isEmpty, log.suspects.isEmpty,
      log.others.isEmpty,
      log.losses.isEmpty, log.error == nil
    else { return false }
    boots += 1
    paths.insert(log.path.hashValue)
    let isCopy = BootKey(log).map { !seen.insert($0).inserted } ?? false
    if !isCopy { farm.count(log) }
    return true
  }

  /// How many paths these and `others` are of.
  func logs(with others: [LogResult]) -> Int {
    paths.union(others.map(\.path.hashValue)).count
  }
}
