// What every scan format asks of a log and of a finding.
import Bytes
import Scan
import Verdicts
import Writing

/// What a log comes to, in the words that test formats have.
enum Outcome: Sendable {
  case pass
  /// A finding fails the gate.
  case fail
  /// The log could not be judged: nobody may take it for a pass.
  case error
  /// Nothing to judge, or not all of it: no kernel log, or one that lacks something of its boot.
  case missing
}

extension LogResult {
  /// A finding that was seen counts more than what else is wrong with the log.
  var outcome: Outcome {
    if findings.contains(where: { !$0.decision.passes }) { return .fail }
    if isError { return .error }
    return state == .complete ? .pass : .missing
  }

  /// It could not be judged, whatever was found in it.
  var isError: Bool {
    state == .unreadable || error != nil || (fails && !findings.contains { !$0.decision.passes })
  }

  /// The path, and the boot (from 1) from the second on.
  var title: String { title(line: nil) }

  /// The same, with a line of it: `boot.log:12 (boot 2)`.
  func title(line: Int?) -> String {
    path + (line.map { ":\($0)" } ?? "") + (boot == 0 ? "" : " (boot \(boot + 1))")
  }

  /// Why it is no pass although no finding fails; nil if it could be read to the end.
  package var noPassReason: String? {
    if let error { return error }
    switch state {
    case .unreadable: return losses.first(where: \.isDamage)?.detail ?? "could not be read"
    case .noKernelLog:
      return reason ?? "no kernel log in here"
    case .incomplete:
      return gaps.isEmpty ? "not the whole boot" : gaps.map(\.sentence).joined(separator: "; ")
    case .complete: return isError ? "could not be judged" : nil
    }
  }
}

extension Judged {
  /// The line of the log, from 1; nil where it is not known.
  var line: Int? {
    guard let line = (finding.places.first ?? finding.evidence.first?.place)?.line, line > 0 else {
      return nil
    }
    return Int(line)
  }

  /// Same bug on the same device: what tells findings of a log apart.
  var key: String { "\(finding.signature) \(finding.device)" }

  /// The cause, or that there is none.
  var ruleID: String { finding.cause?.id ?? "undetermined" }

  /// `0000:00:10.5 (nvme): real, likely, probe-before-domain, exposed`.
  var headline: String { headline([finding.verdict.rawValue]) }

  /// Without the verdict, for those who show it beside.
  var subject: String { headline([]) }

  private func headline(_ first: [String]) -> String {
    let name = finding.device + (finding.driver.map { " (\($0))" } ?? "")
    var facts = first
    if let confidence = finding.confidence { facts.append(confidence.rawValue) }
    if let cause = finding.cause { facts.append(cause.id) }
    facts.append(finding.harm == .unknown ? "harm unknown" : finding.harm.rawValue)
    return "\(name): \(facts.joined(separator: ", "))"
  }

  /// One paragraph for formats that have room for one message.
  var message: String {
    var text = "\(headline). \(finding.summary)"
    if !finding.candidates.isEmpty {
      text += ". Could be: " + finding.candidates.map(\.id).joined(separator: ", ")
    }
    return "\(text). Gate: \(decision.reason)" + (decision.bug.map { " (\($0))" } ?? "")
  }

  /// Everything that was seen, a line each.
  var details: [String] {
    var lines = [finding.summary, "signature: \(finding.signature)", "gate: \(decision.reason)"]
    if let bug = decision.bug { lines.append("bug: \(bug)") }
    for evidence in finding.evidence {
      let time = evidence.time.map { "[\(Plain.seconds($0))] " } ?? ""
      let place = evidence.place.map { $0.line > 0 ? " (line \($0.line))" : "" } ?? ""
      lines.append("\(time)\(evidence.text)\(place)")
    }
    return lines + finding.missing.map { "missing: \($0)" }
  }
}

/// Findings of one device with one signature: one test.
struct TestCase {
  var device: String
  var signature: String
  var findings: [Judged]
  var failing: [Judged] { findings.filter { !$0.decision.passes } }

  /// In the order of their first finding.
  static func all(_ log: LogResult) -> [TestCase] {
    var cases: [TestCase] = []
    var index: [String: Int] = [:]
    for judged in log.findings {
      if let known = index[judged.key] {
        cases[known].findings.append(judged)
      } else {
        index[judged.key] = cases.count
        cases.append(
          TestCase(device: judged.finding.device, signature: judged.finding.signature, findings: [judged]))
      }
    }
    return cases
  }
}
