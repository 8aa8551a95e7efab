import Analysis
import TestSupport
import Testing
import Verdicts

/// Holds an analysis against a capture's truth.
struct Judge {
  var capture: Capture
  /// `both` or the only input's key.
  var key: String
  var analysis: Analysis

  var findings: [Finding] { analysis.boots.flatMap(\.findings) }

  /// Pairs each expected finding with one that was made, by device and best by cause; nil if there is none.
  func paired() -> (pairs: [(Expected.Finding, Finding?)], extra: [Finding]) {
    var rest = findings
    var pairs: [(Expected.Finding, Finding?)] = []
    for expected in capture.expected.findings {
      let same = rest.indices.filter { expected.devices.contains(rest[$0].device) }
      let best = same.first { rest[$0].cause?.id == expected.cause } ?? same.first
      pairs.append((expected, best.map { rest.remove(at: $0) }))
    }
    return (pairs, rest)
  }

  /// All text inputs together: everything must be right.
  func checkWhole() {
    let (pairs, extra) = paired()
    for (expected, found) in pairs {
      guard let found else {
        Issue.record("\(capture): \(expected.device): missed (\(expected.cause))")
        continue
      }
      let name = "\(capture) \(expected.device)"
      let isSure = expected.sureFrom.contains(key)
      if found.verdict == .undetermined && !isSure {
        // Honest where these inputs cannot decide.
        #expect(!found.missing.isEmpty, "\(name)")
        continue
      }
      #expect(found.verdict.rawValue == expected.verdict, "\(name)")
      #expect(found.cause?.id == expected.cause, "\(name)")
      #expect(
        expected.harms.contains(found.harm.rawValue), "\(name): \(found.harm) instead of \(expected.harms)")
      #expect(!isSure || found.confidence == .certain, "\(name): should be certain")
      #expect(found.side.rawValue == expected.side, "\(name)")
      #expect((found.kind == .silent) == (expected.warningTime == nil), "\(name)")
      if let time = expected.warningTime {
        #expect(
          found.time.map { abs(Double($0) / 1e9 - time) < 1e-4 } == true, "\(name): \(found.time ?? -1)")
      }
    }
    for found in extra where found.kind == .lateIOMMUProbe || capture.expected.otherRealAllowed != true {
      Issue.record("\(capture): \(found.device): finding not expected: \(found.cause?.id ?? "undetermined")")
    }
  }

  /// What is certain and wrong: the one thing that no input, however poor, may lead to.
  func certainAndWrong() -> [String] {
    let (pairs, extra) = paired()
    var wrong: [String] = []
    for case (let expected, let found?) in pairs where found.confidence == .certain {
      if found.verdict.rawValue != expected.verdict {
        wrong.append("\(found.device): \(found.cause?.id ?? "-") instead of \(expected.cause)")
      }
    }
    for found in extra where found.confidence == .certain && found.verdict != .undetermined {
      if found.verdict == .real && capture.expected.otherRealAllowed == true { continue }
      if isTold(found) { continue }
      wrong.append("\(found.device): invented \(found.cause?.id ?? "-")")
    }
    return wrong
  }

  /// The same warning once more (its line is doubled), or one whose message, and so its device, is lost.
  private func isTold(_ found: Finding) -> Bool {
    capture.expected.findings.contains {
      $0.verdict == found.verdict.rawValue && ($0.devices.contains(found.device) || found.device.isEmpty)
    }
  }

  /// Every client that got a group has a timeline.
  func checkDevices() {
    let devices = Set(analysis.boots.flatMap { $0.timeline.devices.keys })
    let lacking = (capture.expected.clientsWithGroup ?? []).filter { !devices.contains($0) }
    #expect(lacking.isEmpty, "\(capture): no timeline for \(lacking)")
  }
}
