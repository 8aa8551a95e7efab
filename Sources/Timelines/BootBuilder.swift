// Everything of one boot put per device, on the boot's clock.
import Bytes
import Events
import OrderedCollections
import Records

struct BootBuilder {
  let names: NameTable
  var boot = BootTimeline()
  private var logged: [Name: Int] = [:]

  init(names: NameTable) { self.names = names }

  func build(_ files: BootFiles) -> BootTimeline {
    var work = self
    let (traces, repeated) = BootFiles.withoutRepeats(files.traces)
    work.add(files.logs)
    for input in repeated {
      work.boot.losses.append(
        Loss(
          .repeated, "the same trace as another input, in another form: used once",
          at: Place(input: input.input, line: 0, offset: 0)))
    }
    for (input, story) in traces { work.add(input, story, files.logs) }
    work.settle()
    if files.isStranger, let trace = traces.first { work.boot.losses.append(.anotherBoot(trace.input.input)) }
    return work.boot
  }

  mutating func with(_ device: String, _ change: (inout DeviceTimeline) -> Void) {
    change(&boot.devices[device, default: DeviceTimeline(name: device)])
  }

  /// The same for a name of the log, which comes again and again: found without its text.
  mutating func with(_ device: Name, _ change: (inout DeviceTimeline) -> Void) {
    let at = logged[device] ?? boot.devices.index(forKey: names[device]) ?? boot.devices.count
    if at == boot.devices.count { boot.devices[names[device]] = DeviceTimeline(name: names[device]) }
    logged[device] = at
    change(&boot.devices.values[at])
  }

  private mutating func settle() {
    boot.iommus = boot.devices.keys.filter(DeviceName.isIOMMU)
    // Prose such as "CPU features: …" looks like a device's line; nothing else speaks of such a device.
    boot.devices.removeAll { $0.value.isHearsay }
    boot.registrations.sort { $0.phase.start < $1.phase.start }
    for registration in boot.registrations where !registration.iommu.isEmpty {
      with(registration.iommu) { $0.registrations.append(registration) }
    }
    boot.names = names
    for name in boot.devices.keys {
      with(name) { device in
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
  }
}
