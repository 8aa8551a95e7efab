// One device's lane as SVG. Positions are percentages, so that the picture stretches with its frame and the text does
// not: zooming is a wider frame.
import Bytes
import Timelines
import Verdicts

/// What a lane is drawn with, the same for all lanes of a picture.
struct LaneContext {
  var scale: TimeScale
  var threads: ThreadOrder
  var names: InputNames
  /// Where a place's raw line stands in the page; nil if it is not in it.
  var link: (Place) -> String?
}

/// A number at a moment: a piece of evidence.
struct Callout {
  var number: Int
  var time: Int64
  var text: String
  var href: String?

  /// A finding's evidence that has a time inside the picture, by time; numbers from 1, as in a list of it.
  static func all(_ finding: Finding, _ scale: TimeScale, href: (Int) -> String?) -> [Callout] {
    finding.evidence.enumerated().compactMap { index, evidence -> Callout? in
      guard let time = evidence.time, scale.range.contains(time) else { return nil }
      return Callout(number: index + 1, time: time, text: evidence.text, href: href(index + 1))
    }.sorted { $0.time < $1.time }
  }
}

/// A lane's drawing, from the top down: numbers, windows, the threads with their nested calls, marks.
struct LaneSVG {
  private let lane: DrawnLane
  private let context: LaneContext
  private let isSmall: Bool
  private var content = ""
  /// Drawn first: lines that bars lie over.
  private var below = ""
  /// Drawn last, over everything.
  private var top = ""
  private var overlay = ""
  private(set) var height = 0.0

  /// What the widths of texts are reckoned by: the narrowest frame a picture is shown in.
  static let width = 1000.0
  private static let letter = 6.7 / width

  /// `isSmall`: thin bars without text, for pictures of many devices.
  init(
    _ lane: DrawnLane, _ context: LaneContext, callouts: [Callout] = [], around: [PhaseSpan] = [],
    isSmall: Bool = false
  ) {
    self.lane = lane
    self.context = context
    self.isSmall = isSmall
    if isSmall { height = 2 } else { height = 4 }
    draw(callouts)
    let windowsTop = height
    drawWindows()
    drawThreads(around)
    let threadsEnd = height
    drawMarks()
    height += isSmall ? 2 : 6
    content = shades(from: windowsTop, to: threadsEnd) + below + content + top
  }

  /// The drawing, without the svg element around it.
  var body: String { content }
  /// Names of threads: these stay in place while the picture is moved sideways.
  var names: String { overlay }

  // MARK: parts

  /// The stretches of time that are cut out; they lie behind all lanes.
  static func folds(_ scale: TimeScale) -> String {
    scale.folds.map { fold in
      let x = scale.x(fold.start)
      return
        "<rect class=\"fold\" x=\"\(HTML.percent(x))\" y=\"0\" width=\"\(HTML.percent(scale.x(fold.end) - x))\""
        + " height=\"100%\"/>"
    }.joined()
  }

  /// The axis: times of the kernel log, and how long each fold is.
  static func axis(_ scale: TimeScale) -> (body: String, height: Double) {
    var out = ""
    for fold in scale.folds {
      let middle = (scale.x(fold.start) + scale.x(fold.end)) / 2
      out +=
        "<text class=\"cut\" x=\"\(HTML.percent(middle))\" y=\"12\" text-anchor=\"middle\">"
        + "\(Plain.brief(fold.length))<title>\(Plain.duration(fold.length)) in which nothing of this happened "
        + "are cut out</title></text>"
    }
    for time in scale.ticks(spacing: 0.092) {
      let x = scale.x(time)
      let anchor = x > 0.95 ? "end" : x < 0.04 ? "start" : "middle"
      out +=
        "<svg x=\"\(HTML.percent(x))\" overflow=\"visible\"><line class=\"tick\" y1=\"30\" y2=\"36\"/>"
        + "<text class=\"tk\" y=\"27\" text-anchor=\"\(anchor)\">\(Plain.tick(time))</text></svg>"
    }
    return (out, 36)
  }

  private mutating func draw(_ callouts: [Callout]) {
    guard !callouts.isEmpty else { return }
    var rows = Rows()
    for callout in callouts {
      let x = context.scale.x(callout.time)
      let y = height + 9 + 19 * Double(rows.place(x - 0.009, x + 0.009))
      top +=
        "<svg x=\"\(HTML.percent(x))\" overflow=\"visible\"><a class=\"no\"\(Self.href(callout.href))>"
        + "<circle cy=\"\(Self.px(y))\" r=\"8.5\"/><text y=\"\(Self.px(y + 4))\" text-anchor=\"middle\">"
        + "\(callout.number)</text><title>\(HTML.text(callout.text))</title></a></svg>"
    }
    height += 19 * Double(rows.count) + 3
  }

  private var openWindows: [(window: Window, low: Double, high: Double)] {
    lane.windows.compactMap { window in
      guard let opened = window.opened else { return nil }
      let (low, high) = (context.scale.x(opened), context.scale.x(window.closed ?? .max))
      return high > low ? (window, low, high) : nil
    }
  }

  private mutating func drawWindows() {
    let windows = openWindows
    guard !isSmall, !windows.isEmpty else { return }
    var rows = Rows()
    for (window, low, high) in windows {
      let length = window.length.map { Plain.duration($0) } ?? "not seen to close"
      let text = "dev->driver set, no group yet: \(length), \(window.state.rawValue)"
      let size = Double(text.count) * Self.letter
      let y = height + 15 * Double(rows.place(low, max(high, low + size + 0.01)))
      let fits = low + size < 1
      content +=
        "<line class=\"wl\" x1=\"\(HTML.percent(low))\" x2=\"\(HTML.percent(high))\" y1=\"\(Self.px(y + 14))\" "
        + "y2=\"\(Self.px(y + 14))\"/><text class=\"wt\" x=\"\(HTML.percent(fits ? low : 1))\" dx=\"\(fits ? 2 : -2)\" "
        + "y=\"\(Self.px(y + 11))\"\(fits ? "" : " text-anchor=\"end\"")>\(HTML.text(text))</text>"
    }
    height += 15 * Double(rows.count) + 3
  }

  private func shades(from top: Double, to bottom: Double) -> String {
    openWindows.map { window, low, high in
      let opened = window.opened.map { Plain.seconds($0) } ?? ""
      let closed = window.closed.map { "closed " + Plain.seconds($0) } ?? "not seen to close"
      return "<rect class=\"win \(window.state.rawValue)\" x=\"\(HTML.percent(low))\" y=\"\(Self.px(top))\" "
        + "width=\"\(HTML.percent(high - low))\" height=\"\(Self.px(bottom - top))\"><title>window, "
        + "\(window.state.rawValue): opened \(opened), \(closed)</title></rect>"
    }.joined()
  }

  // MARK: threads

  private mutating func drawThreads(_ around: [PhaseSpan]) {
    let threads = context.threads
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
    for number in order { drawThread(threads.tasks[number], byThread[number] ?? []) }
    drawHidden()
  }

  /// Whether a span that is not the lane's own can be seen in the picture.
  private func reaches(_ span: PhaseSpan) -> Bool {
    span.start <= context.scale.range.upperBound && (span.end ?? .max) >= context.scale.range.lowerBound
  }

  private mutating func drawThread(_ task: Task, _ spans: [PhaseSpan]) {
    let step = isSmall ? 7.0 : 21.0
    if !isSmall {
      overlay +=
        "<text class=\"tn t\(context.threads.colour(task))\" x=\"4\" y=\"\(Self.px(height + 14))\">"
        + "\(HTML.text(task.description))</text>"
      height += 19
    }
    // Deeper calls share the last row: no thread nests that deep without a lost return.
    let deepest = 6
    let rows = min(deepest, spans.map(\.depth).max() ?? 0) + 1
    for depth in 0..<rows {
      let row = spans.filter { min($0.depth, deepest) == depth }
      var last = 0.0
      for (index, span) in row.enumerated() {
        let next = index + 1 < row.count ? context.scale.x(row[index + 1].start) : 1
        last = bar(span, y: height + step * Double(depth), room: last...max(last, next))
      }
    }
    height += step * Double(rows) + (isSmall ? 1 : 4)
  }

  /// Draws a span; `room`: from what stands before it in its row to the next span. Returns where it and its text end.
  private mutating func bar(_ span: PhaseSpan, y: Double, room: ClosedRange<Double>) -> Double {
    let low = context.scale.x(span.start)
    let high = max(low + 0.0012, context.scale.x(span.end ?? .max))
    let shade = isSmall ? span.depth : min(span.depth, 2)
    var classes = "s t\(context.threads.colour(span.task)) d\(min(shade, 2))"
    if span.isInferred { classes += " inf" }
    if span.end == nil { classes += " open" }
    if span.result.map({ $0 < 0 }) ?? false { classes += " bad" }
    content +=
      "<a class=\"\(classes)\" data-t=\"\(context.threads.number(span.task))\"\(Self.href(context.link(span.place)))>"
      + "<rect x=\"\(HTML.percent(low))\" y=\"\(Self.px(y))\" width=\"\(HTML.percent(min(high, 1) - low))\" "
      + "height=\"\(isSmall ? 6 : 18)\"/>"
    var end = high
    if !isSmall {
      let label = label(span, low, high, room, y)
      content += label.element
      end = max(end, label.end)
    }
    content += "<title>\(HTML.lines(Self.describe(span, context.names)))</title></a>"
    return end
  }

  /// In the bar where it fits, after or before it where there is room, else hidden until the picture is wider.
  private func label(
    _ span: PhaseSpan, _ low: Double, _ high: Double, _ room: ClosedRange<Double>, _ y: Double
  ) -> (element: String, end: Double) {
    func element(_ text: String, _ classes: String, _ x: Double, _ dx: Int, _ anchor: String = "") -> String {
      "<text class=\"\(classes)\" x=\"\(HTML.percent(x))\" dx=\"\(dx)\" y=\"\(Self.px(y + 13))\"\(anchor)>"
        + "\(HTML.text(text))</text>"
    }
    func isFree(_ low: Double, _ high: Double) -> Bool {
      low >= room.lowerBound && high <= room.upperBound
        && !alarms.contains { $0 > low && $0 < high }
    }
    let full = Self.barText(span)
    for text in [full, span.label] {
      let size = Double(text.count) * Self.letter + 0.008
      if high - low >= size { return (element(text, "in", low, 4), high) }
      if isFree(high, high + size) { return (element(text, "by", high, 4), high + size) }
      if isFree(low - size, low) { return (element(text, "by", low, -4, " text-anchor=\"end\""), high) }
    }
    return (element(full, "in no-room", low, 4), high)
  }

  /// Where red lines stand.
  private var alarms: [Double] {
    lane.marks.filter { $0.kind == .warning }.map { context.scale.x($0.time) }
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

  /// What a bar means, in full: function, thread, when, how long, and where it was seen.
  private static func describe(_ span: PhaseSpan, _ names: InputNames) -> [String] {
    var lines = [span.function.isEmpty ? span.label : span.function + "()"]
    if let result = span.result { lines[0] += " = " + ErrorName.text(result) }
    if span.label != span.function, !span.function.isEmpty { lines.append(span.label) }
    if span.isInferred { lines.append("inferred: it has no call of its own in the trace") }
    if !span.note.isEmpty { lines.append(span.note) }
    lines.append(span.task.description)
    lines.append(
      span.end.map {
        "\(Plain.seconds(span.start)) to \(Plain.seconds($0)), \(Plain.duration($0 - span.start))"
      } ?? "\(Plain.seconds(span.start)), not seen to return")
    let end = span.endPlace.map { " to " + names.text($0) } ?? ""
    lines.append(names.text(span.place) + end)
    return lines
  }

  /// What is counted instead of drawn, where it was.
  private mutating func drawHidden() {
    guard isSmall else { return }
    var stretches: [(low: Int64, high: Int64, text: String)] = []
    if let range = lane.omittedRange {
      stretches.append((range.lowerBound, range.upperBound, "\(lane.omitted) more bind attempts or probes"))
    }
    if let folded = lane.folded, folded.count > 0 {
      let text =
        "\(Plain.count(folded.count, "more deferred bind")), longest \(Plain.duration(folded.longest))"
      stretches.append((folded.first, folded.last, text))
    }
    for (low, high, text) in stretches {
      let x = context.scale.x(low)
      content +=
        "<rect class=\"more\" x=\"\(HTML.percent(x))\" y=\"\(Self.px(height))\" "
        + "width=\"\(HTML.percent(max(0.002, context.scale.x(high) - x)))\" height=\"5\"><title>\(HTML.text(text)), "
        + "\(Plain.seconds(low)) to \(Plain.seconds(high))</title></rect>"
      height += 7
    }
  }

  // MARK: marks

  private mutating func drawMarks() {
    var rows = Rows()
    let top = height
    for mark in lane.marks {
      let x = context.scale.x(mark.time)
      let size = isSmall ? 0.012 : Double(mark.label.count) * Self.letter + 0.018
      let isLeft = x + size > 1
      let row = rows.place(isLeft ? x - size : x - 0.006, isLeft ? x + 0.006 : x + size)
      let y = top + (isSmall ? 5 : 9) + (isSmall ? 10 : 17) * Double(row)
      below +=
        "<svg x=\"\(HTML.percent(x))\" overflow=\"visible\"><a class=\"m \(mark.kind.rawValue)\""
        + "\(threadData(mark))\(Self.href(context.link(mark.place)))>"
        + "<line y1=\"0\" y2=\"\(Self.px(y))\"/><path d=\"\(Self.shape(mark.kind, isSmall ? 3.5 : 5))\" "
        + "transform=\"translate(0 \(Self.px(y)))\"/>"
      if !isSmall {
        below +=
          "<text x=\"\(isLeft ? -9 : 9)\" y=\"\(Self.px(y + 4))\"\(isLeft ? " text-anchor=\"end\"" : "")>"
          + "\(HTML.text(mark.label))</text>"
      }
      below += "<title>\(HTML.lines(describe(mark)))</title></a></svg>"
    }
    height += (isSmall ? 10 : 17) * Double(rows.count)
  }

  private func threadData(_ mark: DrawnMark) -> String {
    mark.task.map { " data-t=\"\(context.threads.number($0))\"" } ?? ""
  }

  private func describe(_ mark: DrawnMark) -> [String] {
    var lines = [mark.kind == .warning ? "WARNING: late IOMMU probe at driver bind" : mark.label]
    if let task = mark.task { lines.append(context.threads.tasks[context.threads.number(task)].description) }
    lines.append(Plain.seconds(mark.time))
    lines.append(context.names.text(mark.place))
    return lines
  }

  /// Told apart by shape, not only by colour.
  private static func shape(_ kind: DrawnMark.Kind, _ r: Double) -> String {
    let r = px(r)
    return switch kind {
    case .group: "M0-\(r)L\(r) 0 0 \(r)-\(r) 0z"
    case .domain: "M-\(r)-\(r)H\(r)V\(r)H-\(r)z"
    case .warning: "M0-\(r)L\(r) \(r)H-\(r)z"
    case .fault: "M-\(r)-\(r)L\(r) \(r)M\(r)-\(r)L-\(r) \(r)"
    }
  }

  // MARK: helpers

  private static func href(_ target: String?) -> String { target.map { " href=\"\(HTML.text($0))\"" } ?? "" }

  static func px(_ value: Double) -> String {
    value == value.rounded() ? String(Int(value)) : String(Int(value)) + ".5"
  }
}

/// Puts what would overlap into rows.
private struct Rows {
  private var ends: [Double] = []
  var count: Int { ends.count }

  mutating func place(_ low: Double, _ high: Double) -> Int {
    if let row = ends.firstIndex(where: { $0 <= low }) {
      ends[row] = high
      return row
    }
    ends.append(high)
    return ends.count - 1
  }
}
