import Bytes
import Records

/// What a trace line or record says, with names interned: small, owned, Sendable.
package struct Event: Sendable {
  /// Nanoseconds (or ticks) on the clock of the input it came from.
  package var time: Int64
  /// The thread; below zero for a stand-in where the trace does not name one.
  package var tid: Int32
  /// From 0; -1 if the input does not say.
  package var cpu: Int32
  /// The thread's name at that moment; none if the input does not say.
  package var comm: Name
  /// Where the input has it; of a packed trace.dat the chunk.
  package var place: Place
  /// Its names are of the table that came with the reading.
  package var body: Body

  package init(time: Int64, tid: Int32, cpu: Int32, comm: Name, place: Place, body: Body) {
    self.time = time
    self.tid = tid
    self.cpu = cpu
    self.comm = comm
    self.place = place
    self.body = body
  }

  /// One case for each thing that the analysis follows.
  package enum Body: Sendable {
    /// `subject` is the device; `detail` the driver (really_probe) or the IOMMU's own device (registration).
    case enter(Function, subject: DeviceKey, detail: Name)
    /// `caller` is the function it returned into, where the trace says so.
    case leave(Function, caller: Name, result: Int64?)
    /// The frame is gone and its return was never seen.
    case abandon(Role)
    /// A call without a return (function tracer).
    case call(Function, subject: DeviceKey, caller: Name)
    case groupAdded(device: Name, group: Int32)
    case groupRemoved(device: Name)
    case domainAttached(device: Name)
    case pageFault(device: Name, iova: UInt64)
    /// A kernel message inside the trace: the hash of its text, to find the same line in a kernel log, and the text.
    case console(hash: UInt64, text: Name)
    case lost(count: Int64?)
  }
}

/// A traced function: its role, and its own name where several functions share the role.
package struct Function: Hashable, Sendable {
  /// What the function means for the analysis.
  package var role: Role
  /// Without its suffix (`.part.0`, `.isra.0`).
  package var name: Name
  /// `name` without its suffix.
  package init(_ role: Role, _ name: Name) {
    self.role = role
    self.name = name
  }
}

/// How an event names its device: by name, by the address of its struct device, by both, or not at all.
package struct DeviceKey: Hashable, Sendable {
  /// None: unknown.
  package var name: Name
  /// 0: unknown.
  package var pointer: UInt64
  package init(name: Name = .none, pointer: UInt64 = 0) {
    self.name = name
    self.pointer = pointer
  }
  /// Neither name nor address.
  package static let unknown = DeviceKey()
  /// The event names its device in one way at least.
  package var isKnown: Bool { name != .none || pointer != 0 }
}
