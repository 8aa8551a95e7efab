import Glibc

/// ln n!, exact sums for small n, Stirling's series beyond.
enum LogFactorial {
  private static let table: [Double] = (1..<1024).reduce(into: [0]) {
    $0.append($0[$1 - 1] + log(Double($1)))
  }

  static func of(_ n: Int) -> Double {
    if n < table.count { return table[n] }
    let x = Double(n)
    return (x + 0.5) * log(x) - x + 0.918938533204672742 + 1 / (12 * x) - 1 / (360 * x * x * x)
  }

  /// ln of `n` over `k`.
  static func choose(_ n: Int, _ k: Int) -> Double { of(n) - of(k) - of(n - k) }
}

/// The number of successes in `trials`, each with `chance` (above 0, below 1).
struct Binomial {
  private let trials: Int
  private let logChance: Double
  private let logOther: Double

  init(_ trials: Int, _ chance: Double) {
    self.trials = trials
    logChance = log(chance)
    logOther = log1p(-chance)
  }

  /// The probability of exactly `k`.
  func callAsFunction(_ k: Int) -> Double {
    guard k >= 0, k <= trials else { return 0 }
    return exp(LogFactorial.choose(trials, k) + Double(k) * logChance + Double(trials - k) * logOther)
  }

  /// Of `k` or more.
  func upperTail(_ k: Int) -> Double { k <= 0 ? 1 : Tail.sum(from: k, through: trials, callAsFunction) }
  /// Of `k` or fewer.
  func lowerTail(_ k: Int) -> Double { k >= trials ? 1 : Tail.sum(from: k, through: 0, callAsFunction) }
}

/// The number of marked ones among `drawn` of `total`, of which `marked` are.
struct Hypergeometric {
  let total: Int
  let marked: Int
  let drawn: Int

  /// What there can be.
  var range: ClosedRange<Int> { max(0, drawn + marked - total)...min(drawn, marked) }

  /// The probability of exactly `k`.
  func callAsFunction(_ k: Int) -> Double {
    guard range.contains(k) else { return 0 }
    return exp(
      LogFactorial.choose(marked, k) + LogFactorial.choose(total - marked, drawn - k)
        - LogFactorial.choose(total, drawn))
  }

  /// Of `k` or more.
  func upperTail(_ k: Int) -> Double {
    k <= range.lowerBound ? 1 : Tail.sum(from: k, through: range.upperBound, callAsFunction)
  }
  /// Of `k` or fewer.
  func lowerTail(_ k: Int) -> Double {
    k >= range.upperBound ? 1 : Tail.sum(from: k, through: range.lowerBound, callAsFunction)
  }
}

enum Tail {
  /// A sum of probabilities outwards; it ends where terms fall and no longer matter.
  static func sum(from start: Int, through end: Int, _ term: (Int) -> Double) -> Double {
    guard start != end else { return term(start) }
    let step = start < end ? 1 : -1
    guard (end - start) * step > 0 || start == end else { return 0 }
    var (sum, last) = (0.0, 0.0)
    for k in stride(from: start, through: end, by: step) {
      let next = term(k)
      sum += next
      if next < last, next <= sum * 1e-17 { break }
      last = next
    }
    return min(1, sum)
  }
}
