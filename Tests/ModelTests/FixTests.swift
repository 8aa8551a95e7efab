import Analysis
import Foundation
import Model
import Reading
import TestSupport
import Testing

@testable import Verdicts

/// The candidate fixes, in the model and as `report --what-if` tells of them.
struct FixTests {
  private static let readme = Here.root.appending(path: "docs/fixes/README.md")
  private static let marks = ("<!-- model: made by `make fixes` -->\n", "<!-- end -->")

  /// The whole table: `make fixes` writes it; else it is as it was.
  @Test func theTableIsFresh() throws {
    let page = try String(contentsOf: Self.readme, encoding: .utf8)
    let begin = try #require(page.range(of: Self.marks.0)).upperBound
    let end = try #require(page.range(of: Self.marks.1, range: begin..<page.endIndex)).lowerBound
    let table = FixTable()
    guard ProcessInfo.processInfo.environment["PROBERACE_WRITE"] == nil else {
      let new = page.replacingCharacters(in: begin..<end, with: table.text)
      return try new.write(to: Self.readme, atomically: true, encoding: .utf8)
    }
    #expect(String(page[begin..<end]) == table.text, "make fixes writes it")
  }

  /// What the table stands on, in four scenarios.
  @Test func whatEachCloses() {
    let names = ["single, mapping", "ACPI", "cdx", "amba"]
    let table = FixTable(FixTable.scenarios.filter { names.contains($0.name) })
    let early = "probe-before-domain"
    #expect(table.count(.none, early) > 0)
    for fix in [Fix.p1, .p1a, .p2, .p5] { #expect(table.places(fix, early) == ["cdx"], "\(fix)") }
    #expect(table.count(.p0, "dma-configure-null-driver") == 0)
    #expect(table.count(.none, "dma-configure-null-driver") > 0)
    let orphan = "acpi-missed-walk-orphan"
    #expect(table.count(.none, orphan) > 0 && table.count(.p4, orphan) == 0)
    #expect(table.count(.p5, orphan) == 0 && table.count(.p5, FixTable.neverBound) > 0)
    #expect(table.count(.none, FixTable.neverBound) == 0 && table.count(.p1, FixTable.neverBound) == 0)
    #expect(table.count(.quiet, FixTable.hidden) > table.count(.none, FixTable.hidden))
    #expect(Fix.allCases.allSatisfy { table.count($0, FixTable.deadlock) == 0 })
  }

  /// The others are not held together yet.
  static let agreed = FixTable.scenarios.filter {
    ["single", "single, mapping", "single, bystander after", "two IOMMUs"].contains($0.name)
  }

  /// What `--what-if` says of an execution's trace is what the same order of steps comes to in the model with that fix.
  @Test(arguments: agreed) func whatIfAgreesWithTheModel(_ scenario: Scenario) throws {
    var wrong: [String: Int] = [:]
    var asked = 0
    Explorer.run(scenario) { execution in
      guard execution.seed >> 5 % (ModelTests.isFull ? 1 : 8) == 0, !execution.truth.causes.isEmpty else {
        return
      }
      for boot in Analysis.run(texts: Evidence.full.texts(of: execution)).boots {
        for candidate in Candidate.all {
          guard let fix = Fix(rawValue: candidate.id) else { continue }
          var changed = scenario
          changed.kernel.fix = fix
          let truth = Explorer.follow(execution.order, in: changed)
          let answers = WhatIf.all(boot.timeline, boot.findings, [candidate]).flatMap(\.findings)
          for (finding, answer) in zip(boot.findings, answers) where finding.confidence == .certain {
            asked += 1
            if agrees(answer.outcome, finding, truth) { continue }
            wrong[
              "\(candidate.id): \(finding.side) \(finding.cause?.id ?? "") \(answer.outcome): \(truth)",
              default: 0] += 1
          }
        }
      }
    }
    #expect(wrong.isEmpty && asked > 0, "\(asked) answers")
    for (text, count) in wrong.sorted(by: { $0.value > $1.value }).prefix(12) {
      print("! \(scenario): \(count) \(text)")
    }
  }

  private func agrees(_ outcome: WhatIf.Outcome, _ finding: Finding, _ truth: Truth) -> Bool {
    let cause = finding.cause?.id ?? ""
    let isThere =
      truth.causes.contains(cause)
      || truth.warned.contains { $0.side.rawValue == finding.side.rawValue && $0.causes.contains(cause) }
    return switch outcome {
    // Another race may have come of it, a harmless one.
    case .gone: !isThere && !truth.isOrphan && (truth.harm == .unharmed || finding.verdict == .falsePositive)
    case .deferred: truth.harm == .unharmed && !truth.isUnbound && !truth.isOrphan
    case .neverBinds: truth.isUnbound
    case .orphan: truth.isOrphan
    // A harmless race may be met at another step, or not at all.
    case .unchanged: finding.verdict == .falsePositive ? truth.harm == .unharmed : isThere
    case .deadlock: truth.isDeadlocked
    case .notTold: true
    }
  }
}
