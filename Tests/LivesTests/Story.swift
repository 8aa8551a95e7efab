import TestSupport

/// What a device did before: each ends with the client unbound, without a group, and its IOMMU gone.
enum Life: String, CaseIterable {
  /// In order, and then the IOMMU's module is unloaded.
  case ordered
  /// Bound twice: its group stays when it is unbound.
  case rebound
  /// Removed and added again: device_add() probes it.
  case hotplugged
  /// A driver that manages its DMA itself had it, bound before the walk had given it its domain.
  case managed
  /// It ran without its IOMMU.
  case gaveUp = "gave up"
  /// The same, and its driver's probe failed.
  case gaveUpAndFailed = "gave up and failed"
}

/// A client's lives in one boot, and what is true of them.
struct Story: CustomStringConvertible {
  var client: Client
  var boot: Boot
  var race: Race
  var lives: [Life] = []
  /// A driver ran without its IOMMU, or was at fault.
  var isReal: Bool
  /// When the last life begins, and when all of it has been seen.
  var start = 0
  var end = 0

  private var hasGivenUp = false
  private var notes: [String] = []
  private var time = 3_000_000
  private let neighbours = ["6000000.vpu", "6010000.vpu", "6020000.vpu"]
  private let iommu = "5100000.iommu"
  private let seed: UInt64
  var random: Random

  init(seed: UInt64) {
    self.seed = seed
    random = Random(seed)
    let clients = Client.all
    client = clients[Int.random(in: 0..<clients.count, using: &random)]
    let races = Race.allCases.filter { [client] in $0.fits(client) }
    race = races[Int.random(in: 0..<races.count, using: &random)]
    let kernels = ["6.17.13", "6.18.15", "7.3.4"]
    boot = Boot(
      client, kernel: race == .f3 ? "6.15.0" : kernels[Int.random(in: 0..<3, using: &random)])
    isReal = race.isReal
    // An x86 IOMMU registers once.
    if race != .t3 {
      for _ in 0..<Int.random(in: 0...3, using: &random) { live() }
    }
    last()
  }

  var description: String {
    "seed \(seed): \(client.isACPI ? "ACPI" : "DT") \(client.bus), \(boot.kernel): "
      + (notes + [race.rawValue]).joined(separator: ", ")
  }

  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  // MARK: lives

  private mutating func live() {
    let choices = Life.allCases.filter { [client] in $0 != .managed || client.bus == .pci }
    let life = choices[Int.random(in: 0..<choices.count, using: &random)]
    lives.append(life)
    notes.append(life.rawValue)
    switch life {
    case .ordered: ordered { _, _ in }
    case .rebound:
      ordered { story, time in story.bind(time + 4_000_000, by: .user) }
    case .hotplugged:
      ordered { story, time in story.replug(time + 4_000_000) }
    case .managed: managed()
    case .gaveUp: gaveUp(probe: 0)
    case .gaveUpAndFailed: gaveUp(probe: 22)
    }
    time += 20_000_000
  }

  /// A bind that is in order.
  private mutating func bind(_ time: Int, by who: Thread = .binder) {
    let isLost = chance(20)
    if isLost { notes.append("its return lost") }
    boot.bind(time, Boot.Bind(who: who, isReturnLost: isLost))
    if chance(70) { boot.say(time + 1_000, client.firstLine) }
  }

  private mutating func ordered(_ more: (inout Story, Int) -> Void) {
    boot.register(time, iommu: iommu, neighbours: neighbours, banner: chance(50)) { $0.visit($1) }
    bind(time + 1_000_000)
    more(&self, time)
    boot.unload(time + 9_000_000, neighbours: neighbours)
  }

  private mutating func replug(_ time: Int) {
    let bus = client.bus.rawValue
    boot.mark(time, .user, .ungroup)
    boot.say(time, "\(bus) \(client.name): Removing from iommu group 7")
    let again = time + 1_000_000
    boot.enter(again, .user, .outerProbe)
    boot.enter(again + 10, .user, .innerProbe)
    boot.ownConfigure(again + 20, .user)
    boot.mark(again + 80, .user, .group)
    boot.say(again + 90, "\(bus) \(client.name): Adding to iommu group 7")
    boot.leave(again + 100, .user, .innerProbe, 0, to: "iommu_probe_device")
    boot.mark(again + 110, .user, .domain)
    boot.leave(again + 120, .user, .outerProbe, 0, to: "iommu_bus_notifier")
    bind(again + 10_000, by: .user)
  }

  private mutating func managed() {
    boot.register(time, iommu: iommu, neighbours: neighbours, banner: chance(50)) { $0.visit($1) }
    // Group at +200 ms, domain at +400 ms.
    boot.bind(time + (chance(50) ? 300_000 : 1_000_000), Boot.Bind(driver: "vfio-pci"))
    bind(time + 5_000_000, by: .user)
    boot.unload(time + 9_000_000, neighbours: neighbours)
  }

  private mutating func gaveUp(probe: Int) {
    // Once one has given up, nobody waits any more.
    if !hasGivenUp { boot.bind(time, .deferred) }
    hasGivenUp = true
    var how = Boot.Bind.gaveUp
    how.probe = probe
    how.isReturnLost = chance(20)
    if how.isReturnLost { notes.append("its return lost") }
    boot.bind(time + 2_000_000, how)
    boot.say(time + 2_000_300, "\(client.driver) \(client.name): deferred probe timeout, ignoring dependency")
    if probe == 0 {
      isReal = true
      if chance(50) { boot.say(time + 2_001_000, client.firstLine) }
    } else {
      boot.say(
        time + 2_002_000,
        "\(client.driver) \(client.name): probe with driver \(client.driver) failed with error -22")
    }
  }

  // MARK: the last life

  private mutating func last() {
    start = time
    if race == .t4 || race == .t4b {
      gaveUp(probe: 0)
      time += 5_000_000
    } else if race != .t3, !hasGivenUp, chance(70) {
      boot.bind(time, .deferred)
    }
    time += 1_000_000
    if race == .t3 { return intel() }
    if race == .f2Walk || race == .f2Bind {
      // The client's first IOMMU; the second is not there yet.
      boot.register(
        time, iommu: "5200000.iommu", neighbours: ["6100000.vpu"], banner: chance(50), domain: false
      ) { $0.visit($1, group: nil, result: -517) }
      time += 1_000_000
    }
    let hasBystander = chance(25)
    if hasBystander { notes.append("another IOMMU") }
    let banner = chance(50)
    let isWalked = [.f1, .f2Walk, .t6, .clean].contains(race)
    var work = boot
    work.register(
      time, iommu: iommu, neighbours: race == .t2 ? nil : neighbours, banner: banner, domain: isWalked
    ) { [race] boot, visit in race.happens(&boot, visit) }
    boot = work
    after(time + 200_000, hasBystander)
  }

  private mutating func after(_ v: Int, _ hasBystander: Bool) {
    let again = v + 500_000
    end = again
    switch race {
    case .f1, .f2Walk, .clean: bind(again)
    case .f2Bind, .f3, .f4Same, .t4, .t6: break
    case .f4Later: boot.replay(again, .binder)
    case .t2: boot.replay(again, chance(50) ? .binder : .user)
    case .t4b: boot.replay(again + 15_000_000, .user)
    case .t13: boot.bind(again, Boot.Bind())
    case .t3: break
    }
    end = max(boot.log.last?.time ?? 0, boot.trace.map(\.time).max() ?? 0) + 1
    guard hasBystander, race != .t13, race != .t4 else { return }
    // Its registration is in flight when the client is bound again; the client has its group when it is visited.
    let begin = (race == .t4b ? again + 15_000_000 : again) - 150_000
    boot.register(
      begin, iommu: "5900000.iommu", who: .bystander, neighbours: ["6900000.vpu"], banner: chance(50),
      domain: false
    ) { $0.pass($1, .bystander) }
  }

  /// The IOMMUs without a firmware node take every device, bound or not.
  private mutating func intel() {
    boot.bind(time - 500_000, Boot.Bind())
    boot.say(time - 499_000, client.firstLine)
    boot.say(time, "DMAR: Host address width 46")
    boot.enter(time + 100, .walker, .register, "(null)")
    boot.enter(time + 200, .walker, .visit)
    boot.enter(time + 210, .walker, .innerProbe)
    boot.warn(time + 300, .intel, .walker)
    boot.mark(time + 400, .walker, .group)
    boot.added(time + 410)
    boot.leave(time + 500, .walker, .innerProbe, 0)
    boot.leave(time + 510, .walker, .visit, 0)
    boot.mark(time + 2_000, .walker, .domain)
    boot.leave(time + 3_000, .walker, .register, 0, of: "(null)", to: "intel_iommu_init")
    end = time + 3_001
  }
}
