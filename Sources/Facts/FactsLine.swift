// One line of board facts. Names of sysfs hold no slash, so slashes stand between them; they may hold blanks.
import Bytes

enum FactsLine {
  /// Takes a line; false if it is none.
  static func take(_ key: String, _ value: String, _ place: Place, _ facts: inout BoardFacts) -> Bool {
    switch key {
    case "version": facts.version = Fact(value: value, place: place)
    case "cmdline": facts.commandLine = Fact(value: value, place: place)
    case "bootconfig": break
    case "boot-id": facts.bootID = Fact(value: value, place: place)
    case "uptime":
      guard let seconds = seconds(value) else { return false }
      facts.uptime = Fact(value: seconds, place: place)
    case "btime":
      guard let time = Int64(value) else { return false }
      facts.bootTime = Fact(value: time, place: place)
    case "user":
      guard let id = Int64(value) else { return false }
      facts.user = id
    case "machine": facts.machine = value
    case "model": facts.model = value
    default: return kernel(key, value, place, &facts) || board(key, value, place, &facts)
    }
    return true
  }

  /// `41476.33 13769.67`, nanoseconds of the first.
  private static func seconds(_ value: String) -> Int64? {
    guard let first = value.split(separator: " ").first else { return nil }
    let parts = first.split(separator: ".")
    guard let whole = parts.first.flatMap({ Int64($0) }), (0..<1_000_000_000).contains(whole) else {
      return nil
    }
    return whole * 1_000_000_000
  }

  // MARK: the kernel

  private static func kernel(
    _ key: String, _ value: String, _ place: Place, _ facts: inout BoardFacts
  ) -> Bool {
    switch key {
    case "config":
      guard let option = ConfigLine.read(value) else { return false }
      facts.config[option.name] = option.value
    case "symbol":
      // `t really_probe.isra.0`, `t foo [module]`
      let words = value.split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard words.count >= 2, words[0].count == 1 else { return false }
      let module = words.count > 2 ? words[2].filter { $0 != "[" && $0 != "]" } : ""
      facts.symbols.append(BoardFacts.Symbol(name: String(words[1]), module: module, place: place))
    case "traceable", "blacklist":
      guard let name = value.split(whereSeparator: { $0 == " " || $0 == "\t" }).first else { return false }
      if key == "traceable" {
        facts.traceable.insert(String(name))
      } else {
        facts.blacklist.insert(String(name))
      }
    case "event": facts.events.insert(value)
    case "clock": facts.clocks += value.split(separator: " ").map(String.init)
    case "tracer": facts.tracers.formUnion(value.split(separator: " ").map(String.init))
    case "kprobe": facts.kprobes.append(Fact(value: value, place: place))
    default: return false
    }
    return true
  }

  // MARK: devices

  private static func board(
    _ key: String, _ value: String, _ place: Place, _ facts: inout BoardFacts
  ) -> Bool {
    switch key {
    case "acpi": facts.acpiTables.append(Fact(value: value, place: place))
    case "deferred":
      let parts = value.split(separator: "\t", maxSplits: 1)
      guard let name = parts.first else { return false }
      let reason = parts.count > 1 ? String(parts[1]) : ""
      facts.deferred.append(Fact(value: (String(name), reason), place: place))
    case "interrupt":
      let words = value.split(separator: " ", maxSplits: 2)
      guard words.count >= 2, let number = Int32(words[0]), let count = Int64(words[1]), count >= 0 else {
        return false
      }
      facts.interrupts[number] = BoardFacts.Interrupt(
        count: count, text: words.count > 2 ? String(words[2]) : "", place: place)
    case "iommu-device":
      // `DRIVER/MODULE/devices/…`; an IOMMU without a device of its own has neither.
      let parts = value.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count > 3, parts[2] == "devices" else { return false }
      let unit = BoardFacts.Unit(path: Array(parts[2...]), driver: parts[0], module: parts[1], place: place)
      for name in BoardFacts.Unit.names(unit.path) where facts.unitNumbers[name] == nil {
        facts.unitNumbers[name] = facts.units.count
      }
      facts.units.append(unit)
    case "node":
      // `PHANDLE/CELLS/STATUS/path…`
      let parts = value.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
      guard parts.count == 4, let cells = UInt32(parts[1], radix: 16), cells <= 16 else { return false }
      // A node without phandle nobody points to.
      let phandle = UInt32(parts[0], radix: 16) ?? 0
      if phandle != 0, facts.nodeNumbers[phandle] == nil { facts.nodeNumbers[phandle] = facts.nodes.count }
      facts.nodes.append(
        BoardFacts.Node(
          phandle: phandle, cells: Int(cells), status: String(parts[2]), path: "/" + parts[3], place: place))
    case "device": return begin(value, place, &facts)
    default: return detail(key, value, place, &facts)
    }
    return true
  }

  /// `BUS/devices/…/NAME`
  private static func begin(_ value: String, _ place: Place, _ facts: inout BoardFacts) -> Bool {
    let parts = value.split(separator: "/").map(String.init)
    guard parts.count > 2, FactsReader.buses.contains(parts[0]), parts[1] == "devices",
      let name = parts.last, facts.numbers["\(parts[0])/\(name)"] == nil
    else { return false }
    facts.numbers["\(parts[0])/\(name)"] = facts.devices.count
    facts.devices.append(
      BoardFacts.Device(bus: parts[0], name: name, path: Array(parts.dropFirst()), place: place))
    return true
  }

  /// `BUS/NAME/WHAT…` of a device that has its line.
  private static func detail(
    _ key: String, _ value: String, _ place: Place, _ facts: inout BoardFacts
  ) -> Bool {
    let parts = value.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 2, let number = facts.numbers["\(parts[0])/\(parts[1])"], !parts[2].isEmpty else {
      return false
    }
    switch key {
    case "driver": facts.devices[number].driver = Fact(value: parts[2], place: place)
    case "group":
      guard let group = Int32(parts[2]), group >= 0 else { return false }
      facts.devices[number].group = Fact(value: group, place: place)
      facts.devices[number].groupType = parts.count > 3 ? parts[3] : ""
    case "iommu": facts.devices[number].iommu = Fact(value: Array(parts[2...]), place: place)
    case "iommus", "iommu-map", "iommu-map-mask":
      guard let cells = cells(parts[2]) else { return false }
      switch key {
      case "iommus": facts.devices[number].iommus = Fact(value: cells, place: place)
      case "iommu-map": facts.devices[number].map = Fact(value: cells, place: place)
      default: facts.devices[number].mapMask = cells.first ?? 0xffff
      }
    case "irq":
      guard let irq = Int32(parts[2]), facts.devices[number].interrupts.count < 2048 else { return false }
      facts.devices[number].interrupts.append(irq)
    default: return false
    }
    return true
  }

  /// Cells of a property, eight hexadecimal digits each.
  private static func cells(_ text: String) -> [UInt32]? {
    let digits = Array(text.utf8)
    guard digits.count % 8 == 0, digits.count <= 1024 else { return nil }
    var cells: [UInt32] = []
    for start in stride(from: 0, to: digits.count, by: 8) {
      guard let cell = UInt32(String(decoding: digits[start..<start + 8], as: UTF8.self), radix: 16) else {
        return nil
      }
      cells.append(cell)
    }
    return cells
  }
}
