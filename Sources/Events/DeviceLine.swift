// A kernel message that names a device or a driver before its colon, to one event. The texts are the kernel's own
// (docs/kernel.md#texts).
import Bytes
import Records

enum DeviceLine {
  static func ofDevice(
    _ line: Span<UInt8>, _ prefix: Range<Int>, _ name: Range<Int>, _ rest: Range<Int>,
    _ names: inout NameTable
  ) -> LogEvent.What? {
    // What follows is needed only for lines that matter; interning is done there.
    let word = KernelWord.behindDevice(line, rest)
    switch word {
    case .adding:
      let number = rest.lowerBound + KernelWord.adding.count
      let group = line.decimal(number..<line.digitsEnd(from: number, to: rest.upperBound))
      return .adding(
        prefix: names.intern(line, prefix), device: names.intern(line, name),
        group: Int32(clamping: group ?? -1))
    case .removing: return .removing(device: names.intern(line, name))
    case .addFailed: return .addFailed(device: names.intern(line, name))
    case .probePending:
      let iommu = supplier(line, rest).map { names.intern(line, $0) }
      return .probePending(device: names.intern(line, name), iommu: iommu ?? .none)
    case .syncState, .linked, .deferred, .oldDeferred:
      if let client = client(word, line, name, rest, &names) { return client }
    case .faultEvent, .badStreamEvent: if let fault = LogLine.fault(line, rest, &names) { return fault }
    default: break
    }
    if givesUp(line, rest, word) {
      // A walk that runs dma_configure for an unbound device prints that too, and nobody goes on without an IOMMU then.
      let device = names.intern(line, name)
      return BusName.isOne(line, prefix) ? .unboundGaveUp(device: device) : .gaveUp(device: device)
    }
    if saysNotRegistered(line, rest, word) { return .registerFailed(device: names.intern(line, name)) }
    if let fault = LogLine.pageFault(line, name, rest, word, &names) { return fault }
    if word == .endpointFault, let fault = LogLine.endpointFault(line, rest, &names) { return fault }
    if word == .smmuBanner || namesFeatures(line, rest) || makesQueues(line, rest) {
      return .iommuBanner(device: names.intern(line, name))
    }
    switch word {
    case .registered where rest.count == KernelWord.registered.count:
      return .iommuRegistered(device: names.intern(line, name))
    case .probeFailed: if let failed = probeFailed(line, name, rest, &names) { return failed }
    case .bridge: if let bridge = bridge(line, name, rest, &names) { return bridge }
    case .hotplugTimeout: return .hotplugTimeout(device: names.intern(line, name))
    case .hostRemoved: return .leaves(device: names.intern(line, name), .itself)
    case .slot, .oldSlot, .cardGone, .slotPower, .busReleased:
      if empties(line, rest, word) { return .leaves(device: names.intern(line, name), .behind) }
    default: break
    }
    if let part = bridgePart(line, rest) { return .bridgePart(device: names.intern(line, name), part: part) }
    if let core = driverCore(line, prefix, name, rest, word, &names) { return core }
    return spoken(line, prefix, name, rest, word, &names)
  }

  /// `00:03.0: deferred probe timeout, ignoring dependency`, `ias 44-bit, oas 44-bit (features 0x…)`: `rest` stands behind half a name,
  /// or behind none.
  static func ofNobody(_ line: Span<UInt8>, _ rest: Range<Int>) -> LogEvent.What? {
    guard let first = rest.first else { return nil }
    switch line[first] {
    case UInt8(ascii: "A"), UInt8(ascii: "a"), UInt8(ascii: "d"), UInt8(ascii: "i"), UInt8(ascii: "p"): break
    default: return nil
    }
    let word = KernelWord.behindDevice(line, rest)
    if givesUp(line, rest, word) { return .nameless(.gaveUp) }
    return word == .adding || word == .smmuBanner || namesFeatures(line, rest) || makesQueues(line, rest)
      ? .nameless(.iommuCame) : nil
  }

  /// `deferred probe timeout, ignoring dependency`, `ignoring dependency for device, assuming no driver`. The kernel has no other
  /// sentence that begins so, and a pager may have chopped it.
  private static func givesUp(_ line: Span<UInt8>, _ rest: Range<Int>, _ word: KernelWord?) -> Bool {
    if line.has(KernelWord.probeTimeout.text, at: rest.lowerBound, before: rest.upperBound) { return true }
    guard word == .ignoringDependency else { return false }
    let end = rest.lowerBound + KernelWord.ignoringDependency.count
    return line.has(" for d", at: end, before: rest.upperBound) || rest.upperBound - end < 6
  }

  /// `ias 44-bit, oas 44-bit (features 0x00001e7f)` (arm-smmu-v3). Few lines have a bracket, which is found faster than words.
  private static func namesFeatures(_ line: Span<UInt8>, _ rest: Range<Int>) -> Bool {
    guard let bracket = line.index(of: UInt8(ascii: "("), from: rest.lowerBound, to: rest.upperBound) else {
      return false
    }
    return line.index(of: KernelWord.smmuFeatures.text, from: bracket, to: rest.upperBound) != nil
      && line.index(of: "oas ", from: rest.lowerBound, to: rest.upperBound) != nil
  }

  /// `allocated 65536 entries for cmdq` (arm-smmu-v3)
  private static func makesQueues(_ line: Span<UInt8>, _ rest: Range<Int>) -> Bool {
    guard line.has("allocated ", at: rest.lowerBound),
      let key = line.index(of: KernelWord.smmuQueues.text, from: rest.lowerBound, to: rest.upperBound)
    else { return false }
    let queue = key + KernelWord.smmuQueues.count
    return line.has("evtq", at: queue, before: rest.upperBound)
      || line.has("cmdq", at: queue, before: rest.upperBound)
  }

  /// `Failed to register iommu`, in downstream drivers without the capital, from dev_err_probe() behind `error -EINVAL: `.
  /// That sysfs refused an entry (`Failed to register iommu in sysfs`) is before any walk.
  private static func saysNotRegistered(_ line: Span<UInt8>, _ rest: Range<Int>, _ word: KernelWord?) -> Bool
  {
    // dev_err_probe() puts the error in front.
    let words = KernelWord.registerFailed
    guard
      word == .error || word == .deferred
        || line.has(words.text, at: rest.lowerBound + 1, before: rest.upperBound),
      let key = line.index(of: words.text, from: rest.lowerBound + 1, to: rest.upperBound)
    else { return false }
    // That it could not yet is no failure.
    let isDeferred = ["-EPROBE_DEFER", "-517"].contains {
      line.index(of: $0, from: rest.lowerBound, to: rest.upperBound) != nil
    }
    return !isDeferred && !line.has(" in sysfs", at: key + words.count, before: rest.upperBound)
  }

  /// `PCI bridge to [bus 08]`, `[bus 01-ff]`
  private static func bridge(
    _ line: Span<UInt8>, _ name: Range<Int>, _ rest: Range<Int>, _ names: inout NameTable
  ) -> LogEvent.What? {
    let start = rest.lowerBound + KernelWord.bridge.count
    guard let end = line.index(of: UInt8(ascii: "]"), from: start, to: rest.upperBound) else { return nil }
    let dash = line.index(of: UInt8(ascii: "-"), from: start, to: end)
    guard let first = line.hexadecimal(start..<(dash ?? end)), first < 256,
      let last = dash.map({ line.hexadecimal($0 + 1..<end) }) ?? first, last < 256
    else { return nil }
    return .bridge(device: names.intern(line, name), first: UInt8(first), last: UInt8(last))
  }

  /// `pciehp: Slot(0): Card not present`, `Slot(2): Link Down`, `PCI slot #1 - powering off due to button press.`,
  /// `busn_res: [bus 01] is released`: what is behind the port, or on the bus, is gone.
  private static func empties(_ line: Span<UInt8>, _ rest: Range<Int>, _ word: KernelWord?) -> Bool {
    @inline(__always) func says(_ text: StaticString) -> Bool {
      line.index(of: text, from: rest.lowerBound, to: rest.upperBound) != nil
    }
    return switch word {
    case .cardGone: true
    case .busReleased: says(" is released")
    // Some kernels begin these words with a capital.
    default:
      says("ard not present") || says("Link Down") || says("power off") || says("owering off")
        || says("ower fault")
    }
  }

  /// `[1b36:000c] type 01 class 0x060400`, as a bus is searched
  private static func bridgePart(_ line: Span<UInt8>, _ rest: Range<Int>) -> UInt32? {
    let start = rest.lowerBound
    guard line.has("[", at: start, before: rest.upperBound),
      line.has(":", at: start + 5, before: rest.upperBound),
      line.has("] type 01 ", at: start + 10, before: rest.upperBound),
      let vendor = line.hexadecimal(start + 1..<start + 5), let own = line.hexadecimal(start + 6..<start + 10)
    else { return nil }
    return UInt32(truncatingIfNeeded: vendor << 16 | own)
  }

  /// What the driver core says of a consumer and its supplier, where that is an IOMMU.
  private static func client(
    _ word: KernelWord?, _ line: Span<UInt8>, _ name: Range<Int>, _ rest: Range<Int>,
    _ names: inout NameTable
  ) -> LogEvent.What? {
    if word == .syncState {
      guard DeviceName.isIOMMU(line, name) else { return nil }
      let device = LogLine.word(line, rest.lowerBound + KernelWord.syncState.count..<rest.upperBound)
      return .client(device: names.intern(line, device), iommu: names.intern(line, name))
    }
    if word == .linked {
      let iommu = LogLine.word(line, rest.lowerBound + KernelWord.linked.count..<rest.upperBound)
      return DeviceName.isIOMMU(line, iommu)
        ? .client(device: names.intern(line, name), iommu: names.intern(line, iommu)) : nil
    }
    guard let iommu = supplier(line, rest) else { return nil }
    return .client(device: names.intern(line, name), iommu: names.intern(line, iommu))
  }

  /// `… wait for supplier /soc/iommu@a1000000`, `… supplier a1000000.iommu not ready`: the supplier's own name, if it is an
  /// IOMMU's.
  private static func supplier(_ line: Span<UInt8>, _ rest: Range<Int>) -> Range<Int>? {
    guard let key = line.index(of: "supplier ", from: rest.lowerBound, to: rest.upperBound) else {
      return nil
    }
    var name = LogLine.word(line, key + 9..<rest.upperBound)
    let waits = key >= 9 && line.has("wait for ", at: key - 9)
    guard waits || line.has(" not ready", at: name.upperBound, before: rest.upperBound) else { return nil }
    for at in name where line[at] == UInt8(ascii: "/") { name = at + 1..<name.upperBound }
    return !name.isEmpty && DeviceName.isIOMMU(line, name) ? name : nil
  }

  /// `e1000e 0000:00:02.0 eth0: …`: netdev_printk() of a registered interface. Only names with an address are taken for
  /// devices: prose has three words before a colon as well.
  static func ofNetwork(
    _ line: Span<UInt8>, _ device: Range<Int>, _ interface: Range<Int>, _ names: inout NameTable
  ) -> LogEvent.What? {
    guard device.count > 4, line[device.lowerBound] &- 48 < 10 || line[device.lowerBound] &- 97 < 6,
      line.index(of: UInt8(ascii: "."), from: device.lowerBound, to: device.upperBound) != nil,
      line.wordEnd(from: interface.lowerBound, to: interface.upperBound) == interface.upperBound,
      line[interface.upperBound - 1] &- 48 < 10, line[interface.lowerBound] &- 97 < 26
    else { return nil }
    return .inUse(device: names.intern(line, device))
  }

  /// `DRIVER: probe of DEV failed with error -110`, until 6.1 or so.
  static func oldProbeFailed(
    _ line: Span<UInt8>, _ driver: Range<Int>, _ rest: Range<Int>, _ names: inout NameTable
  ) -> LogEvent.What? {
    let device = LogLine.word(line, rest.lowerBound + KernelWord.probeOf.count..<rest.upperBound)
    guard line.has(" failed with error ", at: device.upperBound, before: rest.upperBound),
      let error = line.decimal(LogLine.word(line, device.upperBound + 19..<rest.upperBound))
    else { return nil }
    return .probeFailed(
      driver: names.intern(line, driver), device: names.intern(line, device), error: Int32(clamping: error))
  }

  /// `probe with driver labiommu failed with error -22`
  private static func probeFailed(
    _ line: Span<UInt8>, _ name: Range<Int>, _ rest: Range<Int>, _ names: inout NameTable
  ) -> LogEvent.What? {
    let driver = rest.lowerBound + KernelWord.probeFailed.count
    guard let key = line.index(of: " failed with error ", from: driver, to: rest.upperBound),
      let error = line.decimal(LogLine.word(line, key + 19..<rest.upperBound))
    else { return nil }
    return .probeFailed(
      driver: names.intern(line, driver..<key), device: names.intern(line, name),
      error: Int32(clamping: error))
  }

  /// What drivers/base/dd.c and of/device.c say under dyndbg. These lines carry the driver's prefix as soon as
  /// dev->driver is set, so none of them means that ->probe runs.
  private static func driverCore(
    _ line: Span<UInt8>, _ prefix: Range<Int>, _ name: Range<Int>, _ rest: Range<Int>, _ word: KernelWord?,
    _ names: inout NameTable
  ) -> LogEvent.What? {
    if line.has("bus: '", at: rest.lowerBound),
      let key = line.index(of: KernelWord.reallyProbe.text, from: rest.lowerBound, to: rest.upperBound)
    {
      let driver = LogLine.word(line, key + KernelWord.reallyProbe.count..<rest.upperBound)
      return .bindStarted(device: names.intern(line, name), driver: names.intern(line, driver))
    }
    if line.has("driver: '", at: rest.lowerBound), line.ends(rest, with: KernelWord.bound.text) {
      return .bound(device: names.intern(line, name))
    }
    // `Driver D requests probe deferral`, `Driver D force probe deferral`
    if line.has("Driver ", at: rest.lowerBound), line.ends(rest, with: " probe deferral") {
      return .probeReturned(device: names.intern(line, name), result: -517, took: 0)
    }
    guard let word, word == .behindIOMMU || word == .notBehindIOMMU, rest.count == word.count else {
      return nil
    }
    return .dmaConfigured(
      prefix: names.intern(line, prefix), device: names.intern(line, name),
      behindIOMMU: word == .behindIOMMU)
  }

  private static func spoken(
    _ line: Span<UInt8>, _ prefix: Range<Int>, _ name: Range<Int>, _ rest: Range<Int>, _ word: KernelWord?,
    _ names: inout NameTable
  ) -> LogEvent.What? {
    // `nvme nvme4: pci function 0000:00:10.5`: the line is the PCI function's.
    if word == .pciFunction {
      let device = LogLine.word(line, rest.lowerBound + KernelWord.pciFunction.count..<rest.upperBound)
      return .deviceLine(prefix: names.intern(line, prefix), device: names.intern(line, device), .other)
    }
    if word == .enabling {
      return .deviceLine(prefix: names.intern(line, prefix), device: names.intern(line, name), .enabling)
    }
    guard !BusName.isOne(line, prefix), !saidByCore(line, rest) else { return nil }
    return .deviceLine(
      prefix: names.intern(line, prefix), device: names.intern(line, name),
      word == .error || word == .deferred ? .error : .other)
  }

  /// Lines that the core prints with a driver's prefix, before or outside ->probe.
  private static func saidByCore(_ line: Span<UInt8>, _ rest: Range<Int>) -> Bool {
    @inline(__always) func says(_ text: StaticString) -> Bool {
      line.has(text, at: rest.lowerBound, before: rest.upperBound)
    }
    return says("device is ") || says("dma_range_map already set")
      || says("Adding to IOMMU failed") || says("Added to deferred list")
      || says("Removed from deferred list") || says("Retrying from deferred list")
      || says("bus: '") || says("driver: '") || says("Driver ") || says("probing driver")
      || says("scheduling asynchronous probe") || says("async probe completed") || says("sync_state")
      || says("no default pinctrl state") || says("Resources present") || says("error -EPROBE_DEFER")
      || says("Fixed dependency") || says("Failed to create device link") || says("Linked as")
      || says("Dropping the link") || says("Relaxing link") || says("Firmware has requested")
      || says("probe deferral - ") || says("late IOMMU probe") || says("ACS ") || says("Configured ACS")
  }
}
