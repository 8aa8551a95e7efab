// <bus>_dma_configure and of_iommu_configure (docs/kernel.md#ready-gate, docs/kernel.md#of_iommu_configure,
// docs/kernel.md#dma_configure).

extension Run {
  /// Into the bus's dma_configure, which reads dev->driver once.
  mutating func configure() {
    enter(.busConfigure)
    me.sawDriver = machine.client.driver
    guard scenario.client != .nullFirmware else {
      // ACPI without a description: no lock, no error.
      return afterFirmware(0)
    }
    guard scenario.client != .acpi else {
      enter(.acpiConfigureID)
      return go(.configureLock)
    }
    enter(.configureID)
    enter(.ofConfigure)
    guard scenario.client != .misused else {
      // No `iommus` in its own node.
      return endOFConfigure(noDevice)
    }
    go(.configureLock)
  }

  /// of_iommu_configure under the lock: taken and dropped within this step.
  mutating func configureLocked() {
    if machine.client.fwspec {
      if kernel.fix == .p2, isProbedElsewhere, !machine.client.group { return endOFConfigure(deferral) }
      return replaysSkipped ? replay() : endOFConfigure(0)
    }
    let wasPresent = kernel.fix == .p2 ? machine.prober == who : machine.client.iommu
    let error = translate()
    guard error == 0 else {
      machine.client.fwspec = false
      machine.client.iommu = wasPresent
      return endOFConfigure(error)
    }
    machine.client.iommu = true
    machine.client.fwspec = true
    // bcb81ac6ae3c: on the walk's own path the walk goes on with the probe, and ACPI has no other.
    if kernel.warns && (wasPresent || scenario.client == .acpi && !replaysSkipped) {
      return endOFConfigure(0)
    }
    replay()
  }

  private mutating func replay() {
    me.bypassed = machine.isRegistering && !(kernel.gates && machine.ready)
    me.replays = true
    enter(.probeDevice)
    go(.probeLock)
  }

  /// P2: another thread probes it, with the lock dropped.
  private var isProbedElsewhere: Bool { machine.prober.map { $0 != who } ?? false }

  /// P4: a walk skipped this client, and ACPI has no replay of its own.
  private var replaysSkipped: Bool {
    kernel.fix == .p4 && scenario.client == .acpi && machine.wasSkipped && machine.ready
      && !machine.client.group
      && who == .binder
  }

  /// iommu_fwspec_init for each of the client's IOMMUs: the gate.
  private mutating func translate() -> Int16 {
    guard machine.listed else {
      guard scenario.givesUpAt > 0, me.attempt >= scenario.givesUpAt, who == .binder else { return deferral }
      emit(.gaveUp)
      return timedOut
    }
    // With two IOMMUs the first one's xlate allocates dev->iommu: the second one's readiness is not looked at.
    let isPresent =
      kernel.fix == .p2
      ? machine.prober == who : machine.client.iommu || scenario.client == .multi
    return kernel.gates && !isPresent && !machine.ready ? deferral : 0
  }

  /// of_dma_configure_id passes only -EPROBE_DEFER on.
  mutating func endOFConfigure(_ result: Int16) {
    let passed = result == deferral ? deferral : 0
    if scenario.client == .acpi {
      leave(.acpiConfigureID, passed)
    } else {
      leave(.ofConfigure, result)
      leave(.configureID, passed)
    }
    if me.context == .direct { return endDirect(passed) }
    afterFirmware(passed)
  }

  private mutating func afterFirmware(_ result: Int16) {
    if result == 0, kernel.readsTwice, kernel.fix != .p0, machine.client.driver, !me.sawDriver {
      return crash()
    }
    if result == 0, me.sawDriver, !scenario.managesDMA { return go(.useDomain) }
    endBusConfigure(result)
  }

  /// driver_managed_dma through the container of a NULL driver.
  private mutating func crash() {
    emit(.oops)
    machine.isCrashed = true
    go(.done)
  }

  /// iommu_device_use_default_domain: looks at the group without the lock.
  mutating func useDomain() {
    enter(.useDomain)
    let client = machine.client
    let waits = client.group && !client.domain && !scenario.sharesGroup
    let isHeld =
      kernel.fix.marks && machine.isMarked || kernel.fix == .p5 && client.fwspec && !client.group
    let result = isHeld || waits && kernel.awaitsDomain ? deferral : 0
    if waits, result == 0, who == .binder { machine.history.flipped = true }
    leave(.useDomain, result)
    endBusConfigure(result)
  }

  private mutating func endBusConfigure(_ said: Int16) {
    let result = scenario.client == .cdx && kernel.fix != .p0 ? 0 : said
    leave(.busConfigure, result)
    // The walk ignores it.
    if me.context == .walk { return go(.relock) }
    me.result = result
    go(result == 0 ? .busProbe : .clear)
  }
}
