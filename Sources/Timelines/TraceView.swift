import Bytes
import Events
import Records

/// One trace as its readers see it: the calls as a tree, devices by name, times on the boot's clock.
struct TraceView {
  let story: TraceStory
  let tree: CallTree
  let names: NameTable
  /// From the trace's clock to the boot's.
  let clock: ClockJoin
  private let identity: Identity

  init(_ story: TraceStory, _ names: NameTable, _ clock: ClockJoin) {
    self.story = story
    self.names = names
    self.clock = clock
    tree = CallTree(story.calls)
    identity = Identity(tree, story.marks)
  }

  func deviceName(_ key: DeviceKey) -> String? {
    if let name = identity.name(key) { return names[name] }
    return key.pointer == 0 ? nil : "device 0x" + String(key.pointer, radix: 16)
  }

  /// The device of a call; nil if the trace does not tell it.
  func device(_ index: Int32) -> String? { deviceName(tree[index].subject) }

  /// Not certainly of two devices.
  func sameDevice(_ a: Int32, _ b: Int32) -> Bool {
    let first = identity.resolved(tree[a].subject)
    let second = identity.resolved(tree[b].subject)
    return !first.isKnown || !second.isKnown || first == second
  }

  func phase(_ index: Int32) -> Phase {
    let call = tree[index]
    return Phase(
      start: clock.boot(call.start), end: call.end.map(clock.boot), result: call.result,
      task: KernelTask(comm: names[call.comm], tid: call.tid), place: call.place, endPlace: call.endPlace,
      function: names[call.function.name], caller: names[call.caller])
  }

  /// Who called it, if that is a function that may do so on its own: the driver core gets there through the bus, whose
  /// last call may be a jump, and tracing puts functions of its own in between.
  func caller(_ index: Int32) -> String {
    let caller = names[tree[index].caller]
    return StackSide.isTrampoline(caller) || StackSide.isCore(caller) ? "" : caller
  }
}
