// Where everything of a lane stands, in numbers: what a picture is written from, and what tests measure without one.
import Timelines
import Writing

/// A lane from the top down: numbers, windows, the threads with their nested calls, marks. Positions along are parts of
/// the frame's width, those down pixels.
struct LaneLayout {
  struct Number {
    var callout: Callout
    /// The middle of its circle.
    var x: Double
    var y: Double
    var label: PlacedText
  }

  /// A line as long as a window, and its words above.
  struct WindowLine {
    var window: Window
    var low: Double
    var high: Double
    var y: Double
    var label: PlacedText
  }

  /// A window behind the threads.
  struct Shade {
    var window: Window
    var low: Double
    var high: Double
  }

  struct ThreadName {
    var task: KernelTask
    var label: PlacedText
  }

  struct Bar {
    /// Where its text stands: in it, beside it, or nowhere until the picture is wider.
    enum Fit { case inside, beside, hidden }
    var span: PhaseSpan
    var low: Double
    var width: Double
    var y: Double
    var height: Double
    /// How light it is: by depth, the third and all deeper ones alike.
    var shade: Int
    var fit = Fit.hidden
    var label: PlacedText?
  }

  /// What is counted instead of drawn, where it was.
  struct Remainder {
    var text: String
    var first: Int64
    var last: Int64
    var low: Double
    var width: Double
    var y: Double
  }

  struct Mark {
    var mark: DrawnMark
    /// The middle of its shape.
    var x: Double
    var y: Double
    var radius: Double
    var label: PlacedText?
  }

  private(set) var numbers: [Number] = []
  private(set) var windows: [WindowLine] = []
  private(set) var shades: [Shade] = []
  /// From where to where the shades reach.
  private(set) var shaded = 0.0...0.0
  private(set) var names: [ThreadName] = []
  private(set) var bars: [Bar] = []
  private(set) var remainders: [Remainder] = []
  private(set) var marks: [Mark] = []
  private(set) var height: Double

  private let lane: DrawnLane
  private let scale: TimeScale
  private let threads: ThreadOrder
  private let isSmall: Bool

  /// `isSmall`: thin bars without text, for pictures of many devices.
  init(
    _ lane: DrawnLane, _ scale: TimeScale, _ threads: ThreadOrder, callouts: [Callout] = [],
    around: [PhaseSpan] = [], isSmall: Bool = false
  ) {
    self.lane = lane
    self.scale = scale
    self.threads = threads
    self.isSmall = isSmall
    height = isSmall ? 2 : 4
    placeNumbers(callouts)
    let top = height
    placeWindows()
    placeThreads(around)
    placeRemainders()
    shaded = top...height
    placeMarks()
    height += isSmall ? 2 : 6
  }

  /// Every text that is shown.
  var texts: [PlacedText] {
    numbers.map(\.label) + windows.map(\.label) + names.map(\.label)
      + bars.compactMap { $0.fit == .hidden ? nil : $0.label } + marks.compactMap(\.label)
  }

  // MARK: above the threads

  private mutating func placeNumbers(_ callouts: [Callout]) {
    guard !callouts.isEmpty else { return }
    var rows = Rows()
    for callout in callouts {
      let x = scale.x(callout.time)
      let y = height + 9 + 19 * Double(rows.place(x - 0.009, x + 0.009))
      let label = PlacedText(text: String(callout.number), x: x, y: y + 4, anchor: .middle)
      numbers.append(Number(callout: callout, x: x, y: y, label: label))
    }
    height += 19 * Double(rows.count) + 3
  }

  private mutating func placeWindows() {
    shades = lane.windows.compactMap { window in
      guard let opened = window.opened else { return nil }
      let (low, high) = (scale.x(opened), scale.x(window.closed ?? .max))
      return high > low ? Shade(window: window, low: low, high: high) : nil
    }
    guard !isSmall, !shades.isEmpty else { return }
    var rows = Rows()
    for shade in shades {
      let (low, high) = (shade.low, shade.high)
      let length = shade.window.length.map { Plain.duration($0) } ?? "not seen to close"
      let word = shade.window.state.word.map { ", " + $0 } ?? ""
      let text = "dev->driver set, no group yet: \(length)\(word)"
      let size = PlacedText.width(text)
      let fits = low + size < 1
      // At the right edge the words stand to the left of the window's end.
      let row = rows.place(fits ? low : min(low, 1 - size - 0.01), max(high, fits ? low + size + 0.01 : 1))
      let y = height + 15 * Double(row)
      let label =
        fits
        ? PlacedText(text: text, x: low, dx: 2, y: y + 11)
        : PlacedText(text: text, x: 1, dx: -2, y: y + 11, anchor: .end)
      windows.append(WindowLine(window: shade.window, low: low, high: high, y: y + 14, label: label))
    }
    height += 15 * Double(rows.count) + 3
  }

  // MARK: threads

  private mutating func placeThreads(_ around: [PhaseSpan]) {
    let own = Set(lane.spans.map { threads.number($0.task) })
    var spans = lane.spans
    let outer = around.filter { own.contains(threads.number($0.task)) && reaches($0) }
    if !outer.isEmpty {
      spans = (spans + outer).sorted { ($0.start, $0.place) < ($1.start, $1.place) }
      PhaseSpan.nest(&spans)
    }
    var byThread: [Int: [PhaseSpan]] = [:]
    for span in spans { byThread[threads.number(span.task), default: []].append(span) }
    let order = byThread.keys.sorted {
      (byThread[$0]?.first?.start ?? 0, $0) < (byThread[$1]?.first?.start ?? 0, $1)
    }
    for number in order { placeThread(threads.tasks[number], byThread[number] ?? []) }
  }

  /// Whether a span that is not the lane's own can be seen in the picture.
  private func reaches(_ span: PhaseSpan) -> Bool {
    span.start <= scale.range.upperBound && (span.end ?? .max) >= scale.range.lowerBound
  }

  private mutating func placeThread(_ task: KernelTask, _ spans: [PhaseSpan]) {
    let step = isSmall ? 7.0 : 21.0
    if !isSmall {
      let label = PlacedText(text: task.description, x: 0, dx: 4, y: height + 14)
      names.append(ThreadName(task: task, label: label))
      height += 19
    }
    // Deeper calls share the last row: no thread nests that deep without a lost return.
    let deepest = 6
    let rows = min(deepest, spans.map(\.depth).max() ?? 0) + 1
    for depth in 0..<rows {
      let row = spans.filter { min($0.depth, deepest) == depth }
      var last = 0.0
      for (index, span) in row.enumerated() {
        let next = index + 1 < row.count ? scale.x(row[index + 1].start) : 1
        last = placeBar(span, y: height + step * Double(depth), room: min(last, next)...next)
      }
    }
    height += step * Double(rows) + (isSmall ? 1 : 4)
  }

  /// `room`: from what stands before the bar in its row to the next one. Returns where it and its text end.
  private mutating func placeBar(_ span: PhaseSpan, y: Double, room: ClosedRange<Double>) -> Double {
    let low = scale.x(span.start)
    let high = max(low + 0.0012, scale.x(span.end ?? .max))
    var bar = Bar(
      span: span, low: low, width: min(high, 1) - low, y: y, height: isSmall ? 6 : 18,
      shade: min(span.depth, 2))
    var end = high
    if !isSmall { end = max(end, label(&bar, high, room)) }
    bars.append(bar)
    return end
  }

  /// In the bar where it fits, after or before it where there is room, else hidden until the picture is wider. One that is
  /// not over when the next of its row begins lies under that: its text must end before it. Returns where it ends.
  private func label(_ bar: inout Bar, _ high: Double, _ room: ClosedRange<Double>) -> Double {
    let low = bar.low
    let y = bar.y + 13
    func isFree(_ low: Double, _ high: Double) -> Bool {
      low >= room.lowerBound && high <= room.upperBound && !alarms.contains { $0 > low && $0 < high }
    }
    for text in [Self.barText(bar.span), bar.span.label] {
      let size = PlacedText.width(text) + 0.008
      if min(high, room.upperBound) - low >= size {
        bar.fit = .inside
        bar.label = PlacedText(text: text, x: low, dx: 4, y: y)
        return high
      }
      bar.fit = .beside
      if isFree(high, high + size) {
        bar.label = PlacedText(text: text, x: high, dx: 4, y: y)
        return high + size
      }
      if isFree(low - size, low) {
        bar.label = PlacedText(text: text, x: low, dx: -4, y: y, anchor: .end)
        return high
      }
    }
    bar.fit = .hidden
    // A wider picture shows what fits its bar, covered or not: that of a covered one stays out.
    guard scale.x(bar.span.end ?? .max) <= room.upperBound else { return high }
    bar.label = PlacedText(text: Self.barText(bar.span), x: low, dx: 4, y: y)
    return high
  }

  /// Where red lines stand.
  private var alarms: [Double] {
    lane.marks.filter { $0.kind == .warning }.map { scale.x($0.time) }
  }

  private static func barText(_ span: PhaseSpan) -> String {
    var text = (span.isInferred ? "~" : "") + span.label
    if span.kind.isProbe {
      text += span.note.isEmpty ? "" : ": " + span.note
    } else {
      text += span.result.map { " = \($0)" } ?? ""
    }
    return text
  }

  private mutating func placeRemainders() {
    guard isSmall else { return }
    if let range = lane.omittedRange {
      placeRemainder(range.lowerBound, range.upperBound, "\(lane.omitted) more bind attempts or probes")
    }
    if let folded = lane.folded, folded.count > 0 {
      let text =
        "\(Plain.count(folded.count, "more deferred bind")), longest \(Plain.duration(folded.longest))"
      placeRemainder(folded.first, folded.last, text)
    }
  }

  private mutating func placeRemainder(_ first: Int64, _ last: Int64, _ text: String) {
    let low = scale.x(first)
    let width = max(0.002, scale.x(last) - low)
    remainders.append(Remainder(text: text, first: first, last: last, low: low, width: width, y: height))
    height += 7
  }

  // MARK: below the threads

  private mutating func placeMarks() {
    var rows = Rows()
    let top = height
    for mark in lane.marks {
      let x = scale.x(mark.time)
      let size = isSmall ? 0.012 : PlacedText.width(mark.label) + 0.018
      let isLeft = x + size > 1
      let row = rows.place(isLeft ? x - size : x - 0.006, isLeft ? x + 0.006 : x + size)
      let y = top + (isSmall ? 5 : 9) + (isSmall ? 10 : 17) * Double(row)
      let label = PlacedText(
        text: mark.label, x: x, dx: isLeft ? -9 : 9, y: y + 4, anchor: isLeft ? .end : .start)
      marks.append(Mark(mark: mark, x: x, y: y, radius: isSmall ? 3.5 : 5, label: isSmall ? nil : label))
    }
    height += (isSmall ? 10 : 17) * Double(rows.count)
  }
}
