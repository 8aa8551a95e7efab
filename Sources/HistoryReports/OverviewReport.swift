import History
import Statistics
import Verdicts
import Writing

/// `history show`: what the history has, by groups of findings.
package struct OverviewReport {
  private let farm: FarmCounts
  private let groups: [HistoryReader.Group]
  private let runs: [(name: String, day: Day, ended: Bool)]

  package init(
    farm: FarmCounts, groups: [HistoryReader.Group], runs: [(name: String, day: Day, ended: Bool)]
  ) {
    self.farm = farm
    self.groups = groups
    self.runs = runs
  }

  private var days: ClosedRange<Day>? {
    let days = farm.boots.values.compactMap(\.days)
    guard let first = days.map(\.lowerBound).min(), let last = days.map(\.upperBound).max() else {
      return nil
    }
    return first...last
  }

  /// Its boots of all that could have shown its topic, and where they were.
  private func place(_ group: HistoryReader.Group) -> (rate: Rate, boards: [String], kernels: [String]) {
    let topic = group.cause ?? group.signature
    let cells = farm.seen[topic, default: [:]].keys
    return (
      farm.share(group.boots, of: topic),
      Set(cells.map(\.board)).sorted(), Set(cells.map(\.kernel)).allKernels()
    )
  }

  /// The contract (docs/schema/history-show@1.json).
  package func json() -> String {
    let groups = groups.map { group in
      let place = place(group)
      let head: [(String, JSONValue)] = [
        ("signature", .string(group.signature)), ("cause", .optional(group.cause)),
        ("verdict", .string(group.verdict)),
      ]
      let tail: [(String, JSONValue)] = [
        ("boards", .strings(place.boards)), ("kernels", .strings(place.kernels)),
        ("example", .optional(group.example)),
      ]
      return JSONValue.object(head + Figures.fields(place.rate) + tail)
    }
    let runs = runs.map {
      JSONValue.object([
        ("run", .string($0.name)), ("day", .string($0.day.text)), ("ended", .bool($0.ended)),
      ])
    }
    return JSONValue.answer(
      "history-show",
      [
        ("boots", .int(Int64(farm.total.boots))), ("eligible", .int(Int64(farm.total.eligible))),
        ("days", days.map { .strings([$0.lowerBound.text, $0.upperBound.text]) } ?? .null),
        ("boards", .strings(farm.boards)), ("kernels", .strings(farm.kernels)), ("groups", .array(groups)),
        ("runs", .array(runs)),
      ])
  }

  /// For people.
  package func terminal(_ style: Style) -> String {
    var out = "\(farm.totalText()); \(Plain.count(runs.count, "run"))"
    if let days { out += ", \(days.lowerBound.text) to \(days.upperBound.text)" }
    out += "\n\(Plain.count(farm.boards.count, "board")), \(Plain.count(farm.kernels.count, "kernel"))"
    if !farm.kernels.isEmpty { out += ", \(Plain.safe(farm.kernels.kernelSpan))" }
    out += "\n"
    let open = runs.count { !$0.ended }
    if open > 0 { out += "\(Plain.count(open, "run")) came to no end: killed, or still at work\n" }
    for group in groups {
      let place = place(group)
      let name = group.cause ?? "undetermined"
      out += "\n" + style.paint("\(Plain.safe(name)), \(Plain.safe(group.verdict))", .bold) + "\n"
      out += "  \(Plain.safe(group.signature))\n  \(Figures.text(place.rate, style))\n"
      out += "  boards: \(Self.list(place.boards))\n"
      if !place.kernels.isEmpty { out += "  kernels: \(Plain.safe(place.kernels.kernelSpan))\n" }
      if let example = group.example { out += "  for example \(Plain.safe(example))\n" }
    }
    return out
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(8).map { Plain.safe($0) }.joined(separator: ", ")
      + (names.count > 8 ? " and \(names.count - 8) more" : "")
  }
}
