// Lanes in the page: a frame that scrolls, in it an axis and lanes that are as wide as they are zoomed.
import Bytes
import Verdicts
import Writing

enum PictureHTML {
  /// Patterns that every picture of a document uses.
  static let definitions =
    "<defs><pattern id=\"cut\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
    + "patternTransform=\"rotate(45)\"><rect class=\"cut-back\" width=\"6\" height=\"6\"/>"
    + "<rect class=\"cut-line\" width=\"1.5\" height=\"6\"/></pattern></defs>"

  static func frame(label: String, _ lanes: String, _ scale: TimeScale) -> String {
    let axis = AxisSVG.draw(scale)
    return "<div class=\"pic\" tabindex=\"0\" role=\"group\" aria-label=\"\(HTML.text(label))\">"
      + "<div class=\"strip\" data-knots=\"\(knots(scale))\"><svg class=\"back\" aria-hidden=\"true\">\(AxisSVG.folds(scale))</svg>"
      + "<svg class=\"axis\" height=\"\(HTML.px(axis.height))\" aria-hidden=\"true\">"
      + "\(axis.body)</svg>\(lanes)</div></div>\n"
  }

  /// A finding's lane with its axis and a caption; nil where all of it is at one moment. `anchor`: where a piece of evidence stands, by its
  /// number from 1.
  static func figure(
    _ finding: Finding, _ lane: DrawnLane, _ context: LaneContext, around: [PhaseSpan],
    anchor: (Int) -> String?
  ) -> String? {
    let times = lane.times
    guard Set(times).count > 1 else { return nil }
    var context = context
    context.scale = TimeScale(times)
    let callouts = Callout.all(finding, context.scale, href: anchor)
    let drawing = LaneSVG(lane, context, callouts: callouts, around: around)
    let shown = Set(lane.spans.map { context.threads.number($0.task) }).sorted()
    var out = "<figure>\n" + legend(context.threads, shown)
    out += frame(
      label: "Timeline of \(finding.device)", "<div class=\"lane\">" + self.lane(drawing) + "</div>",
      context.scale)
    out += "<figcaption>"
    let last = context.scale.range.upperBound - context.scale.range.lowerBound
    out += "\(Plain.duration(last)) in all, seconds of the boot's clock"
    let folds = context.scale.folds.count
    if folds > 0 { out += "; \(Plain.count(folds, "quiet stretch", "quiet stretches")) (hatched) cut out" }
    if let omission = lane.omission { out += "; " + omission }
    if lane.spans.contains(where: \.isInferred) { out += "; dashed and ~: inferred, not traced itself" }
    return out + "</figcaption></figure>\n"
  }

  /// Microseconds and parts of 100000: for the script, which adds ticks to a zoomed axis.
  private static func knots(_ scale: TimeScale) -> String {
    scale.knots.map { "\($0.time / 1000):\(Int(($0.x * 100_000).rounded()))" }.joined(separator: " ")
  }

  static func lane(_ drawing: LaneSVG) -> String {
    let names =
      drawing.names.isEmpty
      ? "" : "<svg class=\"names\" width=\"1\" height=\"1\" aria-hidden=\"true\">\(drawing.names)</svg>"
    return names + "<svg class=\"plot\" height=\"\(HTML.px(drawing.height))\">\(drawing.body)</svg>"
  }

  /// What the colours mean, and a button each where scripts run.
  static func legend(_ threads: ThreadOrder, _ shown: [Int]) -> String {
    guard !shown.isEmpty else { return "" }
    let keys = shown.prefix(16).map { number in
      let task = threads.tasks[number]
      return "<button type=\"button\" class=\"key t\(number % ThreadOrder.colours)\" data-t=\"\(number)\" "
        + "aria-pressed=\"false\"><i></i>\(HTML.text(task.description))</button>"
    }
    let more = shown.count > 16 ? "<span class=\"dim\">and \(shown.count - 16) more threads</span>" : ""
    return "<p class=\"keys\">\(keys.joined())\(more)</p>\n"
  }
}
