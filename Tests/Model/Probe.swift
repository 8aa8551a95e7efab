// __iommu_probe_device (docs/kernel.md#probe), by the walk, by a bind's replay, or by driver code.

extension Run {
  /// 1, 2, 3a: lock, group test, dev->iommu.
  mutating func probeLocked() {
    enter(.innerProbe)
    guard !machine.client.group else { return endProbing(0) }
    machine.isLocked = true
    machine.client.iommu = true
    me.marks = kernel.fix.marks
    if me.marks { machine.isMarked = true }
    go(.readOne)
  }

  /// 3b: read #1 of dev->driver. Without it the walk runs dma_configure, with the lock dropped.
  mutating func readOne() {
    let client = machine.client
    let looks = kernel.warns && !client.driver && !(kernel.rechecks && client.fwspec)
    guard looks, !me.replays else {
      if walks, client.driver, !client.fwspec, !machine.isBound, !isStranger,
        scenario.client != .nullFirmware
      {
        machine.history.skippedInFlight = true
      }
      // Whose walk it is, it cannot know.
      if walks, client.driver, !client.fwspec, !machine.isBound { machine.wasSkipped = true }
      return go(.answer)
    }
    machine.isLocked = false
    machine.prober = who
    me.ranConfigure = true
    me.context = .walk
    go(.configure)
  }

  /// The rest of 3b: lock again, and look whether another instance finished the job.
  mutating func relock() {
    machine.isLocked = true
    machine.prober = nil
    let isDone = !machine.client.iommu || machine.client.group
    if isDone, kernel.rechecks { return endProbing(noDevice) }
    if !machine.client.iommu { machine.history.lostIOMMU = true }
    go(.answer)
  }

  /// 3c, 3d: whose is it, and does the IOMMU driver take it?
  mutating func answer() {
    let isKnown =
      scenario.client == .nullFirmware ? machine.listed : machine.client.fwspec
    guard isKnown else { return refuse(noDevice) }
    enter(.answer)
    // What it lacks is set only after iommu_device_register returned.
    let refusal = machine.isOver ? 0 : scenario.refusal
    leave(.answer, refusal)
    guard refusal == 0 else {
      machine.history.refused = true
      return refuse(refusal)
    }
    if machine.client.group { machine.history.probedTwice = true }
    machine.client.group = true
    go(.readTwo)
  }

  /// 3e: dev->iommu is freed, and the fwspec with it.
  mutating func refuse(_ result: Int16) {
    machine.client.iommu = false
    machine.client.fwspec = false
    endProbing(result)
  }

  /// 4: read #2 of dev->driver.
  mutating func readTwo() {
    if machine.client.driver, kernel.warns, !isQuiet {
      emit(.warning)
      let side: Truth.Side = walks ? .walk : me.context == .direct ? .direct : .bind
      machine.history.warned.append(
        .init(
          side: side, ranConfigure: me.ranConfigure, isRegistering: me.bypassed,
          boundBeforeRegister: machine.history.boundBeforeRegister,
          ranBefore: machine.history.boundWithout, refusedBefore: machine.history.refused,
          skippedBefore: machine.history.skippedInFlight))
    }
    go(.addGroup)
  }

  private var isQuiet: Bool {
    switch kernel.fix {
    case .p1a: walks && !me.replays && !machine.isBound
    case .p4: me.replays && machine.wasSkipped
    case .quiet: true
    default: false
    }
  }

  /// 5–7: the group device; outside the walk the default domain at once.
  mutating func addGroup() {
    emit(.group)
    emit(.adding(hasDriver: machine.client.driver))
    if walks, !me.replays, !scenario.sharesGroup {
      machine.walkAdded = true
    } else if walks, !me.replays {
      // The group has its domain: the walk attaches the device at once.
      emit(.domain)
      machine.client.domain = true
    } else {
      setUpDomain(.client)
      machine.client.domain = true
    }
    endProbing(0)
  }

  mutating func endProbing(_ result: Int16) {
    leave(.innerProbe, result)
    machine.isLocked = false
    if me.marks {
      me.marks = false
      machine.isMarked = false
    }
    if me.isNotified {
      leave(.probeDevice, result)
      go(.idle)
    } else if me.replays {
      me.replays = false
      leave(.probeDevice, result)
      endOFConfigure(result)
    } else {
      endVisit(result, .client)
    }
  }
}
