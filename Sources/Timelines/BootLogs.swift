// What the logs of a boot say: warnings, lines of devices, and what is said of the machine.
import Bytes
import Events
import Records

extension BootBuilder {
  mutating func add(_ logs: [LogEvents.Boot]) {
    for log in logs { addFacts(log) }
    if let log = logs.first, !logs.contains(where: \.facts.saysHello) {
      boot.losses.append(
        Loss(
          .noBeginning, "the log does not begin with the boot: what came before is not known", at: log.begins)
      )
    }
    let merged = MergedLog(logs)
    boot.logKeepsOrder = merged.keepsOrder
    for (order, logged) in merged.events.enumerated() {
      if case .warning(let block) = logged.event.what {
        add(block, logged, order, merged.otherPlaces(logged.event))
      }
      add(logged.event, order)
    }
    boot.warnings = boot.warnings.withoutDoubles()
  }

  private mutating func addFacts(_ log: LogEvents.Boot) {
    boot.hasLog = true
    if let begins = log.begins { boot.logBegins.append(begins) }
    boot.logSaysHello = boot.logSaysHello || log.facts.saysHello
    boot.logHasDropped = boot.logHasDropped || log.facts.hasDropped
    boot.logIsWhole = boot.logIsWhole || log.facts.saysHello && !log.facts.hasDropped
    boot.kernel = boot.kernel ?? log.facts.kernel
    boot.isCrashKernel = boot.isCrashKernel || log.facts.isCrashKernel
    boot.commandLine = boot.commandLine ?? log.facts.commandLine
    boot.hardware = boot.hardware ?? log.facts.hardware
    if let first = log.firstTime, let last = log.lastTime {
      boot.hasLogTimes = true
      boot.logSpan =
        min(first, boot.logSpan?.lowerBound ?? first)...max(last, boot.logSpan?.upperBound ?? last)
    }
  }

  private mutating func add(_ event: LogEvent, _ order: Int) {
    let device = LogMoment.subject(event.what)
    let moment = LogMoment(
      time: event.time, order: order, place: event.place, what: event.what,
      prefix: names[LogMoment.prefix(event.what)])
    if case .defaultDomain(let translated) = event.what { boot.translated = boot.translated ?? translated }
    if case .fault(_, let iova) = event.what {
      with(device) { $0.faults.append((event.time, iova, event.place)) }
    }
    addFact(event, order)
    guard device != .none else { return boot.general.append(moment) }
    with(device) { $0.log.append(moment) }
  }

  /// Lines that speak of the machine, not of a device.
  private mutating func addFact(_ event: LogEvent, _ order: Int) {
    switch event.what {
    case .acpi: boot.isACPI = true
    case .reservedMemory(let low, let high) where low <= high: boot.reserved.append(low...high)
    case .trouble(let block):
      boot.troubles.append(
        Trouble(
          kind: block.kind, time: event.time, order: order, function: names[block.function],
          address: block.address, frames: block.frames.map { names[$0] },
          task: block.tid >= 0 ? KernelTask(comm: names[block.comm], tid: block.tid) : nil,
          owner: block.owner,
          place: event.place))
    default: break
    }
  }

  private mutating func add(
    _ block: WarningBlock, _ logged: MergedLog.Logged, _ order: Int, _ places: [Place]
  ) {
    let event = logged.event
    let frames = block.frames.map { names[$0] }
    let stack = StackSide(frames: frames, isMixed: block.isMixed)
    boot.warnings.append(
      Warning(
        device: block.device == .none ? "(unknown device)" : names[block.device], driver: names[block.driver],
        time: event.time, order: order,
        stack: stack,
        frames: frames, isMixed: block.isMixed, isCut: block.isCut,
        task: block.tid >= 0 ? KernelTask(comm: names[block.comm], tid: block.tid) : nil,
        sourceLine: block.sourceLine, hasMessage: block.hasMessage, places: [event.place] + places,
        selectorPlace: stack.selector.flatMap { block.place(ofFrame: $0) }, logs: [logged.log]))
  }
}
