// Findings as annotations of a code host: GitHub's workflow commands and GitLab's Code Quality report.
import Bytes
import Scan
import Verdicts
import Writing

/// `::error file=…,line=…,title=…::message`
/// (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message).
package enum GitHub {
  /// One command a line, what fails first; the last, which a job shows when it is debugged, says what made them.
  package static func render(_ report: ScanReport, groupedBy keys: [GroupKey] = GroupKey.standard) -> String {
    // GitHub shows ten of a kind in a step: groups come first, then what fails.
    let groups = FindingGroup.leading(report, by: keys).map(group)
    let regressions = (report.regressions ?? []).map {
      "::error title=\(property("proberace: regression"))::\(data($0))"
    }
    let commands = regressions + groups + report.logs.flatMap(commands)
    return (commands.filter { $0.hasPrefix("::error ") } + commands.filter { !$0.hasPrefix("::error ") })
      .map { $0 + "\n" }.joined() + others(report) + "::debug::\(Release.title)\n"
  }

  private static func group(_ group: FindingGroup) -> String {
    let (log, judged) = group.example
    let text =
      "\(group.verdict.rawValue): \(group.name): \(Figures.text(group.rate, Style())); \(group.reach). \(judged.message)"
    return command(
      group.failing > 0 ? "error" : "notice", log, judged.place,
      "\(Plain.count(group.rate.n, "boot")): \(judged.ruleID)",
      text)
  }

  /// One note for all that was not judged: GitHub shows ten.
  private static func others(_ report: ScanReport) -> String {
    let rows = OtherRow.all(report)
    guard !rows.isEmpty else { return "" }
    let text =
      rows.prefix(30).map(\.sentence).joined(separator: "\n")
      + (rows.count > 30 ? "\nand \(rows.count - 30) more" : "")
    return "::notice title=\(property("proberace: other kernel trouble, not judged"))::\(data(text))\n"
  }

  private static func commands(_ log: LogResult) -> [String] {
    var commands: [String] = []
    if let reason = log.noPassReason {
      let title = log.state == .incomplete ? "proberace: log not whole" : "proberace: log not judged"
      commands.append(command(log.isError ? "error" : "warning", log, nil, title, reason))
    }
    for judged in log.findings {
      let title = "\(judged.finding.device): \(judged.finding.verdict.rawValue) late IOMMU probe"
      commands.append(command(level(judged), log, judged.place, title, judged.message))
    }
    return commands
  }

  private static func level(_ judged: Judged) -> String {
    if !judged.decision.passes { return "error" }
    return judged.decision.isSoft ? "warning" : "notice"
  }

  private static func command(
    _ name: String, _ log: LogResult, _ place: Place?, _ title: String, _ message: String
  ) -> String {
    let line = place?.lineNumber.map { ",line=\($0)" } ?? ""
    return "::\(name) file=\(property(log.path(of: place)))\(line),title=\(property(title))::\(data(message))"
  }

  /// As escapeData() and escapeProperty() of actions/toolkit, packages/core/src/command.ts. Other control
  /// characters are shown rather than sent to the job's log.
  private static func data(_ text: String) -> String {
    Escape.scalars(text) { scalar in
      switch scalar {
      case "%": "%25"
      case "\r": "%0D"
      case "\n": "%0A"
      default: Plain.safe(String(scalar))
      }
    }
  }

  private static func property(_ text: String) -> String {
    Escape.scalars(data(text)) { $0 == ":" ? "%3A" : $0 == "," ? "%2C" : nil }
  }
}

/// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
package enum GitLab {
  /// A JSON array, as the artifact of a job: groups first.
  package static func render(_ report: ScanReport, groupedBy keys: [GroupKey] = GroupKey.standard) -> String {
    var seen: [String: Int] = [:]
    var entries = FindingGroup.leading(report, by: keys).map(group)
    for log in report.logs {
      if let reason = log.noPassReason {
        let print = Fingerprint.of("log", log.path, String(log.boot))
        entries.append(
          entry(
            "\(log.title): \(reason)", "log-not-judged", print, log.isError ? "critical" : "info", log.path,
            nil))
      }
      for judged in log.findings { entries.append(finding(judged, log, &seen)) }
    }
    for row in OtherRow.all(report) {
      entries.append(
        entry(
          "\(row.sentence), not judged: \(row.title)", "other-kernel-trouble",
          Fingerprint.of("other", row.signature), "info", row.path, nil))
    }
    return JSONValue.array(entries).text(indent: true) + "\n"
  }

  /// The fingerprint is what the group is of: not how many boots show it in this build, nor where.
  private static func group(_ group: FindingGroup) -> JSONValue {
    let (log, judged) = group.example
    let names = group.values.map { "\($0.key.rawValue)=\($0.value)" }.joined(separator: "\n")
    let text =
      "\(group.verdict.rawValue): \(group.name): \(Figures.text(group.rate, Style())); \(group.reach). "
      + "For example \(judged.message)"
    let severity =
      group.failing == 0 ? "info" : group.verdict == .real ? "critical" : "major"
    return entry(
      text, judged.ruleID, Fingerprint.of("group", names), severity, log.path(of: judged.place), judged.line)
  }

  /// GitLab compares two branches by fingerprint and shows one entry for each: the n-th finding of a bug on a device
  /// has a fingerprint of its own, whatever its log is called in this build.
  private static func finding(_ judged: Judged, _ log: LogResult, _ seen: inout [String: Int]) -> JSONValue {
    seen[judged.key, default: 0] += 1
    let print = Fingerprint.of("finding", judged.key, String(seen[judged.key] ?? 0))
    return entry(
      judged.message, judged.ruleID, print, severity(judged), log.path(of: judged.place), judged.line)
  }

  private static func severity(_ judged: Judged) -> String {
    if judged.decision.passes { return judged.decision.isSoft ? "minor" : "info" }
    return judged.finding.verdict == .real ? "critical" : "major"
  }

  private static func entry(
    _ text: String, _ check: String, _ print: String, _ severity: String, _ path: String,
    _ line: Int?
  ) -> JSONValue {
    .object([
      ("description", .string(Plain.safe(text))), ("check_name", .string(check)),
      ("fingerprint", .string(print)), ("severity", .string(severity)),
      // Code Climate's; GitLab shows nothing of it.
      ("engine_name", .string(Release.title)),
      (
        "location",
        .object([
          ("path", .string(path.hasPrefix("./") ? String(path.dropFirst(2)) : path)),
          ("lines", .object([("begin", .int(Int64(line ?? 1)))])),
        ])
      ),
    ])
  }
}
