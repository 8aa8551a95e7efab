// function_graph text with arguments, with or without results, of an ordinary and of a split build.

struct Graphing {
  /// funcgraph-retval
  var results = false
  /// Only `__iommu_probe_device.part.0` is out of line: it begins after the IOMMU driver's answer (docs/kernel.md#symbols).
  var split = false
}

struct GraphText {
  private let graphing: Graphing
  private let bus: Bus
  private var depth = [0, 0]
  private var text = """
    # tracer: function_graph
    #
    #     TIME        CPU  TASK/PID         DURATION                  FUNCTION CALLS
    #      |          |     |    |           |   |                     |   |   |   |

    """
  /// Threads inside `.part.0`.
  private var inPart = [false, false]

  static func render(_ tape: Tape, _ graphing: Graphing) -> [UInt8] {
    var work = GraphText(graphing, tape.scenario.bus)
    let entries = tape.entries.filter { work.shows($0) }
    for index in entries.indices {
      work.add(
        entries[index], index + 1 < entries.count ? entries[index + 1] : nil,
        index > 0 ? entries[index - 1] : nil)
    }
    return [UInt8](work.text.utf8)
  }

  private init(_ graphing: Graphing, _ bus: Bus) {
    self.graphing = graphing
    self.bus = bus
  }

  private func shows(_ entry: Tape.Entry) -> Bool {
    switch entry.happening.what {
    case .enter(.innerProbe): !graphing.split
    case .enter, .leave, .group, .ungroup, .domain: true
    case .warning: graphing.split
    default: false
    }
  }

  private mutating func add(_ entry: Tape.Entry, _ next: Tape.Entry?, _ last: Tape.Entry?) {
    let who = Int(entry.happening.who.rawValue)
    switch entry.happening.what {
    case .enter(let function):
      if isPair(entry, next) { return leaf(entry, next, function) }
      line(entry, nil, "\(function.symbol(bus))(\(arguments(function, entry.happening.subject))) {")
      depth[who] += 1
    case .leave(let function, let result):
      if let last, isPair(last, entry), !(function == .innerProbe && graphing.split) { return }
      leave(entry, function, result)
    case .group:
      openPart(entry)
      comment(entry, "add_device_to_group: IOMMU: groupID=2 device=")
    case .ungroup: comment(entry, "remove_device_from_group: IOMMU: groupID=2 device=")
    case .domain: comment(entry, "attach_device_to_domain: IOMMU: device=")
    case .warning: openPart(entry)
    default: break
    }
  }

  private mutating func leave(_ entry: Tape.Entry, _ function: Happening.Function, _ result: Int16) {
    let who = Int(entry.happening.who.rawValue)
    var symbol = function.symbol(bus)
    if function == .innerProbe, graphing.split {
      guard inPart[who] else { return }
      inPart[who] = false
      symbol += ".part.0"
    }
    depth[who] -= 1
    line(entry, "+ 12.736 us  ", "} /* \(symbol)\(said(function, result)) */")
  }

  /// A call without calls in it is one line, if nothing else came in between.
  private func isPair(_ entry: Tape.Entry, _ next: Tape.Entry?) -> Bool {
    guard case .enter(let function) = entry.happening.what, let next,
      case .leave(function, _) = next.happening.what
    else { return false }
    return entry.happening.who == next.happening.who && entry.happening.subject == next.happening.subject
  }

  private mutating func leaf(_ entry: Tape.Entry, _ next: Tape.Entry?, _ function: Happening.Function) {
    guard let next, case .leave(_, let result) = next.happening.what else { return }
    let remark = said(function, result)
    let call = "\(function.symbol(bus))(\(arguments(function, entry.happening.subject)));"
    let took = next.time - entry.time
    line(entry, "\(took > 100 ? "!" : "+") \(took).000 us ", call + (remark.isEmpty ? "" : " /*\(remark) */"))
  }

  private func said(_ function: Happening.Function, _ result: Int16) -> String {
    graphing.results ? " ret=\(function == .allocate ? "0xfff0000004a8b000" : String(result))" : ""
  }

  private mutating func openPart(_ entry: Tape.Entry) {
    let who = Int(entry.happening.who.rawValue)
    guard graphing.split, !inPart[who] else { return }
    inPart[who] = true
    line(entry, nil, "__iommu_probe_device.part.0() {")
    depth[who] += 1
  }

  private mutating func comment(_ entry: Tape.Entry, _ event: String) {
    line(entry, nil, "/* \(event)\(Names.device(entry.happening.subject, bus)) */")
  }

  private mutating func line(_ entry: Tape.Entry, _ duration: String?, _ what: String) {
    let who = entry.happening.who
    let indent = String(repeating: "  ", count: depth[Int(who.rawValue)] + 1)
    text += "   \(Names.stamp(entry.time)) |   \(Names.cpu(who)))   kworker-\(Names.tid(who))   | "
    text += (duration ?? "             ") + " |" + indent + what + "\n"
  }

  private func arguments(_ function: Happening.Function, _ subject: Happening.Subject) -> String {
    switch function {
    case .register: "iommu=0xfff0000005b1bbe0, ops=0xffffab674c53e2d8, hwdev=\(Names.pointer(subject))"
    case .setupDomain: "group=0xfff0000005b1c000, target_type=0x0"
    case .reallyProbe: "dev=\(Names.pointer(subject)), drv=0xffffab6709ab0488"
    default: "dev=\(Names.pointer(subject))"
    }
  }
}
