import Analysis
import Foundation
import Model
import Reading
import TestSupport
import Testing
import Timelines

@testable import Verdicts

/// Two causes that are certain of one warning cannot both be right, even where they agree on the verdict.
struct OneCauseTests {
  /// The ids of causes that are certain of the same case, a line for each case that has two.
  static func contradictions(_ analysis: Analysis) -> [String] {
    analysis.boots.flatMap { boot in cases(boot.timeline) }.compactMap { file in
      // A race of now is no answer where an earlier life was not in order.
      let isFirst = if case .ranWithoutDomain = file.earlierLives { false } else { true }
      let certain = Engine.judged(file).filter { $0.judgement.confidence == .certain }
        .filter { isFirst || !$0.cause.isRace }.map(\.cause.id)
      return certain.count > 1 ? "\(file.device.name): \(certain)" : nil
    }
  }

  /// As the engine makes them of printed warnings, and of probes of a boot whose warnings are not in the inputs.
  private static func cases(_ boot: BootTimeline) -> [CaseFile] {
    let kernel = KernelFeatures(boot.kernel, KernelClaims())
    let lines = BootLines(boot)
    let printed = boot.warnings.filter { WhichWarning($0, kernel) == .late }.map { warning in
      let device = boot.devices[warning.device] ?? DeviceTimeline(name: warning.device)
      let visit = Engine.visit(of: warning, warning.stack.side, device, boot, [])
      let side = warning.stack.side == .none ? visit?.side ?? .none : warning.stack.side
      return CaseFile(boot, lines, device, warning, side: side, visit: visit, kernel: kernel)
    }
    guard !boot.hasLog else { return printed }
    return boot.devices.values.flatMap { device in
      device.visits.filter { if case .accepted = $0.outcome { $0.side != .notifier } else { false } }
        .map { CaseFile(boot, lines, device, nil, side: $0.side, visit: $0, kernel: kernel) }
        .filter(\.driverWasSet)
    }
  }

  @Test(arguments: Capture.samples) func ofASample(_ capture: Capture) {
    let paths = capture.texts.map(\.path)
    for inputs in Set([paths] + paths.map { [$0] }) {
      #expect(Self.contradictions(Analysis.run(inputs)).isEmpty, "\(inputs)")
    }
  }

  @Test func ofWhatWasHunted() throws {
    let folder = Here.root.appending(path: "Tests/Hunted")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path(percentEncoded: false))
      .filter { $0.hasSuffix(".txt") || $0.hasSuffix(".trace") }
    #expect(names.count > 60)
    // The log and the trace of one boot have one name, or one folder.
    let boots = Dictionary(grouping: names) { name in
      name.contains("/") ? String(name.prefix { $0 != "/" }) : String(name.prefix { $0 != "." })
    }
    // Its log is of another boot than its trace: that one warning has two proofs is what shows it.
    for (boot, files) in boots where boot != "t6-log-contradicts-trace" {
      let paths = files.map { folder.appending(path: $0).path(percentEncoded: false) }
      #expect(Self.contradictions(Analysis.run(paths)).isEmpty, "\(boot)")
    }
  }

  @Test(arguments: Scenario.all) func ofAScenario(_ scenario: Scenario) {
    var wrong: Set<String> = []
    Explorer.run(scenario) { execution in
      // A seed is a hash: one execution in eight, and each with its own evidence.
      guard execution.seed >> 3 & 7 == 0 else { return }
      let evidence = Evidence.allCases[Int((execution.seed >> 16) % UInt64(Evidence.allCases.count))]
      wrong.formUnion(Self.contradictions(Analysis.run(texts: evidence.texts(of: execution))))
    }
    #expect(wrong.isEmpty)
  }
}
