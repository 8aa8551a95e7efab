import Bytes
import Events
import Records

/// One call of a traced function on one thread, with what it was called from. Times are on the trace's clock.
public struct Call: Sendable {
  public var function: Function
  public var subject: DeviceKey
  public var detail: Name
  public var tid: Int32
  public var comm: Name
  public var start: Int64
  /// Nil while it runs, if it ran at the end of the trace, or if its return was not recorded.
  public var end: Int64?
  public var result: Int64?
  /// The function it returned into or was called from, where the trace says so.
  public var caller: Name
  /// Index of the call it ran in, in the same list; -1 for none.
  public var parent: Int32
  public var place: Place
  public var endPlace: Place?
  /// The function tracer sees no returns: nesting is a guess and no result is known.
  public var isWithoutReturn: Bool
  /// How many probes sit on this call (kprobe and fprobe, or function_graph and kprobe), and how many have returned.
  var entries: UInt8 = 1
  var returns: UInt8 = 0

  public var role: Role { function.role }
}

/// A named thing that happened at one moment on one thread.
public struct Mark: Sendable {
  public enum Kind: Sendable {
    case group(Int32)
    case ungroup
    case domain
    case fault(iova: UInt64)
  }
  public var kind: Kind
  public var device: Name
  public var time: Int64
  public var tid: Int32
  public var place: Place
  /// The call it happened in, in the same list as the marks' story; -1 for none.
  public var inside: Int32
}

/// Bind attempts of one device that were deferred again and again with nothing else going on: counted, not kept.
public struct FoldedBinds: Sendable {
  public var count = 0
  public var first: Int64 = .max
  public var last: Int64 = .min
  /// Longest of them, in nanoseconds.
  public var longest: Int64 = 0
}
