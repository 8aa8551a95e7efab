import Analysis
import Reading
import Recipes
import TestSupport
import Testing
import Verdicts

@testable import Check

/// What the check promises is held against what the verdicts then are, on whole captures.
struct CheckTests {
  struct View: CustomStringConvertible, Sendable {
    var capture: Capture
    var key: String
    var paths: [String]
    var description: String { "\(capture) \(key)" }
  }

  static let views: [View] = (Capture.samples + Capture.shared).flatMap { capture in
    let texts = capture.texts
    let single = texts.map { View(capture: capture, key: $0.key, paths: [$0.path]) }
    return texts.count > 1
      ? single + [View(capture: capture, key: "both", paths: texts.map(\.path))] : single
  }

  /// Never "cannot" about what was decided, never "can" about what was not.
  @Test(arguments: views)
  func keepsItsPromise(_ view: View) {
    let analysis = Analysis.run(view.paths)
    let check = CaptureCheck(analysis)
    let findings = analysis.boots.flatMap(\.findings)
    for finding in findings where finding.confidence == .certain {
      let answer = check.answers.first { $0.cause.id == finding.cause?.id }?.answer
      if case .lacks(let sights) = answer {
        Issue.record("\(view): \(finding.cause?.id ?? "") was certain and yet it lacks \(sights)")
      }
    }
    guard check.doubts.isEmpty else { return }
    // Nothing decides what happened after the trace's end.
    for expected in view.capture.expected.findings where expected.decidableFrom != [] {
      guard check.answers.first(where: { $0.cause.id == expected.cause })?.answer == .decidable else {
        continue
      }
      let found = findings.first {
        expected.devices.contains($0.device) && $0.cause?.id == expected.cause
      }
      if let reason = view.capture.open, found?.confidence != .certain {
        withKnownIssue(Comment(rawValue: reason)) { #expect(found?.confidence == .certain) }
        continue
      }
      #expect(found?.confidence == .certain, "\(view): \(expected.cause) of \(expected.device)")
    }
  }

  @Test func fullKprobesDecideTheRace() {
    let capture = Capture.samples.first { $0.name == "t6-harm-rng-7.3.4" }
    let check = CaptureCheck(Analysis.run(capture?.texts.map(\.path) ?? []))
    let sure = Set(check.answers.filter { $0.answer == .decidable }.map(\.cause.id))
    #expect(
      sure.isSuperset(of: [
        "walk-bind-toctou", "probe-before-domain", "skipped-by-walk-then-replayed",
        "iommu-registered-too-early",
      ]))
    #expect(check.missing.isEmpty)
  }

  @Test func aLogAloneDecidesMisuseAndNoRace() {
    let capture = Capture.samples.first { $0.name == "race-bind-6.17.13-plain" }
    let check = CaptureCheck(Analysis.run(capture?.texts.map(\.path) ?? []))
    func answer(_ id: String) -> CaptureCheck.Answer? { check.answers.first { $0.cause.id == id }?.answer }
    #expect(answer("dma-configure-outside-bus") == .decidable)
    #expect(answer("walk-bind-toctou") == .lacks([.binds, .results, .visits, .dmaConfigure, .domains]))
    if case .sometimes = answer("silent-late-iommu") {} else { Issue.record("silent-late-iommu") }
    #expect(!check.isComplete)
    #expect(check.missing.contains(.visits) && !check.missing.contains(.kernelLog))
  }

  @Test func nothingDecidesNothing() {
    let check = CaptureCheck(Analysis.run(texts: [Array("no log\n".utf8)]))
    #expect(check.answers.allSatisfy { if case .lacks = $0.answer { true } else { false } })
    #expect(check.sights.isEmpty)
  }

  /// Each cause needs something, and what a recipe gives is enough for all of them.
  @Test func theRecipesSightsDecideEverything() {
    let check = CaptureCheck(sights: Set(Sight.allCases), doubts: [])
    #expect(check.isComplete && check.missing.isEmpty)
    #expect(
      Cause.all.allSatisfy { cause in
        !cause.decidedBy.isEmpty && cause.decidedBy.allSatisfy { !$0.sights.isEmpty }
      })
  }
}
