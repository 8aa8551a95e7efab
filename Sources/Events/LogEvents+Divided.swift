// A boot that begins in a log without a hello, with few lines, or late: a crash kernel's console is quiet, a machine's snapshot goes
// on where it was taken, and who joins a console late has missed the beginning. `BootDivider` cannot tell those line by line.
import Bytes
import Records

extension LogEvents.Boot {
  /// More of them are the lines of several machines, which somebody has mixed.
  private static let mostBoots = 3
  /// Fewer events may be wrong stamps.
  private static let fewestEvents = 3

  /// In order, each boot by itself, with what its times are worth.
  consuming func settled() -> [LogEvents.Boot] {
    events.sort { $0.order < $1.order }
    return divided().map { boot in
      var boot = boot
      boot.settle()
      return boot
    }
  }

  /// The boots that its events are of: the stamps go on in each, and begin anew with the next one. Itself alone if they do not tell, or
  /// nothing hangs on it. What stands below a copy of its lines is its own.
  private func divided() -> [LogEvents.Boot] {
    guard part == nil, !hasCopies, coarse == 0, unordered == 0, misplaced != nil, mayTell, let starts
    else { return [self] }
    return starts.indices.map { index in
      piece(starts[index]..<(index + 1 < starts.count ? starts[index + 1] : events.count))
    }
  }

  /// A finding may come of it: somebody warns, or a client gives up and an IOMMU comes. What concerns neither the scan does not look at.
  private var mayTell: Bool {
    var hasGivenUp = false
    return events.contains { event in
      switch event.what {
      case .warning, .unuseWarning, .freedGroup: return true
      case .gaveUp, .unboundGaveUp: hasGivenUp = true
      case .adding, .iommuBanner, .iommuRegistered: return hasGivenUp
      default: break
      }
      return false
    }
  }

  /// The first event of each; nil if there is no more than one, or somebody has mixed lines.
  private var starts: [Int]? {
    var starts = [0]
    var latest = Int64.min
    for (index, event) in events.enumerated() {
      guard let time = event.time else { continue }
      if latest != .min, time < latest - BootDivider.rewind {
        starts.append(index)
        latest = time
      }
      latest = max(latest, time)
    }
    guard starts.count > 1, starts.count <= Self.mostBoots else { return nil }
    let ends = starts.dropFirst() + [events.count]
    let areBoots = zip(starts, ends).dropFirst().allSatisfy { start, end in
      end - start >= Self.fewestEvents || events[start..<end].contains { $0.isReport }
    }
    return areBoots ? starts : nil
  }

  private func piece(_ range: Range<Int>) -> LogEvents.Boot {
    var boot = self
    boot.events = Array(events[range])
    let times = boot.events.compactMap(\.time)
    boot.lastTime = times.max()
    let isLast = range.upperBound == events.count
    boot.endsOpen = endsOpen && isLast
    let next = isLast ? nil : events[range.upperBound].place
    boot.losses = losses.filter { loss in
      // Of the log as a whole.
      guard let place = loss.place else { return isLast }
      return (range.lowerBound == 0 || place.offset >= events[range.lowerBound].place.offset)
        && place.offset < next?.offset ?? .max
    }
    guard range.lowerBound > 0 else { return boot }
    // What it says of itself stands in the lines above; those are another one's.
    boot.begins = boot.events.first?.place
    boot.firstTime = times.min()
    boot.facts = LogFacts()
    boot.facts.hasDropped = facts.hasDropped
    boot.anchors = LogAnchors()
    return boot
  }
}

extension LogEvents.Boot {
  /// The boot that begins now, in the same section of the document, with what the last `above` lines of this one said.
  mutating func next(above: Int32) -> LogEvents.Boot {
    var next = LogEvents.Boot()
    next.part = part
    let first = lines - above
    func isNext(_ event: LogEvent) -> Bool {
      event.order > first && event.time ?? .max < BootDivider.steady && !event.isReport
    }
    next.events = events.filter(isNext)
    events.removeAll(where: isNext)
    for index in next.events.indices { next.events[index].order -= lines }
    return next
  }
}

extension LogEvent {
  /// A report of many lines.
  fileprivate var isReport: Bool {
    switch what {
    case .warning, .trouble: true
    default: false
    }
  }
}
