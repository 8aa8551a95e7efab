import Bytes
import Events
import Records
import Timelines

extension Cause {
  static let skippedBridgeSplitGroups = Cause(
    kind: .skippedBridgeSplitGroups, letter: "T15",
    title: "The walk skipped a bridge, and the functions behind it got groups of their own", verdict: .real,
    harm: "exposed: devices that are not isolated from each other can be handed out apart", sides: [.none],
    story: """
      A root port without ACS shares one group with all functions behind it. The walk meets the port while a bind has its driver \
      set, and leaves it alone; when it comes to the functions, pci_device_group() finds no group above them and gives each one \
      of its own. The port's bind replays later and makes one more. VFIO may then hand out one of several devices that are \
      not isolated from each other. Nothing tells but the port's own, harmless warning (skipped-by-walk-then-replayed).
      """,
    needs: [
      "the groups of the bridge and of the functions behind it (the kernel log, with \"PCI bridge to [bus …]\")",
      "another bridge of the machine that shares its group with its functions",
    ],
    proof: """
      The functions behind the bridge got different groups before the bridge got its own in a bind, and the functions behind \
      another port, which is the same part ("[vendor:device] type 01"), share that port's group.
      """,
    decidedBy: [Proof(.kernelLog)],
    against:
      "Ports with ACS: there every function has a group of its own in order, behind all of them. The command line can set the ACS of single "
      + "ports (pci=disable_acs_redir=, pci=config_acs=).",
    advice: """
      Remove the functions and the port, and rescan the bus (echo 1 > remove, echo 1 > /sys/bus/pci/rescan), or boot with the IOMMU \
      registered before the port is bound; do not hand these devices out until then. Report it to iommu@lists.linux.dev.
      """,
    cites: ["bcb81ac6ae3c"],
    judge: { _ in nil },
    survey: { boot, _ in
      let bridges = Bridge.all(in: boot)
      let neighbours = bridges.filter { $0.isPort && $0.sharesItsGroup && $0.behind.count > 1 }
      return bridges.compactMap { bridge in
        // Ports of one machine may differ in ACS, those that are the same part do not.
        (neighbours.first { $0.part == bridge.part } ?? neighbours.first).flatMap { split(bridge, $0, boot) }
      }
    })

  private static func split(_ bridge: Bridge, _ neighbour: Bridge, _ boot: BootTimeline) -> Surveyed? {
    let apart = bridge.apart
    guard bridge.isPort, let first = apart.first, let last = apart.last(where: { $0.group != first.group })
    else {
      return nil
    }
    let isSamePart = bridge.part != nil && bridge.part == neighbour.part
    var evidence = [
      Evidence("a function behind it is put into group \(first.group)", first.line),
      Evidence("another one into group \(last.group)", last.line),
    ]
    if let own = bridge.own {
      // Its own group came in its bind: the walk had skipped it.
      let warning = boot.warnings.first { $0.device == bridge.device.name && $0.stack.side == .bind }
      let replay = bridge.device.visits.first { $0.side == .bind }
      guard warning != nil || replay != nil else { return nil }
      evidence.append(
        Evidence("only later the bridge itself, into group \(own.group), in its own bind", own.line))
    } else {
      // Behind a port with ACS that is in order, and the port's own line may be one that the log lacks.
      guard isSamePart, boot.logKeepsOrder else { return nil }
      evidence.append(Evidence("the bridge itself is put into no group in this log", nil))
    }
    if let shared = neighbour.behind.first {
      evidence.append(
        Evidence(
          "functions behind \(neighbour.device.name) share that bridge's group \(shared.group)", shared.line))
    }
    let isAlike = isSamePart && !boot.setsACS
    let isProven = isAlike && bridge.own != nil && boot.logKeepsOrder && !boot.logHasDropped
    return Surveyed(
      device: bridge.device.name, driver: bridge.device.driver,
      judgement: Judgement(
        confidence: isProven ? .certain : .likely, harm: .exposed, tier: .kernelLog,
        summary: "the walk skipped this bridge, and the functions behind it are in groups of their own",
        evidence: evidence,
        missing: isProven
          ? []
          : isAlike
            ? ["the whole kernel log"]
            : [
              isSamePart
                ? "whether this port has ACS (lspci -vv): the command line sets that of single ports"
                : "whether this port has ACS (lspci -vv): its neighbour is another part, or the log does not say which"
            ]))
  }
}

extension BootTimeline {
  /// The command line sets the ACS of single ports: those that are the same part may differ then.
  fileprivate var setsACS: Bool {
    guard let commandLine else { return false }
    let options: [StaticString] = ["disable_acs_redir=", "config_acs=", "pcie_acs_override="]
    return options.contains { commandLine.utf8Span.span.index(of: $0) != nil }
  }
}

/// A PCI bridge, and the groups of what is right behind it.
private struct Bridge {
  typealias Joining = (group: Int32, line: LogMoment)

  var device: DeviceTimeline
  /// Its own group; nil if it was put into none in this log.
  var own: Joining?
  /// In the log's order.
  var behind: [Joining]
  /// Which part it is; nil if the log does not say.
  var part: UInt32?

  static func all(in boot: BootTimeline) -> [Bridge] {
    boot.devices.values.compactMap { Bridge($0, boot) }
  }

  private init?(_ device: DeviceTimeline, _ boot: BootTimeline) {
    guard let buses = device.log.last(where: { if case .bridge = $0.what { true } else { false } }),
      case .bridge(_, let first, _) = buses.what,
      let segment = DeviceName.pciDomain(device.name)
    else { return nil }
    let bus = "\(segment):" + (first < 16 ? "0" : "") + String(first, radix: 16) + ":"
    self.device = device
    own = Self.joining(device)
    for line in device.log { if case .bridgePart(_, let part) = line.what { self.part = part } }
    behind = boot.devices.values.filter { $0.name.hasPrefix(bus) }.compactMap(Self.joining)
      .sorted { $0.line.order < $1.line.order }
  }

  private static func joining(_ device: DeviceTimeline) -> Joining? {
    guard let line = device.adding.last, case .adding(_, _, let group) = line.what else { return nil }
    return (group, line)
  }

  /// A PCIe port: what is behind a bridge to conventional PCI shares one group in any case.
  var isPort: Bool { device.driver == "pcieport" }

  /// Without ACS all of them are in one group.
  var sharesItsGroup: Bool { !behind.isEmpty && behind.allSatisfy { $0.group == own?.group } }

  /// Those that were in groups before it; none of them is its own. Who came later found its group, and joined it.
  var apart: [Joining] {
    let before = own.map { own in behind.filter { $0.line.order < own.line.order } } ?? behind
    return before.contains { $0.group == own?.group } ? [] : before
  }
}
