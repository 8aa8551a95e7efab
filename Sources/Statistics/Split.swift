import Glibc

/// A run of rates, to be cut in two.
struct Split {
  /// Those that have boots, and their places in the series.
  private let points: [Rate]
  private let places: [Int]
  private let all: Rate
  /// Of one rate for all, see `likelihood`.
  private let common: Double

  /// Nil where nothing can change: fewer than two points have boots, none has a finding, or every boot has.
  init?(_ run: ArraySlice<Rate>) {
    places = run.indices.filter { run[$0].of > 0 }
    points = places.map { run[$0] }
    all = points.reduce(Rate(n: 0, of: 0), +)
    common = Self.likelihood(all)
    guard points.count > 1, all.n > 0, all.n < all.of else { return nil }
  }

  /// The place with the largest likelihood ratio, the earliest of several, and the ratio's logarithm.
  var best: (at: Int, ratio: Double) {
    let found = bestCut
    return (places[found.cut], found.ratio)
  }

  private var bestCut: (cut: Int, ratio: Double) {
    var result = (cut: 1, ratio: -Double.infinity)
    for (cut, before) in sums {
      let ratio = ratio(before)
      if ratio > result.ratio + Self.slack { result = (cut, ratio) }
    }
    return result
  }

  /// Each cut's number and what is before it.
  private var sums: [(cut: Int, before: Rate)] {
    var sum = Rate(n: 0, of: 0)
    return points.indices.dropLast().map { index in
      sum = sum + points[index]
      return (index + 1, sum)
    }
  }

  /// The logarithm of the ratio at a place of the series.
  func ratio(at place: Int) -> Double {
    let before = zip(places, points).reduce(Rate(n: 0, of: 0)) { $1.0 < place ? $0 + $1.1 : $0 }
    return ratio(before)
  }

  /// Ratios that differ by less are equal.
  private static let slack = 1e-9

  private func ratio(_ before: Rate) -> Double {
    Self.likelihood(before) + Self.likelihood(Rate(n: all.n - before.n, of: all.of - before.of))
      - common
  }

  /// The logarithm of a rate's largest likelihood.
  private static func likelihood(_ rate: Rate) -> Double {
    guard rate.n > 0, rate.n < rate.of else { return 0 }
    let (n, of) = (Double(rate.n), Double(rate.of))
    return n * log(n / of) + (of - n) * log1p(-n / of)
  }

  /// What the numbers of findings before a cut may be without a ratio of `limit`; nil if none may.
  private func inside(_ of: Int, _ limit: Double) -> ClosedRange<Int>? {
    let law = Hypergeometric(total: all.of, marked: all.n, drawn: of)
    let range = law.range
    let isOut = { n in ratio(Rate(n: n, of: of)) >= limit - Self.slack }
    // The ratio falls to the share that is expected, and rises again.
    let middle = min(
      max(Int(Double(all.n) * Double(of) / Double(all.of)), range.lowerBound), range.upperBound)
    guard let centre = [middle, min(middle + 1, range.upperBound)].first(where: { !isOut($0) }) else {
      return nil
    }
    return Self.last(
      from: centre, to: range.lowerBound, isOut)...Self.last(from: centre, to: range.upperBound, isOut)
  }

  /// The last between `start`, which is not out, and `end` that is not.
  private static func last(from start: Int, to end: Int, _ isOut: (Int) -> Bool) -> Int {
    guard isOut(end) else { return end }
    var (inside, outside) = (start, end)
    while abs(outside - inside) > 1 {
      let middle = (inside + outside) / 2
      if isOut(middle) { outside = middle } else { inside = middle }
    }
    return inside
  }

  /// The best cut; its probability is exact where it decides: that cut alone may be too probable, all cuts together improbable enough.
  func change(level: Double) -> ChangePoint {
    let (cut, ratio) = bestCut
    var p = probability(atCutAlone: sums[cut - 1].before.of, ratio)
    if p <= level {
      p = sums.reduce(0) { $0 + probability(atCutAlone: $1.before.of, ratio) }
      if p > level / 1000 { p = probability(of: ratio) }
    }
    return ChangePoint(at: places[cut], p: p)
  }

  private func probability(atCutAlone of: Int, _ ratio: Double) -> Double {
    let law = Hypergeometric(total: all.of, marked: all.n, drawn: of)
    guard let inside = inside(of, ratio) else { return 1 }
    return min(
      1,
      (inside.lowerBound > law.range.lowerBound ? law.lowerTail(inside.lowerBound - 1) : 0)
        + (inside.upperBound < law.range.upperBound ? law.upperTail(inside.upperBound + 1) : 0))
  }

  /// The most extreme that any cut could be.
  var least: Double {
    sums.map { sum in
      let law = Hypergeometric(total: all.of, marked: all.n, drawn: sum.before.of)
      return min(law(law.range.lowerBound), law(law.range.upperBound))
    }.min() ?? 1
  }

  /// That any cut has a ratio of `limit` or more, over all permutations. Points are taken as independent with the common rate; what
  /// leaves the inside at a cut has come to its end there and is weighed with the chance that the rest makes up the total.
  private func probability(of limit: Double) -> Double {
    let chance = Double(all.n) / Double(all.of)
    var alive: (first: Int, weights: [Double]) = (0, [1])
    var out = 0.0
    for (cut, before) in sums {
      let step = Binomial(points[cut - 1].of, chance)
      let rest = Binomial(all.of - before.of, chance)
      let reach = alive.first + alive.weights.count - 1 + points[cut - 1].of
      let inside = inside(before.of, limit)
      let steps = Steps(step)
      let weight = { (n: Int) in
        alive.weights.indices.reduce(0.0) { $0 + alive.weights[$1] * steps(n - alive.first - $1) }
      }
      let end = { (n: Int) in weight(n) * rest(all.n - n) }
      guard let inside else { return 1 }
      let top = min(reach, all.n)
      if inside.upperBound < top { out += Tail.sum(from: inside.upperBound + 1, through: top, end) }
      if inside.lowerBound > alive.first {
        out += Tail.sum(from: inside.lowerBound - 1, through: alive.first, end)
      }
      alive = (inside.lowerBound, inside.map(weight))
    }
    return min(1, out / Binomial(all.of, chance)(all.n))
  }
}

/// A binomial's probabilities, each reckoned once.
private final class Steps {
  private let law: Binomial
  private var known: [Double] = []

  init(_ law: Binomial) { self.law = law }

  func callAsFunction(_ k: Int) -> Double {
    guard k >= 0 else { return 0 }
    while known.count <= k { known.append(law(known.count)) }
    return known[k]
  }
}
