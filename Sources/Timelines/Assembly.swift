// Inputs to boots: which log segments are one boot, which trace belongs to it, and everything put per device.
import Bytes
import Events
import OrderedCollections
import Records

/// What one input gave, before anything is joined.
public struct InputStory: Sendable {
  public var input: Int
  public var logs: [LogEvents.Boot] = []
  public var traces: [TraceStory] = []
  /// Those of the traces that hold one CPU's events alone.
  public var ofOneCPU: [OneCPUTrace] = []
  public var losses: [Loss] = []
  /// It was found in an archive: nobody said that it is of the same boot as the others.
  public var isFound = false
  public init(input: Int) { self.input = input }
}

public enum Assembly {
  /// Joins the inputs of one machine into its boots, oldest first.
  public static func boots(_ inputs: [InputStory], _ names: NameTable) -> [BootTimeline] {
    var inputs = inputs
    // No log was given: the messages that the traces hold are one.
    let logIsTraces = inputs.allSatisfy { $0.logs.allSatisfy { $0.lines == 0 } }
    if logIsTraces {
      for input in inputs.indices { inputs[input].logs += messages(inputs[input].traces) }
    }
    if inputs.count > 1 || inputs.contains(where: { !$0.traces.isEmpty }) {
      for input in inputs.indices {
        for log in inputs[input].logs.indices { inputs[input].logs[log].anchors.index() }
      }
    }
    var groups = mergeLogs(inputs)
    var traces: [[Trace]] = Array(repeating: [], count: groups.count)
    // Boots of traces that fit none of the other files.
    var strangers: Set<Int> = []
    for input in inputs {
      for story in input.traces where story.isTelling {
        let index = home(of: (input, story), groups, traces, names)
        if index == groups.count {
          if !groups.isEmpty { strangers.insert(index) }
          groups.append([])
          traces.append([])
        }
        traces[index].append((input, story))
      }
    }
    return groups.indices.map { index in
      let (own, repeated) = apart(traces[index])
      var boot = Builder(names: names).build(logs: groups[index], traces: own, repeated: repeated)
      boot.logIsTraces = logIsTraces && boot.hasLog
      if strangers.contains(index), let input = own.first?.input.input {
        boot.losses.append(.anotherBoot(input))
      }
      return boot
    }
  }

  fileprivate typealias Trace = (input: InputStory, story: TraceStory)

  /// The log that an input's traces hold themselves: of several that of the one which has most.
  private static func messages(_ traces: [TraceStory]) -> [LogEvents.Boot] {
    func lines(_ story: TraceStory) -> Int32 { story.messages.reduce(0) { $0 &+ $1.lines } }
    return traces.max { lines($0) < lines($1) }?.messages.filter { !$0.events.isEmpty } ?? []
  }

  /// Traces that say what no other one says, and the inputs whose trace another one holds already.
  private static func apart(_ traces: [Trace]) -> (own: [Trace], repeated: [InputStory]) {
    var own: [Trace] = []
    var repeated: [InputStory] = []
    for trace in traces {
      if let holder = own.firstIndex(where: {
        $0.story.isContained(in: trace.story) || trace.story.isContained(in: $0.story)
      }) {
        let isFuller = trace.story.calls.count > own[holder].story.calls.count
        repeated.append(isFuller ? own[holder].input : trace.input)
        if isFuller { own[holder] = trace }
      } else {
        own.append(trace)
      }
    }
    return (own, repeated)
  }

  /// Logs of one boot are put together: those that show the same lines at the same times; those that follow each other in one
  /// document and are of one boot; and the logs that somebody named as the files of one boot, if each holds one.
  private static func mergeLogs(_ inputs: [InputStory]) -> [[LogEvents.Boot]] {
    var groups: [[LogEvents.Boot]] = []
    let single = inputs.allSatisfy { $0.logs.filter { $0.lines > 0 }.count <= 1 && !$0.isFound }
    for input in inputs {
      var taken: Set<Int> = []
      var last: Int?
      for log in input.logs where log.lines > 0 {
        if let group = last, groups[group].last.map({ log.isSameBoot(as: $0) }) == true {
          groups[group].append(log)
          continue
        }
        let match = groups.indices.first { index in
          !taken.contains(index)
            && (groups[index].contains {
              $0.shows(log) || log.isSameBoot(as: $0) && log.part != nil && log.part != .running
            }
              || single && !groups[index].contains { differ($0, log) })
        }
        let group = match ?? groups.count
        if match == nil { groups.append([]) }
        groups[group].append(log)
        taken.insert(group)
        last = group
      }
    }
    return groups
  }

  /// Both begin with a kernel's hello and carry times, and nothing of the one is in the other.
  private static func differ(_ a: LogEvents.Boot, _ b: LogEvents.Boot) -> Bool {
    a.contradicts(kernel: b.facts.kernel)
      || a.facts.saysHello && b.facts.saysHello
        && a.anchors.count > 50 && b.anchors.count > 50 && (a.firstTime ?? .max) < 1_000_000_000
        && (b.firstTime ?? .max) < 1_000_000_000
  }

  /// Two kernels were named, and they are not the same.
  private static func contradict(_ a: String?, _ b: String?) -> Bool { a != nil && b != nil && a != b }

  /// The boot that a trace belongs to: the one it has most in common with, else the last that it does not
  /// contradict, else one of its own (the number of boots so far).
  private static func home(
    of trace: Trace, _ logs: [[LogEvents.Boot]], _ traces: [[Trace]], _ names: NameTable
  ) -> Int {
    let story = trace.story
    let own = Groups(story, names)
    let hasTimes = trace.story.clock != .ticks
    let fitting = logs.indices.filter { index in
      !logs[index].contains { log in
        let logged = Groups(log, names)
        return contradict(log.facts.kernel, trace.story.kernel)
          || logged.contradict(own, hasTimes: hasTimes && log.coarse == 0)
          || hasTimes && own.areMissing(in: log, logged)
          || hasTimes && ClockJoin.isImpossible(story, names, log)
      }
        && !traces[index].contains { other in
          contradict(other.story.kernel, trace.story.kernel)
            || own.contradict(
              Groups(other.story, names), hasTimes: hasTimes && other.story.clock != .ticks)
        }
    }
    var best: (index: Int, score: Int)?
    for index in fitting {
      let score = logs[index].map { ClockJoin.common(story, names, $0) }.max() ?? 0
      if score >= best?.score ?? 0 { best = (index, score) }
    }
    return best?.index ?? logs.count
  }
}

/// The logs of a boot that have its beginning, its order and its times, with every event that they hold. What a daemon kept of
/// the same boot (a logcat, a journal) tells nothing more then, and its order must not spoil theirs.
private struct WholeLogs {
  private struct Line: Hashable {
    var device: Name
    var kind: Int
  }
  private var left: [Line: Int] = [:]
  private var isEmpty = true

  init(_ logs: [LogEvents.Boot]) {
    guard logs.count > 1, logs.contains(where: { !$0.keepsOrder }) else { return }
    for log in logs where log.keepsOrder && log.facts.saysHello && !log.facts.hasDropped {
      guard log.events.allSatisfy({ $0.time != nil }) else { continue }
      isEmpty = false
      for event in log.events { left[Self.key(event), default: 0] += 1 }
    }
  }

  /// Whether the log may hold nothing but what is known in its order.
  func mayCopy(_ log: LogEvents.Boot) -> Bool { !isEmpty && !log.keepsOrder }

  /// False if the event is in none of the whole logs, or more often than there.
  mutating func take(_ event: LogEvent) -> Bool {
    guard let count = left[Self.key(event)], count > 0 else { return false }
    left[Self.key(event)] = count - 1
    return true
  }

  private static func key(_ event: LogEvent) -> Line {
    Line(device: LogMoment.subject(event.what), kind: event.what.kind)
  }
}

private struct Builder {
  let names: NameTable
  private var boot = BootTimeline()

  init(names: NameTable) { self.names = names }

  func build(logs: [LogEvents.Boot], traces: [Assembly.Trace], repeated: [InputStory]) -> BootTimeline {
    var work = self
    work.addLogs(logs)
    for input in repeated {
      work.boot.losses.append(
        Loss(
          .repeated, "the same trace as another input, in another form: used once",
          at: Place(input: input.input, line: 0, offset: 0)))
    }
    for (input, story) in traces { work.addTrace(input, story, logs) }
    work.settle()
    return work.boot
  }

  private mutating func with(_ device: String, _ change: (inout DeviceTimeline) -> Void) {
    change(&boot.devices[device, default: DeviceTimeline(name: device)])
  }

  /// The same for a name of the log, which comes again and again: found without its text.
  private mutating func with(_ device: Name, _ change: (inout DeviceTimeline) -> Void) {
    let at = logged[device] ?? boot.devices.index(forKey: names[device]) ?? boot.devices.count
    if at == boot.devices.count { boot.devices[names[device]] = DeviceTimeline(name: names[device]) }
    logged[device] = at
    change(&boot.devices.values[at])
  }
  private var logged: [Name: Int] = [:]

  // MARK: logs

  /// An event, and the number of the log among those of its boot.
  private typealias Logged = (event: LogEvent, log: Int)

  private mutating func addLogs(_ logs: [LogEvents.Boot]) {
    var merged: [Logged] = []
    var known: Set<LineKey> = []
    var whole = WholeLogs(logs)
    // Warnings that a whole log has, too: for their places.
    var copies: [Logged] = []
    for (index, log) in logs.enumerated() {
      boot.hasLog = true
      if let begins = log.begins { boot.logBegins.append(begins) }
      let isCopy = whole.mayCopy(log)
      boot.logKeepsOrder = boot.logKeepsOrder && (log.keepsOrder || isCopy)
      boot.logHasDropped = boot.logHasDropped || log.facts.hasDropped
      boot.logIsWhole = boot.logIsWhole || log.facts.saysHello && !log.facts.hasDropped
      boot.kernel = boot.kernel ?? log.facts.kernel
      boot.isCrashKernel = boot.isCrashKernel || log.facts.commandLine?.contains("elfcorehdr=") == true
      boot.hardware = boot.hardware ?? log.facts.hardware
      if let first = log.firstTime, let last = log.lastTime {
        boot.hasLogTimes = true
        boot.logSpan =
          min(first, boot.logSpan?.lowerBound ?? first)...max(last, boot.logSpan?.upperBound ?? last)
      }
      for event in log.events {
        if isCopy {
          if !whole.take(event) {
            merged.append((event, index))
            boot.logKeepsOrder = false
          } else if case .warning = event.what {
            copies.append((event, index))
          }
          continue
        }
        // One line in two inputs is one line; warnings keep both places.
        if logs.count > 1, let key = key(event) {
          if known.insert(key).inserted || index == 0 {
            merged.append((event, index))
          } else {
            addPlace(event)
          }
        } else {
          merged.append((event, index))
        }
      }
    }
    if let log = logs.first, !logs.contains(where: \.facts.saysHello) {
      boot.losses.append(
        Loss(
          .noBeginning, "the log does not begin with the boot: what came before is not known", at: log.begins)
      )
    }
    if logs.count > 1 {
      merged.sort { ($0.event.time ?? .max, $0.event.order) < ($1.event.time ?? .max, $1.event.order) }
      // Lines without a time come last: before those of another log they may belong.
      boot.logKeepsOrder = boot.logKeepsOrder && merged.allSatisfy { $0.event.time != nil }
    }
    for (order, logged) in (merged + copies).enumerated() { add(logged.event, order, ofLog: logged.log) }
    dropDoubles()
  }

  /// A line that stands twice in a text, or in two logs of the boot, is one warning with two places.
  private mutating func dropDoubles() {
    var kept: [Warning] = []
    var known: [String: Int] = [:]
    // A device warns once or twice; a damaged log may say it any number of times.
    var ofDevice: [String: [Int]] = [:]
    for warning in boot.warnings {
      let key = warning.time.map { "\($0) \(warning.device)" }
      let same = ofDevice[warning.device]?.prefix(8).first { kept[$0].isAlso(warning) }
      if let at = key.flatMap({ known[$0] }) ?? same {
        kept[at].places += warning.places
        kept[at].logs.formUnion(warning.logs)
        if warning.frames.count > kept[at].frames.count {
          // The whole stack tells more.
          (kept[at].frames, kept[at].stack) = (warning.frames, warning.stack)
          kept[at].selectorPlace = warning.selectorPlace
        }
      } else {
        if let key { known[key] = kept.count }
        ofDevice[warning.device, default: []].append(kept.count)
        kept.append(warning)
      }
    }
    boot.warnings = kept
  }

  /// What one line of a boot is told by, in whichever of its logs it stands.
  private struct LineKey: Hashable {
    var time: Int64
    var device: Name
    var kind: Int
  }

  private func key(_ event: LogEvent) -> LineKey? {
    event.time.map { LineKey(time: $0, device: LogMoment.subject(event.what), kind: event.what.kind) }
  }

  private mutating func addPlace(_ event: LogEvent) {
    guard case .warning(let block) = event.what else { return }
    extraPlaces["\(event.time ?? 0) \(block.device.index)", default: []].append(event.place)
  }
  private var extraPlaces: [String: [Place]] = [:]

  private mutating func add(_ event: LogEvent, _ order: Int, ofLog log: Int) {
    let device = LogMoment.subject(event.what)
    let moment = LogMoment(
      time: event.time, order: order, place: event.place, what: event.what,
      prefix: names[LogMoment.prefix(event.what)])
    if case .warning(let block) = event.what { add(block, event, order, log) }
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
          frames: block.frames.map { names[$0] },
          task: block.tid >= 0 ? Task(comm: names[block.comm], tid: block.tid) : nil, owner: block.owner,
          place: event.place))
    default: break
    }
  }

  private mutating func add(_ block: WarningBlock, _ event: LogEvent, _ order: Int, _ log: Int) {
    let frames = block.frames.map { names[$0] }
    let stack = StackSide(frames: frames, isMixed: block.isMixed)
    let more = extraPlaces["\(event.time ?? 0) \(block.device.index)"] ?? []
    boot.warnings.append(
      Warning(
        device: block.device == .none ? "(unknown device)" : names[block.device], driver: names[block.driver],
        time: event.time, order: order,
        stack: stack,
        frames: frames, isMixed: block.isMixed,
        task: block.tid >= 0 ? Task(comm: names[block.comm], tid: block.tid) : nil,
        sourceLine: block.sourceLine, hasMessage: block.hasMessage, places: [event.place] + more,
        selectorPlace: stack.selector.flatMap { block.place(ofFrame: $0) }, logs: [log]))
  }

  // MARK: traces

  private mutating func addTrace(_ input: InputStory, _ story: TraceStory, _ logs: [LogEvents.Boot]) {
    boot.kernel = boot.kernel ?? story.kernel
    var clock = ClockJoin.alone
    for log in logs {
      let joined = ClockJoin.join(story, names, log)
      if joined.anchors > clock.anchors { clock = joined }
    }
    let phases = Phases(story, names, shift: clock.offset)
    boot.registrations += phases.registrations
    if phases.anonymous > 0 {
      boot.losses.append(
        Loss(
          .noContext, count: Int64(phases.anonymous),
          "calls that name no device: trace with funcgraph-args or func-args, or add kprobes with the device's name"
        ))
    }
    // By name: a dictionary's own order differs from run to run, and it would become the order of the devices.
    for (device, binds) in phases.binds.sorted(by: { $0.key < $1.key }) {
      with(device) { Self.add(binds, to: &$0.binds) }
    }
    for (device, visits) in phases.visits.sorted(by: { $0.key < $1.key }) {
      with(device) { Self.add(visits, to: &$0.visits) }
    }
    for (device, maps) in phases.maps.sorted(by: { $0.key < $1.key }) {
      with(device) { Self.add(maps, to: &$0.maps) }
    }
    for (key, folded) in story.folded.sorted(by: { $0.value.first < $1.value.first }) {
      guard let device = phases.view.deviceName(key) else { continue }
      let moved = shifted(folded, clock.offset)
      with(device) { $0.folded = moved }
    }
    for mark in story.marks { add(mark, clock.offset) }
    boot.traces.append(
      TraceCoverage(
        input: input.input, first: (story.first ?? 0) + clock.offset, last: (story.last ?? 0) + clock.offset,
        seen: story.seen, clock: clock, isOrderOnly: story.clock == .ticks,
        isOfBoot: story.clock == .nanoseconds, gaps: story.gaps,
        hasGroups: story.marks.contains { if case .group = $0.kind { true } else { false } },
        isIncomplete: story.isIncomplete, returning: story.returning,
        inputs: story.parts.union([Int32(input.input)])))
  }

  /// Nearly always the device has none yet: nothing is copied then.
  private static func add<T>(_ more: [T], to list: inout [T]) {
    if list.isEmpty { list = more } else { list += more }
  }

  private func shifted(_ folded: FoldedBinds, _ shift: Int64) -> FoldedBinds {
    var result = folded
    result.first += shift
    result.last += shift
    return result
  }

  private mutating func add(_ mark: Mark, _ shift: Int64) {
    let device = names[mark.device]
    guard !device.isEmpty else { return }
    let moment = Moment(time: mark.time + shift, tid: mark.tid, place: mark.place)
    with(device) { timeline in
      switch mark.kind {
      case .group(let group): timeline.groups.append((moment, group))
      case .ungroup: timeline.ungroups.append(moment)
      case .domain: timeline.domains.append(moment)
      case .fault(let iova): timeline.faults.append((moment.time, iova, moment.place))
      }
    }
  }

  // MARK: finishing

  private mutating func settle() {
    boot.iommus = boot.devices.keys.filter(DeviceName.isIOMMU)
    // Prose such as "CPU features: …" looks like a device's line; nothing else speaks of such a device.
    boot.devices.removeAll { $0.value.isHearsay }
    boot.registrations.sort { $0.phase.start < $1.phase.start }
    for registration in boot.registrations where !registration.iommu.isEmpty {
      with(registration.iommu) { $0.registrations.append(registration) }
    }
    boot.names = names
    for name in boot.devices.keys {
      with(name) { device in
        device.binds.sort { $0.phase.start < $1.phase.start }
        for index in device.binds.indices where !DriverName.isOne(device.binds[index].driver) {
          device.binds[index].driver = ""
        }
        device.closeLostBinds()
        device.visits.sort { $0.phase.start < $1.phase.start }
        device.groups.sort { $0.moment.time < $1.moment.time }
        device.domains.sort { $0.time < $1.time }
        let traced = device.binds.last { !$0.driver.isEmpty }?.driver
        let logged = device.log.last { DriverName.isOne($0.prefix) }?.prefix
        device.driver = traced ?? logged
      }
    }
  }
}
