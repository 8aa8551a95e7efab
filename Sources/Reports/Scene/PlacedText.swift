/// A text with its place. Along, it is `x` of the frame's width and `dx` pixels more, so that a wider frame moves it;
/// down, its baseline is `y` pixels below the top of the lane.
struct PlacedText {
  enum Anchor { case start, middle, end }
  var text: String
  var x: Double
  var dx = 0.0
  var y: Double
  var anchor = Anchor.start

  /// What the widths of texts are reckoned by: the narrowest frame a picture is shown in, in pixels.
  static let frame = 1000.0
  /// A letter's width as a part of that frame.
  static let letter = 6.7 / frame

  /// As a part of the frame.
  static func width(_ text: String) -> Double { Double(text.count) * letter }

  /// From where to where it reaches in that frame, in pixels.
  var range: ClosedRange<Double> {
    let (at, width) = (x * Self.frame + dx, Self.width(text) * Self.frame)
    return switch anchor {
    case .start: at...at + width
    case .middle: at - width / 2...at + width / 2
    case .end: at - width...at
    }
  }
}

/// Puts what would overlap into rows.
struct Rows {
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
