import Bytes
import Records
import Timelines

extension Cause {
  static let defaultDomainFlip = Cause(
    kind: .defaultDomainFlip, letter: "T9",
    title: "The default domain came after the driver had started, for want of a check", verdict: .real,
    harm: "unknown", sides: [.none],
    story: """
      The device is in a group that has no default domain yet. Without b46064a18810 iommu_device_use_default_domain() lets \
      the driver start with direct DMA; then the domain is attached and the DMA ops are switched, silently.
      """,
    needs: ["the group, the bind's dma_configure and the domain in one trace"],
    proof:
      "The group was there before the bind's dma_configure, it returned 0, and the registration that was running attached the domain after "
      + "the driver's probe had begun.",
    decidedBy: [Proof(.kernelLog, .binds, .results, .dmaConfigure, .driverProbe, .groups, .domains)],
    against: "-517 out of dma_configure: then the check is there.",
    advice: "Take b46064a18810 (6.15-rc1; 6.14.2, 6.12.26).",
    cites: ["98ac73f99bc4", "b46064a18810"],
    endedBy: [.domainCheck],
    judge: { file in
      guard file.warning == nil, file.side == .none, file.kernel.has(.domainCheck) != true,
        file.kernel.version == nil || file.kernel.has(.defaultDomains) == true, !file.boot.isCrashKernel,
        // cdx_dma_configure() drops what the check says.
        !DeviceName.isCDX(file.device.name)
      else { return nil }
      for bind in file.device.binds {
        guard let dma = bind.dmaConfigure, dma.result == 0, let probe = bind.driverProbe,
          !file.wasUndone(bind),
          let group = file.device.groups.last(where: { $0.moment.time < dma.start })?.moment,
          let domain = file.device.domains.first(where: { $0.time > group.time }), domain.time > probe.time,
          // A domain that had been there before, lost and attached again is another story.
          !file.device.domains.contains(where: { $0.time < probe.time }),
          !bind.wasProbedAgain(after: domain.time),
          // Who looks after his DMA himself is never made to wait.
          let driver = file.driver(of: bind), !DriverManagedDMA.isOne(driver)
        else { continue }
        // Between dma_configure's return and ->probe the binder may sleep until the domain is there.
        let hasBound = bind.succeeded && (bind.phase.end ?? .max) < domain.time
        guard probe.isExact || hasBound else { continue }
        // Once a registration is over its groups have their domains: what is attached later, or by others, is VFIO's or a driver's own.
        let walk = file.walk(attaching: domain, since: probe.time)
        if walk == nil, !file.boot.registrations.isEmpty { continue }
        // Without a log nobody knows whether it is a crash kernel.
        // With the check only drivers that manage their DMA themselves come through, and their list here cannot be whole.
        let lacksCheck = file.kernel.has(.domainCheck) == false
        let isProven = file.boot.hasLog && walk != nil && lacksCheck
        return Judgement(
          confidence: isProven ? .certain : .likely,
          harm: file.mapped(bind, before: domain.time).isEmpty ? .unknown : .harmed,
          tier: .trace,
          summary: "its driver started in a group without a domain",
          evidence: [
            Evidence("the device is added to a group", group),
            Evidence("\(dma.function)() returns 0 although the group has no domain", end: dma),
            Evidence("the driver's probe begins", probe.place, time: probe.time),
            Evidence("only now the domain is attached", domain),
          ],
          missing: (walk == nil ? ["iommu_device_register() in the trace: whose domain it was"] : [])
            + (file.boot.hasLog
              ? [] : ["whether it is a crash kernel, which attaches domains late on purpose: the kernel log"])
            + (lacksCheck ? [] : ["whether the kernel has b46064a18810 (--kernel-has, --kernel-lacks)"])
        )
      }
      return nil
    })
}

extension CaseFile {
  /// DMA that a bind's driver mapped before `time`, under a translating default domain.
  func mapped(_ bind: Bind, before time: Int64) -> [Phase] {
    guard boot.translated == true else { return [] }
    return device.maps.filter { $0.start >= bind.phase.start && $0.start < time }
  }
}
