import Bytes

/// Hashes of a boot's messages with their times, to find the same line in another input. A log that is read alone only
/// notes them.
package struct LogAnchors: Sendable {
  private var lines: [(hash: UInt64, time: Int64)] = []
  private var times: [UInt64: Int64] = [:]

  /// Logs may be of any size.
  private static let kept = 20_000
  var hasRoom: Bool { lines.count < Self.kept }

  /// Messages that were noted, each as often as it came.
  package var count: Int { lines.count }

  /// Of these the ones that came when the clock ran.
  var timed: Int { lines.count { $0.time > 0 } }

  mutating func note(_ hash: UInt64, _ time: Int64) { lines.append((hash, time)) }

  /// Before `index()`.
  mutating func move(by offset: Int64) {
    for index in lines.indices { lines[index].time += offset }
  }

  /// Makes look-ups possible, once all is noted.
  package mutating func index() {
    times.reserveCapacity(lines.count)
    for (hash, time) in lines {
      // A text that comes twice cannot tell which one was meant.
      let known = times[hash]
      times[hash] = known == nil || known == time ? time : -1
    }
  }

  /// The time of the message in nanoseconds; -1 if it came at several; nil if it did not.
  package subscript(hash: UInt64) -> Int64? {
    precondition(times.isEmpty == lines.isEmpty, "looked up before index()")
    return times[hash]
  }

  /// Whether most of a sample of these messages are in `other` at the same time. Both in their order, which is that of time but
  /// for what CPUs print at once.
  func isMostly(in other: LogAnchors) -> Bool {
    let timed = lines.drop { $0.time <= 0 }
    guard timed.count >= 8 else { return false }
    let samples = 24
    let sample = stride(from: timed.startIndex, to: timed.endIndex, by: max(1, timed.count / samples))
    var found = 0
    var count = 0
    for at in sample {
      count += 1
      if other.has(timed[at].hash, timed[at].time) { found += 1 }
    }
    return found * 2 > count
  }

  /// Whether `enough` of these messages are in `other` at the same time: what `common` counts, of logs that are not indexed. Until its
  /// clock runs every boot stamps its lines with 0.
  func overlap(_ other: LogAnchors, enough: Int) -> Bool {
    var count = 0
    for (hash, time) in lines where time > 0 && other.has(hash, time) {
      count += 1
      if count == enough { return true }
    }
    return false
  }

  /// Whether the message was noted at the time, by their order alone: without `index()`.
  func has(_ hash: UInt64, _ time: Int64) -> Bool {
    let first = lines.partitioningIndex { $0.time >= time }
    return lines[max(0, first - 8)..<min(lines.count, first + 16)].contains {
      $0.hash == hash && $0.time == time
    }
  }

  /// How many messages were printed at the same time in both; counts no further than `enough`.
  package func common(_ other: LogAnchors, enough: Int) -> Int {
    var count = 0
    // Until its clock runs every boot stamps its lines with 0.
    for (hash, time) in times where time > 0 && other[hash] == time {
      count += 1
      if count == enough { break }
    }
    return count
  }
}
