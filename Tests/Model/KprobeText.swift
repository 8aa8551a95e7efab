// ftrace text of kprobe and iommu:* events, in the layout of the captures.
import TestSupport

/// What is traced, and what of it is lost.
struct Tracing {
  var functions = Set(Happening.Function.allCases).subtracting([.answer])
  /// iommu:add_device_to_group and iommu:attach_device_to_domain
  var marks = true
  /// Returns that a full kretprobe pool drops, in percent.
  var droppedReturns: UInt64 = 0
  /// Events lost on one CPU, with the mark that ftrace leaves.
  var gap = false
  /// The ring buffer overwrote its oldest events; the text was taken before the end.
  var overwritten = false
  var endsEarly = false
  /// The CPU of that thread is all that is traced.
  var cpuOf: Happening.Who?
  /// Entries and events of the client only; a return has no device to filter by.
  var filtered = false

  /// Everything that the captures of docs/kernel.md#seen-in-the-lab traced in most runs.
  static let capture = Tracing(functions: [.reallyProbe, .innerProbe, .register, .configureID, .busConfigure])
  /// What proberace's own recipe asks for.
  static let recipe = Tracing(
    functions: [
      .reallyProbe, .walkVisit, .probeDevice, .register, .configureID, .ofConfigure, .busConfigure, .busProbe,
      .allocate,
    ])

  /// Everything but a few functions.
  static func fewer(_ dice: inout Random) -> Tracing {
    var result = Tracing()
    for function in Happening.Function.allCases where dice.next() % 3 == 0 {
      result.functions.remove(function)
    }
    result.marks = dice.next() % 4 != 0
    return result
  }

  func shows(_ happening: Happening) -> Bool {
    if let cpuOf, happening.who != cpuOf { return false }
    if filtered, happening.subject != .client {
      switch happening.what {
      case .leave, .enter(.register): break
      default: return false
      }
    }
    return shows(happening.what)
  }

  private func shows(_ what: Happening.What) -> Bool {
    switch what {
    case .enter(let function), .leave(let function, _): functions.contains(function)
    case .group, .domain, .ungroup: marks
    default: false
    }
  }
}

enum KprobeText {
  private static let header = """
    #                                _-----=> irqs-off/BH-disabled
    #                               / _----=> need-resched
    #                              | / _---=> hardirq/softirq
    #                              || / _--=> preempt-depth
    #                              ||| / _-=> migrate-disable
    #                              |||| /     delay
    #           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
    #              | |         |   |||||     |         |

    """

  static func render(_ tape: Tape, _ tracing: Tracing, _ dice: inout Random) -> [UInt8] {
    var shown = tape.entries.filter { tracing.shows($0.happening) }
    if tracing.droppedReturns > 0 {
      shown.removeAll { entry in
        guard case .leave = entry.happening.what else { return false }
        return dice.next() % 100 < tracing.droppedReturns
      }
    }
    let written = shown.count
    if tracing.overwritten, !shown.isEmpty { shown.removeFirst(Int(dice.next() % UInt64(shown.count))) }
    if tracing.endsEarly, !shown.isEmpty { shown.removeLast(Int(dice.next() % UInt64(shown.count))) }
    let total = tracing.endsEarly ? shown.count : written
    var lines = shown.map { line($0, tape.scenario) }
    if tracing.gap { lose(shown, &lines, &dice) }
    let held = lines.count { !$0.hasPrefix("CPU:") }
    var text = "# tracer: nop\n#\n# entries-in-buffer/entries-written: "
    text += "\(held)/\(tracing.overwritten ? total : held)   #P:4\n#\n" + header
    for line in lines { text += line }
    return [UInt8](text.utf8)
  }

  /// Takes a run of one CPU's events out, and says so before the next event of that CPU.
  private static func lose(_ shown: [Tape.Entry], _ lines: inout [String], _ dice: inout Random) {
    let who: Happening.Who = dice.next() % 2 == 0 ? .walker : .binder
    let own = shown.indices.filter { shown[$0].happening.who == who }
    guard own.count > 2 else { return }
    let first = Int(dice.next() % UInt64(own.count - 1))
    let count = 1 + Int(dice.next() % UInt64(min(8, own.count - 1 - first)))
    let next = own[first + count]
    lines[next] = "CPU:\(Names.cpu(who)) [LOST \(count) EVENTS]\n" + lines[next]
    let lost = Set(own[first..<first + count])
    lines = lines.indices.filter { !lost.contains($0) }.map { lines[$0] }
  }

  private static func line(_ entry: Tape.Entry, _ scenario: Scenario) -> String {
    let who = entry.happening.who
    let time = Names.stamp(entry.time)
    return "   \(Names.comm(who))-\(Names.tid(who))     [00\(Names.cpu(who))] d....    \(time): "
      + body(entry, scenario) + "\n"
  }

  private static func body(_ entry: Tape.Entry, _ scenario: Scenario) -> String {
    let bus = scenario.bus
    let device = Names.device(entry.happening.subject, bus)
    switch entry.happening.what {
    case .ungroup: return "remove_device_from_group: IOMMU: groupID=2 device=\(device)"
    case .group: return "add_device_to_group: IOMMU: groupID=2 device=\(device)"
    case .domain: return "attach_device_to_domain: IOMMU: device=\(device)"
    case .enter(let function):
      return "\(function.probe): (\(function.symbol(bus))+0x0/0x3f8) "
        + arguments(function, entry.happening.subject, device, entry.driver)
    case .leave(let function, let result):
      let value = function == .allocate ? "ret=0xfff0000004a8b000 dma=0x44a8b000" : "ret=\(result)"
      return
        "\(function.probe)_ret: (\(function.caller(entry.stack, bus)) <- \(function.symbol(bus))) \(value)"
    default: return ""
    }
  }

  private static func arguments(
    _ function: Happening.Function, _ subject: Happening.Subject, _ device: String, _ driver: String
  ) -> String {
    let isIOMMU = subject == .iommu || subject == .otherIOMMU
    switch function {
    case .register: return "iommu=0xfff0000005b1bbe0 hw=\"\(device)\""
    case .setupDomain: return "group=0xfff0000005b1c000"
    case .reallyProbe: return "dev=\"\(device)\" drv=\"\(isIOMMU ? "arm-smmu-v3" : driver)\""
    case .allocate: return "dev=\"\(device)\" size=0x106"
    default: return "dev=\"\(device)\""
    }
  }
}
