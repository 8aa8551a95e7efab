import Reports
import Statistics
import Writing

/// Rates along an order, small: the line, what is between its 95 % intervals, and where it rises.
struct Sparkline {
  var points: [Rate]
  /// Points from which on a rate is higher.
  var rises: Set<Int> = []
  /// What is drawn, for those who do not see it.
  var label: String

  /// Pixels. Without two points that have boots there is nothing to draw.
  func svg(width: Int, height: Int) -> String {
    let known = points.indices.filter { points[$0].of > 0 }
    guard known.count > 1 else { return "" }
    // Few boots have wide intervals: they must not make the rates of the others small.
    let top = max(0.02, 1.4 * (known.compactMap { points[$0].value }.max() ?? 0))
    let step = Double(width) / Double(points.count)
    let place = { (index: Int, value: Double) in
      "\(Self.tenths((Double(index) + 0.5) * step)) "
        + Self.tenths(3 + (1 - min(1, value / top)) * Double(height - 6))
    }
    let high = known.map { place($0, points[$0].interval.upperBound) }
    let low = known.reversed().map { place($0, points[$0].interval.lowerBound) }
    let line = known.map { place($0, points[$0].value ?? 0) }
    var out =
      "<svg class=\"spark\" width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\" role=\"img\" "
      + "aria-label=\"\(HTML.text(label))\"><title>\(HTML.text(label))</title>"
    out += "<path class=\"band\" d=\"M\((high + low).joined(separator: "L"))z\"/>"
    out += "<path class=\"curve\" d=\"M\(line.joined(separator: "L"))\"/>"
    for (index, point) in zip(known, line) where rises.contains(index) || index == known.last {
      let kind = rises.contains(index) ? "up" : "last"
      let parts = point.split(separator: " ")
      out +=
        kind == "up"
        ? "<path class=\"up\" d=\"M\(parts[0]) \(height - 8)l4 7h-8z\"/>"
        : "<circle cx=\"\(parts[0])\" cy=\"\(parts[1])\" r=\"2\"/>"
    }
    return out + "</svg>"
  }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(tenths % 10)"
  }
}
