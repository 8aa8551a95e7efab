import TestSupport
import Testing

@testable import Statistics

private func rates(_ counts: [(Int, Int)]) -> [Rate] { counts.map { Rate(n: $0.0, of: $0.1) } }

struct RateTests {
  /// Values of R's binom.confint(method = "wilson").
  @Test func intervals() {
    let interval = Rate(n: 3, of: 20).interval
    #expect(abs(interval.lowerBound - 0.05236875) < 1e-6 && abs(interval.upperBound - 0.36041886) < 1e-6)
    #expect(Rate(n: 0, of: 20).interval.lowerBound == 0 && Rate(n: 20, of: 20).interval.upperBound == 1)
    #expect(Rate(n: 0, of: 0).interval == 0...1 && Rate(n: 0, of: 0).value == nil)
  }

  /// (1 - x)^n <= 0.05.
  @Test func cleanBoots() {
    #expect(Rate(n: 0, of: 0).cleanBoots(toBeBelow: 0.01) == 299)
    #expect(Rate(n: 0, of: 298).cleanBoots(toBeBelow: 0.01) == 1)
    #expect(Rate(n: 0, of: 299).cleanBoots(toBeBelow: 0.01) == 0)
    #expect(Rate(n: 1, of: 100).cleanBoots(toBeBelow: 0.01) == 373)
  }

  @Test func ceilings() {
    #expect(abs(Rate(n: 15, of: 166).probability(ifRateIs: 0.09) - 0.535) < 0.05)
    #expect(Rate(n: 15, of: 166).probability(ifRateIs: 0.01) < 1e-9)
    #expect(
      Rate(n: 0, of: 166).probability(ifRateIs: 0) == 1 && Rate(n: 1, of: 166).probability(ifRateIs: 0) == 0)
  }
}

struct FisherTests {
  /// The lady tasting tea, and R's fisher.test.
  @Test func twoSided() {
    #expect(abs(FisherExact.twoSided(Rate(n: 3, of: 4), Rate(n: 1, of: 4)) - 0.485714) < 1e-5)
    #expect(abs(FisherExact.twoSided(Rate(n: 1, of: 10), Rate(n: 9, of: 10)) - 0.00109333) < 1e-7)
    #expect(FisherExact.twoSided(Rate(n: 3, of: 10), Rate(n: 3, of: 10)) == 1)
    #expect(FisherExact.twoSided(Rate(n: 0, of: 10), Rate(n: 0, of: 10)) == 1)
    #expect(FisherExact.twoSided(Rate(n: 0, of: 0), Rate(n: 3, of: 10)) == 1)
  }

  @Test func rise() {
    #expect(abs(FisherExact.rise(from: Rate(n: 1, of: 4), to: Rate(n: 3, of: 4)) - 0.242857) < 1e-5)
    #expect(FisherExact.rise(from: Rate(n: 8, of: 830), to: Rate(n: 15, of: 166)) < 1e-6)
    #expect(FisherExact.rise(from: Rate(n: 15, of: 166), to: Rate(n: 8, of: 830)) > 0.99)
  }
}

struct ChangePointTests {
  @Test func aRiseIsFoundWhereItIs() throws {
    let series = RateSeries(rates([(2, 166), (1, 166), (3, 166), (15, 166), (14, 166)]))
    let change = try #require(series.change(level: 1e-4))
    #expect(change.at == 3 && change.p < 1e-6)
    #expect(series.pieces(level: 1e-4) == [0, 3])
  }

  @Test func noneWhereThereIsNone() {
    #expect(RateSeries(rates([(2, 166), (1, 166), (3, 166), (2, 166)])).pieces(level: 0.01) == [0])
    #expect(
      RateSeries(rates([])).change(level: 1) == nil && RateSeries(rates([(3, 9)])).change(level: 1) == nil)
    #expect(RateSeries(rates([(0, 9), (0, 9)])).change(level: 1) == nil)
    #expect(RateSeries(rates([(9, 9), (9, 9)])).change(level: 1) == nil)
    #expect(RateSeries(rates([(0, 9), (0, 0), (0, 9)])).least == 1)
  }

  @Test func aRiseThatIsMendedIsTwoChanges() {
    let series = RateSeries(rates([(1, 166), (2, 166), (16, 166), (17, 166), (15, 166), (1, 166), (2, 166)]))
    #expect(series.pieces(level: 0.001) == [0, 2, 5])
  }

  /// A cut that holds only beside what a later one explains is none.
  @Test func everyCutHoldsBesideItsNeighbours() {
    let counts = [0, 0, 0, 2, 4, 20, 17, 12, 1, 1, 1, 1]
    let series = RateSeries(rates(counts.map { ($0, 166) }))
    #expect(series.pieces(level: 0.0025) == [0, 5, 8])
  }

  /// What is added up is what permutations come to: held against ten thousand of them, and against all where there are few.
  @Test(arguments: [
    [(2, 30), (1, 20), (3, 40), (6, 30), (4, 20)], [(0, 30), (1, 20), (0, 40), (2, 30), (1, 20)],
    [(5, 30), (1, 20), (9, 40), (2, 30), (1, 20), (0, 7)], [(0, 5), (0, 5), (5, 5)],
  ])
  func exact(_ counts: [(Int, Int)]) throws {
    let points = rates(counts)
    let p = try #require(RateSeries(points).change(level: 1)).p
    let ratio = try #require(Split(points[...])).best.ratio
    var boots = points.flatMap {
      Array(repeating: true, count: $0.n) + Array(repeating: false, count: $0.of - $0.n)
    }
    var random = Random(1)
    var hits = 0
    let times = 10_000
    for _ in 0..<times {
      boots.shuffle(using: &random)
      var at = 0
      let dealt = points.map { point in
        defer { at += point.of }
        return Rate(n: boots[at..<at + point.of].count { $0 }, of: point.of)
      }
      if (Split(dealt[...])?.best.ratio ?? 0) >= ratio - 1e-9 { hits += 1 }
    }
    let drawn = Double(hits) / Double(times)
    #expect(abs(drawn - p) < 4 * (max(p, 1e-3) / Double(times)).squareRoot(), "\(p) is not \(drawn)")
  }

  @Test func onlyTestsThatCouldSayAnythingCount() {
    #expect(FamilyWise.tests([], level: 0.01) == 1)
    #expect(FamilyWise.tests([0.5, 0.5, 0.5], level: 0.01) == 1)
    #expect(FamilyWise.tests([1e-9, 1e-9, 0.5], level: 0.01) == 2)
    #expect(FamilyWise.tests([1e-9, 1e-9, 1e-9, 0.006], level: 0.01) == 3)
  }
}
