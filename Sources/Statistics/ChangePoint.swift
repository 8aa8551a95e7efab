import Glibc

/// A place in a series at which its rate changes.
package struct ChangePoint: Sendable, Equatable {
  /// The first point with the new rate.
  package var at: Int
  /// The probability of a likelihood ratio as large at any place, if findings were dealt out to the boots at random.
  package var p: Double
}

/// Rates of one thing in an order, say of kernels, and where they change.
///
/// Of each place the likelihood ratio says how much better two rates fit than one. Its largest is held against what all permutations of
/// the findings over the boots would give: not some drawn by lot, but all of them, for their number of findings up to a place is a
/// Markov chain whose probabilities can be added up. So there is no seed, and a small probability is as exact as a large one.
package struct RateSeries: Sendable {
  private let points: [Rate]

  /// In their order; points of no boots say nothing.
  package init(_ points: [Rate]) { self.points = points }

  /// The best place and its probability; nil if there is none, for fewer than two points have boots or all boots are alike. Where `p` is far from
  /// `level` it is a bound: of what is more probable the lower one, of what is less the upper one.
  package func change(level: Double) -> ChangePoint? { Split(points[...])?.change(level: level) }

  /// The smallest probability that could come of these numbers; 1 if nothing can.
  package var least: Double { Split(points[...])?.least ?? 1 }

  /// The logarithm of the likelihood ratio of a change at `place`, within `range`; 0 where there can be none.
  package func ratio(of range: Range<Int>, at place: Int) -> Double {
    Split(points[range])?.ratio(at: place) ?? 0
  }

  /// The series cut at all its changes that are less probable than `level`: the first points of its pieces, 0 among them.
  package func pieces(level: Double) -> [Int] {
    var starts: [Int] = []
    cut(points.indices, level, &starts)
    // A cut was sought beside all that follows it: now only beside its neighbours, where it must still hold.
    while true {
      settle(&starts)
      let weakest = starts.indices.dropFirst().map { (index: $0, p: probability(of: $0, in: starts, level)) }
        .max { $0.p < $1.p }
      guard let weakest, weakest.p > level else { return starts }
      starts.remove(at: weakest.index)
    }
  }

  /// What lies between the cut before `index` and the one behind it.
  private func surroundings(of index: Int, in starts: [Int]) -> Split? {
    Split(points[starts[index - 1]..<(index + 1 < starts.count ? starts[index + 1] : points.count)])
  }

  private func probability(of index: Int, in starts: [Int], _ level: Double) -> Double {
    surroundings(of: index, in: starts)?.change(level: level).p ?? 1
  }

  /// Moves each cut to the best place beside its neighbours, until none moves: every move makes all more likely together.
  private func settle(_ starts: inout [Int]) {
    var moves = true
    while moves {
      moves = false
      for index in starts.indices.dropFirst() {
        guard let best = surroundings(of: index, in: starts)?.best.at, best != starts[index] else { continue }
        starts[index] = best
        moves = true
      }
    }
  }

  private func cut(_ range: Range<Int>, _ level: Double, _ starts: inout [Int]) {
    guard let change = Split(points[range])?.change(level: level), change.p <= level else {
      starts.append(range.lowerBound)
      return
    }
    cut(range.lowerBound..<change.at, level, &starts)
    cut(change.at..<range.upperBound, level, &starts)
  }
}
