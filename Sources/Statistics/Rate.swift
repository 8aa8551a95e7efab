/// So many of so many: `n` boots that show it, of `of` that could have.
package struct Rate: Sendable, Equatable {
  /// At least 0, at most `of`.
  package var n: Int
  /// At least 0.
  package var of: Int

  package init(n: Int, of: Int) {
    self.n = n
    self.of = of
  }

  /// From 0 to 1; nil of nothing.
  package var value: Double? { of > 0 ? Double(n) / Double(of) : nil }

  /// Both together.
  package static func + (a: Rate, b: Rate) -> Rate { Rate(n: a.n + b.n, of: a.of + b.of) }

  /// Wilson's score interval with 95 %, from 0 to 1: it holds its level for small counts and for none at all. Of nothing it is 0 to 1.
  package var interval: ClosedRange<Double> {
    guard of > 0 else { return 0...1 }
    let z = 1.959964
    let (n, of) = (Double(n), Double(of))
    let middle = (n + z * z / 2) / (of + z * z)
    let half = z / (of + z * z) * (n * (of - n) / of + z * z / 4).squareRoot()
    // Rounding must not leave out the rate itself at either end.
    return (self.n == 0 ? 0 : max(0, middle - half))...(self.n == self.of ? 1 : min(1, middle + half))
  }

  /// How many more boots without a finding until the rate is below `limit` (a billionth at least, below 1) with 95 %, by the exact binomial
  /// test; 0 if it is already. No more than 2^52.
  package func cleanBoots(toBeBelow limit: Double) -> Int {
    let isBelow = { (boots: Int) in Binomial(boots, limit).lowerTail(n) <= 0.05 }
    guard !isBelow(of) else { return 0 }
    var step = 1
    while step < 1 << 52, !isBelow(of + step) { step *= 2 }
    var (short, enough) = (step / 2, step)
    while enough - short > 1 {
      let middle = (short + enough) / 2
      if isBelow(of + middle) { enough = middle } else { short = middle }
    }
    return enough
  }
}

extension Rate {
  /// Whether so many are more than a rate of `ceiling` explains: the probability of as many or more.
  package func probability(ifRateIs ceiling: Double) -> Double {
    if ceiling <= 0 { return n > 0 ? 0 : 1 }
    return ceiling >= 1 ? 1 : Binomial(of, ceiling).upperTail(n)
  }
}
