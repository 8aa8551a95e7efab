import Bytes
import Timelines

extension Cause {
  static let missedWalkLateAttach = Cause(
    kind: .missedWalkLateAttach, letter: "T5",
    title: "A bound ACPI client that its own IOMMU's walk had missed was attached late", verdict: .real,
    harm: "exposed; harmed with damage", sides: [.walk],
    story: """
      On ACPI systems there is no replay in the bind: a client that the walk of its IOMMU missed binds without a group, \
      but with a firmware description. When another IOMMU registers, its walk finds the description, probes the client, \
      and switches its DMA under the running driver.
      """,
    needs: ["a walk-side warning on an ACPI system", "the client's bind complete before that registration"],
    proof:
      "really_probe() of the client returned 0 before the walk's iommu_device_register() was entered, on ACPI.",
    decidedBy: [Proof(.kernelLog, .binds, .results, .visits, .registrations)],
    against: "A device-tree system: there the bind itself replays the probe.",
    advice: "Find out why the IOMMU's own walk missed the client; report it to iommu@lists.linux.dev.",
    cites: ["bcb81ac6ae3c"],
    judge: { file in
      guard file.side == .walk, file.boot.isACPI || file.mayBeACPI, !NullFirmware.applies(file),
        let visit = file.visit,
        file.ranNoConfigure,
        // A later walk meets the client again, and does nothing: only the group, or one clock for both inputs, tells
        // that this visit printed the warning.
        file.group != nil || file.coverage?.clock.slack != nil
      else { return nil }
      let start = visit.registration.map { file.boot.registrations[$0].phase.start } ?? visit.phase.start
      guard let bind = file.completedBind(before: start) else { return nil }
      // Intel's and AMD's walks take bound clients without a description too: iommu-late-after-bind.
      let isProven = !file.hasGap && file.registrar != nil && file.boot.isACPI && !bind.isByAddress
      return Judgement(
        confidence: isProven ? .certain : .likely, harm: file.damage.isEmpty ? .exposed : .harmed,
        tier: .trace,
        summary: "the client was bound without a group, and another IOMMU's walk attached it",
        evidence: [
          Evidence("the client's bind completes without a group", end: bind.phase),
          Evidence("a later walk takes the bound device", visit.phase),
        ] + file.stackEvidence + file.damage,
        missing: isProven
          ? []
          : [
            bind.isByAddress
              ? Advice.named
              : "the kernel log with the whole stack: whether it is an ACPI system, and who called iommu_device_register()"
          ])
    })
}
