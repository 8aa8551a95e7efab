// Lines of the inputs, as the page quotes them at its end.
import Analysis
import Writing

enum RawLinesHTML {
  /// `paths`: the inputs' names, in their order.
  static func section(_ lines: RawLines, _ paths: [String]) -> String {
    var out = ""
    let shown = lines.inputs.enumerated().filter {
      !$0.element.blocks.isEmpty || $0.element.reason != nil || $0.element.leftOut > 0
    }
    guard !shown.isEmpty else { return out }
    out += "<section class=\"lines\"><h2>Lines</h2>\n"
    for (index, input) in shown {
      out += "<h3>\(HTML.text(paths[index]))</h3>\n"
      if let reason = input.reason { out += "<p class=\"note\">Not shown: \(HTML.text(reason)).</p>\n" }
      var last = 0
      for block in input.blocks {
        guard let first = block.first?.number else { continue }
        if last > 0 { out += "<p class=\"skip\">\(Plain.count(first - last - 1, "line")) not shown</p>\n" }
        out += "<pre>"
        for line in block {
          out +=
            "<span class=\"l\" id=\"L\(index)-\(line.number)\"><i>\(line.number)</i>\(HTML.text(line.text))\n</span>"
        }
        out += "</pre>\n"
        last = block.last?.number ?? last
      }
      if input.leftOut > 0 {
        out +=
          "<p class=\"note\">\(input.leftOut) more lines that the pictures speak of are not in this page.</p>\n"
      }
    }
    return out + "</section>\n"
  }
}
