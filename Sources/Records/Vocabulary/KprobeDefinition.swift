/// A kprobe as it is defined: a line of kprobe_events, `p:group/event function arguments`, or the same with commas in
/// `kprobe_event=` of the command line.
package struct KprobeDefinition: Equatable, Sendable {
  /// `r:`, not `p:`.
  package var isReturn: Bool
  /// Without its group.
  package var event: String
  /// `(inside)` if it stands behind the function's beginning: then it is no entry of it.
  package var function: String

  /// The words of one definition; nil if it is none.
  package init?(_ words: [Substring]) {
    guard words.count >= 2, let kind = words[0].first, kind == "p" || kind == "r",
      let colon = words[0].firstIndex(of: ":")
    else { return nil }
    isReturn = kind == "r"
    let name = words[0][words[0].index(after: colon)...]
    event = name.split(separator: "/").last.map(String.init) ?? String(name)
    let symbol = words[1].contains("+") && !words[1].hasSuffix("+0") ? "(inside)" : String(words[1])
    function = symbol.hasSuffix("+0") ? String(symbol.dropLast(2)) : symbol
  }

  /// Those of a command line.
  package static func all(commandLine: String) -> [KprobeDefinition] {
    texts(commandLine: commandLine).compactMap { text in
      KprobeDefinition(text.replacing("\"", with: "").split(separator: ",").map(Substring.init))
    }
  }

  /// What stands between the semicolons of `kprobe_event=`.
  package static func texts(commandLine: String) -> [Substring] {
    commandLine.split(separator: " ").flatMap { word -> [Substring] in
      let word = word.drop { $0 == "\"" }
      guard word.hasPrefix("kprobe_event=") else { return [] }
      return word.dropFirst("kprobe_event=".count).split(separator: ";")
    }
  }
}
