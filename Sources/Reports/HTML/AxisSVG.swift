import Writing

/// A picture's axis, and what was cut out of it, as SVG.
enum AxisSVG {
  /// The stretches of time that are cut out; they lie behind all lanes.
  static func folds(_ scale: TimeScale) -> String {
    scale.folds.map { fold in
      let x = scale.x(fold.start)
      return
        "<rect class=\"fold\" x=\"\(HTML.percent(x))\" y=\"0\" width=\"\(HTML.percent(scale.x(fold.end) - x))\""
        + " height=\"100%\"/>"
    }.joined()
  }

  static func draw(_ scale: TimeScale) -> (body: String, height: Double) {
    let axis = AxisLayout(scale)
    var out = ""
    for cut in axis.cuts {
      out +=
        "<text class=\"cut\" x=\"\(HTML.percent(cut.label.x))\" y=\"\(HTML.px(cut.label.y))\" text-anchor=\"middle\">"
        + "\(cut.label.text)<title>\(Plain.duration(cut.length)) in which nothing of this happened "
        + "are cut out</title></text>"
    }
    for tick in axis.ticks {
      let anchor =
        switch tick.anchor {
        case .start: "start"
        case .middle: "middle"
        case .end: "end"
        }
      out +=
        "<svg x=\"\(HTML.percent(tick.x))\" overflow=\"visible\"><line class=\"tick\" y1=\"30\" y2=\"36\"/>"
        + "<text class=\"tk\" y=\"\(HTML.px(tick.y))\" text-anchor=\"\(anchor)\">\(tick.text)</text></svg>"
    }
    return (out, axis.height)
  }
}
