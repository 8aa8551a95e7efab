// Every order of the two threads' steps, depth first. Orders that print the same and mean the same are one.

/// One order of the steps: what could be seen, and what is true of it.
package struct Execution: Sendable {
  package var scenario: Scenario
  package var seen: [Happening]
  package var truth: Truth
  /// Which thread did each step.
  package var order: [Happening.Who]
  /// Differs between executions, and is the same in every run.
  package var seed: UInt64
}

package struct Explorer {
  private let scenario: Scenario
  private let visit: (Execution) -> Void
  /// Hashes of what two paths must share to be one: the state, its history, and everything printed so far. The
  /// states themselves would need gigabytes.
  private var known: Set<Int> = []
  private var path: [Happening] = []
  private var order: [Happening.Who] = []
  package private(set) var count = 0

  private init(_ scenario: Scenario, _ visit: @escaping (Execution) -> Void) {
    self.scenario = scenario
    self.visit = visit
  }

  /// Hands every distinct execution of `scenario` to `visit`, always in the same order; returns how many.
  @discardableResult
  package static func run(_ scenario: Scenario, _ visit: @escaping (Execution) -> Void) -> Int {
    var explorer = Explorer(scenario, visit)
    let before = Prologue(scenario)
    explorer.path = before.seen
    explorer.explore(before.machine, 0xcbf2_9ce4_8422_2325)
    return explorer.count
  }

  /// What the same order of steps comes to in another scenario; a thread that must wait there loses its turn.
  package static func follow(_ order: [Happening.Who], in scenario: Scenario) -> Truth {
    var machine = Prologue(scenario).machine
    var turns = order[...]
    while !Run.hasEnded(machine) {
      let who = turns.popFirst()
      let enabled = [Happening.Who.walker, .binder].filter { Run.isEnabled(scenario, machine, $0) }
      guard let next = who.flatMap({ enabled.contains($0) ? $0 : nil }) ?? (who == nil ? enabled.first : nil)
      else {
        if who == nil { break }
        continue
      }
      var run = Run(scenario, machine, next)
      run.step()
      machine = run.machine
    }
    return Truth(scenario, machine)
  }

  private mutating func explore(_ machine: Machine, _ printed: UInt64) {
    var node = Hasher()
    node.combine(machine)
    node.combine(printed)
    guard known.insert(node.finalize()).inserted else { return }
    var isStuck = true
    for who in [Happening.Who.walker, .binder] where Run.isEnabled(scenario, machine, who) {
      isStuck = false
      var run = Run(scenario, machine, who)
      run.step()
      path += run.seen
      order.append(who)
      explore(run.machine, run.seen.reduce(printed) { ($0 ^ $1.code) &* 0x100_0000_01b3 })
      path.removeLast(run.seen.count)
      order.removeLast()
    }
    guard isStuck else { return }
    precondition(
      Run.hasEnded(machine) || scenario.kernel.fix != .none, "\(scenario): deadlock")
    count += 1
    visit(
      Execution(scenario: scenario, seen: path, truth: Truth(scenario, machine), order: order, seed: printed))
  }
}

extension Happening {
  /// A number of its own for everything that can happen.
  var code: UInt64 {
    let (kind, result): (UInt64, Int16) =
      switch what {
      case .enter(let function): (UInt64(function.rawValue), 0)
      case .leave(let function, let result): (32 + UInt64(function.rawValue), result)
      case .group: (64, 0)
      case .domain: (65, 0)
      case .warning: (66, 0)
      case .adding(let hasDriver): (67, hasDriver ? 1 : 0)
      case .enabling: (68, 0)
      case .gaveUp: (69, 0)
      case .banner: (70, 0)
      case .oops: (71, 0)
      case .ungroup: (72, 0)
      case .freed: (73, 0)
      case .pause: (74, 0)
      case .stranger(let begins): (75, begins ? 1 : 0)
      }
    let result16 = UInt64(UInt16(bitPattern: result))
    return kind | UInt64(who.rawValue) << 8 | UInt64(subject.rawValue) << 12 | result16 << 16
  }
}
