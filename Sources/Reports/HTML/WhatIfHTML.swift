// `report --what-if ID --format html`: a table for each candidate, a row for each finding.
import Analysis
import Verdicts
import Writing

enum WhatIfHTML {
  /// At most so many rows a table.
  private static let most = 200

  static func section(_ candidate: Candidate, _ boots: [BootPage], _ place: (Evidence) -> String) -> String {
    var out = "<section><h2>What if \(HTML.text(candidate.title))? <code>\(candidate.id)</code></h2>\n"
    for boot in boots {
      guard let answers = boot.whatIf(candidate) else { continue }
      if boots.count > 1 { out += "<h3>Boot \(boot.number)</h3>\n" }
      guard !answers.findings.isEmpty || !answers.besides.isEmpty else {
        out += "<p>No finding of this boot would be another.</p>\n"
        continue
      }
      out += "<div class=\"wide\"><table class=\"answers\"><thead><tr><th>device</th><th>was</th>"
      out += "<th>would be</th><th>why</th></tr></thead><tbody>\n"
      let rows = zip(boot.findings.indices, zip(boot.findings, answers.findings)).prefix(most)
      for (index, (finding, answer)) in rows {
        let device = boot.linked("<code>\(HTML.text(finding.device))</code>", index)
        out += row(device, finding.cause?.id ?? "open", answer, place)
      }
      for answer in answers.besides.prefix(most) { out += row("", "", answer, place) }
      out += "</tbody></table></div>\n"
      let left = max(boot.findings.count - most, 0) + max(answers.besides.count - most, 0)
      if left > 0 { out += "<p>and \(left) more; <code>--format json</code> has them all</p>\n" }
    }
    return out + "</section>\n"
  }

  private static func row(
    _ device: String, _ was: String, _ answer: WhatIf.Answer, _ place: (Evidence) -> String
  ) -> String {
    var out =
      "<tr><td>\(device)</td><td>\(was)</td><td>\(answer.outcome.word)</td><td>\(HTML.text(answer.text))"
    for evidence in answer.evidence {
      let time = evidence.time.map { "<time>\(Plain.seconds($0))</time> " } ?? ""
      out += "<br>\(time)\(HTML.text(evidence.text)) \(place(evidence))"
    }
    return out + "</td></tr>\n"
  }
}
