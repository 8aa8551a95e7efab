import Bytes
import Events
import Records

/// One call of a traced function on one thread, with what it was called from. Times are on the trace's clock.
package struct Call: Sendable {
  var function: Function
  var subject: DeviceKey
  var detail: Name
  /// As `Event.tid`: below zero for a thread that the trace does not name.
  package var tid: Int32
  var comm: Name
  /// Its entry.
  package var start: Int64
  /// Nil while it runs, if it ran at the end of the trace, or if its return was not recorded.
  package var end: Int64?
  /// As the function returned it, with its sign; nil if no return was seen, or that has no value.
  package var result: Int64?
  /// The function it returned into or was called from, where the trace says so.
  var caller: Name
  /// Index of the call it ran in, in the same list; -1 for none.
  package var parent: Int32
  var place: Place
  var endPlace: Place?
  /// The function tracer sees no returns: nesting is a guess and no result is known.
  var isWithoutReturn: Bool
  /// How many probes sit on this call (kprobe and fprobe, or function_graph and kprobe), and how many have returned.
  var entries: UInt8 = 1
  var returns: UInt8 = 0

  /// What its function means for the analysis.
  package var role: Role { function.role }
}

/// A named thing that happened at one moment on one thread.
package struct Mark: Sendable {
  enum Kind: Sendable {
    case group(Int32)
    case ungroup
    case domain
    case fault(iova: UInt64)
  }
  var kind: Kind
  var device: Name
  /// On the trace's clock.
  package var time: Int64
  var tid: Int32
  /// Of its event.
  package var place: Place
  /// The call it happened in, in the same list as the marks' story; -1 for none.
  package var inside: Int32
}

/// Bind attempts of one device that were deferred again and again with nothing else going on: counted, not kept.
package struct FoldedBinds: Sendable {
  /// Zero at first: `first` and `last` say nothing then.
  package var count = 0
  /// When the first began, in nanoseconds: in a `TraceStory` on its clock, in a `DeviceTimeline` on the boot's.
  package var first: Int64 = .max
  /// When the last ended, in the same way.
  package var last: Int64 = .min
  /// When the last of those began that had to wait for an IOMMU, in the same way; nil if none is known to.
  package var lastWait: Int64?
  /// Longest of them, in nanoseconds.
  package var longest: Int64 = 0

  /// With those that stand under another key of the same device.
  func adding(_ other: FoldedBinds) -> FoldedBinds {
    FoldedBinds(
      count: count + other.count, first: min(first, other.first), last: max(last, other.last),
      lastWait: [lastWait, other.lastWait].compactMap(\.self).max(), longest: max(longest, other.longest))
  }
}
