import Bytes
import Events
import Records

/// A trace's `printk:console` events are a kernel log: thread, CPU and nanoseconds of every line. Where no better log of the boot
/// is there, they serve as one.
package struct ConsoleLog {
  private var events = LogEvents()
  /// There were more messages than one boot can have.
  private var hasMissed = false

  package init() {}

  /// Takes an event of the trace, if it is a message.
  package mutating func take(_ event: Event, _ names: inout NameTable) {
    guard case .console(let hash, let name) = event.body else { return }
    guard name != .none else {
      hasMissed = hasMissed || hash != Self.nothing
      return
    }
    var text = names[name]
    text.withUTF8 { buffer in
      // Lent for the call.
      let line = unsafe buffer.span
      let record = LogRecord(console: 0..<line.count, time: event.time, tid: event.tid)
      events.feed(record, line, event.place, &names)
    }
  }

  /// Of an empty message.
  private static let nothing = Span<UInt8>().hash(0..<0)

  /// The boots that the messages are of. `clock`: that of the trace; if it has no seconds, the order is left. `hasLost`: the
  /// trace lost events, so that messages may be missing.
  package mutating func boots(_ clock: TraceClock?, hasLost: Bool) -> [LogEvents.Boot] {
    events.finish()
    return events.boots.filter { $0.lines > 0 }.map { boot in
      var boot = boot
      if clock != .nanoseconds { boot.forgetTimes() }
      boot.facts.hasDropped = boot.facts.hasDropped || hasLost || hasMissed
      return boot
    }
  }
}
