import Bytes

/// Lines of the inputs as they stand in the files, around places that a report speaks of. An analysis keeps no text: for them the
/// inputs are read again.
package struct RawLines: Sendable {
  /// A line as it stands in the input.
  package struct Line: Sendable {
    /// From 1; in a recording the byte where its event is.
    package var number: Int
    /// Without its end; long lines are cut. Not escaped.
    package var text: String

    package init(number: Int, text: String) {
      self.number = number
      self.text = text
    }
  }
  /// Lines without a gap.
  package typealias Block = [Line]

  /// What could be shown of one input.
  package struct Input: Sendable {
    /// By line; empty if there is a `reason`, or no place was asked for.
    package var blocks: [Block] = []
    /// Why there is nothing, where there is nothing: one sentence.
    package var reason: String?
    /// Places that there was no room for.
    package var leftOut = 0
  }
  /// In the order of the analysis' inputs.
  package var inputs: [Input]
  /// The places whose lines are here.
  package var shown: Set<Place> = []

  /// Reads lines: the analysis' inputs, the places, first those that matter most, and about how many bytes there is room for.
  package typealias Reader = @Sendable (_ inputs: [InputSummary], [Place], _ budget: Int) -> RawLines

  /// Nothing yet, of so many inputs.
  package init(inputs count: Int) { inputs = Array(repeating: Input(), count: count) }

  /// The number of the line of a place.
  package static func number(_ place: Place) -> Int { place.line > 0 ? Int(place.line) : Int(place.offset) }

  /// Whether the line of a place is here.
  package func has(_ place: Place) -> Bool { shown.contains(place) }

  /// The text of a place's line; nil if it is not here.
  package func text(_ place: Place) -> String? {
    guard has(place), inputs.indices.contains(Int(place.input)) else { return nil }
    let number = Self.number(place)
    for block in inputs[Int(place.input)].blocks {
      guard let first = block.first, let last = block.last, first.number <= number, number <= last.number
      else {
        continue
      }
      // Lines follow each other, events of a recording do not.
      return place.line > 0
        ? block[number - first.number].text : block.first { $0.number == number }?.text
    }
    return nil
  }
}
