import Bytes
import Timelines

extension Cause {
  static let silentLateIOMMU = Cause(
    id: "silent-late-iommu", letter: "T4",
    title: "The client gave up on its IOMMU, which came later and left it out", verdict: .real,
    harm: "exposed; harmed when the IOMMU starts to block its DMA", sides: [.none],
    story: """
      deferred_probe_timeout expires (or there are no modules), the client binds without its IOMMU and runs on direct \
      DMA. When the IOMMU registers, its walk sees dev->driver set and no firmware description, and leaves the device \
      alone with -ENODEV. No warning, no group, no fault line; the client's DMA may simply stop working.
      """,
    needs: [
      "the client's give-up line, or its deferred attempts and completed bind in a trace",
      "a later registration",
      "no group for it ever",
    ],
    proof: "The client gave up, an IOMMU registered after that, and the client was never added to a group.",
    decidedBy: [
      Proof(.kernelLog, if: "the client is a PCI function"),
      Proof(
        .binds, .results, .visits, .dmaConfigure, .registrations, .groups,
        if: "the trace reaches back to the bind of the client"),
    ],
    against: "A group added later in its own bind: then it was bound again (rebound-after-late-iommu).",
    advice:
      "Make the IOMMU come first: raise deferred_probe_timeout, build its driver (and its suppliers) in.",
    cites: ["bcb81ac6ae3c"],
    judge: { file in
      guard file.warning == nil, file.side == .none, file.device.groups.isEmpty, file.device.adding.isEmpty
      else { return nil }
      return traced(file) ?? logged(file)
    })

  private static func traced(_ file: CaseFile) -> Judgement? {
    guard
      let visit = file.device.visits.last(where: { visit in
        guard visit.side == .walk, visit.ownDMAConfigure == nil, case .skipped = visit.outcome else {
          return false
        }
        return true
      }), let bind = file.completedBind(before: visit.phase.start)
    else { return nil }
    guard file.boot.tracesConfigure else { return nil }
    // -517 out of of_dma_configure_id comes only from a missing IOMMU: the client has one.
    let waited = file.device.binds.first { ($0.ofIOMMU ?? $0.firmware)?.result == -517 }
    guard waited != nil || !file.device.gaveUp.isEmpty else { return nil }
    var evidence: [Evidence] = []
    if let waited {
      evidence.append(
        Evidence("the client waits for its IOMMU: deferred by of_dma_configure_id", waited.phase))
    }
    if let line = file.device.gaveUp.last {
      evidence.append(Evidence("the client gives up waiting for its IOMMU", line))
    }
    evidence.append(Evidence("its bind completes without a group", end: bind.phase))
    evidence.append(Evidence("the IOMMU's walk visits the bound device and leaves it alone", visit.phase))
    return Judgement(
      confidence: file.coverage?.gaps.isEmpty ?? true ? .certain : .likely,
      harm: file.damage.isEmpty ? .exposed : .harmed,
      tier: .trace, summary: "it runs without its IOMMU, and nothing says so",
      evidence: evidence + file.damage)
  }

  private static func logged(_ file: CaseFile) -> Judgement? {
    guard let line = file.device.gaveUp.last, let came = file.iommuCame(after: line) else { return nil }
    var evidence = [Evidence("the client gives up waiting for its IOMMU", line)]
    if let started = file.device.log.first(where: { $0.order > line.order && $0.isEnabling }) {
      evidence.append(Evidence("its driver starts without one", started))
    }
    evidence.append(came)
    evidence.append(Evidence("the client is never added to a group", line))
    // The same words are printed for a missing power domain; a PCI function waits for nothing but its IOMMU.
    let isPCI = PCIName.matches(file.device.name)
    return Judgement(
      confidence: isPCI ? .certain : .likely, harm: file.damage.isEmpty ? .exposed : .harmed,
      tier: .kernelLog,
      summary: "it runs without its IOMMU, and nothing says so", evidence: evidence + file.damage,
      missing: isPCI ? [] : ["whether what it waited for was its IOMMU: " + Advice.trace])
  }
}

/// `0000:00:03.2`
enum PCIName {
  static func matches(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard bytes.count >= 12, bytes[bytes.count - 2] == UInt8(ascii: ".") else { return false }
    return bytes[bytes.count - 5] == UInt8(ascii: ":") && bytes[bytes.count - 8] == UInt8(ascii: ":")
  }
}
