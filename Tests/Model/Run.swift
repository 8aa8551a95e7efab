// One step of one thread: the machine before, the machine after, and what could be seen of it.

struct Run {
  let scenario: Scenario
  var machine: Machine
  let who: Happening.Who
  var seen: [Happening] = []

  init(_ scenario: Scenario, _ machine: Machine, _ who: Happening.Who) {
    self.scenario = scenario
    self.machine = machine
    self.who = who
  }

  var kernel: Kernel { scenario.kernel }
  var me: Worker {
    get { machine[who] }
    set { machine[who] = newValue }
  }

  /// Whether the thread registers an IOMMU and walks the bus.
  var walks: Bool { who == .walker || scenario.twoRegister }

  /// The IOMMU that the thread registers is not the client's.
  var isStranger: Bool { scenario.strangerFirst && who == .walker && me.registrations == 0 }

  mutating func emit(_ what: Happening.What, _ subject: Happening.Subject = .client) {
    seen.append(Happening(who: who, subject: subject, what: what))
  }
  mutating func enter(_ function: Happening.Function, _ subject: Happening.Subject = .client) {
    emit(.enter(function), subject)
  }
  mutating func leave(
    _ function: Happening.Function, _ result: Int16, _ subject: Happening.Subject = .client
  ) {
    emit(.leave(function, result), subject)
  }
  mutating func go(_ step: Step) { machine[who].step = step }

  /// Whether the thread can go on: it may wait for the lock, for the other thread, or have ended.
  static func isEnabled(_ scenario: Scenario, _ machine: Machine, _ who: Happening.Who) -> Bool {
    let worker = machine[who]
    switch worker.step {
    case .done: return false
    case .probeLock where scenario.kernel.fix == .p2 && machine.prober.map { $0 != who } ?? false:
      // Two that probe at once would undo each other's work: the second waits.
      return false
    case .probeLock, .configureLock, .relock: return !machine.isLocked
    case .visit where isBystander(scenario, worker.next): return who != .walker || !machine.isLocked
    case .visit where visitsClient(scenario, worker.next): return !isLocked(scenario, machine)
    case .unbind: return !isLocked(scenario, machine)
    case .idle:
      if who == .walker {
        return !scenario.isBoundBefore && worker.registrations == 0 || machine.isBound
          || scenario.strangerFirst && worker.registrations == 1
      }
      if scenario.twoRegister { return worker.registrations == 0 }
      if scenario.kernel.fix.locks, machine.lockedBy != nil { return false }
      return worker.attempt < scenario.attempts && !machine.isBound || machine.isOver || machine.isCrashed
    default: return true
    }
  }

  /// The client's lock is held, and device_lock() waits for it.
  private static func isLocked(_ scenario: Scenario, _ machine: Machine) -> Bool {
    scenario.kernel.fix == .deviceLock && machine.lockedBy != nil
  }

  static func visitsClient(_ scenario: Scenario, _ next: UInt8) -> Bool {
    next < 2 && !isBystander(scenario, next) && !(scenario.bystander == .none && next == 1)
  }

  static func isBystander(_ scenario: Scenario, _ next: UInt8) -> Bool {
    scenario.bystander == .before && next == 0 || scenario.bystander == .after && next == 1
  }

  /// Both threads came to their end.
  static func hasEnded(_ machine: Machine) -> Bool {
    machine.walker.step == .done && machine.binder.step == .done
  }

  mutating func step() {
    switch (me.step, who) {
    case (.idle, _) where walks: beginRegister()
    case (.list, _):
      machine.listed = !isStranger
      go(.visit)
    case (.visit, _): visit()
    case (.domains, _): domains()
    case (.ready, _):
      machine.ready = !isStranger
      go(.returned)
    case (.returned, _): endRegister()
    case (.idle, _): beginAttempt()
    case (.setDriver, _):
      machine.client.driver = true
      go(.configure)
    case (.busProbe, _): busProbe()
    case (.driverWork, _): driverWork()
    case (.bound, _): endProbe()
    case (.clear, _):
      machine.client.driver = false
      go(.leaveBind)
    case (.leaveBind, _):
      leave(.reallyProbe, me.result)
      release()
      go(.idle)
    case (.unbind, _):
      machine.client.driver = false
      machine.isBound = false
      go(.idle)
    case (.configure, _): configure()
    case (.configureLock, _): configureLocked()
    case (.useDomain, _): useDomain()
    case (.probeLock, _): probeLocked()
    case (.readOne, _): readOne()
    case (.relock, _): relock()
    case (.answer, _): answer()
    case (.readTwo, _): readTwo()
    case (.addGroup, _): addGroup()
    case (.done, _): break
    }
  }
}
