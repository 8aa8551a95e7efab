// The client's earlier lives: one thread at a time, by the same steps as the race.

struct Prologue {
  private let scenario: Scenario
  private(set) var machine = Machine()
  private(set) var seen: [Happening] = []

  init(_ scenario: Scenario) {
    self.scenario = scenario
    for life in scenario.lives {
      live(life)
      let ranEarlier = machine.history.ranEarlier || machine.history.boundWithout
      machine = Machine()
      machine.history.ranEarlier = ranEarlier
    }
  }

  private mutating func live(_ life: Scenario.Life) {
    switch life {
    case .ordered:
      register()
      bind()
      unload()
    case .rebound:
      register()
      bind()
      unbind()
      bind()
      unload()
    case .hotplugged:
      register()
      bind()
      replug()
      bind()
      unload()
    case .managed:
      register()
      emit(.stranger(true))
      bind { $0.managesDMA = true }
      emit(.stranger(false))
      unbind()
      bind()
      unload()
    case .forsaken:
      register()
      bind()
      takeGroups(isOwned: true)
      machine.history.boundWithout = true
      unbind()
    case .gaveUp:
      bind { $0.givesUpAt = 1 }
      unbind()
    case .gaveUpAndFailed:
      bind {
        $0.givesUpAt = 1
        $0.probeFails = true
      }
    }
    pause()
  }

  private mutating func emit(_ what: Happening.What, _ subject: Happening.Subject = .client) {
    seen.append(Happening(who: .binder, subject: subject, what: what))
  }

  private mutating func pause() { emit(.pause) }

  /// Steps of one thread until it has nothing more to do.
  private mutating func run(_ who: Happening.Who, _ change: (inout Scenario) -> Void = { _ in }) {
    var own = scenario
    own.probeDefers = false
    own.lacksSupplier = false
    own.refusal = 0
    own.anotherRegisters = false
    own.strangerFirst = false
    change(&own)
    machine[who] = Worker(context: who == .walker ? .walk : .bind)
    repeat {
      var run = Run(own, machine, who)
      run.step()
      machine = run.machine
      seen += run.seen
    } while machine[who].step != .idle && machine[who].step != .done
  }

  private mutating func register() {
    run(.walker)
    pause()
  }

  private mutating func bind(_ change: (inout Scenario) -> Void = { _ in }) {
    run(.binder, change)
    pause()
  }

  private mutating func unbind() {
    machine.client.driver = false
    machine.isBound = false
  }

  /// Consumers are unbound before their supplier is.
  private mutating func unload() {
    unbind()
    takeGroups(isOwned: false)
  }

  private mutating func takeGroups(isOwned: Bool) {
    emit(.ungroup)
    if isOwned { emit(.freed) }
    if machine.bystanderAdded { emit(.ungroup, .bystander) }
    machine.client = Device(driver: machine.client.driver)
    machine.bystanderAdded = false
  }

  /// device_del(), device_add(): the bus's notifier probes the new device, which nobody can bind yet.
  private mutating func replug() {
    unbind()
    emit(.ungroup)
    pause()
    machine.client = Device()
    emit(.enter(.probeDevice))
    machine.binder = Worker(step: .probeLock, context: .walk, isNotified: true)
    repeat {
      var run = Run(scenario, machine, .binder)
      run.step()
      machine = run.machine
      seen += run.seen
    } while machine.binder.step != .idle
  }
}
