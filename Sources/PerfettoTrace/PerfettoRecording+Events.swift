// What was held, as events: once everything is known that may name a probe.
import Bytes
import Events
import Records

extension PerfettoRecording {
  /// Hands out the events by time until `sink` wants no more. To be called once, after `finish`; gives what they lack.
  package mutating func events(
    _ definitions: ProbeDefinitions, _ names: inout NameTable, _ sink: (Event) -> Bool
  ) -> [Loss] {
    let known = probes.resolved(definitions, &names)
    var comms: [Int32: Name] = [:]
    holding.sort()
    for held in holding.events {
      guard let body = body(held, known, names) else { continue }
      let comm = comms[held.tid] ?? (held.tid < 0 ? .none : threads.name(of: held.tid, &names))
      comms[held.tid] = comm
      let event = Event(
        time: held.time, tid: held.tid, cpu: held.cpu, comm: comm,
        place: Place(input: input, line: 0, offset: Int(held.place)), body: body)
      guard sink(event) else { break }
    }
    return unknownProbes(known, names)
  }

  private func body(_ held: Held, _ known: [Probes.Known], _ names: NameTable) -> Event.Body? {
    switch held.kind {
    case .enter:
      guard case .function(let function) = known[Int(held.probe)] else { return nil }
      var subject = DeviceKey.unknown
      if TraceEvents.carriesDevice(function.role) {
        subject = DeviceKey(name: held.name, pointer: UInt64(bitPattern: held.number))
      }
      var detail = Name.none
      if function.role == .reallyProbe { detail = held.detail }
      if function.role == .registration { detail = held.detail != .none ? held.detail : held.name }
      return .enter(function, subject: subject, detail: detail)
    case .leave, .leaveWithoutResult:
      guard case .function(let function) = known[Int(held.probe)] else { return nil }
      // Who called is a bare address: what stands near it need not be its function. Nesting says it.
      return .leave(
        function, caller: .none, result: held.kind == .leave ? Self.returned(held.number) : nil)
    case .groupAdded: return .groupAdded(device: held.name, group: Int32(truncatingIfNeeded: held.number))
    case .groupRemoved: return .groupRemoved(device: held.name)
    case .domainAttached: return .domainAttached(device: held.name)
    case .pageFault: return .pageFault(device: held.name, iova: UInt64(bitPattern: held.number))
    case .console: return .console(hash: UInt64(bitPattern: held.number), text: held.name)
    case .lost: return .lost(count: nil)
    }
  }

  /// As text spells and reads it: what fits 32 bits is taken for an int.
  private static func returned(_ value: Int64) -> Int64? {
    value < 0 ? value : ReturnValue.signed(UInt64(value))
  }

  private func unknownProbes(_ known: [Probes.Known], _ names: NameTable) -> [Loss] {
    var losses: [Loss] = []
    for (probe, known) in zip(probes.all, known) where probe.events > 0 {
      guard case .unknown = known, losses.count < 40 else { continue }
      let name = names[probe.event]
      let why =
        probe.hasSeveral
        ? "it stands at several addresses: which function an event is of is not known; one probe name, one function"
        : "its function is not known: say it with --probe \(name)=FUNCTION, or give the kprobe_events file of that boot"
      losses.append(
        Loss(
          .noContext, count: probe.events, "events of the probe \(name), and \(why)",
          at: Place(input: input, line: 0, offset: 0)))
    }
    return losses
  }

  /// Command lines of the kernel among its own messages: they may define the probes.
  package func commandLines(_ names: NameTable) -> [String] {
    var lines: Set<String> = []
    for held in holding.events where held.kind == .console && lines.count < 16 {
      let text = names[held.name]
      if text.utf8.starts(with: Self.commandLine) { lines.insert(text) }
    }
    return lines.sorted()
  }
  private static let commandLine = Array("Kernel command line: ".utf8)

  /// The log that android.log kept. To be asked after `finish`.
  package mutating func logBoots() -> [LogEvents.Boot] {
    androidLog.boots(
      hasLost: sequences.logDrops > 0 || service.lostAny || counts.broken > 0 || inflating.broken > 0
        || fullAt != nil || !splitter.faults.isEmpty)
  }
}
