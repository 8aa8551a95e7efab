import Analysis
import Reading
import TestSupport
import Testing
import Verdicts

/// `report --what-if`: what each candidate fix would have made of each finding of a whole boot.
struct WhatIfTests {
  /// Outcomes by device, in the order of `Candidate.all`.
  private func outcomes(_ paths: [String]) -> [String: [WhatIf.Outcome]] {
    var found: [String: [WhatIf.Outcome]] = [:]
    for boot in Analysis.run(paths).boots {
      for answers in WhatIf.all(boot.timeline, boot.findings) {
        #expect(answers.findings.count == boot.findings.count)
        for (finding, answer) in zip(boot.findings, answers.findings) {
          found[finding.device, default: []].append(answer.outcome)
        }
      }
    }
    return found
  }

  private func both(_ name: String) -> [String] {
    [Here.sample("\(name)/dmesg.txt"), Here.sample("\(name)/trace.txt")]
  }

  @Test func theCandidates() {
    #expect(
      Candidate.all.map(\.id) == ["device-lock", "trylock", "p0", "p1", "p1a", "p2", "p4", "p5"])
    #expect(Candidate.named("p1a") == .named("p1a") && Candidate.named("P9") == nil)
  }

  /// The race that harms, the harmless one, and a client that the walk skipped, in one boot.
  @Test func aDeviceTree() {
    let found = outcomes(both("natural-7.3.4"))
    #expect(
      found["0000:00:04.2"] == [
        .deadlock, .deferred, .unchanged, .deferred, .deferred, .deferred, .unchanged, .deferred,
      ])
    #expect(
      found["0000:00:04.4"] == [
        .deadlock, .gone, .unchanged, .unchanged, .gone, .unchanged, .unchanged, .unchanged,
      ])
    #expect(
      found["0000:00:04.3"] == [
        .deadlock, .unchanged, .unchanged, .unchanged, .unchanged, .unchanged, .gone, .unchanged,
      ])
  }

  /// The trace begins behind the bind of the IOMMU's own device, on whose lock the walk would have hung.
  @Test(arguments: [("natural-7.3.4-rt", "0000:00:02.0"), ("natural-6.18.15", "0000:00:03.0")])
  func theTraceBeginsLater(_ name: String, _ device: String) {
    #expect(outcomes(both(name))[device]?.prefix(2) == [.notTold, .deferred])
  }

  /// What nothing replays: P5 makes it worse, P4 is for it. virtio-iommu's own function is bound long before: no lock is met.
  @Test func acpi() {
    let found = outcomes(both("no-async-x86-7.3.4"))
    #expect(
      found["0000:00:03.6"] == [
        .gone, .unchanged, .unchanged, .unchanged, .unchanged, .unchanged, .gone, .neverBinds,
      ])
    #expect(found["0000:00:12.0"]?.suffix(5) == [.unchanged, .gone, .unchanged, .unchanged, .unchanged])
  }

  /// A second IOMMU lets a bind past the gate; only who asks for the prober closes that.
  @Test func twoIOMMUs() {
    let found = outcomes(both("two-iommus-7.3.4"))
    #expect(found.count == 3)
    for answers in found.values {
      #expect(answers.suffix(6) == [.unchanged, .unchanged, .unchanged, .deferred, .unchanged, .unchanged])
    }
  }

  /// A description without a group, taken by a later walk under its driver.
  @Test func takenByALaterWalk() {
    let found = outcomes(both("late-reload-x86-7.3.4"))
    #expect(found["0000:00:10.1"]?.suffix(4) == [.unchanged, .unchanged, .unchanged, .deferred])
    #expect(found["0000:00:03.4"].map { Set($0) } == [.unchanged])
  }

  /// The log alone shows what came, not when the bind asked: nothing is said of what depends on that.
  @Test func theLogAlone() {
    let found = outcomes([Here.sample("harm-untraced-7.3.4/dmesg.txt")])
    #expect(
      found["0000:00:03.1"] == [
        .notTold, .notTold, .unchanged, .notTold, .notTold, .notTold, .unchanged, .deferred,
      ])
  }

  /// Each answer that says more than "unchanged" or "not told" shows why, or is about what the finding's own lines show.
  @Test func theLinesAreShown() {
    for name in ["natural-7.3.4", "no-async-x86-7.3.4", "platform-race-7.3.4"] {
      for boot in Analysis.run(both(name)).boots {
        let answers = WhatIf.all(boot.timeline, boot.findings)
        for one in answers where ["device-lock", "p1", "p5"].contains(one.candidate.id) {
          let telling = one.findings.filter { $0.outcome != .unchanged && $0.outcome != .notTold }
          #expect(!telling.isEmpty || name != "natural-7.3.4")
          #expect(telling.allSatisfy { !$0.evidence.isEmpty && $0.evidence.allSatisfy { $0.place != nil } })
        }
        let deadlocks = answers[0].besides.filter { $0.outcome == .deadlock }
        #expect(deadlocks.isEmpty == name.contains("x86") && deadlocks.allSatisfy { !$0.evidence.isEmpty })
      }
    }
  }

  @Test func aBusThatLooksTwice() throws {
    for (bus, outcome) in [("amba", WhatIf.Outcome.gone), ("pci", .unchanged)] {
      let log = """
        [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x000f0510]
        [    0.000000] Linux version 6.16.0 (x@y) #1 SMP
        [    2.310000] Unable to handle kernel NULL pointer dereference at virtual address 0000000000000040
        [    2.310100] pc : \(bus)_dma_configure+0x28/0x108
        [    2.310200] Call trace:
        [    2.310300]  \(bus)_dma_configure+0x28/0x108 (P)
        [    2.310400]  __iommu_probe_device+0x250/0x4ac
        [    2.310500]  probe_iommu_group+0x44/0x78
        [    2.310600]  bus_for_each_dev+0x84/0x100
        [    2.310700]  iommu_device_register+0x104/0x290
        [    2.310800] ---[ end trace 0000000000000000 ]---

        """
      let boot = try #require(Analysis.run(texts: [Array(log.utf8)]).boots.first)
      let p0 = try #require(Candidate.named("p0"))
      #expect(WhatIf.all(boot.timeline, boot.findings, [p0]).flatMap(\.findings).map(\.outcome) == [outcome])
    }
  }
}
