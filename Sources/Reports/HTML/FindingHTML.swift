// One finding in the page: verdict, picture, evidence with its lines, what would make it surer, what to do.
import Analysis
import Bytes
import Timelines
import Verdicts
import Writing

struct FindingHTML {
  private let boot: BootPage
  private let index: Int
  private let finding: Finding
  private let context: LaneContext
  private let lines: RawLines
  private let number: String
  private var out = ""

  /// `number`: as all reports for people count it.
  static func article(
    _ boot: BootPage, _ index: Int, _ context: LaneContext, _ lines: RawLines, number: String
  ) -> String {
    var article = FindingHTML(boot, index, context, lines, number)
    article.write()
    return article.out
  }

  private init(
    _ boot: BootPage, _ index: Int, _ context: LaneContext, _ lines: RawLines, _ number: String
  ) {
    self.number = number
    self.boot = boot
    self.index = index
    finding = boot.findings[index]
    self.context = context
    self.lines = lines
  }

  private var id: String { boot.id(index) }

  private mutating func write() {
    out += "<article class=\"finding \(finding.verdict.rawValue)\" id=\"\(id)\" tabindex=\"-1\" "
    out += "data-f=\"\(boot.filter(finding))\">\n"
    out += "<h2>\(number). <span class=\"badge \(finding.verdict.rawValue)\">\(finding.verdict.word)</span> "
    out +=
      "<code>\(HTML.text(finding.device))</code> <small>\(HTML.text(finding.driver ?? ""))</small></h2>\n"
    reasons()
    picture()
    evidence()
    steps()
    certainty()
    background()
    out += "</article>\n"
  }

  private mutating func reasons() {
    out += "<p class=\"sum\">\(HTML.text(sentence(finding.summary)))</p>\n"
    var facts: [String] = []
    if let cause = finding.cause {
      facts.append("\(HTML.text(cause.title)) (<b>\(cause.id)</b>)")
    } else if !finding.candidates.isEmpty {
      facts.append("could be: " + finding.candidates.map(\.id).joined(separator: ", "))
    }
    if let confidence = finding.confidence { facts.append(confidence.rawValue) }
    facts.append(finding.harm == .unknown ? "harm unknown" : finding.harm.rawValue)
    if let time = finding.time {
      facts.append("warned at \(Plain.seconds(time))")
    } else if finding.kind == .silent {
      facts.append("no warning was printed")
    }
    out += "<p class=\"facts\">\(facts.joined(separator: " · "))</p>\n"
  }

  /// With a capital, unless it begins with a name: a name's case is the kernel's.
  private func sentence(_ text: String) -> String {
    let word = String(text.prefix { $0 != " " && $0 != "," && $0 != ":" })
    let isName = !word.allSatisfy(\.isLetter) || word == finding.driver || word == finding.device
    let first = isName ? text : Self.capital(text)
    return first.hasSuffix(".") ? first : first + "."
  }

  private static func capital(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

  // MARK: picture

  private mutating func picture() {
    guard let lane = boot.pictures[index] else { return }
    let id = id
    out +=
      PictureHTML.figure(finding, lane, context, around: boot.scene.registrations) { "#\(id)-e\($0)" } ?? ""
  }

  // MARK: words

  private mutating func evidence() {
    guard !finding.evidence.isEmpty else { return }
    out += "<ol class=\"evidence\">\n"
    for (number, evidence) in finding.evidence.enumerated() {
      let time = evidence.time.map { "<time>\(Plain.seconds($0))</time> " } ?? ""
      out +=
        "<li id=\"\(id)-e\(number + 1)\"><div>\(time)\(HTML.text(evidence.text)) \(place(evidence.place))</div>"
      if let raw = evidence.place.flatMap({ lines.text($0) }) {
        out += "<code class=\"raw\">\(HTML.text(raw))</code>"
      }
      out += "</li>\n"
    }
    out += "</ol>\n"
    let others = finding.places.filter { place in !finding.evidence.contains { $0.place == place } }
    if !others.isEmpty {
      out += "<p class=\"facts\">The warning also stands at "
      out += others.prefix(8).map { place($0) }.joined(separator: ", ") + "</p>\n"
    }
  }

  private func place(_ place: Place?) -> String {
    guard let place else { return "" }
    let text = HTML.text(context.names.text(place))
    return context.link(place).map { "<a class=\"at\" href=\"\($0)\">\(text)</a>" }
      ?? "<span class=\"at\">\(text)</span>"
  }

  private mutating func steps() {
    guard let lane = boot.pictures[index] else { return }
    let steps = lane.steps
    guard steps.count > 1 else { return }
    out +=
      "<details><summary>The picture as a list</summary><div class=\"wide\"><table class=\"steps\"><thead><tr>"
    out += "<th class=\"num\">seconds</th><th>thread</th><th>what</th><th>line</th></tr></thead><tbody>\n"
    for step in steps.prefix(120) {
      let spaces = step.text.prefix { $0 == " " }.count
      out += "<tr\(step.isAlarm ? " class=\"alarm\"" : "")><td class=\"num\">\(Plain.seconds(step.time))</td>"
      out +=
        "<td>\(HTML.text(step.task))</td><td class=\"i\(min(spaces / 2, 4))\">\(HTML.text(step.text))</td>"
      out += "<td>\(place(step.place))</td></tr>\n"
    }
    out += "</tbody></table></div></details>\n"
  }

  private mutating func certainty() {
    for assumed in finding.assumed { out += "<p class=\"assumed\">Assumed: \(HTML.text(assumed))</p>\n" }
    if !finding.missing.isEmpty {
      out += "<div class=\"missing\">"
      var aim: String?
      for missing in finding.missing.sorted(by: { !finding.tellsHarm($0) && finding.tellsHarm($1) }) {
        if finding.aim(of: missing) != aim {
          out += aim == nil ? "" : "</ul>"
          aim = finding.aim(of: missing)
          out += "<h3>\(Self.capital(aim ?? ""))</h3><ul>"
        }
        out += "<li>\(HTML.text(missing))</li>"
      }
      out += "</ul>"
      if let recipe = finding.recipe {
        out += "<p>Add this to the kernel command line (quote it for a boot loader's shell), then save "
        out += "<code>/sys/kernel/tracing/trace</code>:</p><pre class=\"recipe\">\(HTML.text(recipe))</pre>"
      }
      out += "</div>\n"
    }
    for report in finding.likeReports {
      out += "<p class=\"facts\">\(HTML.text(sentence(PublishedReports.line(report))))</p>\n"
    }
    if let advice = finding.advice {
      out += "<p class=\"advice\"><b>What to do.</b> \(HTML.text(advice))</p>\n"
    }
  }

  private mutating func background() {
    guard let cause = finding.cause else { return }
    out += "<details><summary>About \(cause.id)</summary><p>\(HTML.text(cause.story))</p>"
    out +=
      "<p><b>Proof.</b> \(HTML.text(cause.proof))</p><p><b>Against it.</b> \(HTML.text(cause.against))</p>"
    if !cause.cites.isEmpty {
      let cites = cause.cites.map { "<code>\(HTML.text($0))</code>" }
      out += "<p><b>Kernel commits.</b> \(cites.joined(separator: ", "))</p>"
    }
    out += "<p class=\"facts\">Signature <code>\(HTML.text(finding.signature))</code></p></details>\n"
  }
}
