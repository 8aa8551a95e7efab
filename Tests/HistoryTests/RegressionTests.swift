import Statistics
import Testing

@testable import History

/// What the history holds, made by a table.
private struct Farm {
  var counts = FarmCounts()

  mutating func add(_ topic: String, _ board: String, _ series: [(kernel: String, n: Int, of: Int)]) {
    for point in series {
      let cell = Cell(board: board, kernel: point.kernel)
      counts.boots[cell] = FarmCounts.Boots(boots: point.of, eligible: point.of)
      if point.n > 0 { counts.seen[topic, default: [:]][cell] = FarmCounts.Seen(boots: point.n) }
    }
  }
}

struct RegressionTests {
  private let kernels = ["6.16.12", "6.17.0-rc5", "6.17.0", "6.17.13", "6.18.15"]

  private func series(_ counts: [Int], of: Int = 166) -> [(kernel: String, n: Int, of: Int)] {
    zip(kernels, counts).map { ($0, $1, of) }
  }

  @Test func aRiseIsNamedWithItsKernel() throws {
    var farm = Farm()
    farm.add("probe-before-domain", "a", series([1, 2, 15, 16, 14]))
    farm.add("probe-before-domain", "b", series([2, 1, 2, 1, 3]))
    let found = Regression.all(farm.counts)
    #expect(found.count == 1)
    let one = try #require(found.first)
    #expect(one.board == "a" && one.good == "6.17.0-rc5" && one.kernel == "6.17.0" && one.p < 1e-6)
    #expect(one.before == Rate(n: 3, of: 332) && one.after == Rate(n: 45, of: 498))
  }

  /// Where no kernel is known no rise can be, nor a last kernel.
  @Test func unknownKernelsAreNotTheNewest() {
    var farm = Farm()
    farm.add("probe-before-domain", "a", series([1, 2, 1, 2, 1]) + [("unknown", 90, 166)])
    #expect(Regression.all(farm.counts).isEmpty)
    #expect(farm.counts.kernels == kernels + ["unknown"] && farm.counts.orderedKernels == kernels)
  }

  /// Kernels before 6.15 cannot print the warning: that 6.15 does is no rise. A vendor's that did is held against what follows.
  @Test(arguments: [(0, [0, 0, 0, 9, 9, 9], false), (1, [0, 1, 0, 9, 9, 9], true)])
  func olderKernelsCannotWarn(_ shown: Int, _ counts: [Int], _ rises: Bool) throws {
    var farm = FarmCounts()
    for (kernel, n) in zip(["6.1.140", "6.12.40", "6.12.94", "6.15.11", "6.16.12", "6.17.13"], counts) {
      for number in 0..<300 {
        farm.count(boot(number, kernel: kernel, causes: number < n ? ["probe-before-domain"] : []))
      }
    }
    let all = farm.rate("probe-before-domain", farm.boots.keys)
    #expect(all == Rate(n: 27 + shown, of: rises ? 1500 : 900))
    #expect(Regression.all(farm).map(\.kernel) == (rises ? ["6.15.11"] : []))
  }

  /// Where nothing but a hash tells builds apart their first days do.
  @Test func daysOrderWhatNamesDoNot() {
    var farm = FarmCounts()
    for (day, kernel) in ["6.12.0-gfffffff", "6.12.0-g0000000", "6.12.0-g9999999"].enumerated() {
      farm.count(boot(day, kernel: kernel), Day(number: day))
    }
    #expect(farm.orderedKernels == ["6.12.0-gfffffff", "6.12.0-g0000000", "6.12.0-g9999999"])
  }

  /// No row is less sure than what is asked of a rise.
  @Test func everyRiseHolds() throws {
    let kernels = (1...12).map { "6.17.\($0)" }
    var farm = Farm()
    farm.add(
      "probe-before-domain", "a",
      zip(kernels, [0, 0, 0, 2, 4, 20, 17, 12, 1, 1, 1, 1]).map { ($0, $1, 166) })
    for board in ["b", "c", "d", "e"] {
      farm.add(
        "probe-before-domain", board,
        zip(kernels, [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]).map { ($0, $1, 166) })
    }
    let found = Regression.all(farm.counts)
    #expect(found.map(\.kernel) == ["6.17.6"] && found.allSatisfy { $0.p <= Regression.level })
    #expect(found.first?.before == Rate(n: 6, of: 830))
  }

  @Test func aFallIsNone() {
    var farm = Farm()
    farm.add("probe-before-domain", "a", series([15, 14, 2, 1, 2]))
    #expect(Regression.all(farm.counts).isEmpty)
  }

  @Test func whatIsNewIsARise() throws {
    var farm = Farm()
    farm.add("silent-late-iommu", "a", series([0, 0, 0, 12, 9]))
    let one = try #require(Regression.all(farm.counts).first)
    #expect(one.before == Rate(n: 0, of: 498) && one.kernel == "6.17.13")
  }

  /// One commit, one kernel: what one board says clearly settles where its neighbour's counts would do for two.
  @Test func boardsShareAKernelWhereItFits() {
    var farm = Farm()
    farm.add("probe-before-domain", "a", series([1, 2, 15, 16, 14]))
    farm.add("probe-before-domain", "b", series([1, 2, 7, 18, 16]))
    #expect(Regression.all(farm.counts).map(\.kernel) == ["6.17.0", "6.17.0"])
  }

  /// Boots that could not have shown it are of no account: the rate is that of those that could.
  @Test func onlyBootsThatCountAreCounted() throws {
    var counts = FarmCounts()
    for number in 0..<300 {
      counts.count(boot(number, kernel: number < 150 ? "6.17.0" : "6.18.0", eligible: number % 3 == 0))
    }
    counts.count(boot(1000, kernel: "6.18.0", causes: ["probe-before-domain"], eligible: false))
    let cell = Cell(board: "b", kernel: "6.18.0")
    #expect(counts.rate("probe-before-domain", cell) == Rate(n: 1, of: 51))
    // A kernel with the gate cannot have it, unless it shows it.
    #expect(counts.rate("ungated-replay", cell) == Rate(n: 0, of: 0))
    #expect(counts.rate("ungated-replay", Cell(board: "b", kernel: "unknown")) == Rate(n: 0, of: 0))
  }

  @Test func undeterminedBesideACauseIsNotCountedTwice() {
    var counts = FarmCounts()
    counts.count(boot(1, causes: ["probe-before-domain", nil]))
    counts.count(boot(2, causes: [nil]))
    #expect(counts.topics == ["iommu-late-probe/v1:bind:nvme", "probe-before-domain"])
    #expect(counts.seen.values.map { $0.values.map(\.boots) } == [[1], [1]])
  }

  @Test func comparison() throws {
    var farm = Farm()
    farm.add("probe-before-domain", "a", series([1, 2, 15, 16, 14]))
    farm.add("probe-before-domain", "b", series([2, 1, 2, 1, 3]))
    let rows = Comparison(farm.counts, .kernel, "6.16.12", "6.17.0").rows
    #expect(rows.map(\.place) == ["a", "b"])
    #expect(try #require(rows.first).p < 0.01 && rows.last?.p == 1)
  }
}
