import History
import Reports
import Scan
import Verdicts
import Writing

/// What all rows come to: the last of the JSON lines, so that a scan that was killed is told from one that ended.
package struct ScanEnd: Sendable {
  private var rows = 0
  private var boots = 0
  /// Eligible boots without a hash.
  private var unknownEligible = 0
  private var findings = 0
  private var failing = 0
  private var unanswered = 0
  /// Rows that the pattern of `--labels-from-path` told no labels of.
  package private(set) var unfitting = 0
  /// Logs that `--skip-known` has.
  package private(set) var known = 0
  /// Boots that were there before in another place.
  package private(set) var copies = 0
  /// By what each boot is known, and whether it is eligible.
  private var seen: [BootKey: Bool] = [:]

  /// Of nothing yet.
  package init() {}

  /// Counts one more. Logs with the same bytes are one log seen more than once.
  package mutating func add(_ log: LogResult) {
    guard !log.isKnown else {
      known += 1
      return
    }
    rows += 1
    if log.isBoot { boots += 1 }
    findings += log.findings.count
    failing += log.findings.count { !$0.decision.passes }
    if log.isNoAnswer { unanswered += 1 }
    if !log.fitsPattern { unfitting += 1 }
    guard let key = BootKey(log) else {
      if log.eligible.value { unknownEligible += 1 }
      return
    }
    if seen.updateValue(log.eligible.value, forKey: key) != nil {
      copies += 1
    }
  }

  /// Counts what another has counted, of other rows.
  package mutating func add(_ other: ScanEnd) {
    rows += other.rows
    boots += other.boots
    unknownEligible += other.unknownEligible
    findings += other.findings
    failing += other.failing
    unanswered += other.unanswered
    unfitting += other.unfitting
    known += other.known
    copies += other.copies
    for (key, isEligible) in other.seen where seen.updateValue(isEligible, forKey: key) != nil {
      copies += 1
    }
  }

  /// Different boots that count in a rate.
  private var eligible: Int { unknownEligible + seen.values.count { $0 } }

  /// `scan-end@1` of docs/schema. `regressions`: why `--fail-on regression` stops; nil if nobody asked, or there was nothing to compare with.
  package func line(
    run: String, status: Int32, isInterrupted: Bool, regressions: [ChangeGate.Failure]? = nil
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    let changes = regressions.map { [("regressions", JSONValue.array($0.map(ChangeReport.value)))] } ?? []
    JSONValue.object(
      [
        ("schema", .string("proberace/scan-end@1")), ("version", .string(Release.version)),
        ("rules", .int(Int64(Release.rules))), ("run", .string(run)), ("counts", counts),
        ("interrupted", .bool(isInterrupted)),
        ("status", .int(Int64(status))),
      ] + changes
    ).write(to: &bytes)
    bytes.append(10)
    return bytes
  }

  /// In an object of their own: a row's `findings` is a list, and whoever reads all lines alike must not meet a number.
  private var counts: JSONValue {
    .object([
      ("rows", .int(Int64(rows))), ("boots", .int(Int64(boots))), ("eligible", .int(Int64(eligible))),
      ("copies", .int(Int64(copies))),
      ("known", .int(Int64(known))), ("unlabelled", .int(Int64(unfitting))),
      ("findings", .int(Int64(findings))), ("failing", .int(Int64(failing))),
      ("unanswered", .int(Int64(unanswered))),
    ])
  }
}
