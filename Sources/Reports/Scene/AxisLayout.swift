import Writing

/// The axis above lanes: times of the boot's clock, and how long each stretch is that was cut out.
struct AxisLayout {
  struct Cut {
    /// In nanoseconds.
    var length: Int64
    var label: PlacedText
  }
  let cuts: [Cut]
  let ticks: [PlacedText]
  let height = 36.0

  init(_ scale: TimeScale) {
    cuts = scale.folds.map { fold in
      let middle = (scale.x(fold.start) + scale.x(fold.end)) / 2
      let text = Plain.brief(fold.length)
      return Cut(length: fold.length, label: PlacedText(text: text, x: middle, y: 12, anchor: .middle))
    }
    ticks = scale.ticks(spacing: 0.092).map { time in
      let x = scale.x(time)
      return PlacedText(
        text: Plain.tick(time), x: x, y: 27, anchor: x > 0.95 ? .end : x < 0.04 ? .start : .middle)
    }
  }

  var texts: [PlacedText] { cuts.map(\.label) + ticks }
}
