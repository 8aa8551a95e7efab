// Events as a report quotes them: about as the kernel's own text has them.
import Bytes

extension PerfettoRecording {
  /// The events at these bytes, nil: all, in their order; those that no rule needs are not kept, and not there. To be asked after
  /// `finish`.
  package func texts(at places: Set<Int64>?, _ names: inout NameTable) -> [(place: Int64, text: String)] {
    var texts: [(place: Int64, text: String)] = []
    let wanted = holding.events.filter { places?.contains($0.place) ?? true }
    for held in wanted.sorted(by: { $0.place < $1.place }) {
      texts.append((held.place, text(held, &names)))
    }
    return texts
  }

  private func text(_ held: Held, _ names: inout NameTable) -> String {
    let name = held.tid < 0 ? Name.none : threads.name(of: held.tid, &names)
    let comm = held.tid < 0 ? "" : "\(names[name])-\(held.tid) "
    let cpu = String(1000 + held.cpu).dropFirst()
    let fraction = String(1_000_000_000 + held.time % 1_000_000_000).dropFirst()
    return "\(comm)[\(cpu)] \(held.time / 1_000_000_000).\(fraction): \(what(held, names))"
  }

  private func what(_ held: Held, _ names: NameTable) -> String {
    let device = held.name == .none ? "" : " dev=\"\(names[held.name])\""
    let pointer = held.number == 0 ? "" : " dev=\(Self.hex(held.number))"
    switch held.kind {
    case .enter:
      let detail = held.detail == .none ? "" : " \"\(names[held.detail])\""
      return probe(held) + (held.name == .none ? pointer : device) + detail
    case .leave: return probe(held) + " ret=\(held.number)"
    case .leaveWithoutResult: return probe(held)
    case .groupAdded: return "add_device_to_group: gid=\(held.number)" + device
    case .groupRemoved: return "remove_device_from_group:" + device
    case .domainAttached: return "attach_device_to_domain:" + device
    case .pageFault: return "io_page_fault:\(device) iova=\(Self.hex(held.number))"
    case .console: return "console: \(names[held.name])"
    case .lost: return "events were lost"
    }

    func probe(_ held: Held) -> String {
      let probe = probes.all[Int(held.probe)]
      let name = names[probe.event]
      guard probe.function == nil else {
        return probe.isReturn ? "funcgraph_exit: \(name)" : "funcgraph_entry: \(name)"
      }
      return "\(name): (0x\(String(probe.address, radix: 16)))"
    }
  }

  private static func hex(_ number: Int64) -> String {
    "0x" + String(UInt64(bitPattern: number), radix: 16)
  }
}
