import History
import Verdicts
import Writing

extension FarmSummary {
  /// Of all that a history has, which is called `name`.
  package init(_ history: HistoryReader, name: String) throws(HistoryError) {
    var groups: [Group] = []
    for group in try history.groups() {
      // Whoever has more groups than a page shows reads them elsewhere.
      let example = groups.count < FarmHTML.mostGroups ? try Self.example(group, history) : nil
      groups.append(
        Group(
          signature: group.signature, cause: group.cause, verdict: group.verdict, boots: group.boots,
          example: example))
    }
    self.init(title: "history \(name)", counts: try history.counts(), groups: groups)
    days = try history.days()
    let open = try history.runs().filter { !$0.ended }
    if !open.isEmpty {
      notes.append("\(Plain.count(open.count, "run")) came to no end: killed, or still at work")
    }
  }

  private static func example(_ group: HistoryReader.Group, _ history: HistoryReader) throws(HistoryError)
    -> Example?
  {
    guard let boot = try history.example(group)?.record,
      let finding = boot.findings.first(where: {
        $0.signature == group.signature && $0.cause == group.cause && $0.verdict == group.verdict
      })
    else { return nil }
    var example = Example(
      path: boot.path, title: boot.path + (boot.boot == 0 ? "" : " (boot \(boot.boot + 1))"),
      device: finding.device, driver: finding.driver)
    example.facts =
      [finding.confidence, finding.time.map { "at \(Plain.seconds($0))" }].compactMap(\.self)
      + ["board \(boot.board)", "kernel \(boot.countedKernel)"]
    example.evidence = finding.evidence.map {
      Evidence(text: $0.text, time: $0.time, line: $0.line)
    }
    return example
  }
}
