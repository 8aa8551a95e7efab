// When a boot's devices got their IOMMU groups. Kernel logs and traces both tell it, so it shows whether they tell of
// one boot: files of two boots of one kernel, taken for one, would make verdicts of events that never met.
import Bytes
import Events

/// Which devices got a group, when, and which, as one input has it.
struct Groups {
  struct Joining {
    var time: Int64
    var group: Int32
    /// When the thread returned from the function in which it was added, where a trace has that.
    var left: Int64?
  }
  /// One of the times at which a device got a group. Those of two inputs are the same where both have as many: else it is not
  /// known which of them one of the inputs lacks.
  struct Sighting: Hashable {
    var device: String
    var number: Int
    var count: Int
  }
  /// Without those of which there is no time.
  private(set) var sightings: [Sighting: Joining] = [:]
  private var joinings: [String: [Joining?]] = [:]

  init(_ story: TraceStory, _ names: NameTable) {
    for mark in story.marks {
      if case .group(let group) = mark.kind {
        let call = mark.inside < 0 ? nil : story.calls[Int(mark.inside)]
        let left = call.flatMap { $0.isWithoutReturn ? nil : $0.end }
        joinings[names[mark.device], default: []].append(
          Joining(time: mark.time, group: group, left: left))
      }
    }
    number()
  }

  init(_ log: LogEvents.Boot, _ names: NameTable) {
    for event in log.events {
      if case .adding(_, let device, let group) = event.what {
        joinings[names[device], default: []].append(event.time.map { Joining(time: $0, group: group) })
      }
    }
    number()
  }

  private mutating func number() {
    sightings.removeAll(keepingCapacity: true)
    for (device, list) in joinings {
      for (number, joining) in list.enumerated() {
        sightings[Sighting(device: device, number: number, count: list.count)] = joining
      }
    }
  }

  /// The next time after `time` at which the device got a group.
  func next(_ device: String, after time: Int64) -> Sighting? {
    guard let list = joinings[device] else { return nil }
    return list.firstIndex { $0.map { $0.time >= time } ?? false }
      .map { Sighting(device: device, number: $0, count: list.count) }
  }

  /// Of a device that got a group more often in one of two inputs (one of them begins later), the times that both have: those that
  /// lie together, where each of the shorter list has one such partner.
  static func aligned(_ one: Groups, _ other: Groups) -> (Groups, Groups) {
    var (one, other) = (one, other)
    for (device, list) in one.joinings {
      guard let there = other.joinings[device], there.count != list.count else { continue }
      let (short, long) = list.count < there.count ? (list, there) : (there, list)
      let partners = short.map { joining in
        long.indices.filter { index in
          guard let time = joining?.time, let far = long[index]?.time else { return false }
          return abs(time - far) < together
        }
      }
      guard partners.allSatisfy({ $0.count == 1 }) else { continue }
      let kept = partners.map { long[$0[0]] }
      if list.count < there.count { other.joinings[device] = kept } else { one.joinings[device] = kept }
    }
    one.number()
    other.number()
    return (one, other)
  }

  /// Two views of one clock: the message comes just behind its event.
  private static let together: Int64 = 5_000_000

  /// For what both have seen: how much later it is here than in `other`.
  private func gaps(to other: Groups) -> [(time: Int64, gap: Int64)] {
    sightings.compactMap { sighting, own in
      other.sightings[sighting].map { (own.time, own.time - $0.time) }
    }
    .sorted { $0.gap < $1.gap }
  }

  /// Both cannot be of one boot: a device has another group, or the differences in time are such as no clock explains.
  func contradict(_ other: Groups, hasTimes: Bool) -> Bool {
    for (sighting, own) in sightings {
      if let there = other.sightings[sighting], there.group != own.group { return true }
    }
    let gaps = gaps(to: other)
    guard hasTimes, gaps.count >= 2 else { return false }
    let middle = gaps[gaps.count / 2]
    // A CPU may stall between the event and its message, now and then; clocks drift by less than a thousandth.
    let far = gaps.count { abs($0.gap - middle.gap) > 50_000_000 + abs($0.time - middle.time) / 1000 }
    return far * 4 > gaps.count
  }

  /// Most devices that got a group here are not heard of in `log`, which begins with the kernel's hello and goes on
  /// after them: the kernel prints a line for each, just after the event.
  func areMissing(in log: LogEvents.Boot, _ logged: Groups) -> Bool {
    guard log.facts.saysHello, log.coarse == 0, let end = log.lastTime else { return false }
    let gaps = logged.gaps(to: self)
    // One device alone may have got its group at another time in another boot: then the usual clock, the log's own, is
    // tried too.
    let offsets = (gaps.isEmpty ? [] : [gaps[gaps.count / 2].gap]) + (gaps.count < 2 ? [0] : [])
    return offsets.contains { offset in
      let due = sightings.filter { $0.value.time + offset < end }
      return due.count { logged.joinings[$0.key.device] == nil } * 2 > due.count
    }
  }
}
