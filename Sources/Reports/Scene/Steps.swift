import Bytes
import Timelines

/// A lane as a list: what happened, one thing a line. For the terminal, and for readers who cannot see the picture.
struct Step {
  var time: Int64
  var tid: Int32
  var task: String
  /// Indented as it ran.
  var text: String
  var place: Place
  /// False of an end that was reckoned: `place` is then where it began.
  var hasLine = true
  var isAlarm = false
}

extension DrawnLane {
  /// Every beginning, end and mark, by time.
  var steps: [Step] {
    var steps: [Step] = []
    for span in spans {
      let indent = String(repeating: "  ", count: min(span.depth, 6))
      func step(_ time: Int64, _ text: String, _ place: Place, hasLine: Bool = true) {
        steps.append(
          Step(
            time: time, tid: span.task.tid, task: span.task.description, text: indent + text, place: place,
            hasLine: hasLine))
      }
      let open = (span.isInferred ? "~" : "") + span.label
      step(span.start, span.end == nil ? open : open + " {", span.place)
      guard let end = span.end else { continue }
      let close = span.kind.isProbe ? span.note : span.label + (span.result.map { " = \($0)" } ?? "")
      step(end, "} " + close, span.endPlace ?? span.place, hasLine: span.endPlace != nil)
    }
    for mark in marks {
      let text = mark.kind == .warning ? "** WARNING **" : mark.label
      steps.append(
        Step(
          time: mark.time, tid: mark.task?.tid ?? -1, task: mark.task?.description ?? "", text: text,
          place: mark.place, isAlarm: mark.kind == .warning || mark.kind == .fault))
    }
    // Of two things at one time the order of their lines is the order in which they happened; an end that has none comes last,
    // of several the inner one first.
    func position(_ index: Int) -> (Int64, Int, Place, Int) {
      let step = steps[index]
      return step.hasLine
        ? (step.time, 0, step.place, index) : (step.time, 1, Place(input: 0, line: 0, offset: 0), -index)
    }
    return steps.indices.sorted { position($0) < position($1) }.map { steps[$0] }
  }
}
