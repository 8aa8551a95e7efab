import Scan
import Verdicts
import Writing

/// KCIDB 5.3, what KernelCI's database takes (https://docs.kernelci.org/kcidb/, kcidb_io/schema/v05_03.py): a test a
/// boot, an issue a cause and signature, an incident a finding.
package enum KCIDB {
  /// What a scan cannot know: who reports, and which build was booted.
  package struct Context: Sendable {
    /// `^[a-z0-9_]+$`, as KCIDB wants it.
    var origin: String
    /// The id of the build object, `origin:…`.
    var build: String
    package init(origin: String = "proberace", build: String = "proberace:unknown-build") {
      self.origin = origin
      self.build = build
    }

    /// Nil if KCIDB would not take these: an origin is `[a-z0-9_]+`, a build's id begins with one and a colon. Without an
    /// origin the build's is taken.
    package init?(origin: String?, build: String?) {
      let owner = build.map { String($0.prefix { $0 != ":" }) }
      self.init()
      if let origin = origin ?? owner { self.origin = origin }
      if let build { self.build = build } else { self.build = "\(self.origin):unknown-build" }
      guard Self.isOrigin(self.origin), owner.map(Self.isOrigin) ?? true, build?.contains(":") ?? true,
        !self.build.utf8.contains(0)
      else { return nil }
    }

    private static func isOrigin(_ text: String) -> Bool {
      !text.isEmpty && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
    }
  }

  /// One JSON object, as kcidb-submit takes it.
  package static func render(_ report: ScanReport, _ context: Context = Context(), run: String = "scan")
    -> String
  {
    var known: Set<String> = []
    var issues: [JSONValue] = []
    var incidents: [JSONValue] = []
    for log in report.logs {
      for (number, judged) in log.findings.enumerated() where judged.finding.cause != nil {
        let issue = issueID(judged, context)
        if known.insert(issue).inserted { issues.append(self.issue(issue, judged, context)) }
        incidents.append(incident(judged, issue, number, log, context))
      }
    }
    return JSONValue.object([
      ("version", .object([("major", .int(5)), ("minor", .int(3))])),
      ("tests", .array(report.logs.map { test($0, context, run) })), ("issues", .array(issues)),
      ("incidents", .array(incidents)),
    ]).withoutNUL.text(indent: true) + "\n"
  }

  // MARK: tests

  private static func testID(_ log: LogResult, _ context: Context) -> String {
    "\(context.origin):\(Fingerprint.of(context.build, log.path, String(log.boot)))"
  }

  private static func test(_ log: LogResult, _ context: Context, _ run: String) -> JSONValue {
    var fields: [(String, JSONValue)] = [
      ("id", .string(testID(log, context))), ("origin", .string(context.origin)),
      ("build_id", .string(context.build)), ("path", .string("boot.dmesg.iommu_late_probe")),
      ("status", .string(status(log))), ("comment", .string(comment(log))),
    ]
    if let hardware = log.hardware {
      fields.append(("environment", .object([("comment", .string(hardware))])))
    }
    if !log.findings.isEmpty { fields.append(("log_excerpt", .string(excerpt(log)))) }
    fields.append(("misc", .object([("proberace", JSONLines.value(log, run: run))])))
    return .object(fields)
  }

  /// A log that could not be judged is never a PASS: ERROR if it could not be read, MISS if it is not there or
  /// not whole.
  private static func status(_ log: LogResult) -> String {
    switch log.outcome {
    case .pass: "PASS"
    case .fail: "FAIL"
    case .error: "ERROR"
    case .missing: "MISS"
    }
  }

  private static func comment(_ log: LogResult) -> String {
    let count = Plain.count(log.findings.count, "late-IOMMU-probe finding")
    return "\(log.title): \(count)" + (log.noPassReason.map { "; \($0)" } ?? "")
  }

  /// At most 16384 characters.
  private static func excerpt(_ log: LogResult) -> String {
    let lines = log.findings.map { ([$0.headline] + $0.details).joined(separator: "\n") }
    let text = lines.joined(separator: "\n\n").unicodeScalars
    guard text.count > 16384 else { return String(text) }
    return String(String.UnicodeScalarView(text.prefix(16380))) + "\n..."
  }

  // MARK: issues and incidents

  /// A cause and a signature: another device with the same bug is the same issue.
  private static func issueID(_ judged: Judged, _ context: Context) -> String {
    "\(context.origin):\(judged.ruleID):\(judged.finding.signature)"
  }

  /// Findings without a cause have no issue: a FAIL without one is what KernelCI calls untriaged.
  private static func issue(_ id: String, _ judged: Judged, _ context: Context) -> JSONValue {
    let isReal = judged.finding.verdict == .real
    var fields: [(String, JSONValue)] = [
      ("id", .string(id)), ("version", .int(1)), ("origin", .string(context.origin)),
      (
        // All false is KCIDB's word for an invalid issue: a false positive.
        "culprit",
        .object([("code", .bool(isReal)), ("tool", .bool(false)), ("harness", .bool(false))])
      ),
      ("comment", .string(judged.finding.cause?.title ?? judged.finding.summary)),
      ("categories", .strings(["iommu", isReal ? "real" : "known-false-positive"])),
      (
        "misc",
        .object([("signature", .string(judged.finding.signature)), ("cause", .string(judged.ruleID))])
      ),
    ]
    if let bug = judged.decision.bug, Escape.isURL(bug) { fields.append(("report_url", .string(bug))) }
    return .object(fields)
  }

  private static func incident(
    _ judged: Judged, _ issue: String, _ number: Int, _ log: LogResult, _ context: Context
  ) -> JSONValue {
    let test = testID(log, context)
    return .object([
      ("id", .string("\(test).\(number + 1)")), ("origin", .string(context.origin)),
      ("issue_id", .string(issue)), ("issue_version", .int(1)), ("test_id", .string(test)),
      ("present", .bool(true)), ("comment", .string(judged.message)),
      (
        "misc",
        .object([
          ("device", .string(judged.finding.device)), ("signature", .string(judged.finding.signature)),
        ])
      ),
    ])
  }
}

extension JSONValue {
  /// Neither KCIDB's schema nor PostgreSQL takes U+0000: it is shown as U+FFFD.
  var withoutNUL: JSONValue {
    switch self {
    case .string(let text) where text.utf8.contains(0): .string(text.replacing("\0", with: "\u{fffd}"))
    case .array(let values): .array(values.map(\.withoutNUL))
    case .object(let pairs): .object(pairs.map { ($0.0, $0.1.withoutNUL) })
    default: self
    }
  }
}
