import Bytes

/// One thing that a trace says, in the shape that all its text dialects share. Ranges are into the line that came
/// with it; nothing here outlives that line.
package struct TraceRecord: Sendable {
  /// The task's name; empty if the line has none.
  package var task: Range<Int>
  /// Below zero where the line does not name the thread.
  package var tid: Int32
  /// -1 if the line has none.
  package var cpu: Int32
  /// Nanoseconds on the trace's clock, or ticks (see `TraceTextReader.clock`).
  package var time: Int64
  /// Its ranges are of the line too.
  package var what: What

  /// One case for each thing that any tracer tells.
  package enum What: Sendable {
    /// A function was entered: kprobe, fprobe or function_graph.
    case enter(Role, symbol: Range<Int>, arguments: Range<Int>)
    /// It returned. `caller` is empty where the text does not say.
    case leave(Role, symbol: Range<Int>, caller: Range<Int>, arguments: Range<Int>, result: Int64?)
    /// A frame whose return was never recorded.
    case abandon(Role)
    /// The function tracer saw a call; there will be no return.
    case call(Role, symbol: Range<Int>, arguments: Range<Int>, caller: Range<Int>)
    /// A trace event that is not a probe.
    case event(TraceEvent, fields: Range<Int>)
    /// Events were lost on this CPU; nil: number unknown.
    case lost(count: Int64?)
  }
}

/// The trace events that the analysis needs.
package enum TraceEvent: UInt8, Sendable {
  case addDeviceToGroup, removeDeviceFromGroup, attachDeviceToDomain, ioPageFault
  case console, tracingDisabled

  static func named(_ line: Span<UInt8>, _ name: Range<Int>) -> TraceEvent? {
    switch name.count {
    case 19: return line.equals(name, "add_device_to_group") ? .addDeviceToGroup : nil
    case 24:
      return line.equals(name, "remove_device_from_group")
        ? .removeDeviceFromGroup
        : line.equals(name, "disable_trace_on_warning") ? .tracingDisabled : nil
    case 23: return line.equals(name, "attach_device_to_domain") ? .attachDeviceToDomain : nil
    case 13: return line.equals(name, "io_page_fault") ? .ioPageFault : nil
    case 7: return line.equals(name, "console") ? .console : nil
    default: return nil
    }
  }
}

/// What the numbers in the time column are.
package enum TraceClock: Sendable, Equatable {
  /// Nanoseconds on a clock of the kernel.
  case nanoseconds
  /// Nanoseconds since the buffer began (latency format): needs an anchor to be joined to anything.
  case relative
  /// counter, jiffies, cycles, or no time at all: order only.
  case ticks
}
