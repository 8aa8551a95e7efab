// What a board's facts have to be shown: its IOMMU clients, who is left out, what is deferred.
import Bytes
import Facts
import Timelines

struct BoardScene {
  let facts: BoardFacts
  /// Devices with a group, a link to an IOMMU, or a place in the firmware's description of one.
  let clients: [BoardFacts.Device]
  private let leftOut: Set<String>

  init?(_ boot: BootTimeline) {
    guard let facts = boot.facts else { return nil }
    self.facts = facts
    let leftOut = Set(facts.leftOut.map(\.device.name))
    self.leftOut = leftOut
    clients = facts.devices.filter {
      $0.group != nil || $0.iommu != nil || $0.iommus != nil || leftOut.contains($0.name)
    }
  }

  func isLeftOut(_ device: BoardFacts.Device) -> Bool { leftOut.contains(device.name) }

  func iommus(of device: BoardFacts.Device) -> [String] { facts.owners(of: device).map(\.name) }

  /// In a few words each; not escaped.
  var summary: [String] {
    let groups = Set(clients.compactMap(\.group?.value)).count
    let age = facts.uptime.map { " of \($0.value / 1_000_000_000) s after the boot" } ?? ""
    var parts = ["board facts\(age): \(clients.count) IOMMU clients in \(groups) groups"]
    if !leftOut.isEmpty { parts.append("\(leftOut.count) bound without one") }
    if !facts.deferred.isEmpty { parts.append("\(facts.deferred.count) still deferred") }
    if let user = facts.user, user != 0 { parts.append("collected without root") }
    let skipped = Set(facts.skipped.compactMap { $0.split(separator: " ").first.map(String.init) }).sorted()
    if !skipped.isEmpty { parts.append("not there or not to be read: \(skipped.joined(separator: ", "))") }
    return parts
  }
}
