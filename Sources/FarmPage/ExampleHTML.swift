import Reports
import Verdicts
import Writing

/// One finding of a group in the page: its evidence, and its picture where that was drawn.
enum ExampleHTML {
  /// `hasRoom`: the picture may be in it.
  static func article(
    _ group: FarmSummary.Group, _ example: FarmSummary.Example, _ number: Int, hasRoom: Bool
  ) -> String {
    var out = "<details class=\"example\" id=\"g\(number)\" data-c=\"\(HTML.text(group.topic))\"><summary>"
    out += FarmHTML.badge(group.verdict) + " \(HTML.text(group.cause ?? "undetermined")): "
    out += "<code>\(HTML.text(example.device))</code> <small>\(HTML.text(example.driver ?? ""))</small> in "
    out += "<code>\(HTML.text(example.title))</code></summary>\n"
    if let summary = example.summary {
      // A function's name keeps its case.
      let isName = !summary.prefix { $0 != " " }.allSatisfy(\.isLetter)
      let sentence = isName ? summary : summary.prefix(1).uppercased() + summary.dropFirst()
      out += "<p class=\"sum\">\(HTML.text(sentence)).</p>\n"
    }
    if !example.facts.isEmpty {
      out += "<p class=\"facts\">\(example.facts.map { HTML.text($0) }.joined(separator: " · "))</p>\n"
    }
    if let picture = example.picture, hasRoom { out += picture }
    out += evidence(example)
    if example.picture != nil, !hasRoom {
      out += "<p class=\"note\">There was no room for its picture in this page.</p>\n"
    }
    let packed = example.path.contains(":") ? " (unpack it first, if it lies in an archive)" : ""
    let what = example.picture != nil && hasRoom ? "The whole report" : "Picture and evidence"
    out += "<p>\(what)\(packed):</p><pre class=\"recipe\">proberace report --format html -o finding.html "
    return out + "\(HTML.text(Shell.word(example.path)))</pre>\n</details>\n"
  }

  private static func evidence(_ example: FarmSummary.Example) -> String {
    guard !example.evidence.isEmpty else { return "" }
    var out = "<ol class=\"evidence\">\n"
    for evidence in example.evidence {
      let time = evidence.time.map { "<time>\(Plain.seconds($0))</time> " } ?? ""
      let line = evidence.line.map { " <span class=\"at\">line \($0)</span>" } ?? ""
      out += "<li><div>\(time)\(HTML.text(evidence.text))\(line)</div>"
      if let raw = evidence.raw { out += "<code class=\"raw\">\(HTML.text(raw))</code>" }
      out += "</li>\n"
    }
    return out + "</ol>\n"
  }
}

/// Words for a shell.
enum Shell {
  /// As it is where that is safe, else in single quotes. What begins with a dash is no option.
  static func word(_ text: String) -> String {
    let text = text.hasPrefix("-") ? "./" + text : text
    let isPlain = text.utf8.allSatisfy {
      (48...57).contains($0) || (64...90).contains($0) || (97...122).contains($0)
        || "+-./:=_".utf8.contains($0)
    }
    return isPlain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
