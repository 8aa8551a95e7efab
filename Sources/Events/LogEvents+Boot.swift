// A boot of a log once it is over: its events in order, and what its times are worth.
import Bytes
import Records

extension LogEvents.Boot {
  /// Its stamps are no times: only the order of its lines is left.
  package mutating func forgetTimes() {
    for index in events.indices {
      events[index].time = nil
      if case .warning(var block) = events[index].what {
        block.time = nil
        events[index].what = .warning(block)
      }
    }
    anchors = LogAnchors()
    (firstTime, lastTime) = (nil, nil)
  }

  /// Puts its times on another clock, which is `offset` ahead.
  package mutating func move(by offset: Int64) {
    for index in events.indices {
      events[index].time? += offset
      if case .warning(var block) = events[index].what {
        block.time? += offset
        events[index].what = .warning(block)
      }
    }
    anchors.move(by: offset)
    firstTime? += offset
    lastTime? += offset
  }

  /// Of its events only those stay of which this is true.
  package mutating func keep(_ isKept: (LogEvent) -> Bool) { events.removeAll { !isKept($0) } }

  /// Where a line stands among those of other logs proves nothing.
  package mutating func loseOrder() { unordered += 1 }

  /// Devices that its late-IOMMU-probe warnings are of.
  package var warned: Set<Name> {
    events.reduce(into: []) { devices, event in
      if case .warning(let block) = event.what { devices.insert(block.device) }
    }
  }

  /// Two CPUs' clocks, and an interrupt between a message's stamp and its place, differ by less.
  static let disorder: Int64 = 50_000_000

  /// The first event whose stamp contradicts its place: somebody put the lines together.
  var misplaced: LogEvent? {
    var latest = Int64.min
    return events.first { event in
      latest = max(latest, event.time ?? .min)
      return event.time.map { $0 < latest - Self.disorder } ?? false
    }
  }

  /// Says what its times are worth; its events are in order.
  mutating func settle() {
    guard coarse > 0 else {
      if let misplaced {
        unordered += 1
        losses.append(
          Loss(
            .noOrder, "stamps contradict the order of the lines from here on: neither proves what came first",
            at: misplaced.place))
      }
      return
    }
    let order =
      keepsOrder
      ? "their order is the kernel's, their times prove nothing"
      : "neither their times nor their order prove which thread came first"
    losses.append(
      Loss(
        .coarseTimes, count: coarse,
        "lines without a fine stamp of the kernel's own (time of day, or when a daemon read them): \(order); "
          + "save dmesg without -T, or journalctl -k -o json", at: firstCoarse))
  }
}

// `dmesg | tail`, or `dmesg | grep -i iommu`, typed on the console that the log is of, shows some of the boot once more. Such lines are
// behind, and say nothing new.
extension LogEvents.Boot {
  /// Whether the line stands further up; what comes next may end with the last line that was new.
  mutating func shows(again message: StampedMessage) -> Bool {
    showsAgain = isBehind(message.time) && anchors.has(message.hash, message.time)
    hasCopies = hasCopies || showsAgain
    return showsAgain
  }

  /// The same of a line that may begin the next boot. A boot's hello never is a copy: a board may boot the same way twice.
  func repeats(_ record: LogRecord, _ line: Span<UInt8>) -> Bool {
    guard let time = record.time, isBehind(time), !record.beginsBoot,
      !LogPrefix.saysHello(line, record.message.lowerBound), let message = StampedMessage(record, line)
    else { return false }
    return anchors.has(message.hash, message.time)
  }

  /// Until its clock runs every boot stamps its lines with 0.
  @inline(__always)
  private func isBehind(_ time: Int64) -> Bool {
    guard let lastTime, time <= lastTime, time > 0 else { return false }
    return time < lastTime || showsAgain
  }
}
