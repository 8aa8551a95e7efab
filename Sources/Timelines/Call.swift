import Bytes
import Events
import Records

/// One call of a traced function on one thread, with what it was called from. Times are on the trace's clock.
package struct Call: Sendable {
  package var function: Function
  package var subject: DeviceKey
  package var detail: Name
  package var tid: Int32
  package var comm: Name
  package var start: Int64
  /// Nil while it runs, if it ran at the end of the trace, or if its return was not recorded.
  package var end: Int64?
  package var result: Int64?
  /// The function it returned into or was called from, where the trace says so.
  package var caller: Name
  /// Index of the call it ran in, in the same list; -1 for none.
  package var parent: Int32
  package var place: Place
  package var endPlace: Place?
  /// The function tracer sees no returns: nesting is a guess and no result is known.
  package var isWithoutReturn: Bool
  /// How many probes sit on this call (kprobe and fprobe, or function_graph and kprobe), and how many have returned.
  var entries: UInt8 = 1
  var returns: UInt8 = 0

  package var role: Role { function.role }
}

/// A named thing that happened at one moment on one thread.
package struct Mark: Sendable {
  package enum Kind: Sendable {
    case group(Int32)
    case ungroup
    case domain
    case fault(iova: UInt64)
  }
  package var kind: Kind
  package var device: Name
  package var time: Int64
  package var tid: Int32
  package var place: Place
  /// The call it happened in, in the same list as the marks' story; -1 for none.
  package var inside: Int32
}

/// Bind attempts of one device that were deferred again and again with nothing else going on: counted, not kept.
package struct FoldedBinds: Sendable {
  package var count = 0
  package var first: Int64 = .max
  package var last: Int64 = .min
  /// Longest of them, in nanoseconds.
  package var longest: Int64 = 0
}
