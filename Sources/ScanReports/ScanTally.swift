// A scan in numbers.
import Analysis
import FarmPage
import Reports
import Scan
import Verdicts
import Writing

struct ScanTally {
  /// Paths, not boots.
  var logs = 0
  var boots = 0
  var verdicts: [Verdict: Int] = [:]
  var failing: [Verdict: Int] = [:]
  var allowed = 0
  /// By state, of boots that are not complete.
  var stateCounts: [LogResult.State: Int] = [:]
  var gapCounts: [LogGap: Int] = [:]
  /// Inputs that are neither logs nor traces and lay in an archive or a folder.
  var others = 0
  /// By path, as `logs`.
  var failingLogs: Set<String> = []
  var errors: Set<String> = []

  /// What a scan comes to, for people: each report words it.
  enum Answer {
    case nothingToRead, nothingNew, fails, interrupted, noKernelLog, incomplete, notAsked, passesAsFar, passes
  }

  var answer: Answer {
    if logs == 0, leftOut > 0, !isInterrupted { return .nothingNew }
    if logs == 0, !isInterrupted { return .nothingToRead }
    if !failingLogs.isEmpty || regressions > 0 { return .fails }
    if isInterrupted { return .interrupted }
    if boots == 0 { return .noKernelLog }
    if withoutLog > others { return .incomplete }
    if !unasked.isEmpty, !asksForChange { return .notAsked }
    return unsure > 0 ? .passesAsFar : .passes
  }

  private let isInterrupted: Bool
  private let copies: Int
  private let regressions: Int
  /// What is new or more frequent would fail.
  private let asksForChange: Bool
  /// Some verdict fails.
  private let asks: Bool
  /// Findings that are no false positives and pass for nobody asked: neither the gate nor the allow-list knows them.
  private var unasked: [Verdict: Int] = [:]
  /// Known already, or of other shards.
  let leftOut: Int

  init(_ report: ScanReport) {
    isInterrupted = report.isInterrupted
    leftOut = report.leftOut
    copies = report.copies
    regressions = report.regressions?.count ?? 0
    asksForChange = report.regressions != nil
    asks = !report.failing.isEmpty
    logs = report.clean.logs(with: report.logs)
    boots = report.clean.boots
    stateCounts[.complete] = report.clean.boots
    for log in report.logs {
      if log.isBoot { boots += 1 }
      stateCounts[log.state, default: 0] += 1
      if log.state == .incomplete { for gap in log.gaps { gapCounts[gap, default: 0] += 1 } }
      if log.isError { errors.insert(log.path) }
      if log.state == .noKernelLog, log.isFound { others += 1 }
      if log.fails || log.isError { failingLogs.insert(log.path) }
      for judged in log.findings {
        verdicts[judged.finding.verdict, default: 0] += 1
        if !judged.decision.passes { failing[judged.finding.verdict, default: 0] += 1 }
        guard judged.decision.passes else { continue }
        if judged.decision.allowedBy != nil {
          allowed += 1
        } else if judged.finding.verdict != .falsePositive {
          unasked[judged.finding.verdict, default: 0] += 1
        }
      }
    }
  }

  /// The same in words, without a full stop, and how it is to be taken; nil where only the interruption is to be said.
  var sentence: (text: String, tone: FarmSummary.Answer.Tone)? {
    switch answer {
    case .nothingToRead: ("No answer: there was no log to read", .open)
    case .nothingNew: ("Nothing new: logs that are known, or for other shards: \(leftOut)", .open)
    case .fails: ("FAIL: \(whatFails)", .bad)
    case .interrupted: nil
    case .noKernelLog: ("No answer: no kernel log was among them", .open)
    case .incomplete:
      (
        "INCOMPLETE: no finding fails, but "
          + Plain.count(withoutLog, "input is no kernel log", "inputs are no kernel logs")
          + ": --include or --exclude leaves them out", .open
      )
    case .notAsked:
      asks
        ? ("PASS, as far as was asked: not asked to fail: \(Self.words(unasked))", .open)
        : ("Nothing was asked to fail: \(Self.words(unasked))", .open)
    case .passesAsFar: ("PASS, as far as the logs go: nothing in them fails", .open)
    case .passes: ("PASS: no finding fails", .good)
    }
  }

  static let interrupted = "INTERRUPTED: not every file was scanned to its end."

  /// Boots that were not seen whole and do not fail.
  var unsure: Int { stateCounts[.incomplete] ?? 0 }
  /// Inputs that are no kernel log.
  var withoutLog: Int { stateCounts[.noKernelLog] ?? 0 }

  /// `3 logs, 4 boots: 1 real, 2 false positives`.
  var headline: String {
    let found = Self.words(verdicts)
    return "\(Plain.count(logs, "log")), \(Plain.count(boots, "boot")): "
      + (found.isEmpty ? "no finding" : found) + (allowed > 0 ? " (\(allowed) on the allow-list)" : "")
  }

  /// What was not seen whole; empty if all was.
  var states: String {
    let words: [(Int, String)] = [
      (stateCounts[.unreadable] ?? 0, "could not be read whole"),
      (copies, "seen before under another name"),
      (withoutLog - others, "without a kernel log"),
      (others, "of other kinds beside them"),
      (gapCounts[.beginning] ?? 0, "without the boot's beginning"),
      (gapCounts[.end] ?? 0, "ending before user space"),
      (gapCounts[.messages] ?? 0, "with dropped messages"),
      (gapCounts[.openEnd] ?? 0, "breaking off"),
      (
        gapCounts[.log] ?? 0,
        gapCounts[.log] == 1 ? "trace without a kernel log" : "traces without a kernel log"
      ),
    ]
    return words.compactMap { count, text in count > 0 ? "\(count) \(text)" : nil }.joined(separator: ", ")
  }

  var whatFails: String {
    var parts: [String] = []
    let found = Self.words(failing)
    if !found.isEmpty { parts.append(found) }
    if !errors.isEmpty { parts.append("\(Plain.count(errors.count, "log")) could not be read whole") }
    let logs = "\(Plain.count(failingLogs.count, "log")): \(parts.joined(separator: ", "))"
    let rises = Plain.count(regressions, "regression")
    return regressions == 0 ? logs : failingLogs.isEmpty ? rises : "\(rises); \(logs)"
  }

  private static func words(_ counts: [Verdict: Int]) -> String {
    let names: [(Verdict, String, String)] = [
      (.real, "real", "real"), (.undetermined, "undetermined", "undetermined"),
      (.falsePositive, "false positive", "false positives"),
    ]
    return names.compactMap { verdict, one, many in
      counts[verdict].map { Plain.count($0, one, many) }
    }.joined(separator: ", ")
  }
}

/// Other trouble of all logs, by signature.
struct OtherRow {
  var kind: OtherTrouble.Kind
  var signature: String
  var title: String
  var count: Int
  /// In how many logs, and the first of them.
  var logs: Int
  var path: String

  /// `3 × warning:foo in 2 logs`.
  var sentence: String { "\(count) \u{d7} \(signature) in \(Plain.count(logs, "log"))" }

  /// The most frequent first.
  static func all(_ report: ScanReport) -> [OtherRow] {
    var rows: [OtherRow] = []
    var index: [String: Int] = [:]
    for log in report.logs {
      for other in log.others {
        if let known = index[other.signature] {
          rows[known].count += other.count
          rows[known].logs += 1
        } else {
          index[other.signature] = rows.count
          rows.append(
            OtherRow(
              kind: other.kind, signature: other.signature, title: other.title, count: other.count, logs: 1,
              path: log.path))
        }
      }
    }
    return rows.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
      .map(\.element)
  }
}
