import Statistics
import Testing

@testable import History

struct ChangeGateTests {
  private let signature = "iommu-late-probe/v1:bind:nvme"

  /// What a night says beside the nights before it, each of 166 boots of a board.
  private func failures(
    before: [Int], now: Int, cause: String = "probe-before-domain", listed: ChangeGate.Listed = .no,
    twice: Bool = false
  ) throws -> [ChangeGate.Failure]? {
    let place = try Place()
    for (night, n) in before.enumerated() {
      try place.add(
        (0..<166).map { boot(night * 1000 + $0, causes: $0 < n ? ["probe-before-domain"] : []) },
        run: "\(night)")
    }
    let tonight = (0..<166).map { boot(100_000 + $0, causes: $0 < now ? [cause] : []) }
    if twice { try place.add(tonight, run: "tonight") }
    return try run(place, tonight, listed)
  }

  /// `others`: added by another run while this one goes on.
  private func run(
    _ place: Place, _ records: [BootRecord], _ listed: ChangeGate.Listed = .no, others: [BootRecord] = []
  ) throws -> [ChangeGate.Failure]? {
    let writer = try HistoryWriter(place.path, today: today)
    try writer.begin(run: "tonight")
    let moment = try HistoryReader(place.path).moment()
    var gate = ChangeGate(moment)
    try place.add(others, run: "others")
    // Under two names each.
    for record in records + records { gate.add(record, record.findings.map { _ in listed }) }
    _ = try writer.add(records + records, since: moment) { gate.take($0) }
    return gate.failures()
  }

  private func new(_ boots: Int, _ example: String) -> [ChangeGate.Failure] {
    [
      .new(
        signature: signature, cause: "probe-before-domain", verdict: "real", boots: boots, example: example)
    ]
  }

  /// Two jobs at once that show the same new thing: what the other has added is no earlier boot.
  @Test func whatIsAddedMeanwhileIsNotEarlier() throws {
    let place = try Place()
    try place.add((0..<20).map { boot($0) })
    let own = boot(100, causes: ["probe-before-domain"])
    let others = (200..<700).map { boot($0, causes: ["probe-before-domain"]) }
    #expect(try run(place, [own], others: others + [own]) == new(1, "logs/b/6.17.13/100.log"))
  }

  /// A console log of more boots than a byte counts.
  @Test func allBootsOfALogAreTold() throws {
    let place = try Place()
    try place.add([boot(0)])
    let soak = (0..<300).map { number in
      var record = boot(1, causes: ["probe-before-domain"])
      record.boot = number
      return record
    }
    // Its rate rose as well.
    #expect(try run(place, soak)?.first == new(300, "logs/b/6.17.13/1.log").first)
  }

  @Test func anEmptyHistoryHasNothingToCompareWith() throws {
    #expect(try failures(before: [], now: 9) == nil)
  }

  /// The night of the rise stops, again if it is repeated, and the night before passes.
  @Test(arguments: [false, true])
  func aRise(_ twice: Bool) throws {
    #expect(try failures(before: [2, 1, 3, 1], now: 2, twice: twice) == [])
    let found = try #require(try failures(before: [2, 1, 3, 1], now: 15, twice: twice))
    guard
      case .rose("probe-before-domain", "b", Rate(n: 7, of: 664), Rate(n: 15, of: 166), let p)? = found.first
    else {
      Issue.record("\(found)")
      return
    }
    #expect(found.count == 1 && p < 0.001)
  }

  @Test func aNewGroup() throws {
    let found = try #require(try failures(before: [2, 1], now: 1, cause: "silent-late-iommu"))
    #expect(
      found == [
        .new(
          signature: signature, cause: "silent-late-iommu", verdict: "real", boots: 1,
          example: "logs/b/6.17.13/100000.log")
      ])
    #expect(
      try failures(before: [2, 1], now: 1, cause: "silent-late-iommu", listed: .yes(ceiling: nil)) == [])
  }

  /// An entry's ceiling goes before what was: a rate below it passes, one beyond it does not.
  @Test func aCeiling() throws {
    #expect(try failures(before: [0, 0, 1], now: 15, listed: .yes(ceiling: 0.1)) == [])
    let found = try #require(try failures(before: [15, 14, 16], now: 15, listed: .yes(ceiling: 0.01)))
    guard case .exceeds("probe-before-domain", "b", 0.01, Rate(n: 15, of: 166), _)? = found.first else {
      Issue.record("\(found)")
      return
    }
    // One boot is no proof of a rate.
    #expect(try failures(before: [1, 1], now: 3, listed: .yes(ceiling: 0.01)) == [])
  }
}
