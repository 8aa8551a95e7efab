// One device, however the trace names it: by the address of its struct device (function_graph arguments), by name
// (kprobe strings, iommu events), or only by what happens inside the call.
import Bytes
import Events
import Records

struct Identity {
  /// nil: one address was seen with two names; then neither is believed.
  private var nameOfPointer: [UInt64: Name?] = [:]

  /// Learns from calls that carry both, and from named marks inside calls that carry an address.
  init(_ tree: CallTree, _ marks: [Mark]) {
    for call in tree.calls where call.subject.pointer != 0 && call.subject.name != .none {
      learn(call.subject.pointer, call.subject.name)
    }
    for mark in marks where mark.device != .none {
      guard case .group = mark.kind, let pointer = enclosingPointer(tree, mark.inside) else { continue }
      learn(pointer, mark.device)
    }
  }

  /// The device's name; nil if the trace does not tell it.
  func name(_ key: DeviceKey) -> Name? {
    if key.name != .none { return key.name }
    guard key.pointer != 0, let known = nameOfPointer[key.pointer] else { return nil }
    return known
  }

  /// The device by its name if that is known, else by its address: equal for one device.
  func resolved(_ key: DeviceKey) -> DeviceKey {
    name(key).map { DeviceKey(name: $0) } ?? DeviceKey(pointer: key.pointer)
  }

  /// add_device_to_group happens in the IOMMU probe of that very device: the nearest probing call has its address.
  private func enclosingPointer(_ tree: CallTree, _ inside: Int32) -> UInt64? {
    for index in tree.outward(from: inside) {
      switch tree[index].role {
      case .walkVisit, .innerIOMMUProbe, .iommuProbeDevice, .groupAllocDevice, .ofIOMMUConfigure,
        .firmwareDMAConfigure:
        if tree[index].subject.pointer != 0 { return tree[index].subject.pointer }
      default: break
      }
    }
    return nil
  }

  private mutating func learn(_ pointer: UInt64, _ name: Name) {
    if let known = nameOfPointer[pointer] {
      if known != name { nameOfPointer[pointer] = .some(nil) }
    } else {
      nameOfPointer[pointer] = name
    }
  }
}
