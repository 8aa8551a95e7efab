// Everything of one boot put per device, on the boot's clock.
import Bytes
import Events
import Facts
import OrderedCollections
import Records

struct BootBuilder {
  let names: NameTable
  var boot = BootTimeline()
  /// Of each name the place of its device in `boot.devices`; -1 if it has none yet. A dictionary would cost more than all else
  /// that is done for a line.
  private var logged: [Int32]

  init(names: NameTable) {
    self.names = names
    logged = Array(repeating: -1, count: names.count)
  }

  func build(_ files: BootFiles) -> BootTimeline {
    var work = self
    let (traces, repeated, joined) = BootFiles.joined(files.traces)
    work.add(files.logs)
    for input in repeated {
      work.boot.losses.append(
        Loss(
          .repeated, "the same trace as another one: used once",
          at: Place(input: input.input, line: 0, offset: 0)))
    }
    for input in joined {
      work.boot.losses.append(
        Loss(
          .repeated, "another buffer of the same boot: what both hold counts once",
          at: Place(input: input.input, line: 0, offset: 0)))
    }
    let clocks = ClockJoin.joins(traces.map(\.story), names, files.logs)
    for ((input, story), clock) in zip(traces, clocks) { work.add(input, story, clock) }
    work.settle()
    work.add(files.facts, files.factLosses)
    if files.fitsNoBoot, let trace = traces.first { work.boot.losses.append(.anotherBoot(trace.input.input)) }
    return work.boot
  }

  private mutating func add(_ facts: BoardFacts?, _ losses: [Loss]) {
    boot.losses += losses
    guard let facts else { return }
    boot.facts = facts
    boot.kernel = boot.kernel ?? facts.release
    if !facts.model.isEmpty { boot.hardware = boot.hardware ?? facts.model }
    boot.isACPI = boot.isACPI || !facts.acpiTables.isEmpty
  }

  mutating func with(_ device: String, _ change: (inout DeviceTimeline) -> Void) {
    change(&boot.devices[device, default: DeviceTimeline(name: device)])
  }

  /// The same for a name of the log, which comes again and again: found without its text.
  mutating func with(_ device: Name, _ change: (inout DeviceTimeline) -> Void) {
    let index = Int(device.index)
    if logged[index] < 0 {
      let name = names[device]
      let known = boot.devices.index(forKey: name) ?? boot.devices.count
      if known == boot.devices.count { boot.devices[name] = DeviceTimeline(name: name) }
      logged[index] = Int32(known)
    }
    change(&boot.devices.values[Int(logged[index])])
  }

  private mutating func settle() {
    boot.iommus = boot.devices.keys.filter(DeviceName.isIOMMU)
    // Prose such as "CPU features: …" looks like a device's line; nothing else speaks of such a device.
    boot.devices.removeAll { $0.value.isHearsay }
    sortRegistrations()
    for registration in boot.registrations where !registration.iommu.isEmpty {
      with(registration.iommu) { $0.registrations.append(registration) }
    }
    boot.names = names
    for at in boot.devices.values.indices { Self.settle(&boot.devices.values[at]) }
  }

  /// By their start; visits name them by their place.
  private mutating func sortRegistrations() {
    let all = boot.registrations
    let order = all.indices.sorted { (all[$0].phase.start, $0) < (all[$1].phase.start, $1) }
    guard !order.elementsEqual(all.indices) else { return }
    boot.registrations = order.map { all[$0] }
    var places = Array(repeating: 0, count: order.count)
    for (place, number) in order.enumerated() { places[number] = place }
    for device in boot.devices.values.indices {
      for at in boot.devices.values[device].visits.indices {
        guard let number = boot.devices.values[device].visits[at].registration else { continue }
        boot.devices.values[device].visits[at].registration = places[number]
      }
    }
  }

  private static func settle(_ device: inout DeviceTimeline) {
    device.binds.sort { $0.phase.start < $1.phase.start }
    for index in device.binds.indices where !DriverName.isOne(device.binds[index].driver) {
      device.binds[index].driver = ""
    }
    device.closeLostBinds()
    device.visits.sort { $0.phase.start < $1.phase.start }
    device.groups.sort { $0.moment.time < $1.moment.time }
    device.domains.sort { $0.time < $1.time }
    let traced = device.binds.last { !$0.driver.isEmpty }?.driver
    let logged = device.log.last { DriverName.isOne($0.prefix) }?.prefix
    device.driver = traced ?? logged
  }
}
