import History
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
    /// What the test of a scan of one boot is called; nil: made of the log, its boot and the build.
    package var test: String?
    /// Logs are found below this address by their paths; nil without.
    package var logs: String?
    /// When the boots began, as RFC 3339, where no label `start_time` or `date` says it; nil where nobody says.
    package var start: String?
    package init(origin: String = "proberace", build: String = "proberace:unknown-build") {
      self.origin = origin
      self.build = build
    }

    /// Whether `id` may be a test's: it begins with the origin.
    package func mayBe(test id: String) -> Bool { id.hasPrefix(origin + ":") && !id.utf8.contains(0) }

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

  /// Rows of one document: a database takes it whole or not at all.
  private static let mostTests = 500

  /// JSON objects one after the other, as kcidb-submit takes them. A boot that was seen before under another name is not told twice.
  package static func render(_ report: ScanReport, _ context: Context = Context(), run: String = "scan")
    -> String
  {
    values(report, context, run: run).map { $0.text(indent: true) + "\n" }.joined()
  }

  /// Those objects.
  static func values(_ report: ScanReport, _ context: Context, run: String) -> [JSONValue] {
    var tests: [(id: String, log: LogResult)] = []
    var seen: Set<String> = []
    for log in report.logs {
      let id = testID(log, context)
      if seen.insert(id).inserted { tests.append((id, log)) }
    }
    let starts = tests.isEmpty ? [0] : Array(stride(from: 0, to: tests.count, by: mostTests))
    return starts.map { value(Array(tests[$0..<min($0 + mostTests, tests.count)]), context, run) }
  }

  private static func value(_ tests: [(id: String, log: LogResult)], _ context: Context, _ run: String)
    -> JSONValue
  {
    var known: Set<String> = []
    var issues: [JSONValue] = []
    var incidents: [(test: Int, finding: Int)] = []
    for (test, entry) in tests.enumerated() {
      for (number, judged) in entry.log.findings.enumerated() where judged.finding.cause != nil {
        let issue = issueID(judged, context)
        if known.insert(issue).inserted { issues.append(self.issue(issue, judged, context)) }
        incidents.append((test, number))
      }
    }
    let places = incidents
    return JSONValue.object([
      ("version", .object([("major", .int(5)), ("minor", .int(3))])),
      ("tests", .each(tests.count) { test(tests[$0].id, tests[$0].log, context, run) }),
      ("issues", .array(issues)),
      (
        "incidents",
        .each(places.count) {
          let (test, number) = places[$0]
          return incident(tests[test].log.findings[number], number, tests[test].id, context)
        }
      ),
    ]).withoutNUL
  }

  // MARK: tests

  /// By what was booted, the log's content and which boot of it: names of paths come again every night.
  private static func testID(_ log: LogResult, _ context: Context) -> String {
    if let test = context.test { return log.boot == 0 ? test : "\(test).\(log.boot + 1)" }
    return "\(context.origin):\(Fingerprint.of(context.build, log.hash?.text ?? log.path, String(log.boot)))"
  }

  private static func test(_ id: String, _ log: LogResult, _ context: Context, _ run: String) -> JSONValue {
    var fields: [(String, JSONValue)] = [
      ("id", .string(id)), ("origin", .string(context.origin)),
      ("build_id", .string(context.build)), ("path", .string("boot.dmesg.iommu_late_probe")),
      ("status", .string(status(log))), ("comment", .string(comment(log))),
    ]
    if let start = start(log) ?? context.start { fields.append(("start_time", .string(start))) }
    if let logs = context.logs { fields.append(("log_url", .string(address(logs, log.path)))) }
    if let environment = environment(log) { fields.append(("environment", environment)) }
    if !log.findings.isEmpty { fields.append(("log_excerpt", .string(excerpt(log)))) }
    fields.append(("misc", .object([("proberace", JSONLines.value(log, run: run))])))
    return .object(fields)
  }

  /// A path's beginning, `/` or `../`, is none of the address.
  private static func address(_ prefix: String, _ path: String) -> String {
    let below = path.drop { $0 == "/" || $0 == "." }
    return prefix + (prefix.hasSuffix("/") ? "" : "/") + Escape.percent(String(below), keeping: "/")
  }

  /// As a label says it: a day is its beginning.
  private static func start(_ log: LogResult) -> String? {
    if let time = log.labels["start_time"], Moment.isRFC3339(time) { return time }
    return log.labels["date"].flatMap { Day($0) }.map { $0.text + "T00:00:00Z" }
  }

  /// `compatible` is what a device tree calls its board, most exact first: the kernel says the first of them, as `vendor,board`.
  private static func environment(_ log: LogResult) -> JSONValue? {
    let machine = log.hardware.map(CountedFor.machine)
    guard let name = CountedFor.label("board", log.labels) ?? machine else { return nil }
    var fields: [(String, JSONValue)] = [("comment", .string(name))]
    let compatible = (log.labels["compatible"] ?? machine ?? "").split(separator: " ").map(String.init)
    if !compatible.isEmpty,
      compatible.allSatisfy({ $0.contains(",") && $0.utf8.allSatisfy { (33...126).contains($0) } })
    {
      fields.append(("compatible", .strings(compatible)))
    }
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
    var text = String.UnicodeScalarView()
    for judged in log.findings {
      if !text.isEmpty { text += "\n\n".unicodeScalars }
      text += ([judged.headline] + judged.details(log)).joined(separator: "\n").unicodeScalars
      if text.count > 16384 { return String(String.UnicodeScalarView(text.prefix(16380))) + "\n..." }
    }
    return String(text)
  }

  // MARK: issues and incidents

  /// A cause and a signature: another device with the same bug is the same issue.
  private static func issueID(_ judged: Judged, _ context: Context) -> String {
    // The dashboard makes a part of an address of it.
    "\(context.origin):\(judged.ruleID):\(judged.finding.signature)".replacing("/", with: "-")
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
    _ judged: Judged, _ number: Int, _ test: String, _ context: Context
  ) -> JSONValue {
    .object([
      ("id", .string("\(test).\(number + 1)")), ("origin", .string(context.origin)),
      ("issue_id", .string(issueID(judged, context))), ("issue_version", .int(1)), ("test_id", .string(test)),
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
    case .each(let count, let value): .each(count) { value($0).withoutNUL }
    case .object(let pairs): .object(pairs.map { ($0.0, $0.1.withoutNUL) })
    default: self
    }
  }
}
