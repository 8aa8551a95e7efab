// `capture --for`: the recipe for a board, and above it, as comments, why it is this one and what it can decide.
import Check
import Recipes
import Writing

/// `capture --for`, as text.
package enum BoardRecipeReport {
  /// Notes as comments, then what to paste; nothing of the board stands in it unchecked.
  package static func render(_ board: BoardRecipe) -> String {
    var lines = board.notes.map { "# \(Plain.safe($0))" }
    guard let recipe = board.recipe else {
      return (["# proberace: nothing that it could trace with works on this kernel"] + lines)
        .joined(separator: "\n") + "\n"
    }
    let check = CaptureCheck(recipe)
    var decided: [String] = []
    var lacking: [String] = []
    for item in check.answers {
      if case .lacks(let sights) = item.answer {
        let what = sights.map(\.rawValue).joined(separator: "; ")
        lacking.append("# cannot decide \(item.cause.id): lacks \(what)")
      } else {
        decided.append(item.cause.id)
      }
    }
    lines += Plain.wrap("decides, if it happens: " + decided.joined(separator: ", "), 110).map { "# " + $0 }
    lines += lacking
    // The recipe's own comments come first: they say what it is.
    let text = recipe.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let head = text.prefix { $0.hasPrefix("#") }
    return (head + lines + text.dropFirst(head.count)).joined(separator: "\n")
  }
}
