import Model

/// What each candidate fix does to the model's executions, cause by cause: the table of docs/fixes/README.md.
struct FixTable {
  /// Executions in which it came, by scenario.
  private var counts: [Fix: [String: [String: Int]]] = [:]
  private var executions: [Fix: Int] = [:]

  static let neverBound = "*never bound*"
  static let hidden = "*harm without a word*"
  static let deadlock = "*deadlock*"
  /// Not causes: what a fix may bring.
  static let besides = [hidden, neverBound, deadlock]

  /// The scenarios of the newest kernel, from its first life on; the amba bus still reads dev->driver twice.
  static let scenarios =
    Scenario.all.filter { $0.kernel == .current && $0.lives.isEmpty }
    + [Scenario("amba") { $0.kernel.readsTwice = true }]

  init(_ scenarios: [Scenario] = FixTable.scenarios, _ fixes: [Fix] = Fix.allCases) {
    for fix in fixes {
      for scenario in scenarios { add(scenario, fix) }
    }
  }

  private mutating func add(_ scenario: Scenario, _ fix: Fix) {
    var changed = scenario
    changed.kernel.fix = fix
    var found: [String: Int] = [:]
    executions[fix, default: 0] += Explorer.run(changed) { execution in
      let truth = execution.truth
      for cause in truth.causes { found[cause, default: 0] += 1 }
      if truth.isHidden { found[Self.hidden, default: 0] += 1 }
      if truth.isUnbound { found[Self.neverBound, default: 0] += 1 }
      if truth.isDeadlocked { found[Self.deadlock, default: 0] += 1 }
    }
    for (cause, count) in found { counts[fix, default: [:]][cause, default: [:]][scenario.name] = count }
  }

  func count(_ fix: Fix, _ cause: String) -> Int { counts[fix]?[cause]?.values.reduce(0, +) ?? 0 }

  /// In how many executions, and whether that is more than without any fix in a scenario where there was none.
  private func cell(_ fix: Fix, _ cause: String) -> String {
    let before = counts[.none]?[cause] ?? [:]
    let after = counts[fix]?[cause] ?? [:]
    let new = after.filter { before[$0.key] == nil }.values.reduce(0, +)
    if new > 0 {
      return "**new \(new)**" + (new < count(fix, cause) ? ", left \(count(fix, cause) - new)" : "")
    }
    if after.isEmpty { return before.isEmpty ? "" : "closed" }
    return after.count < before.count
      ? "left \(count(fix, cause)) in \(after.count) of \(before.count)" : "left \(count(fix, cause))"
  }

  /// Markdown.
  var text: String {
    let fixes = Fix.allCases.filter { executions[$0] != nil }
    let others = fixes.filter { $0 != .none }
    let causes = Set(fixes.flatMap { counts[$0]?.keys.map { $0 } ?? [] }).subtracting(Self.besides).sorted()
    var lines = ["| | as it is | " + others.map(\.rawValue).joined(separator: " | ") + " |"]
    lines.append("|---|" + fixes.map { _ in "---|" }.joined())
    lines.append(
      "| executions | " + fixes.map { String(executions[$0] ?? 0) }.joined(separator: " | ") + " |")
    for cause in causes + Self.besides {
      let now = count(.none, cause)
      let cells = others.map { cell($0, cause) }
      guard now > 0 || cells.contains(where: { !$0.isEmpty }) else { continue }
      lines.append("| \(cause) | \(now) | " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// In which scenarios something is left, or new.
  func places(_ fix: Fix, _ cause: String) -> [String] { (counts[fix]?[cause]?.keys.sorted()) ?? [] }
}
