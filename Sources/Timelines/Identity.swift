// One device, however the trace names it: by the address of its struct device (function_graph arguments), by name
// (kprobe strings, iommu events), or only by what happens inside the call.
import Bytes
import Events
import Records

struct Identity {
  /// nil: one address was seen with two names; then neither is believed.
  private var nameOfPointer: [UInt64: Name?] = [:]

  /// Learns from calls that carry both, and from named marks inside calls that carry an address.
  init(_ story: TraceStory) {
    for call in story.calls where call.subject.pointer != 0 && call.subject.name != .none {
      learn(call.subject.pointer, call.subject.name)
    }
    for mark in story.marks where mark.device != .none {
      guard case .group = mark.kind, let pointer = enclosingPointer(story, mark.inside) else { continue }
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
  private func enclosingPointer(_ story: TraceStory, _ inside: Int32) -> UInt64? {
    var index = inside
    while index >= 0 {
      let call = story.calls[Int(index)]
      switch call.role {
      case .walkVisit, .innerIOMMUProbe, .iommuProbeDevice, .groupAllocDevice, .ofIOMMUConfigure,
        .firmwareDMAConfigure:
        if call.subject.pointer != 0 { return call.subject.pointer }
      default: break
      }
      index = call.parent
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
