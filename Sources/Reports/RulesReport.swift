import Verdicts
import Writing

/// `rules`, `explain` and docs/rules.md, all from the cause values.
package enum RulesReport {
  /// One line a cause; if a title has no room, each stands below its head, indented.
  package static func list(_ style: Style) -> String {
    var out = ""
    let heads = Cause.all.map { cause in
      Plain.pad(cause.letter, 4) + Plain.pad(cause.id, 31)
        + Plain.pad((cause.verdict?.rawValue ?? "none"), 15)
    }
    // All titles beside their heads, or all below them: a list of both is hard to read.
    let fits = zip(heads, Cause.all).allSatisfy { $0.count + $1.title.count <= style.width }
    for (head, cause) in zip(heads, Cause.all) {
      if fits {
        out += head + cause.title + "\n"
        continue
      }
      out += Plain.trimmedEnd(head) + "\n"
      for part in Plain.wrap(cause.title, style.width - 4) { out += "    " + part + "\n" }
    }
    return out
  }

  /// All that is known of one cause.
  package static func explain(_ cause: Cause, _ style: Style) -> String {
    var out = ""
    for part in Plain.wrap("\(cause.id) (\(cause.letter)): \(cause.title)", style.width) {
      out += style.paint(part, .bold) + "\n"
    }
    let verdict = "verdict \(cause.verdict?.rawValue ?? "none"); harm: \(cause.harm); side: \(sides(cause))"
    out += Plain.wrap(verdict, style.width).joined(separator: "\n") + "\n\n"
    let reports = PublishedReports.lines(cause)
    for (title, text) in sections(cause) + (reports.isEmpty ? [] : [("Published reports", reports)]) {
      if let title { out += style.paint(title, .bold) + "\n" }
      for line in text { for part in Plain.wrap(line, style.width - 2) { out += "  " + part + "\n" } }
      out += "\n"
    }
    return out
  }

  /// docs/rules.md.
  package static func markdown() -> String {
    var out = "# Rules\n\n<!-- Made by `make docs` from Sources/Verdicts/Causes; do not edit. -->\n\n"
    out +=
      "What proberace can conclude, revision \(Release.rules) of its rules. Every cause is asked; where two are certain and their "
      + "verdicts differ, the answer is undetermined; else the first that is certain speaks, then the first that is likely.\n\n"
    out += "| | id | verdict | harm | side |\n|---|---|---|---|---|\n"
    for cause in Cause.all {
      out +=
        "| \(cause.letter) | [`\(cause.id)`](#\(cause.id)) | \(cause.verdict?.rawValue ?? "none") | \(cause.harm) | \(sides(cause)) |\n"
    }
    for cause in Cause.all {
      out +=
        "\n## \(cause.id)\n\n**\(cause.title).** Verdict: \(cause.verdict?.rawValue ?? "none"). Harm: \(cause.harm).\n"
      for (title, text) in sections(cause) {
        out += title.map { "\n**\($0).** " } ?? "\n"
        out += text.joined(separator: "; ") + "\n"
      }
    }
    // `<bus>` is no tag.
    return out.replacing("<bus>", with: "&lt;bus&gt;")
  }

  private static func sides(_ cause: Cause) -> String {
    let names = cause.sides.map { $0 == .none ? "no warning" : $0.rawValue }
    return names.joined(separator: ", ")
  }

  private static func sections(_ cause: Cause) -> [(String?, [String])] {
    [
      (nil, [cause.story]), ("Needs", cause.needs), ("Proof", [cause.proof]), ("Against it", [cause.against]),
      ("What to do", [cause.advice]), ("Kernel commits", [cause.cites.joined(separator: ", ")]),
    ]
  }
}
