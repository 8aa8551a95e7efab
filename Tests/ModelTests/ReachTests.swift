import Model
import Testing

/// The enumeration is worth something only if it comes by every cause that two threads can bring about.
struct ReachTests {
  @Test func everyTwoThreadCauseIsReached() {
    var reached: Set<String> = []
    for scenario in Scenario.all {
      _ = Explorer.run(scenario) { execution in
        for warned in execution.truth.warned { reached.formUnion(warned.causes.prefix(1)) }
        reached.formUnion(execution.truth.silent)
        if execution.truth.isFlipped { reached.insert("default-domain-flip") }
      }
    }
    let wanted: Set<String> = [
      "walk-bind-toctou", "probe-before-domain", "multi-iommu-replay-bypass", "ungated-replay",
      "skipped-by-walk-then-replayed", "iommu-registered-too-early", "iommu-late-after-bind",
      "rebound-after-late-iommu", "dma-configure-outside-bus", "silent-late-iommu",
      "walk-aborted-registration", "double-probe", "dma-configure-null-driver", "default-domain-flip",
      "missed-walk-late-attach", "acpi-missed-walk-orphan", "managed-dma-before-domain",
    ]
    #expect(wanted.subtracting(reached).isEmpty)
  }
}
