// One kernel message to one event. The texts are the kernel's own (docs/kernel.md#texts).
import Bytes
import Records

enum LogLine {
  static func classify(
    _ line: Span<UInt8>, _ text: Range<Int>, _ facts: inout LogFacts, _ names: inout NameTable
  ) -> LogEvent.What? {
    let start = line.skipBlanks(from: text.lowerBound, to: text.upperBound)
    let text = start..<line.trimmed(start..<max(start, text.upperBound)).upperBound
    guard text.count > 8 else { return nil }
    facts.take(line, text)
    if let event = plain(line, text, &names) { return event }
    guard let colon = line.index(of: ": ", from: start, to: text.upperBound) else {
      return DeviceLine.ofNobody(line, text)
    }
    let rest = colon + 2..<text.upperBound
    if line.has(KernelWord.probeOf.text, at: rest.lowerBound, before: rest.upperBound),
      let failed = DeviceLine.oldProbeFailed(line, start..<colon, rest, &names)
    {
      return failed
    }
    guard let space = line.index(of: 32, from: start, to: colon), space + 1 < colon else {
      return DeviceLine.ofNobody(line, rest)
    }
    if let second = line.index(of: 32, from: space + 1, to: colon) {
      return DeviceLine.ofNetwork(line, space + 1..<second, second + 1..<colon, &names)
    }
    // `PREFIX DEVICE: text`
    return DeviceLine.ofDevice(line, start..<space, space + 1..<colon, rest, &names)
  }

  // MARK: lines without a device prefix

  private static func plain(
    _ line: Span<UInt8>, _ text: Range<Int>, _ names: inout NameTable
  ) -> LogEvent.What? {
    @inline(__always) func after(_ word: KernelWord) -> Range<Int>? {
      line.has(word.text, at: text.lowerBound, before: text.upperBound)
        ? text.lowerBound + word.count..<text.upperBound : nil
    }
    switch line[text.lowerBound] {
    case UInt8(ascii: "i"):
      if let value = after(.defaultDomain) {
        return .defaultDomain(translated: line.has("Translated", at: value.lowerBound))
      }
      // Until 5.1 the group lines began with the subsystem, in place of driver and device.
      if let value = after(.oldAdding) { return oldGroup(line, value, " to group ", &names) }
      if let value = after(.oldRemoving) { return oldGroup(line, value, " from group ", &names) }
    case UInt8(ascii: "O"): return after(.reservedMemory).flatMap { reserved(line, $0) }
    case UInt8(ascii: "A"): return after(.acpi) == nil ? nil : .acpi
    case UInt8(ascii: "s"):
      // What is virtual gets its group from its own driver (mdev), not from the IOMMU's probe.
      return line.has("sysfs: cannot create duplicate filename ", at: text.lowerBound)
        && line.ends(text, with: KernelWord.duplicateLink.text)
        && line.index(of: "/devices/virtual/", from: text.lowerBound, to: text.upperBound) == nil
        ? .duplicateGroupLink : nil
    case UInt8(ascii: "W"):
      guard after(.warning) != nil else { return nil }
      @inline(__always) func names(_ word: KernelWord) -> Bool {
        line.index(of: word.text, from: text.lowerBound, to: text.upperBound) != nil
      }
      return names(.unuseDomain) ? .unuseWarning : names(.freedGroup) ? .freedGroup : nil
    case UInt8(ascii: "F"):
      return after(.directDMA).flatMap { value in
        // Vendors' names hold commas and colons, never a semicolon.
        line.index(of: "; retaining ", from: value.lowerBound, to: value.upperBound).map {
          .keepsDirectDMA(device: names.intern(line, value.lowerBound..<$0))
        }
      }
    case UInt8(ascii: "p"):
      return after(.probeOf).flatMap { returned(line, $0, &names) }
    case UInt8(ascii: "["): return after(.drmDevice).flatMap { made(line, $0, &names) }
    case UInt8(ascii: "m"): return hosted(line, text, &names)
    default: break
    }
    return nil
  }

  /// `systemd-journald[1]: Missed 400 kernel messages`
  static func missedByJournal(_ line: Span<UInt8>, _ text: Range<Int>) -> Int64? {
    guard line.has("systemd-journald[", at: text.lowerBound, before: text.upperBound),
      let key = line.index(of: KernelWord.missedByJournal.text, from: text.lowerBound, to: text.upperBound),
      let end = line.index(of: " kernel messages", from: key, to: text.upperBound)
    else { return nil }
    return line.decimal(key + KernelWord.missedByJournal.count..<end)
  }

  /// `000000007c000000..0x000000007effffff (49152 KiB) nomap non-reusable framebuffer@7c000000`. What is reusable (CMA) the kernel
  /// gives to drivers.
  private static func reserved(_ line: Span<UInt8>, _ value: Range<Int>) -> LogEvent.What? {
    guard line.index(of: " reusable ", from: value.lowerBound, to: value.upperBound) == nil,
      let dots = line.index(of: "..", from: value.lowerBound, to: value.upperBound),
      let low = line.hexadecimal(value.lowerBound..<dots),
      let high = line.hexadecimal(word(line, dots + 2..<value.upperBound))
    else { return nil }
    return .reservedMemory(low, high)
  }

  /// `DEV returned -517 after 92 usecs`, `DEV with driver D returned 0 after …` (7.3).
  private static func returned(
    _ line: Span<UInt8>, _ value: Range<Int>, _ names: inout NameTable
  ) -> LogEvent.What? {
    let device = word(line, value)
    guard let key = line.index(of: " returned ", from: device.upperBound, to: value.upperBound),
      let tail = line.index(of: " after ", from: key + 10, to: value.upperBound),
      let result = line.decimal(key + 10..<tail)
    else { return nil }
    let took = line.decimal(tail + 7..<line.digitsEnd(from: tail + 7, to: value.upperBound)) ?? 0
    return .probeReturned(
      device: names.intern(line, device), result: Int32(clamping: result),
      took: min(took, 1_000_000_000_000) * 1000)
  }

  /// `DEV to group 4`, `DEV from group 4`: vendors' names hold commas and colons, never a blank.
  private static func oldGroup(
    _ line: Span<UInt8>, _ value: Range<Int>, _ words: StaticString, _ names: inout NameTable
  ) -> LogEvent.What? {
    let device = word(line, value)
    let number = device.upperBound + words.utf8CodeUnitCount
    guard !device.isEmpty, line.has(words, at: device.upperBound, before: value.upperBound),
      let group = line.decimal(number..<line.digitsEnd(from: number, to: value.upperBound))
    else { return nil }
    let name = names.intern(line, device)
    return line.has(" to", at: device.upperBound)
      ? .adding(prefix: .none, device: name, group: Int32(clamping: group)) : .removing(device: name)
  }

  /// `panfrost 1.2.0 for fde60000.gpu on minor 0`
  private static func made(
    _ line: Span<UInt8>, _ value: Range<Int>, _ names: inout NameTable
  ) -> LogEvent.What? {
    guard let end = line.index(of: " on minor ", from: value.lowerBound, to: value.upperBound),
      let key = line.index(of: " for ", from: value.lowerBound, to: end),
      line.index(of: 32, from: key + 5, to: end) == nil
    else { return nil }
    return .inUse(device: names.intern(line, key + 5..<end))
  }

  /// `mmc0: SDHCI controller on fe310000.mmc [fe310000.mmc] using ADMA 64-bit`: the device is in brackets.
  private static func hosted(
    _ line: Span<UInt8>, _ value: Range<Int>, _ names: inout NameTable
  ) -> LogEvent.What? {
    guard line.has("mmc", at: value.lowerBound),
      let key = line.index(of: KernelWord.sdHost.text, from: value.lowerBound, to: value.upperBound),
      let open = line.index(of: " [", from: key + KernelWord.sdHost.count, to: value.upperBound),
      let close = line.index(of: "] ", from: open + 2, to: value.upperBound), close > open + 2
    else { return nil }
    return .inUse(device: names.intern(line, open + 2..<close))
  }

  static func word(_ line: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    range.lowerBound..<(line.index(of: 32, from: range.lowerBound, to: range.upperBound) ?? range.upperBound)
  }
}
