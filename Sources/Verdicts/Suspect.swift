import Bytes
import Events
import Facts
import Records
import Timelines

/// A device that may run without its IOMMU, where the inputs show too little to say so. It is a note: no gate fails for it.
package struct Suspect: Sendable {
  /// Its name, as the log has it.
  package var device: String
  /// Nil if the log names none; may be the bus's name.
  package var driver: String?
  /// When it gave up, nanoseconds of the boot's clock.
  package var time: Int64?
  /// What was seen, and what was not.
  package var text: String
  /// What would settle it.
  package var tells: String
  /// Of the line that makes it one.
  package var place: Place
}

extension Suspect {
  /// Clients that gave up waiting before an IOMMU came, and whose IOMMU, or driver, is not seen; without those of which
  /// `findings` speak already.
  static func all(in boot: BootTimeline, _ kernel: KernelFeatures, besides findings: [Finding]) -> [Suspect] {
    let unwarned =
      boot.logHasDropped ? [] : LostWarning.lines(boot, kernel, besides: findings).map { Suspect($0, $1) }
    let quitters = boot.devices.values.filter { !$0.gaveUp.isEmpty }
    let unbound = boot.devices.values.compactMap(unboundQuitter)
    let judged = Set(findings.map(\.device))
    let lines = quitters.isEmpty && unbound.isEmpty ? nil : BootLines(boot)
    func file(_ device: DeviceTimeline) -> CaseFile? {
      lines.map { CaseFile(boot, $0, device, nil, side: .none, visit: nil, kernel: kernel) }
    }
    let waiting = quitters.filter { !judged.contains($0.name) }.compactMap { device -> Suspect? in
      guard let file = file(device), let givenUp = file.givenUp else { return nil }
      return Suspect(file, givenUp)
    }
    let unused = unbound.filter { !judged.contains($0.device.name) }.compactMap { device, line -> Suspect? in
      file(device)?.iommuCame(after: line).map { _ in Suspect(device, unbound: line) }
    }
    let noted = judged.union((waiting + unused).map(\.device))
    let left = ofBoard(boot).filter { !noted.contains($0.device) }
    let nameless = quitters.isEmpty ? nameless(boot).map { [$0] } ?? [] : []
    return (unwarned + waiting + unused + left + nameless).sorted { $0.device < $1.device }
  }

  /// The last give-up of a device without a driver of its own, which was not put into a group since: another's driver may use it, as msm
  /// uses its GMU.
  private static func unboundQuitter(_ device: DeviceTimeline) -> (device: DeviceTimeline, line: LogMoment)? {
    guard device.adding.isEmpty, device.groups.isEmpty, device.gaveUp.isEmpty, !device.isIOMMU,
      !device.isBeyondIOMMUs
    else { return nil }
    return device.log.last { if case .unboundGaveUp = $0.what { true } else { false } }.map { (device, $0) }
  }

  /// Clients that gave up before an IOMMU came, and whose names the log has lost.
  private static func nameless(_ boot: BootTimeline) -> Suspect? {
    var quitters = boot.general.filter { if case .nameless(.gaveUp) = $0.what { true } else { false } }
    guard !quitters.isEmpty else { return nil }
    var last = Int.min
    for line in boot.general + boot.devices.values.flatMap(\.log) {
      switch line.what {
      case .nameless(.iommuCame), .iommuBanner, .adding: last = max(last, line.order)
      default: break
      }
    }
    quitters.removeAll { $0.order >= last }
    guard let first = quitters.first else { return nil }
    let (who, whose) =
      quitters.count == 1 ? ("a device", "its name is") : ("\(quitters.count) devices", "their names are")
    return Suspect(
      device: "(unknown device)", driver: nil, time: first.time,
      text: "\(who) gave up waiting, and an IOMMU came after that: \(whose) cut off",
      tells: "the same log with its names: dmesg, or logcat -b kernel -v threadtime", place: first.place)
  }

  /// Bound clients in no group whose IOMMU is not registered: it may still come.
  private static func ofBoard(_ boot: BootTimeline) -> [Suspect] {
    guard let facts = boot.facts else { return [] }
    return facts.leftOut.compactMap { left in
      guard case .waits(let owner) = left.sign else { return nil }
      let deferred = facts.deferred.first { owner.isDevice($0.value.name) }
      let why =
        deferred.map { "still deferred" + ($0.value.reason.isEmpty ? "" : " (\($0.value.reason))") }
        ?? "not registered (or that was not collected)"
      return Suspect(
        device: left.device.name, driver: left.driver.value, time: nil,
        text: "it is bound and in no IOMMU group; its IOMMU, \(owner.name), is \(why)",
        tells: "whether that IOMMU has a driver in this kernel, and what it waits for (devices_deferred)",
        place: left.driver.place)
    }
  }

  private init(_ device: DeviceTimeline, unbound line: LogMoment) {
    self.device = device.name
    driver = nil
    time = line.time
    place = line.place
    text =
      "it gave up waiting without a driver of its own, and an IOMMU came after that: whether another's driver uses it is not in the log"
    tells =
      "whether it does DMA, and /sys/bus/*/devices/\(device.name)/iommu_group (none: it does so without its IOMMU)"
  }

  /// The warning that should stand before its group line is not there.
  private init(_ device: DeviceTimeline, _ adding: LogMoment) {
    self.device = device.name
    driver = adding.prefix
    time = adding.time
    place = adding.place
    text =
      "it got its group while its driver was set, and the warning that this kernel prints then is not in the log"
    tells = "the whole kernel log, unfiltered; or a boot trace (proberace capture)"
  }

  private init(_ file: CaseFile, _ givenUp: GivenUp) {
    device = file.device.name
    driver = file.driver
    time = givenUp.line.time
    place = givenUp.line.place
    let open: String
    switch (givenUp.owns, givenUp.whose) {
    case (nil, _):
      open =
        "whether it waited for its IOMMU, or for a power domain or a pin controller, is not in the log"
    case (_, .another(let iommu)): open = "its own, \(iommu), is not seen to come"
    default: open = "whether its driver runs is not in the log"
    }
    text = "it gave up waiting, and an IOMMU came after that: \(open)"
    let bus = DeviceName.pciDomain(device) == nil ? "*" : "pci"
    let entry = "/sys/bus/\(bus)/devices/\(device)"
    let property =
      bus == "pci" ? "its host bridge's `iommu-map` property" : "its `iommus` property"
    tells =
      "\(property), and \(entry)/iommu_group (bound and without one, it runs without its IOMMU); or a boot trace "
      + "(proberace capture)"
  }
}
