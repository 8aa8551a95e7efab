/// The time axis of a picture: linear, but for stretches in which nothing begins or ends. Those are folded to a fixed
/// width and marked with their length, so that microseconds and seconds fit into one picture.
struct TimeScale {
  /// A stretch of time that is cut out.
  struct Fold {
    var start: Int64
    var end: Int64
    var length: Int64 { end - start }
  }
  private(set) var folds: [Fold] = []
  /// First and last moment.
  private(set) var range: ClosedRange<Int64>
  /// Where the axis bends: times rising, positions from 0 to 1. Every second stretch is a fold.
  private(set) var knots: [(time: Int64, x: Double)] = []

  /// Room before the first and after the last moment, and a fold's width, as parts of the whole.
  private static let margin = 0.02
  private static let foldWidth = 0.055

  /// `times`: the moments that must be told apart, in any order; at least one.
  init(_ times: [Int64], folds limit: Int = 7) {
    let sorted = Self.distinct(times)
    range = (sorted.first ?? 0)...(sorted.last ?? 0)
    folds = Self.folds(sorted, limit)
    layOut()
  }

  private static func distinct(_ times: [Int64]) -> [Int64] {
    var result: [Int64] = []
    // No stamp is 36 years long; a broken one must not overflow.
    for time in times.map({ max(-(1 << 60), min(1 << 60, $0)) }).sorted() where result.last != time {
      result.append(time)
    }
    return result
  }

  /// Folds the longest empty stretch while it takes more than its share, and the shortest could not be seen.
  private static func folds(_ times: [Int64], _ limit: Int) -> [Fold] {
    guard times.count > 2 else { return [] }
    var gaps = zip(times, times.dropFirst()).map { Fold(start: $0, end: $1) }
    let shortest = gaps.map(\.length).min() ?? 1
    gaps.sort { ($0.length, $0.start) > ($1.length, $1.start) }
    var left = times[times.count - 1] - times[0]
    var chosen: [Fold] = []
    for gap in gaps.prefix(limit) {
      let isLarge = gap.length > left / 4
      guard isLarge, left / 40 > shortest, left - gap.length > 0 else { break }
      chosen.append(gap)
      left -= gap.length
    }
    return chosen.sorted { $0.start < $1.start }
  }

  private mutating func layOut() {
    let length = range.upperBound - range.lowerBound
    let drawn = max(1, length - folds.reduce(0) { $0 + $1.length })
    let room = 1 - 2 * Self.margin - Double(folds.count) * Self.foldWidth
    var at = (time: range.lowerBound, x: Self.margin)
    knots = [at]
    for fold in folds {
      at.x += Double(fold.start - at.time) / Double(drawn) * room
      knots.append((fold.start, at.x))
      at = (fold.end, at.x + Self.foldWidth)
      knots.append(at)
    }
    knots.append((range.upperBound, 1 - Self.margin))
  }

  /// Position of a moment, 0 to 1; moments outside lie on the edge.
  func x(_ time: Int64) -> Double {
    guard time >= range.lowerBound else { return 0 }
    guard time <= range.upperBound else { return 1 }
    var low = 0
    var high = knots.count - 1
    while low + 1 < high {
      let middle = (low + high) / 2
      if knots[middle].time <= time { low = middle } else { high = middle }
    }
    let (a, b) = (knots[low], knots[high])
    guard b.time > a.time else { return a.x }
    return a.x + Double(time - a.time) / Double(b.time - a.time) * (b.x - a.x)
  }

  /// Moments for the axis, in order, no two nearer than `spacing` (a part of the whole): where a stretch begins, and
  /// round values between.
  func ticks(spacing: Double) -> [Int64] {
    var chosen: [(time: Int64, x: Double)] = []
    func add(_ time: Int64) {
      let x = x(time)
      if chosen.allSatisfy({ abs($0.x - x) >= spacing }) { chosen.append((time, x)) }
    }
    add(range.lowerBound)
    for fold in folds { add(fold.end) }
    for index in stride(from: 0, to: knots.count - 1, by: 2) {
      let (a, b) = (knots[index], knots[index + 1])
      guard b.x - a.x > spacing, b.time > a.time else { continue }
      let step = Self.round(Double(b.time - a.time) / ((b.x - a.x) / spacing))
      var time = (a.time / step + 1) * step
      while time < b.time {
        add(time)
        time += step
      }
    }
    return chosen.map(\.time).sorted()
  }

  /// The next 1, 2 or 5 times a power of ten, not below 1 us.
  private static func round(_ value: Double) -> Int64 {
    var step: Int64 = 1000
    while true {
      for factor in [1, 2, 5] as [Int64] where Double(step * factor) >= value { return step * factor }
      step *= 10
    }
  }
}
