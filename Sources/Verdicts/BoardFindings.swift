// What a live board's facts show where log and trace say nothing: who runs without an IOMMU. How that came about they do not show,
// so it stays undetermined.
import Bytes
import Facts
import Timelines

enum BoardFindings {
  /// Devices that are bound and in no group though an IOMMU serves them, and bridges that were skipped, without those of which
  /// `findings` speak.
  static func all(in boot: BootTimeline, besides findings: [Finding]) -> [Finding] {
    guard let facts = boot.facts else { return [] }
    let known = Set(findings.filter { $0.kind == .silent }.map(\.device))
    let left = facts.leftOut.compactMap { known.contains($0.device.name) ? nil : finding($0, boot) }
    let bridges = splitBridges(facts).filter { !known.contains($0.device) }
    return left + bridges
  }

  private static func finding(_ left: BoardFacts.LeftOut, _ boot: BootTimeline) -> Finding? {
    // It has got a group since then: what that was, log and trace tell.
    if joinsLater(left.device.name, boot) { return nil }
    var evidence = [
      Evidence("it is bound to \(left.driver.value), and in no IOMMU group", left.driver.place)
    ]
    switch left.sign {
    case .waits: return nil
    case .named(let owner, let unit):
      evidence.append(
        Evidence(
          owner.isLink
            ? "it is linked to the IOMMU \(owner.name)" : "the firmware names its IOMMU: \(owner.name)",
          owner.place))
      evidence.append(Evidence("that IOMMU is registered: \(unit.path.last ?? "")", unit.place))
    case .neighbour(let other):
      if let group = other.group {
        evidence.append(
          Evidence("another function of its bus, \(other.name), is in group \(group.value)", group.place))
      }
    }
    var summary =
      "it is bound and in no IOMMU group: it runs without its IOMMU, and nothing says how that came"
    var missing = [
      "the kernel log from the boot's beginning, and a boot trace: whether its IOMMU came late, its walk left it out, or the "
        + "IOMMU's driver refused it"
    ]
    if let group = lastGroup(left.device.name, boot) {
      evidence.append(Evidence("but \(group.text)", group.evidence.place, time: group.evidence.time))
      summary =
        "the inputs contradict each other: \(group.text), and the board's facts have it bound and in none"
      missing.append("facts that were collected right behind the log")
    }
    return finding(
      left.device, summary, boot.isACPI ? [.acpiMissedWalkOrphan, .silentLateIOMMU] : [.silentLateIOMMU],
      evidence, missing)
  }

  private static func finding(
    _ device: BoardFacts.Device, _ summary: String, _ candidates: [Cause], _ evidence: [Evidence],
    _ missing: [String]
  ) -> Finding {
    Finding(
      device: device.name, driver: device.driver?.value, kind: .silent, time: nil, side: .none,
      verdict: .undetermined, confidence: nil, cause: nil, candidates: candidates, harm: .exposed,
      tier: .boardFacts, summary: summary, evidence: evidence, missing: missing, assumed: [],
      places: evidence.compactMap(\.place).prefix(1).map { $0 })
  }

  private static func joinsLater(_ name: String, _ boot: BootTimeline) -> Bool {
    guard let device = boot.devices[name], let uptime = boot.facts?.uptime?.value else { return false }
    let end = uptime &+ 1_000_000_000
    return device.groups.contains { $0.moment.time > end } || device.adding.contains { $0.time ?? .min > end }
  }

  /// The last that log and trace say of its groups, if that is that it has one, and it was before the facts.
  static func lastGroup(_ name: String, _ boot: BootTimeline) -> (text: String, evidence: Evidence)? {
    guard let device = boot.devices[name] else { return nil }
    let end = boot.facts?.uptime.map { $0.value &+ 1_000_000_000 } ?? .max
    if let joined = device.groups.last(where: { $0.moment.time <= end }),
      !device.ungroups.contains(where: { $0.time >= joined.moment.time })
    {
      let text = "the trace puts it into group \(joined.group)"
      return (text, Evidence(text, joined.moment))
    }
    let line = device.log.last { moment in
      switch moment.what {
      case .adding, .removing: moment.time ?? .min <= end
      default: false
      }
    }
    guard let line, case .adding(_, _, let group) = line.what, device.groups.isEmpty else { return nil }
    let text = "the log puts it into group \(group)"
    return (text, Evidence(text, line))
  }

  // MARK: bridges

  /// Bridges whose functions all have groups of their own, made before the bridge's, where another bridge shares its group.
  private static func splitBridges(_ facts: BoardFacts) -> [Finding] {
    guard facts.whole.contains(.device) else { return [] }
    let behind = facts.byParent
    let ports = facts.devices.filter { $0.driver?.value == "pcieport" && $0.group != nil }
    guard
      let shared = ports.first(where: { port in
        guard let functions = behind[port.path], functions.count > 1 else { return false }
        return functions.allSatisfy { $0.group?.value == port.group?.value }
      }), let sharedGroup = shared.group
    else { return [] }
    return ports.compactMap { port in
      guard let functions = behind[port.path], functions.count > 1, let own = port.group,
        Set(functions.compactMap(\.group?.value)).count == functions.count,
        functions.allSatisfy({ ($0.group?.value ?? .max) < own.value }),
        let first = functions.first?.group
      else { return nil }
      return finding(
        port,
        "the functions behind this bridge are in groups of their own, which are older than the bridge's",
        [.skippedBridgeSplitGroups],
        [
          Evidence("the bridge is in group \(own.value)", own.place),
          Evidence("a function behind it is in group \(first.value)", first.place),
          Evidence(
            "\(shared.name) shares its group \(sharedGroup.value) with all behind it", sharedGroup.place),
        ],
        [
          "the kernel log from the boot's beginning: whether the walk skipped the bridge, or other devices are behind an ACS"
        ])
    }
  }
}
