// Board facts: read at once and in pieces, and what is made of them.
import Bytes
import Facts
import Recipes
import Verdicts

enum Board {
  static func facts(_ input: [UInt8]) -> String? {
    let whole = read(input, step: input.count + 1)
    let step = 1 + input.count % 512
    let pieces = read(input, step: step)
    guard whole.devices.map(\.name) == pieces.devices.map(\.name), whole.losses == pieces.losses,
      whole.whole == pieces.whole
    else { return "read at once and by \(step): \(whole.losses) \(pieces.losses)" }
    for left in whole.leftOut where left.device.group != nil || !whole.whole.contains(.device) {
      return "\(left.device.name) is left out of \(left.device.group?.value ?? -1)"
    }
    let board = BoardRecipe(BoardKernel(whole), target: nil, device: nil)
    // A recipe's own quotes and dollars are known; a board brings none.
    guard board.recipe?.text.utf8.contains(0) != true else { return "a NUL in a recipe" }
    return nil
  }

  /// Whole lines at a time, as a `LineSource` hands them out.
  private static func read(_ input: [UInt8], step: Int) -> BoardFacts {
    let source = LineSource(stream: Pieces(input, step: step))
    var reader = FactsReader(input: 0)
    while (try? source.next { text, offset in reader.read(text, at: offset) }) == true {}
    reader.finish(isCut: source.endsInsideLine)
    return reader.facts
  }
}
