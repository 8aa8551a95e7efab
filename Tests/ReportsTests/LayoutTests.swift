// No text of a picture lies over another: told from the numbers that it is drawn from, at the width they are reckoned by.
import Analysis
import Bytes
import Reading
import TestSupport
import Testing

@testable import Reports
@testable import Timelines

@Suite struct LayoutTests {
  /// Pairs of texts that share pixels; `·` stands between them. A line of text is 9 pixels above its baseline and 2 below.
  private static func overlaps(_ texts: [PlacedText]) -> [String] {
    texts.indices.flatMap { a in
      texts[(a + 1)...].compactMap { b in
        let a = texts[a]
        guard abs(a.y - b.y) < 11, a.range.lowerBound < b.range.upperBound,
          b.range.lowerBound < a.range.upperBound
        else { return nil }
        return "\(a.text) · \(b.text)"
      }
    }
  }

  /// The picture of every finding of every sample, as the page draws it.
  @Test(arguments: Capture.samples)
  func findings(_ capture: Capture) {
    let analysis = Analysis.run(capture.texts.map(\.path))
    for (number, boot) in analysis.boots.enumerated() {
      let page = BootPage(boot, number: number + 1, device: nil)
      for (finding, lane) in zip(page.findings, page.pictures) {
        guard let lane, Set(lane.times).count > 1 else { continue }
        let scale = TimeScale(lane.times)
        let layout = LaneLayout(
          lane, scale, page.threads, callouts: Callout.all(finding, scale) { _ in nil },
          around: page.scene.registrations)
        #expect(!layout.texts.isEmpty && layout.bars.count >= lane.spans.count)
        #expect(Self.overlaps(layout.texts).isEmpty)
        #expect(Self.overlaps(AxisLayout(scale).texts).isEmpty)
        // Nothing is drawn below the lane's end, or out of the frame.
        #expect(layout.texts.allSatisfy { $0.y <= layout.height && $0.range.lowerBound >= 0 })
        #expect(layout.texts.allSatisfy { $0.range.upperBound <= PlacedText.frame })
      }
      for lane in page.overview {
        let layout = LaneLayout(lane, page.overviewScale, page.threads, isSmall: true)
        #expect(layout.texts.isEmpty && layout.bars.allSatisfy { $0.y + $0.height <= layout.height })
      }
    }
  }

  private static func lane(_ spans: [(PhaseKind, Int64, Int64?)]) -> DrawnLane {
    var lane = DrawnLane(device: "a")
    lane.acts = spans.map { kind, start, end in
      let phase = Phase(
        start: start, end: end, result: 0, task: KernelTask(comm: "t", tid: 1),
        place: Place(input: 0, line: 1, offset: 0), endPlace: nil, function: kind.rawValue, caller: "")
      return DrawnAct(spans: [PhaseSpan(kind, phase)], isBind: kind == .bind, matters: true)
    }
    return lane
  }

  private static func layout(_ lane: DrawnLane) -> LaneLayout {
    LaneLayout(lane, TimeScale(lane.times), ThreadOrder(first: [], lanes: [lane]))
  }

  /// In a bar, beside it, or nowhere: as there is room.
  @Test func textsOfBars() {
    let layout = Self.layout(
      Self.lane([(.bind, 0, 500_000), (.driverProbe, 600_000, 625_000), (.driverProbe, 960_000, 1_000_000)])
    )
    #expect(layout.bars.map(\.fit) == [.inside, .beside, .beside])
    #expect(layout.bars.map(\.label?.anchor) == [.start, .start, .end])
    let crowded = Self.layout(Self.lane((0..<40).map { (.driverProbe, $0 * 1000, $0 * 1000 + 500) }))
    #expect(crowded.bars.contains { $0.fit == .hidden } && Self.overlaps(crowded.texts).isEmpty)
  }

  /// A bar that is not over when the next of its row begins lies under that: its text ends before it, stands before the bar,
  /// or is left out for good. The bar stays as long as it is.
  @Test func textsOfCoveredBars() {
    let layout = Self.layout(
      Self.lane([
        (.dmaMap, 0, nil), (.driverProbe, 50_000, nil), (.dmaMap, 600_000, 1_000_000),
        (.dmaMap, 650_000, 1_000_000),
      ]))
    #expect(layout.bars.map(\.fit) == [.hidden, .inside, .hidden, .inside])
    #expect(layout.bars.map { $0.label == nil } == [true, false, true, false])
    #expect(layout.bars.allSatisfy { $0.low + $0.width > 0.97 })
    #expect(Self.overlaps(layout.texts).isEmpty)
    let moved = Self.layout(
      Self.lane([(.driverProbe, 0, 100_000), (.dmaMap, 500_000, nil), (.bind, 550_000, 1_000_000)]))
    #expect(moved.bars.map(\.fit) == [.beside, .beside, .inside])
    #expect(moved.bars.map(\.label?.anchor) == [.start, .end, .start])
    #expect(Self.overlaps(moved.texts).isEmpty)
  }

  /// The words of a window at the right edge stand to its left, over whatever is there.
  @Test func rowsOfWindows() {
    var lane = Self.lane([(.bind, 0, 1_000_000)])
    for (opened, closed) in [(500_000, 520_000), (960_000, 970_000), (990_000, 999_000)] as [(Int64, Int64)] {
      lane.windows.append(
        Window(
          device: "a", opened: opened, openedLatest: nil, closed: closed, state: .raced, binder: nil,
          others: [], place: nil, folded: 0))
    }
    let texts = Self.layout(lane).texts.filter { $0.text.hasPrefix("dev->driver set") }
    #expect(texts.count == 3 && Set(texts.map(\.y)).count == 3 && Self.overlaps(texts).isEmpty)
  }

  /// What would overlap stands in rows.
  @Test func rowsOfMarks() {
    var lane = Self.lane([(.bind, 0, 1000)])
    for time in [400, 430, 460] as [Int64] {
      lane.marks.append(
        DrawnMark(
          kind: .domain, label: "domain attached", time: time, task: nil,
          place: Place(input: 0, line: 1, offset: 0)))
    }
    let marks = Self.layout(lane).marks
    #expect(marks[1].y - marks[0].y == 17 && marks[2].y - marks[1].y == 17)
  }
}
