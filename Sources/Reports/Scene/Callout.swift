import Verdicts

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
