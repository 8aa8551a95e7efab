import Scan
import Verdicts

/// A whole scan.
package struct ScanReport: Sendable {
  /// A row a boot, in the order of the inputs.
  package var logs: [LogResult]
  /// Those that stand in no row, where the report names none of them.
  package var clean = CleanLogs()
  /// Allow-list entries that matched nothing or have expired, as sentences.
  package var baselineNotes: [String]
  /// Not every file was scanned to its end.
  package var isInterrupted: Bool
  /// Boots that were there before under another name.
  package var copies = 0
  /// Logs that were left out: known already, or of other shards.
  package var leftOut = 0
  /// Why `--fail-on regression` stops it, a line each; nil if nobody asked, or there was nothing to compare with.
  package var regressions: [String]?
  /// Verdicts that fail.
  package var failing: Set<Verdict> = [.real, .undetermined]
  /// What the scan ends with.
  package var status: Int32 {
    Self.status(
      count: logs.count + clean.boots, unanswered: logs.count(where: \.isNoAnswer),
      fails: logs.contains(where: \.fails) || regressions?.isEmpty == false)
  }
  /// 2 wins over 1: what could not be read may hide findings.
  package static func status(count: Int, unanswered: Int, fails: Bool) -> Int32 {
    unanswered > 0 || count == 0 ? 2 : fails ? 1 : 0
  }
  package init(logs: [LogResult], baselineNotes: [String] = [], isInterrupted: Bool = false) {
    self.logs = logs
    self.baselineNotes = baselineNotes
    self.isInterrupted = isInterrupted
  }
}
