import Bytes
import Testing

@testable import Timelines

/// How the trace's clock and the log's are tied: `offset, slack, anchors`, in microseconds.
struct ClockJoinTests {
  struct Pair: CustomStringConvertible, Sendable {
    var description: String
    var trace: String
    var log: String
    var expected: String
    init(_ description: String, _ trace: String, _ log: String, _ expected: String) {
      (self.description, self.trace, self.log, self.expected) = (description, trace, log, expected)
    }
  }

  private static let pairs: [Pair] = [
    Pair("nothing is in both", "1 10 really_probe A", "20 pci B: Adding to iommu group 4", "+0, -, 0"),
    Pair(
      "a group's line just after its event: one clock",
      "1 10 group 4 A", "14 pci A: Adding to iommu group 4", "+0, 4, 1"),
    Pair(
      "printk's stamp is cut to microseconds: a line just before its event is one clock too",
      "1 10 group 4 A", "9 pci A: Adding to iommu group 4", "+0, 1, 1"),
    Pair(
      "of several groups the nearest line decides",
      "1 10 group 4 A\n1 20 group 5 B",
      "17 pci A: Adding to iommu group 4\n23 pci B: Adding to iommu group 5", "+0, 3, 2"),
    Pair(
      "another clock, and nothing that says how early: offset without a slack",
      "1 10 group 4 A", "9000010 pci A: Adding to iommu group 4", "+9000000, -, 1"),
    Pair(
      "another clock, and one thing: any two boots of a machine have one, and some offset fits",
      "1 10 probe_iommu_group A\n1 12 group 4 A\n1 15 } probe_iommu_group = 0",
      "9000012 pci A: Adding to iommu group 4", "+9000000, -, 1"),
    Pair(
      "another clock: the return of the function that added the group is the other bound",
      "1 10 probe_iommu_group A\n1 12 group 4 A\n1 15 } probe_iommu_group = 0\n"
        + "1 20 probe_iommu_group B\n1 22 group 5 B\n1 25 } probe_iommu_group = 0\n"
        + "1 30 probe_iommu_group C\n1 32 group 6 C\n1 35 } probe_iommu_group = 0",
      "9000012 pci A: Adding to iommu group 4\n9000022 pci B: Adding to iommu group 5\n"
        + "9000032 pci C: Adding to iommu group 6", "+9000000, 3, 3"),
    Pair(
      "a console event comes just after its line took its stamp",
      "1 12 group 4 A\n1 20 console hello there\n1 40 console how are you",
      "9000015 hello there\n9000012 pci A: Adding to iommu group 4\n9000034 how are you",
      "+9000000, 5, 3"),
    Pair(
      "a text that is printed twice ties nothing",
      "1 20 console hello there\n1 30 console hello there",
      "20 hello there\n21 pci A: Adding to iommu group 4", "+0, -, 0"),
    Pair(
      "a device that got two groups ties by each of them, in their order",
      "1 10 group 4 A\n1 20 group 5 A",
      "11 pci A: Adding to iommu group 4\n21 pci A: Adding to iommu group 5", "+0, 1, 2"),
    Pair(
      "where one input has fewer of them, nobody knows which it lacks",
      "1 10 group 4 A\n1 20 group 5 A", "11 pci A: Adding to iommu group 4", "+0, -, 0"),
    Pair(
      "a log without stamps ties nothing",
      "1 10 group 4 A", "pci A: Adding to iommu group 4", "+0, -, 0"),
  ]

  @Test(arguments: pairs)
  func joins(_ pair: Pair) throws {
    let read = Documents([Traced(pair.trace).text, logged(pair.log)])
    var log = try #require(read.stories[1].logs.first)
    log.anchors.index()
    let join = ClockJoin.join(read.trace, read.names, log)
    let slack = join.slack.map { String($0 / 1000) } ?? "-"
    #expect("+\(join.offset / 1000), \(slack), \(join.anchors)" == pair.expected)
  }

  // MARK: clocks that run apart

  /// Messages and groups of a boot whose trace has a clock of its own: `late` is how much later the log's is, in microseconds, at a
  /// time of the trace. Each event stands 5 µs beside its stamp.
  private static func boot(_ late: (_ time: Int) -> Int) -> (trace: String, log: String) {
    var trace: [String] = []
    var log: [String] = []
    for number in 0..<60 {
      let time = 10_000 + number * 15_000
      trace += ["1 \(time) group \(number) D\(number)", "1 \(time + 20) console hello \(number)"]
      log += [
        "\(time + 5 + late(time)) pci D\(number): Adding to iommu group \(number)",
        "\(time + 15 + late(time)) hello \(number)",
      ]
    }
    return (trace.joined(separator: "\n"), log.joined(separator: "\n"))
  }

  private static func join(_ boot: (trace: String, log: String)) throws -> (join: ClockJoin, isOther: Bool) {
    let read = Documents([Traced(boot.trace).text, logged(boot.log)])
    var log = try #require(read.stories[1].logs.first)
    log.anchors.index()
    return (
      ClockJoin.join(read.trace, read.names, log), ClockJoin.isImpossible(read.trace, read.names, log)
    )
  }

  /// Both ways: each end of the trace has its own offset, and what is later stays later.
  @Test(arguments: [900, -900]) func clocksThatDriftAreJoinedPieceByPiece(_ millionths: Int) throws {
    let late = { (time: Int) in 9_000_000 + time * millionths / 1_000_000 }
    let (join, isOther) = try Self.join(Self.boot(late))
    #expect(!isOther && join.anchors == 120)
    let slack = try #require(join.slack)
    #expect(slack < 1_000_000)
    var before = Int64.min
    for time in stride(from: 0, through: 895_000, by: 1000) {
      let told = join.boot(5_000_000_000 + Int64(time) * 1000)
      #expect(abs(told - 5_000_000_000 - Int64(time + late(time)) * 1000) <= slack, "\(time)")
      #expect(told > before)
      before = told
      // The way back.
      #expect(abs(join.trace(told) - 5_000_000_000 - Int64(time) * 1000) < 1000)
    }
  }

  /// No clock leaps: pieces that contradict each other tie nothing.
  @Test(arguments: [20_000, -20_000]) func clocksThatLeapAreNotTied(_ leap: Int) throws {
    let (join, _) = try Self.join(Self.boot { $0 < 450_000 ? 9_000_000 : 9_000_000 + leap })
    #expect(join.slack == nil)
  }

  /// The same messages at times of another boot.
  @Test func anotherBootIsNotTied() throws {
    let (join, isOther) = try Self.join(Self.boot { 9_000_000 + $0 / 7 + ($0 / 15_000 * 7919) % 60_000 })
    #expect(join.slack == nil && isOther)
  }

  /// A trace without console events: its groups, each with the return behind it, in microseconds, and how much later the log has them.
  @Test(arguments: [
    ([9_000_000, 9_000_000, 9_000_040, 9_000_000], false),
    ([9_000_000, 9_120_000, 9_000_000, 9_000_000], true),
    ([9_000_000, 9_000_000, 9_000_000, 8_940_000], true),
    // The machine slept.
    ([9_000_000, 9_000_000, 9_000_000, 4_000_000], false),
  ])
  func aReturnBoundsWhatItsThreadPrinted(_ late: [Int], _ isOther: Bool) throws {
    var trace: [String] = []
    var log: [String] = []
    for (number, late) in late.enumerated() {
      let time = 10_000 + number * 200_000
      trace += [
        "1 \(time) probe_iommu_group D\(number)", "1 \(time + 10) group \(number) D\(number)",
        "1 \(time + 100) } probe_iommu_group = 0",
      ]
      log.append("\(time + 20 + late) pci D\(number): Adding to iommu group \(number)")
    }
    #expect(try Self.join((trace.joined(separator: "\n"), log.joined(separator: "\n"))).isOther == isOther)
  }

  // MARK: groups

  /// Devices that got their groups at the same times, and messages that come later by so many milliseconds.
  private static func many(_ description: String, _ late: [Int], _ expected: String) -> Pair {
    let names = late.indices.map { "D\($0)" }
    let traced = names.enumerated().map { "1 \(10 * $0) group \($0) \($1)" }
    let logged = zip(names.indices, late).map { index, late in
      "\(9_000_000 + 10 * index + 1000 * late) pci D\(index): Adding to iommu group \(index)"
    }
    return Pair(description, traced.joined(separator: "\n"), logged.joined(separator: "\n"), expected)
  }

  private static let groups: [Pair] = [
    Pair(
      "the same groups", "1 10 group 4 A\n1 20 group 5 B",
      "11 pci A: Adding to iommu group 4\n21 pci B: Adding to iommu group 5", "agree"),
    Pair("a device has another group", "1 10 group 4 A", "11 pci A: Adding to iommu group 5", "contradict"),
    Pair(
      "one device, at any time: no clock is known", "1 10 group 4 A", "900000 pci A: Adding to iommu group 4",
      "agree"),
    Pair(
      "all later by the same time: another clock", "1 10 group 4 A\n1 20 group 5 B",
      "9000011 pci A: Adding to iommu group 4\n9000021 pci B: Adding to iommu group 5", "agree"),
    Pair(
      "later by times that no one offset explains",
      "1 10 group 4 A\n1 20 group 5 B\n1 30 group 6 C",
      "11 pci A: Adding to iommu group 4\n200021 pci B: Adding to iommu group 5\n400031 pci C: Adding to iommu group 6",
      "contradict"),
    Pair(
      "one of five that was stalled",
      "1 10 group 4 A\n1 20 group 5 B\n1 30 group 6 C\n1 40 group 7 D\n1 50 group 8 E",
      "11 pci A: Adding to iommu group 4\n21 pci B: Adding to iommu group 5\n31 pci C: Adding to iommu group 6\n41 pci D: Adding to iommu group 7\n200051 pci E: Adding to iommu group 8",
      "agree"),
    many(
      "many, later by times that differ from boot to boot", [0, 40, 90, 160, 250, 300, 370, 450], "contradict"
    ),
    many("many whose messages came late, as with tp_printk", [5, 0, 0, 30, 1, 28, 3, 31], "agree"),
    many("many on clocks that step by 10 ms", [0, 9, 2, 7, 4, 8, 1, 5], "agree"),
    many("many, of which one was stalled", [0, 0, 0, 200, 0, 0, 0, 0], "agree"),
    Pair(
      "devices of which the other knows nothing", "1 10 group 4 A", "11 pci B: Adding to iommu group 5",
      "agree"),
  ]

  @Test(arguments: groups)
  func groupsTellBootsApart(_ pair: Pair) throws {
    let read = Documents([Traced(pair.trace).text, logged(pair.log)])
    let log = Groups(try #require(read.stories[1].logs.first), read.names)
    let isOther = log.contradict(Groups(read.trace, read.names), hasTimes: true)
    #expect((isOther ? "contradict" : "agree") == pair.expected)
  }
}
