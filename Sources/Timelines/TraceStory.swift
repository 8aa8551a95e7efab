import Bytes
import Events
import Records

/// What one trace tells, as calls and marks.
public struct TraceStory: Sendable {
  public var calls: [Call] = []
  public var marks: [Mark] = []
  /// Deferred bind attempts that were counted instead of kept, by device key.
  public var folded: [DeviceKey: FoldedBinds] = [:]
  /// Hash of a console message → its time on this clock, for joining clocks. -1: printed twice.
  public var console: [UInt64: Int64] = [:]
  /// When events were lost, on the trace's clock.
  public var gaps: [Gap] = []
  public var first: Int64?
  public var last: Int64?
  public var events = 0
  /// The first event that was not taken, because more calls are held than any boot has.
  public var fullAt: Place?
  /// Parts of the trace are gone, nobody knows where: an absence proves nothing, and a return may be missing.
  public var isIncomplete = false
  /// Which roles were seen at all: a silent probe proves nothing if it never spoke.
  public var seen: Set<Role> = []
  /// Of which roles a return was seen.
  public var returning: Set<Role> = []
  /// The kernel's messages that it holds.
  public var messages: [LogEvents.Boot] = []
  /// What its times are, and the kernel that it names itself.
  public var clock: TraceClock?
  public var kernel: String?
  /// The inputs whose events were put together in it; empty if it is of one.
  public var parts: Set<Int32> = []
  public init() {}

  /// Where what it tells begins.
  var begins: Place? {
    [calls.first?.place, marks.first?.place].compactMap(\.self).min {
      ($0.line, $0.offset) < ($1.line, $1.offset)
    }
  }

  /// It has something that tells about IOMMU probes; what was lost tells nothing.
  public var isTelling: Bool { !seen.isEmpty || !marks.isEmpty }

  /// What is said of it beside what its text lacks.
  public var losses: [Loss] { [overflow, silentReturns].compactMap(\.self) }

  /// It holds more than any boot has.
  private var overflow: Loss? {
    fullAt.map {
      Loss(
        .tooMany,
        "more calls of the traced functions than one boot can have: judged up to here, the rest was not; cut the "
          + "time that matters out (trace-cmd split), or trace fewer functions", at: $0)
    }
  }

  public struct Gap: Sendable {
    /// The last event of that CPU before the hole, and the last of all before its mark.
    public var since: Int64
    public var after: Int64
    public var count: Int64?
    public var place: Place
  }
}
