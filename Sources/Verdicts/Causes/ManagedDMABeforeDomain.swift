import Bytes
import Timelines

extension Cause {
  static let managedDMABeforeDomain = Cause(
    kind: .managedDMABeforeDomain, letter: "T14",
    title: "A driver that manages its DMA itself was bound before its device had a domain", verdict: .real,
    harm: "exposed; harmed where an MSI doorbell or a buffer from before the domain is used after it",
    sides: [.walk, .none],
    story: """
      Drivers with driver_managed_dma (pcieport above all) skip iommu_device_use_default_domain(), so that nothing makes them \
      wait between the group and the domain, which come at the two ends of the walk. A root port that is bound in between \
      sets up its interrupts without the domain: with an SMMU its MSI doorbell stays unmapped, and PME, AER and hotplug \
      of that port are dead for good. Nothing is printed if the driver was set after the walk had looked; if it was set while the \
      walk ran dma_configure, the warning comes as for any other driver.
      """,
    needs: [
      "the name of the driver", "the entry of its ->probe (pci_device_probe), or the end of its bind",
      "the domain of the device, attached by the same registration's walk",
    ],
    proof:
      "->probe of a driver_managed_dma driver began while the walk ran, and the domain was attached after that.",
    decidedBy: [
      Proof(.kernelLog, .binds, .results, .driverProbe, .registrations, .domains),
      Proof(
        .binds, .results, .driverProbe, .registrations, .domains,
        if: "really_probe's events name the driver (drv=)"),
    ],
    against: """
      VFIO's drivers and the pci stubs are meant to run without the default domain. A port that was bound before the IOMMU began \
      to register has a warning of its own where the walk takes it (iommu-late-after-bind).
      """,
    advice: """
      Check the port's interrupts (/proc/interrupts, "Timeout on hotplug command"); unbind and bind it again (its domain is there \
      now). Report it to iommu@lists.linux.dev.
      """,
    cites: ["bcb81ac6ae3c"],
    judge: { file in
      guard file.side == .walk || file.warning == nil else { return nil }
      for bind in file.device.binds {
        // Hardly any bind comes before its domain: names are asked for last.
        guard !bind.failed, let probe = bind.driverProbe,
          let domain = file.device.domains.first(where: { $0.time > probe.time }),
          !file.device.domains.contains(where: { $0.time <= probe.time }),
          !bind.wasProbedAgain(after: domain.time),
          let driver = file.driver(of: bind), DriverManagedDMA.isOne(driver),
          !DriverManagedDMA.isMeant(driver),
          let walk = file.walk(attaching: domain, since: probe.time)
        else { continue }
        // Between dma_configure's return and ->probe the binder may sleep until the domain is there.
        let hasBound = bind.succeeded && (bind.phase.end ?? .max) < domain.time
        let isProven = (probe.isExact || hasBound) && !bind.endIsLost
        var evidence = [Evidence("an IOMMU registers (\(walk.phase.task))", walk.phase)]
        if let group = file.device.groups.last(where: { $0.moment.time < domain.time })?.moment {
          evidence.append(Evidence("its walk adds the device to a group", group))
        }
        evidence.append(
          Evidence(
            "\(driver)'s probe begins: it manages its DMA itself, and waits for nothing", probe.place,
            time: probe.time))
        if let warning = file.warning {
          evidence.append(Evidence("the walk prints the warning", warning.places.first, time: warning.time))
        }
        evidence.append(Evidence("only now the domain is attached", domain))
        let damage = file.damage + file.interruptsThatNeverCome + file.boardSilentInterrupts
        return Judgement(
          confidence: isProven ? .certain : .likely, harm: damage.isEmpty ? .exposed : .harmed, tier: .trace,
          summary: "\(driver), which manages its DMA itself, was bound before the domain was attached",
          evidence: evidence + damage,
          missing: isProven
            ? (damage.isEmpty ? [Advice.interrupts] : [])
            : ["the entry of the bus's ->probe (pci_device_probe) in the trace"])
      }
      return nil
    })
}

extension CaseFile {
  /// The registration whose walk attaches the default domain, and that was running at `time`.
  func walk(attaching domain: Moment, since time: Int64) -> Registration? {
    boot.registrations.first {
      $0.phase.task.tid == domain.tid && $0.phase.contains(domain.time) && $0.phase.start <= time
    }
  }

  /// A hotplug port's commands end by an interrupt: without it they time out.
  fileprivate var interruptsThatNeverCome: [Evidence] {
    device.log.filter { if case .hotplugTimeout = $0.what { true } else { false } }.prefix(1).map {
      Evidence("its hotplug commands time out: their interrupt does not come", $0)
    }
  }
}
