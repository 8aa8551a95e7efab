// What all pictures are drawn from: the time axis, and nesting.
import Bytes
import TestSupport
import Testing
import Writing

@testable import Reports
@testable import Timelines

@Suite struct TimeScaleTests {
  /// Milliseconds.
  private static func times(_ values: [Int64]) -> [Int64] { values.map { $0 * 1_000_000 } }

  @Test func evenTimesAreLinear() {
    let scale = TimeScale(Self.times([0, 10, 20, 30]))
    #expect(scale.folds.isEmpty)
    let steps = zip(Self.times([0, 10, 20]), Self.times([10, 20, 30])).map { scale.x($1) - scale.x($0) }
    #expect(steps.allSatisfy { abs($0 - steps[0]) < 1e-9 } && steps[0] > 0.3)
  }

  /// Seconds of nothing between microseconds of something.
  @Test func quietStretchesAreFolded() {
    let times: [Int64] = [0, 20_000, 40_000, 5_000_000_000, 5_000_020_000, 9_000_000_000, 9_000_030_000]
    let scale = TimeScale(times)
    #expect(scale.folds.map(\.start) == [40_000, 5_000_020_000])
    #expect(scale.folds.map(\.length) == [4_999_960_000, 3_999_980_000])
    let positions = times.map(scale.x)
    for (a, b) in zip(positions, positions.dropFirst()) { #expect(b - a > 0.03) }
    // The same length of time is the same width, wherever nothing is cut.
    #expect(abs((positions[1] - positions[0]) - (positions[4] - positions[3])) < 1e-9)
  }

  @Test func risesAndStaysInside() {
    var random = Random(18)
    for _ in 0..<200 {
      let times = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        Int64.random(in: -5...Int64.random(in: 1...4_000_000_000_000, using: &random), using: &random)
      }
      let scale = TimeScale(times)
      let positions = times.sorted().map(scale.x)
      #expect(positions.allSatisfy { (0...1).contains($0) })
      for (a, b) in zip(positions, positions.dropFirst()) { #expect(a <= b) }
      let ticks = scale.ticks(spacing: 0.09)
      for (a, b) in zip(ticks, ticks.dropFirst()) { #expect(scale.x(b) - scale.x(a) >= 0.0899) }
      #expect(ticks.count >= 1 && ticks.count <= 12)
    }
  }

  /// Broken stamps must not overflow, nor run for ever.
  @Test func hostileTimes() {
    let scale = TimeScale([.min, -1, 0, Stamp.highest, .max])
    #expect((0...1).contains(scale.x(0)) && scale.x(.max) == 1 && scale.x(.min) == 0)
    #expect(scale.ticks(spacing: 0.09).count <= 12)
  }

  @Test(
    arguments: [
      (999, "0 us"), (12_345, "12 us"), (999_999, "999 us"), (3_421_000, "3.42 ms"), (17_500_000, "17.5 ms"),
      (175_900_000, "175 ms"), (1_002_000_000, "1.00 s"), (61_250_000_000, "61.2 s"),
      (1_234_000_000_000, "1234 s"),
    ] as [(Int64, String)])
  func briefLengths(_ nanoseconds: Int64, _ text: String) { #expect(Plain.brief(nanoseconds) == text) }

  @Test func ticksKeepMilliseconds() {
    #expect(Plain.tick(15_104_176_000) == "15.104176")
    #expect(Plain.tick(15_100_000_000) == "15.100")
    #expect(Plain.tick(15_104_100_000) == "15.1041")
  }
}

@Suite struct NestingTests {
  private static func span(_ kind: PhaseKind, _ tid: Int32, _ start: Int64, _ end: Int64?) -> PhaseSpan {
    PhaseSpan(
      kind,
      Phase(
        start: start, end: end, result: nil, task: KernelTask(comm: "t", tid: tid),
        place: Place(input: 0, line: 1, offset: 0), endPlace: nil, function: kind.rawValue, caller: ""))
  }

  @Test func threadsNestApart() {
    var spans = [
      Self.span(.walkVisit, 1, 0, 100), Self.span(.dmaConfigure, 1, 10, 50), Self.span(.bind, 2, 20, 90),
      Self.span(.dmaConfigure, 2, 30, 80), Self.span(.iommuProbe, 2, 40, 60),
      Self.span(.dmaMap, 1, 60, 70),
    ]
    PhaseSpan.nest(&spans)
    #expect(spans.map(\.depth) == [0, 1, 0, 1, 2, 1])
  }

  /// A coarse clock gives all of it one stamp: the lines of the trace have the order. Mappings do not run in each other.
  @Test func equalStampsAreToldByTheirLines() {
    func span(_ kind: PhaseKind, _ lines: ClosedRange<Int>, _ isSeenToEnd: Bool = true) -> PhaseSpan {
      let (first, last) = (lines.lowerBound, lines.upperBound)
      return PhaseSpan(
        kind,
        Phase(
          start: 7, end: isSeenToEnd ? 7 : nil, result: nil, task: KernelTask(comm: "t", tid: 1),
          place: Place(input: 0, line: first, offset: first),
          endPlace: isSeenToEnd ? Place(input: 0, line: last, offset: last) : nil, function: kind.rawValue,
          caller: ""))
    }
    var spans = [
      span(.bind, 1...9), span(.dmaConfigure, 2...5), span(.driverProbe, 6...8), span(.iommuProbe, 3...4),
      span(.dmaMap, 7...7, false), span(.dmaMap, 7...7, false),
    ]
    PhaseSpan.nest(&spans)
    #expect(spans.map(\.depth) == [0, 1, 1, 2, 2, 2])
    var lane = DrawnLane(device: "0000:00:01.0")
    lane.acts = [DrawnAct(spans: Array(spans.prefix(4)), isBind: true, matters: true)]
    #expect(
      lane.steps.map { $0.text.drop { $0 == " " } } == [
        "really_probe {", "dma-configure {", "IOMMU probe {", "} ", "} dma-configure", "driver-probe {",
        "} driver-probe", "} really_probe",
      ])
  }

  /// A window would hang over nothing if neither its bind is drawn nor anything that happened in it.
  @Test func windowsGoWithWhatIsDrawnInThem() {
    func act(_ start: Int64, matters: Bool) -> DrawnAct {
      DrawnAct(spans: [Self.span(.bind, 1, start, start + 50)], isBind: true, matters: matters)
    }
    var lane = DrawnLane(device: "0000:00:01.0")
    lane.acts = [act(0, matters: false), act(100, matters: true), act(200, matters: false)]
    lane.marks = [
      DrawnMark(
        kind: .warning, label: "WARNING", time: 210, task: nil, place: Place(input: 1, line: 1, offset: 0))
    ]
    lane.windows = [0, 100, 200].map {
      Window(
        device: "0000:00:01.0", opened: $0, openedLatest: nil, closed: $0 + 20, state: .exposed, others: [],
        folded: 0)
    }
    #expect(lane.around(nil, limit: 12).windows.map(\.opened) == [100, 200])
    #expect(lane.limited(12).windows.count == 3)
  }

  /// Of many acts those are drawn that stand around the finding's moment: behind the last one's start, too, as in an oops.
  @Test(
    arguments: [
      (nil, [0, 100]), (0, [0, 100]), (210, [200, 300]), (310, [300, 400]), (430, [300, 400]),
    ] as [(Int64?, [Int64])])
  func actsAroundTheFinding(_ focus: Int64?, _ drawn: [Int64]) {
    var lane = DrawnLane(device: "0000:00:01.0")
    lane.acts = (0..<5).map {
      DrawnAct(spans: [Self.span(.bind, 1, $0 * 100, $0 * 100 + 50)], isBind: true, matters: true)
    }
    #expect(lane.around(focus, limit: 2).acts.map(\.start) == drawn)
  }

  /// A bind whose return was lost does not hold the next bind of its thread.
  @Test func lostReturns() {
    var spans = [
      Self.span(.bind, 1, 0, nil), Self.span(.dmaConfigure, 1, 10, nil), Self.span(.bind, 1, 100, 120),
      Self.span(.dmaConfigure, 1, 105, 110),
    ]
    PhaseSpan.nest(&spans)
    #expect(spans.map(\.depth) == [0, 1, 0, 1])
  }
}

@Suite struct HTMLTextTests {
  @Test func everyMarkIsEscaped() {
    #expect(HTML.text("<a href=\"x\">&'</a>") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;")
    // A mark with a combining accent is another Character; ESC and bidi overrides are shown.
    #expect(HTML.text("<\u{301}\u{1b}[31m\u{202e}") == "&lt;\u{301}\\x1b[31m\\x202e")
    #expect(HTML.lines(["a<", "b"]) == "a&lt;\nb")
  }

  @Test func percentages() {
    #expect(
      HTML.percent(0.123456) == "12.346%" && HTML.percent(2) == "100.000%" && HTML.percent(-1) == "0.000%")
    #expect(HTML.percent(0.00005) == "0.005%")
  }
}
