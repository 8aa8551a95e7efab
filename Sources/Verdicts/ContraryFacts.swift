// Facts of a live board against what log and trace prove: neither overrules the other.
import Facts
import Timelines

enum ContraryFacts {
  /// `findings`, those undetermined that the facts contradict.
  static func settled(_ findings: [Finding], _ boot: BootTimeline) -> [Finding] {
    guard let facts = boot.facts else { return findings }
    return findings.map { finding in
      guard let (text, evidence) = contrary(finding, facts, boot) else { return finding }
      var settled = finding
      settled.verdict = .undetermined
      settled.confidence = nil
      settled.candidates = finding.cause.map { [$0] } ?? finding.candidates
      settled.cause = nil
      settled.harm = .unknown
      settled.summary = "the inputs contradict each other: \(finding.summary); but \(text)"
      settled.evidence += evidence
      settled.missing.insert("log, trace and facts of one moment of one boot", at: 0)
      return settled
    }
  }

  private static func contrary(
    _ finding: Finding, _ facts: BoardFacts, _ boot: BootTimeline
  ) -> (String, [Evidence])? {
    if finding.cause == .walkAbortedRegistration, let number = facts.unitNumbers[finding.device] {
      let text = "the board's facts have it registered"
      return (text, [Evidence("but \(text)", facts.units[number].place)])
    }
    guard let device = facts.device(finding.device) else { return nil }
    let isLeftOut = [Cause.silentLateIOMMU, .acpiMissedWalkOrphan].contains { $0 == finding.cause }
    // One that was probed again has its group by log or trace, too.
    if isLeftOut, let group = device.group, BoardFindings.lastGroup(finding.device, boot) == nil {
      let text = "the board's facts have it in group \(group.value)"
      return (text, [Evidence("but \(text)", group.place)])
    }
    if finding.verdict == .falsePositive, facts.whole.contains(.device), device.group == nil,
      let driver = device.driver, let joined = BoardFindings.lastGroup(finding.device, boot)
    {
      let text = "the board's facts have it bound to \(driver.value) and in no group"
      return (text, [joined.evidence, Evidence("but \(text)", driver.place)])
    }
    if finding.cause == .skippedBridgeSplitGroups, let own = device.group,
      let behind = facts.byParent[device.path],
      let first = behind.first?.group, behind.allSatisfy({ $0.group?.value == own.value })
    {
      let text = "the board's facts have it and what is behind it in one group, \(own.value)"
      return (text, [Evidence("but \(text)", first.place)])
    }
    return nil
  }
}
