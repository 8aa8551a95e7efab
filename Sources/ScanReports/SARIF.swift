import Scan
import Verdicts
import Writing

/// SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), with what GitHub code scanning asks
/// for (https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support).
package enum SARIF {
  /// One run, as GitHub's code scanning takes it.
  package static func render(_ report: ScanReport) -> String {
    value(report).text(indent: true) + "\n"
  }

  /// The same as a value. `keys`: what findings are put together by.
  static func value(_ report: ScanReport, groupedBy keys: [GroupKey] = GroupKey.standard) -> JSONValue {
    let places = report.findingPlaces
    return .object([
      ("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")), ("version", .string("2.1.0")),
      (
        "runs",
        .array([
          .object([
            (
              "tool",
              .object([("driver", driver)])
            ),
            ("invocations", .array([invocation(report)])),
            (
              "results",
              .each(places.count) {
                let (log, finding) = places[$0]
                return result(report.logs[log].findings[finding], report.logs[log])
              }
            ),
            (
              "properties",
              .object([
                ("groups", .array(FindingGroup.all(report, by: keys).map(group))),
                ("otherKernelTrouble", .array(OtherRow.all(report).map(other))),
              ])
            ),
          ])
        ])
      ),
    ])
  }

  private static func group(_ group: FindingGroup) -> JSONValue {
    .object(
      group.values.map { ($0.key.rawValue, .string($0.value)) } + Figures.fields(group.rate) + [
        ("findings", .int(Int64(group.findings))), ("failing", .int(Int64(group.failing))),
        ("boards", .strings(group.boards.sorted())),
        ("kernels", .strings(group.kernels.allKernels())),
        ("example", .string(group.example.log.title(at: group.example.judged.place))),
      ])
  }

  /// Other trouble is no result: what nobody judged must not become an alert.
  private static func other(_ row: OtherRow) -> JSONValue {
    .object([
      ("kind", .string(row.kind.rawValue)), ("signature", .string(row.signature)),
      ("title", .string(row.title)), ("count", .int(Int64(row.count))), ("logs", .int(Int64(row.logs))),
      ("firstLog", .string(row.path)),
    ])
  }

  private static let driver = JSONValue.object([
    ("name", .string("proberace")), ("version", .string(Release.version)), ("rules", .array(rules)),
    ("properties", .object([("rulesRevision", .int(Int64(Release.rules)))])),
  ])

  // MARK: rules

  private static let ruleIDs = Cause.all.map(\.id) + ["undetermined"]

  private static let rules: [JSONValue] =
    Cause.all.map { cause in
      rule(cause.id, cause.title, cause.story, cause.advice, level(cause.verdict))
    } + [
      rule(
        "undetermined", "A late IOMMU probe of an unknown cause",
        "The log does not hold what would decide between the known causes.",
        "Boot with the recipe of `proberace report` and hand it the log and the trace.", "warning")
    ]

  private static func rule(
    _ id: String, _ title: String, _ story: String, _ help: String, _ level: String
  ) -> JSONValue {
    .object([
      ("id", .string(id)), ("shortDescription", text(title)), ("fullDescription", text(story)),
      ("help", text(help)), ("defaultConfiguration", .object([("level", .string(level))])),
    ])
  }

  private static func level(_ verdict: Verdict?) -> String {
    switch verdict {
    case .real: "error"
    case .undetermined: "warning"
    case .falsePositive, nil: "note"
    }
  }

  // MARK: results

  private static func result(_ judged: Judged, _ log: LogResult) -> JSONValue {
    let finding = judged.finding
    var fields: [(String, JSONValue)] = [
      ("ruleId", .string(judged.ruleID)),
      ("ruleIndex", .int(Int64(ruleIDs.firstIndex(of: judged.ruleID) ?? ruleIDs.count - 1))),
      ("level", .string(level(finding.verdict))), ("message", text(judged.message)),
      ("locations", .array([location(judged, log)])),
      ("partialFingerprints", .object([("proberace/v1", .string(judged.key))])),
    ]
    if judged.decision.passes, let entry = judged.decision.allowedBy {
      fields.append(("suppressions", .array([suppression(entry, judged.decision)])))
    }
    fields.append(
      (
        "properties",
        .object([
          ("verdict", .string(finding.verdict.rawValue)), ("harm", .string(finding.harm.rawValue)),
          ("signature", .string(finding.signature)), ("device", .string(finding.device)),
          ("boot", .int(Int64(log.boot))), ("gatePasses", .bool(judged.decision.passes)),
        ])
      ))
    return .object(fields)
  }

  /// The allow-list lies outside of what was scanned, so its kind is external. No `status`: accepted is what its
  /// absence means, and the schema that is still in use beside the standard's knows it as `state`.
  private static func suppression(_ entry: String, _ decision: GateDecision) -> JSONValue {
    let why = "\(decision.reason) (allow-list: \(entry))" + (decision.bug.map { " \($0)" } ?? "")
    return .object([("kind", .string("external")), ("justification", .string(why))])
  }

  /// GitHub wants a start line; a finding without a line points to the first.
  private static func location(_ judged: Judged, _ log: LogResult) -> JSONValue {
    .object([
      (
        "physicalLocation",
        .object([
          ("artifactLocation", .object([("uri", .string(uri(log.path(of: judged.place))))])),
          ("region", .object([("startLine", .int(Int64(judged.line ?? 1)))])),
        ])
      ),
      ("logicalLocations", .array([.object([("name", .string(judged.finding.device))])])),
    ])
  }

  // MARK: what could not be read

  private static func invocation(_ report: ScanReport) -> JSONValue {
    let notes = report.logs.filter { $0.noPassReason != nil }.map { log in
      JSONValue.object([
        ("level", .string(log.isError ? "error" : "warning")),
        ("message", text("\(log.title): \(log.noPassReason ?? "")")),
      ])
    }
    let regressions = (report.regressions ?? []).map {
      JSONValue.object([("level", .string("error")), ("message", text($0))])
    }
    return .object([
      ("executionSuccessful", .bool(!report.logs.contains(where: \.isError))),
      ("toolExecutionNotifications", .array(regressions + notes)),
    ])
  }

  /// Braces are placeholders (SARIF 3.11.5) and brackets links (3.11.6) unless they are escaped.
  private static func text(_ text: String) -> JSONValue {
    let escaped = Escape.scalars(text) { scalar in
      switch scalar {
      case "{", "}": "\(scalar)\(scalar)"
      case "[", "]", "\\": "\\\(scalar)"
      default: nil
      }
    }
    return .object([("text", .string(escaped))])
  }

  /// A path as a URI reference. The `:` of an archive's member is encoded too, else what stands before it would be
  /// a scheme.
  static func uri(_ path: String) -> String {
    (path.hasPrefix("/") ? "file://" : "") + Escape.percent(path, keeping: "/")
  }
}
