// What the live board's facts add to a case. They are of one moment, behind what log and trace show: they speak of the last life.
import Bytes
import Facts
import Records
import Timelines

extension CaseFile {
  /// The IOMMU's core linked it to these, or the firmware names them for it: true of all of its lives.
  var boardOwners: [BoardFacts.Owner] {
    guard let facts = boot.facts, let device = facts.device(device.name) else { return [] }
    return facts.owners(of: device)
  }

  /// An IOMMU that registered, by the name of its device, is the client's own by the facts; nil if they do not tell.
  func isBoardOwn(_ iommu: String) -> Bool? {
    let owners = boardOwners
    return owners.isEmpty || iommu.isEmpty ? nil : owners.contains { $0.isDevice(iommu) }
  }

  /// When the facts were collected it had a driver and no group. `time`: what came before it must have happened; facts of an earlier moment
  /// do not show what became of the device in it.
  func boardLeftOut(after time: Int64?) -> Evidence? {
    guard let facts = boot.facts, facts.whole.contains(.device), let device = facts.device(device.name),
      let driver = device.driver, device.group == nil, whole.lives(in: boot).last?.after == life.after
    else { return nil }
    // /proc/uptime is of another clock than the log's; less than a second lies between them.
    if let time, let uptime = facts.uptime?.value, uptime < time &+ 1_000_000_000 { return nil }
    return Evidence(
      "when the board's facts were collected it was bound to \(driver.value), and in no group", driver.place)
  }

  /// A platform device of a machine with a device tree, whose node names no IOMMU: it has none to wait for.
  var hasNoIOMMU: Bool {
    guard let facts = boot.facts, facts.whole.isSuperset(of: [.device, .node, .acpi]), !facts.nodes.isEmpty,
      facts.acpiTables.isEmpty, DeviceName.pciDomain(device.name) == nil,
      let device = facts.device(device.name)
    else { return false }
    return device.iommus == nil && device.iommu == nil && device.group == nil
  }

  /// Clients of an IOMMU, by the firmware, that are deferred still.
  var boardDeferred: [Evidence] {
    guard let facts = boot.facts else { return [] }
    let clients = facts.deferred.filter { fact in
      facts.device(fact.value.name).map { facts.owners(of: $0).contains { $0.isDevice(device.name) } }
        ?? false
    }
    guard let first = clients.first else { return [] }
    let more = clients.count > 1 ? " (of \(clients.count) of its clients)" : ""
    return [
      Evidence(
        "\(first.value.name) still waited for it when the board's facts were collected\(more)", first.place)
    ]
  }

  /// The interrupts of its driver never came, and those of another device with that driver did.
  var boardSilentInterrupts: [Evidence] {
    guard let facts = boot.facts, let own = facts.device(device.name), let driver = own.driver?.value,
      let count = facts.interrupts(of: own), count.value == 0,
      let other = facts.devices.first(where: {
        $0.name != own.name && $0.driver?.value == driver && facts.interrupts(of: $0)?.value ?? 0 > 0
      }), let others = facts.interrupts(of: other)
    else { return [] }
    return [
      Evidence("not one of its interrupts had come when the facts were collected", count.place),
      Evidence("\(others.value) of \(other.name) had", others.place),
    ]
  }
}
