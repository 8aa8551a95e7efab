/// Fisher's exact test of two rates.
package enum FisherExact {
  /// The probability that a difference as improbable as this one, or more so, comes by chance, in either direction. 1 where there is
  /// nothing to compare.
  package static func twoSided(_ a: Rate, _ b: Rate) -> Double {
    let law = law(a, b)
    // Tables that are as probable as this one count: rounding must not part them.
    let limit = law(a.n) * (1 + 1e-7)
    guard limit > 0 else { return 0 }
    let mode = min(
      max(Int(Double(a.of + 1) * Double(a.n + b.n + 1) / Double(a.of + b.of + 2)), law.range.lowerBound),
      law.range.upperBound)
    // Probabilities fall from the mode to either side: each tail begins at the first that is as improbable.
    let high = first(from: mode, to: law.range.upperBound) { law($0) <= limit }
    let low = first(from: mode - 1, to: law.range.lowerBound) { law($0) <= limit }
    return min(
      1,
      (high.map { Tail.sum(from: $0, through: law.range.upperBound, law.callAsFunction) } ?? 0)
        + (low.map { Tail.sum(from: $0, through: law.range.lowerBound, law.callAsFunction) } ?? 0))
  }

  /// The probability that the rate of `after` is by chance as far above that of `before`, or further.
  package static func rise(from before: Rate, to after: Rate) -> Double {
    law(after, before).upperTail(after.n)
  }

  /// The smallest that `rise` could be with as many findings together.
  package static func leastRise(from before: Rate, to after: Rate) -> Double {
    let law = law(after, before)
    return law(law.range.upperBound)
  }

  private static func law(_ a: Rate, _ b: Rate) -> Hypergeometric {
    Hypergeometric(total: a.of + b.of, marked: a.n + b.n, drawn: a.of)
  }

  /// The first that holds between `start` and `end`, in either direction, where all behind it hold too; nil if none does.
  private static func first(from start: Int, to end: Int, _ holds: (Int) -> Bool) -> Int? {
    let step = start <= end ? 1 : -1
    guard holds(end), start == end || (end - start).signum() == step else { return nil }
    var (before, found) = (start - step, end)
    while abs(found - before) > 1 {
      let middle = (before + found) / 2
      if holds(middle) { found = middle } else { before = middle }
    }
    return found
  }
}
