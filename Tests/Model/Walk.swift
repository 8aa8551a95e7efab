// iommu_device_register (docs/kernel.md#registration): onto the list, over the bus, second loop, ready.

extension Run {
  mutating func beginRegister() {
    me.context = .walk
    enter(.reallyProbe, registrar)
    emit(.banner, registrar)
    enter(.register, registrar)
    machine.isRegistering = true
    machine.history.boundBeforeRegister = machine.history.boundWithout
    go(.list)
  }

  /// The IOMMU that registers.
  private var registrar: Happening.Subject {
    who == .walker && me.registrations == (scenario.strangerFirst ? 1 : 0) ? .iommu : .otherIOMMU
  }

  mutating func visit() {
    let next = me.next
    me.next += 1
    if Run.isBystander(scenario, next) { return bystander() }
    guard Run.visitsClient(scenario, next) else { return go(.domains) }
    enter(.walkVisit)
    me.ranConfigure = false
    me.replays = false
    if kernel.fix == .trylock, machine.lockedBy != nil {
      if !isStranger { machine.history.skippedInFlight = true }
      return endVisit(0, .client)
    }
    if kernel.fix.locks { machine.lockedBy = who }
    go(.probeLock)
  }

  /// Nobody binds it, so its visit is one step; only the lock ties it to the other thread.
  mutating func bystander() {
    enter(.walkVisit, .bystander)
    enter(.innerProbe, .bystander)
    if machine.bystanderAdded {
      // It has a group since the first registration.
      leave(.innerProbe, 0, .bystander)
      return endVisit(0, .bystander)
    }
    if kernel.warns {
      enter(.busConfigure, .bystander)
      if scenario.client == .acpi {
        enter(.acpiConfigureID, .bystander)
        leave(.acpiConfigureID, 0, .bystander)
      } else if scenario.client != .nullFirmware {
        enter(.configureID, .bystander)
        enter(.ofConfigure, .bystander)
        leave(.ofConfigure, 0, .bystander)
        leave(.configureID, 0, .bystander)
      }
      leave(.busConfigure, 0, .bystander)
    }
    let isTaken = (kernel.warns || scenario.client == .nullFirmware) && scenario.refusal == 0
    if kernel.warns || isTaken {
      enter(.answer, .bystander)
      leave(.answer, isTaken ? 0 : scenario.refusal, .bystander)
    }
    if isTaken {
      emit(.group, .bystander)
      emit(.adding(hasDriver: false), .bystander)
      machine.bystanderAdded = true
    }
    let result = isTaken ? 0 : kernel.warns ? scenario.refusal : noDevice
    leave(.innerProbe, result, .bystander)
    endVisit(result, .bystander)
  }

  /// probe_iommu_group swallows -ENODEV; any other error ends the walk and the registration.
  mutating func endVisit(_ result: Int16, _ subject: Happening.Subject) {
    let error = result == noDevice ? 0 : result
    leave(.walkVisit, error, subject)
    if subject == .client { release() }
    guard error != 0 else { return go(.visit) }
    machine.listed = false
    machine.registerResult = error
    go(.returned)
  }

  /// The default domains of the groups that this walk made.
  mutating func domains() {
    if machine.bystanderAdded, me.registrations == 0 { setUpDomain(.bystander) }
    if machine.walkAdded, !machine.client.domain {
      setUpDomain(.client)
      machine.client.domain = true
    }
    go(.ready)
  }

  mutating func setUpDomain(_ subject: Happening.Subject) {
    enter(.setupDomain, subject)
    emit(.domain, subject)
    leave(.setupDomain, 0, subject)
  }

  mutating func endRegister() {
    leave(.register, machine.registerResult, registrar)
    // A ->probe that failed makes really_probe return a positive errno.
    leave(.reallyProbe, -machine.registerResult, registrar)
    machine.isRegistering = false
    if !isStranger { machine.isOver = true }
    me.registrations += 1
    me.next = 0
    let isAgain = scenario.anotherRegisters || scenario.strangerFirst
    go(isAgain && me.registrations == 1 ? .idle : .done)
  }
}
