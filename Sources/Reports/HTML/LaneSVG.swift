// One device's lane as SVG. Positions are percentages, so that the picture stretches with its frame and the text does
// not: zooming is a wider frame.
import Bytes
import Timelines
import Writing

/// What a lane is drawn with, the same for all lanes of a picture.
struct LaneContext {
  var scale: TimeScale
  var threads: ThreadOrder
  var names: InputNames
  /// Where a place's raw line stands in the page; nil if it is not in it.
  var link: (Place) -> String?
}

/// A lane's layout, written out.
struct LaneSVG {
  private let context: LaneContext
  private let layout: LaneLayout

  /// `isSmall`: thin bars without text, for pictures of many devices.
  init(
    _ lane: DrawnLane, _ context: LaneContext, callouts: [Callout] = [], around: [PhaseSpan] = [],
    isSmall: Bool = false
  ) {
    self.context = context
    layout = LaneLayout(
      lane, context.scale, context.threads, callouts: callouts, around: around, isSmall: isSmall)
  }

  var height: Double { layout.height }

  /// The drawing, without the svg element around it: what lies over something comes after it. Marks have lines that
  /// bars lie over.
  var body: String {
    (layout.shades.map(draw) + layout.marks.map(draw) + layout.windows.map(draw) + layout.bars.map(draw)
      + layout.remainders.map(draw) + layout.numbers.map(draw)).joined()
  }

  /// Names of threads: these stay in place while the picture is moved sideways.
  var names: String {
    layout.names.map { name in
      "<text class=\"tn t\(context.threads.colour(name.task))\" x=\"\(HTML.px(name.label.dx))\" "
        + "y=\"\(HTML.px(name.label.y))\">\(HTML.text(name.label.text))</text>"
    }.joined()
  }

  // MARK: parts

  private func draw(_ number: LaneLayout.Number) -> String {
    "<svg x=\"\(HTML.percent(number.x))\" overflow=\"visible\"><a class=\"no\"\(Self.href(number.callout.href))>"
      + "<circle cy=\"\(HTML.px(number.y))\" r=\"8.5\"/><text y=\"\(HTML.px(number.label.y))\" text-anchor=\"middle\">"
      + "\(number.label.text)</text><title>\(HTML.text(number.callout.text))</title></a></svg>"
  }

  private func draw(_ line: LaneLayout.WindowLine) -> String {
    "<line class=\"wl\" x1=\"\(HTML.percent(line.low))\" x2=\"\(HTML.percent(line.high))\" "
      + "y1=\"\(HTML.px(line.y))\" y2=\"\(HTML.px(line.y))\"/>" + Self.text("wt", line.label)
  }

  private func draw(_ shade: LaneLayout.Shade) -> String {
    let window = shade.window
    let opened = window.opened.map { Plain.seconds($0) } ?? ""
    let closed = window.closed.map { "closed " + Plain.seconds($0) } ?? "not seen to close"
    let (top, bottom) = (layout.shaded.lowerBound, layout.shaded.upperBound)
    return
      "<rect class=\"win \(window.state.rawValue)\" x=\"\(HTML.percent(shade.low))\" y=\"\(HTML.px(top))\" "
      + "width=\"\(HTML.percent(shade.high - shade.low))\" height=\"\(HTML.px(bottom - top))\"><title>window"
      + "\(window.state.word.map { ", " + $0 } ?? ""): opened \(opened), \(closed)</title></rect>"
  }

  private func draw(_ bar: LaneLayout.Bar) -> String {
    let span = bar.span
    var classes = "s t\(context.threads.colour(span.task)) d\(bar.shade)"
    if span.isInferred { classes += " inf" }
    if span.end == nil { classes += " open" }
    if span.result.map({ $0 < 0 }) ?? false { classes += " bad" }
    let fit =
      switch bar.fit {
      case .inside: "in"
      case .beside: "by"
      case .hidden: "in no-room"
      }
    return
      "<a class=\"\(classes)\" data-t=\"\(context.threads.number(span.task))\"\(Self.href(context.link(span.place)))>"
      + "<rect x=\"\(HTML.percent(bar.low))\" y=\"\(HTML.px(bar.y))\" width=\"\(HTML.percent(bar.width))\" "
      + "height=\"\(HTML.px(bar.height))\"/>" + (bar.label.map { Self.text(fit, $0) } ?? "")
      + "<title>\(HTML.lines(describe(span)))</title></a>"
  }

  private func draw(_ remainder: LaneLayout.Remainder) -> String {
    "<rect class=\"more\" x=\"\(HTML.percent(remainder.low))\" y=\"\(HTML.px(remainder.y))\" "
      + "width=\"\(HTML.percent(remainder.width))\" height=\"5\"><title>\(HTML.text(remainder.text)), "
      + "\(Plain.seconds(remainder.first)) to \(Plain.seconds(remainder.last))</title></rect>"
  }

  private func draw(_ placed: LaneLayout.Mark) -> String {
    let mark = placed.mark
    let thread = mark.task.map { " data-t=\"\(context.threads.number($0))\"" } ?? ""
    var out =
      "<svg x=\"\(HTML.percent(placed.x))\" overflow=\"visible\"><a class=\"m \(mark.kind.rawValue)\""
      + "\(thread)\(Self.href(context.link(mark.place)))>"
      + "<line y1=\"0\" y2=\"\(HTML.px(placed.y))\"/><path d=\"\(Self.shape(mark.kind, placed.radius))\" "
      + "transform=\"translate(0 \(HTML.px(placed.y)))\"/>"
    if let label = placed.label {
      out +=
        "<text x=\"\(Int(label.dx))\" y=\"\(HTML.px(label.y))\"\(label.anchor == .end ? " text-anchor=\"end\"" : "")>"
        + "\(HTML.text(label.text))</text>"
    }
    return out + "<title>\(HTML.lines(describe(mark)))</title></a></svg>"
  }

  /// Told apart by shape, not only by colour.
  private static func shape(_ kind: DrawnMark.Kind, _ r: Double) -> String {
    let r = HTML.px(r)
    return switch kind {
    case .group: "M0-\(r)L\(r) 0 0 \(r)-\(r) 0z"
    case .domain: "M-\(r)-\(r)H\(r)V\(r)H-\(r)z"
    case .warning: "M0-\(r)L\(r) \(r)H-\(r)z"
    case .fault: "M-\(r)-\(r)L\(r) \(r)M\(r)-\(r)L-\(r) \(r)"
    }
  }

  // MARK: words

  /// What a bar means, in full: function, thread, when, how long, and where it was seen.
  private func describe(_ span: PhaseSpan) -> [String] {
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
    let end = span.endPlace.map { " to " + context.names.text($0) } ?? ""
    lines.append(context.names.text(span.place) + end)
    return lines
  }

  private func describe(_ mark: DrawnMark) -> [String] {
    var lines = [mark.kind == .warning ? "WARNING: late IOMMU probe at driver bind" : mark.label]
    if let task = mark.task { lines.append(context.threads.tasks[context.threads.number(task)].description) }
    lines.append(Plain.seconds(mark.time))
    lines.append(context.names.text(mark.place))
    return lines
  }

  // MARK: elements

  private static func text(_ classes: String, _ label: PlacedText) -> String {
    "<text class=\"\(classes)\" x=\"\(HTML.percent(label.x))\" dx=\"\(Int(label.dx))\" y=\"\(HTML.px(label.y))\""
      + "\(label.anchor == .end ? " text-anchor=\"end\"" : "")>\(HTML.text(label.text))</text>"
  }

  private static func href(_ target: String?) -> String { target.map { " href=\"\(HTML.text($0))\"" } ?? "" }
}
