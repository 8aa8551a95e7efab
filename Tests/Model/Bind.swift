// really_probe (docs/kernel.md#really_probe), again and again until the client is bound.

extension Run {
  mutating func beginAttempt() {
    if machine.isBound {
      guard scenario.rebinds, me.attempt <= scenario.attempts else { return go(.done) }
      me.attempt = scenario.attempts + 1
      return go(.unbind)
    }
    // After the registration one attempt decides; if it fails, the rest would only repeat it.
    guard me.attempt < scenario.attempts + 2 else { return go(.done) }
    me.attempt += 1
    me.context = .bind
    enter(.reallyProbe)
    if scenario.lacksSupplier, me.attempt == 1 { return leave(.reallyProbe, deferral) }
    if kernel.fix.locks { machine.lockedBy = who }
    go(.setDriver)
  }

  mutating func busProbe() {
    enter(.busProbe)
    emit(.enabling)
    machine.history.isEarly = !machine.client.domain && scenario.client != .misused
    machine.history.isMapping = false
    go(.driverWork)
  }

  mutating func driverWork() {
    if scenario.mapsDMA {
      enter(.allocate)
      leave(.allocate, 0)
      machine.history.isMapping = !machine.client.domain
    }
    if scenario.probeFails {
      leave(.busProbe, -22)
      me.result = 22
      return go(.clear)
    }
    if scenario.probeDefers, me.attempt == 1 {
      if machine.history.isEarly { machine.history.isUndone = true }
      leave(.busProbe, deferral)
      me.result = -deferral
      return go(.clear)
    }
    guard scenario.client == .misused else { return go(.bound) }
    me.context = .direct
    enter(.configureID)
    enter(.ofConfigure)
    go(.configureLock)
  }

  /// The driver gets -EPROBE_DEFER from its own of_dma_configure(), and hands it on.
  mutating func endDirect(_ result: Int16) {
    guard result != 0 else { return go(.bound) }
    leave(.busProbe, result)
    me.result = -result
    go(.clear)
  }

  mutating func endProbe() {
    leave(.busProbe, 0)
    leave(.reallyProbe, 0)
    machine.isBound = true
    if machine.history.isEarly { machine.history.exposed = true }
    if machine.history.isMapping { machine.history.mapped = true }
    if !machine.client.group { machine.history.boundWithout = true }
    release()
    go(.idle)
  }

  /// Gives back the client's device_lock.
  mutating func release() {
    if machine.lockedBy == who { machine.lockedBy = nil }
  }
}
