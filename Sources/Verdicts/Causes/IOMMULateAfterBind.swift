import Bytes
import Timelines

extension Cause {
  static let iommuLateAfterBind = Cause(
    kind: .iommuLateAfterBind, letter: "T3",
    title: "The IOMMU registered after its client was bound", verdict: .real,
    harm: "exposed; the driver may hold direct DMA addresses", sides: [.walk],
    story: """
      An IOMMU without a firmware node (Intel, AMD, Hyper-V, legacy SMMU bindings) registers after clients bound. Its \
      walk takes every device, the bound ones too, and switches their DMA under the running driver.
      """,
    needs: ["a walk-side warning", "the end of the client's bind and the start of the registration"],
    proof: "really_probe() of the client returned 0 before iommu_device_register() was entered.",
    decidedBy: [Proof(.kernelLog, .binds, .results, .visits, .registrations)],
    against:
      "On device-tree systems a client that bound before has no firmware description and cannot warn in the walk.",
    advice: "Register the IOMMU before its clients bind: its initcall is too late, or a client's too early.",
    cites: ["bcb81ac6ae3c"],
    judge: { file in traced(file) ?? logged(file) })

  private static func traced(_ file: CaseFile) -> Judgement? {
    guard file.side == .walk, let visit = file.visit, file.ranNoConfigure,
      NullFirmware.applies(file) || !file.boot.isACPI && !file.mayBeACPI,
      // A later walk meets the client again, and does nothing.
      file.group != nil || file.coverage?.clock.slack != nil
    else { return nil }
    // With a firmware node a client that is bound during the walk is a race.
    let registered = visit.registration.map { file.boot.registrations[$0].phase.start }
    let start = NullFirmware.applies(file) ? visit.phase.start : registered ?? visit.phase.start
    guard file.seesConfigure, !visit.isInferred, let bind = file.completedBind(before: start)
    else { return nil }
    var evidence = [Evidence("the client's bind completes", end: bind.phase)]
    if let index = visit.registration {
      evidence.append(Evidence("the IOMMU registers only now", file.boot.registrations[index].phase))
    }
    evidence.append(Evidence("its walk takes the bound device", visit.phase))
    // With a firmware node another story fits as well: missed-walk-late-attach, or an unbind that no trace shows.
    return Judgement(
      confidence: file.hasGap || !NullFirmware.applies(file) || bind.isByAddress ? .likely : .certain,
      harm: file.damage.isEmpty ? .exposed : .harmed,
      tier: .trace,
      summary: "the client was bound before its IOMMU registered",
      evidence: evidence + file.stackEvidence + file.damage, missing: bind.isByAddress ? [Advice.named] : [])
  }

  /// From the log: on a platform whose IOMMU has no firmware node, a client that had bound before the walk.
  private static func logged(_ file: CaseFile) -> Judgement? {
    guard file.side == .walk, file.visit == nil, NullFirmware.applies(file), let line = file.workedLine
    else { return nil }
    return Judgement(
      confidence: .likely, harm: file.damage.isEmpty ? .exposed : .harmed, tier: .kernelLog,
      summary: "the client's driver ran before the IOMMU took it",
      evidence: [Evidence("the client's driver is running", line)] + file.stackEvidence + file.damage,
      missing: ["when the registration began: " + Advice.trace])
  }
}

/// IOMMU drivers that register without a firmware node: their walk takes bound devices too.
enum NullFirmware {
  private static let registrars: Set<String> = [
    "intel_iommu_init", "intel_iommu_add", "amd_iommu_init", "iommu_go_to_state",
    "state_next", "amd_iommu_init_pci", "iommu_init_pci", "hv_iommu_init",
    "hv_init_iommu",
  ]

  static func applies(_ file: CaseFile) -> Bool {
    file.warning.map(applies) ?? false || file.registrar.map(registrars.contains) ?? false
  }

  static func applies(_ warning: Warning) -> Bool {
    if let registrar = warning.stack.registrar, registrars.contains(registrar) { return true }
    return warning.frames.contains { registrars.contains($0) }
  }
}

extension CaseFile {
  /// No log says what the firmware is, and the IOMMU is one that has a node in it: with a device tree its walk would have left a bound
  /// client alone.
  var mayBeACPI: Bool { !boot.hasLog && registrar != nil && !NullFirmware.applies(self) }

  /// Who called iommu_device_register(), by the stack, or by the trace; nil if neither tells.
  var registrar: String? {
    if let registrar = warning?.stack.registrar { return registrar }
    let caller = visit?.registration.map { boot.registrations[$0].phase.caller }
    return caller?.isEmpty == false ? caller : nil
  }
}
