import Bytes
import Records
import Timelines

extension Cause {
  static let dmaConfigureOutsideBus = Cause(
    kind: .dmaConfigureOutsideBus, letter: "T1",
    title: "A driver called of_dma_configure() on a bound device", verdict: .real,
    harm: "exposed by the order of things; harmed if DMA was mapped before", sides: [.direct],
    story: """
      Driver code, not the bus, calls of_dma_configure() for a device that already has a driver. The IOMMU probe it \
      sets off runs under the running driver: group and domain come after its ->probe began.
      """,
    needs: ["the call trace of the warning, or the caller of of_dma_configure_id in a trace"],
    proof: "of_dma_configure_id was called by a function that is no <bus>_dma_configure.",
    decidedBy: [
      Proof(.kernelLog),
      Proof(.binds, .dmaConfigure, if: "of_dma_configure_id is traced, and called in the device's own bind"),
    ],
    against: "A device without a driver: nothing is printed for it, and nothing is wrong.",
    advice: "Fix the driver that makes the call: only the bus may run dma_configure, before ->probe.",
    cites: ["bcb81ac6ae3c"],
    judge: { file in
      guard file.side == .direct, file.visit != nil || file.isOwnDriver else { return nil }
      var evidence = file.stackEvidence
      // Where the trace has no callers (Perfetto's, trace-cmd's) its place among the calls tells that it is none of the bus's.
      let named = file.warning?.stack.culprit ?? file.visit?.culprit ?? ""
      let culprit = named.isEmpty ? "driver code" : named
      if let visit = file.visit {
        // The call itself where it is traced, else the IOMMU probe inside it.
        let call = file.device.binds.flatMap(\.direct).last {
          $0.task.tid == visit.phase.task.tid && $0.contains(visit.phase.start)
        }
        evidence.append(
          Evidence("of_dma_configure_id() for the device, called by \(culprit)", call ?? visit.phase))
      }
      if let bind = file.device.binds.last(where: { !$0.direct.isEmpty }), let bus = bind.firmware {
        evidence.append(Evidence("the bus's own dma_configure had already returned", end: bus))
      }
      if let group = file.group {
        evidence.append(Evidence("the group is added after the driver's probe began", group))
      }
      let damage = file.damage
      // The warning tells that it has a driver; many devices that drivers configure have none. An unbind is in no trace: only while
      // a bind runs it is known to have one.
      let isBound =
        file.warning != nil
        || file.visit.map { visit in
          file.device.binds.contains { $0.phase.contains(visit.phase.start) && !$0.failed && !$0.endIsLost }
        } ?? false
      return Judgement(
        confidence: isBound && (file.visit != nil || file.warning?.isCut != true) ? .certain : .likely,
        harm: damage.isEmpty ? .exposed : .harmed,
        tier: file.visit == nil ? .callTrace : .trace,
        summary:
          "\(named.isEmpty ? culprit : "\(culprit)()") called of_dma_configure() on a device that has a driver",
        evidence: evidence + damage,
        missing: isBound
          ? [] : ["whether the device has a driver at all: the kernel log, or its really_probe()"])
    })
}

extension CaseFile {
  /// The stack's driver code is that of the device's own driver, or work of one: another device's ->probe, which adds devices,
  /// looks the same where frames are missing.
  fileprivate var isOwnDriver: Bool {
    switch warning?.stack.root {
    case .work: return true
    case .probe(let function, let bus):
      let isPCI = DeviceName.pciDomain(device.name) != nil
      guard bus.map({ ($0 == "pci") == isPCI }) ?? true else { return false }
      return driver.map { DriverName.fits(function, driver: $0) } == true
    case nil: return false
    }
  }
}
