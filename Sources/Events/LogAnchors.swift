/// Hashes of a boot's messages with their times, to find the same line in another input. A log that is read alone only
/// notes them.
public struct LogAnchors: Sendable {
  private var lines: [(hash: UInt64, time: Int64)] = []
  private var times: [UInt64: Int64] = [:]

  /// Logs may be of any size.
  private static let kept = 20_000
  var hasRoom: Bool { lines.count < Self.kept }

  /// Messages that were noted, each as often as it came.
  public var count: Int { lines.count }

  mutating func note(_ hash: UInt64, _ time: Int64) { lines.append((hash, time)) }

  /// Makes look-ups possible, once all is noted.
  public mutating func index() {
    times.reserveCapacity(lines.count)
    for (hash, time) in lines {
      // A text that comes twice cannot tell which one was meant.
      let known = times[hash]
      times[hash] = known == nil || known == time ? time : -1
    }
  }

  /// The time of the message in nanoseconds; -1 if it came at several; nil if it did not.
  public subscript(hash: UInt64) -> Int64? {
    precondition(times.isEmpty == lines.isEmpty, "looked up before index()")
    return times[hash]
  }

  /// How many messages were printed at the same time in both; counts no further than `enough`.
  public func common(_ other: LogAnchors, enough: Int) -> Int {
    var count = 0
    // Until its clock runs every boot stamps its lines with 0.
    for (hash, time) in times where time > 0 && other[hash] == time {
      count += 1
      if count == enough { break }
    }
    return count
  }
}
