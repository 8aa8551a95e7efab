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
  var title: String { title(at: nil) }

  /// The same of the document that a place is in, with its line: `boot.log:12 (boot 2)`.
  func title(at place: Place?) -> String {
    let line = place?.lineNumber.map { ":\($0)" } ?? ""
    return path(of: place) + line + (boot == 0 ? "" : " (boot \(boot + 1))")
  }

  /// Where a place is: of several documents that are judged as those of one machine it is one of them.
  func path(of place: Place?) -> String {
    guard let place, inputs.indices.contains(Int(place.input)) else { return path }
    return inputs[Int(place.input)]
  }

  /// A place for people who see the log's title above: `line 12`, or `dmesg.txt:12` of several documents. Nil: it has no line.
  func line(at place: Place?) -> String? {
    guard let line = place?.lineNumber else { return nil }
    let document = path(of: place)
    guard document != path else { return "line \(line)" }
    return (document.hasPrefix(path) ? String(document.dropFirst(path.count + 1)) : document) + ":\(line)"
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
  /// Where it stands in the log.
  var place: Place? { finding.places.first ?? finding.evidence.first?.place }

  /// The line of the log, from 1; nil where it is not known.
  var line: Int? { place?.lineNumber }

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
  func details(_ log: LogResult) -> [String] {
    var lines = [finding.summary, "signature: \(finding.signature)", "gate: \(decision.reason)"]
    if let bug = decision.bug { lines.append("bug: \(bug)") }
    for evidence in finding.evidence {
      let time = evidence.time.map { "[\(Plain.seconds($0))] " } ?? ""
      let place = log.line(at: evidence.place).map { " (\($0))" } ?? ""
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
