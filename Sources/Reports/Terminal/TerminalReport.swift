import Analysis
import Bytes
import Timelines
import Verdicts
import Writing

/// `report` for the terminal: the answer first, one line a warning, then the reasons, then the picture.
package struct TerminalReport {
  private let analysis: Analysis
  private let style: Style
  private let names: InputNames
  private var out = ""
  /// Advice is said once: the number of the finding that has it.
  private var advised: [String: String] = [:]
  /// Each once, at the end.
  private var recipes: [String] = []

  /// Names and messages are made safe for a terminal. `whatIf`: candidates that are asked about, a section each at the end.
  package static func render(_ analysis: Analysis, _ style: Style, whatIf: [Candidate] = []) -> String {
    var report = TerminalReport(analysis: analysis, style: style)
    report.write()
    return report.out + WhatIfReport.render(analysis, whatIf, style)
  }

  private init(analysis: Analysis, style: Style) {
    self.analysis = analysis
    self.style = style
    names = InputNames(analysis)
  }

  private mutating func line(_ text: String = "") { out += text + "\n" }

  private mutating func wrapped(_ text: String, indent: Int, hanging: Int? = nil) {
    let parts = Plain.wrap(Plain.safe(text), style.width, indent: indent, hanging: hanging ?? indent)
    for part in parts { line(part) }
  }

  private mutating func write() {
    headline()
    for (index, boot) in analysis.boots.enumerated() {
      if analysis.boots.count > 1 { line(style.paint("boot \(index + 1)", .bold)) }
      overview(boot)
    }
    let parts = parts()
    for part in parts.findings { out += "\n" + part.text }
    out += parts.rest
  }

  /// A finding with its reasons and its picture.
  struct Part {
    var number: String
    var finding: Finding
    var text: String
  }

  /// The findings apart, and what follows them: recipes and losses.
  static func parts(_ analysis: Analysis, _ style: Style) -> (findings: [Part], rest: String) {
    var report = TerminalReport(analysis: analysis, style: style)
    return report.parts()
  }

  private mutating func parts() -> (findings: [Part], rest: String) {
    let before = out
    defer { out = before }
    var parts: [Part] = []
    for (index, boot) in analysis.boots.enumerated() {
      let scene = Scene(boot, devices: Set(boot.findings.map(\.device)))
      for (place, finding) in Summary.worstFirst(boot.findings).enumerated() {
        let number = Summary.number(place, ofBoot: index, in: analysis)
        out = ""
        self.finding(finding, scene, number)
        parts.append(Part(number: number, finding: finding, text: out))
      }
    }
    out = ""
    capture()
    tree()
    losses()
    return (parts, out)
  }

  /// The recipes stand alone and unwrapped, to be copied.
  private mutating func capture() {
    guard !recipes.isEmpty else { return }
    line()
    let text =
      "Recipe: add this to the kernel command line (quote it for a boot loader's shell), then save /sys/kernel/tracing/trace"
    for part in Plain.wrap(text, style.width) { line(style.paint(part, .bold)) }
    for recipe in recipes { line("  " + Plain.safe(recipe)) }
  }

  // MARK: the answer

  private mutating func headline() {
    let (text, tone) = Summary.headline(analysis)
    for part in Plain.wrap(text, style.width) {
      line(style.paint(part, tone == .good ? .green : tone == .open ? .yellow : .bold))
    }
  }

  private mutating func overview(_ boot: BootAnalysis) {
    for finding in Summary.worstFirst(boot.findings) { answer(finding) }
    for suspect in boot.suspects.prefix(Self.mostNotes) { note(suspect) }
    if boot.suspects.count > Self.mostNotes {
      line("  and \(boot.suspects.count - Self.mostNotes) more notes; --format json has them all")
    }
    for part in Plain.wrap(Plain.safe(Summary.facts(boot).joined(separator: ", ")), style.width - 2) {
      line("  " + style.paint(part, .dim))
    }
  }

  /// On one line where it fits, else its facts on the next.
  private mutating func answer(_ finding: Finding) {
    let name = Plain.safe(finding.device) + (finding.driver.map { " (\(Plain.safe($0)))" } ?? "")
    let time =
      finding.time.map { "[\(Plain.padLeft(Plain.seconds($0), 12))] " }
      ?? (finding.kind == .silent ? "[      silent] " : "")
    let facts = finding.facts.joined(separator: ", ")
    let indent = 17
    let head = "  \(verdict(finding.verdict)) \(time)\(name):"
    if indent + time.count + name.count + 2 + facts.count <= style.width { return line("\(head) \(facts)") }
    line(head)
    for part in Plain.wrap(facts, style.width, indent: indent, hanging: indent) { line(part) }
  }

  private static let mostNotes = 20

  /// What may be, and what would tell.
  private mutating func note(_ suspect: Suspect) {
    let driver = suspect.driver.map { " (\($0))" } ?? ""
    let time = suspect.time.map { "[\(Plain.padLeft(Plain.seconds($0), 12))] " } ?? ""
    let place = names.text(suspect.place)
    wrapped(
      "NOTE \(time)\(suspect.device)\(driver): \(suspect.text) (\(place)). What would tell: \(suspect.tells).",
      indent: 2,
      hanging: 7)
  }

  private func verdict(_ verdict: Verdict, padded: Bool = true) -> String {
    let paint: Style.Paint =
      switch verdict {
      case .real: .red
      case .falsePositive: .green
      case .undetermined: .yellow
      }
    return style.paint(padded ? Plain.pad(verdict.word, 14) : verdict.word, paint)
  }

  // MARK: reasons

  private mutating func finding(_ finding: Finding, _ scene: Scene, _ number: String) {
    let name = Plain.safe(finding.device)
    line(style.paint("\(number). \(name)", .bold) + "  " + verdict(finding.verdict, padded: false))
    wrapped(finding.summary, indent: 3)
    if let cause = finding.cause {
      // Its title says what the summary has said.
      wrapped(
        "\(cause.id), \(finding.confidence?.rawValue ?? "") (proberace explain \(cause.id))", indent: 3)
    } else if !finding.candidates.isEmpty {
      wrapped("could be: " + finding.candidates.map(\.id).joined(separator: ", "), indent: 3)
    }
    for evidence in finding.evidence { out += EvidenceLine.render(evidence, style, names) }
    for assumed in finding.assumed { wrapped("assumed: " + assumed, indent: 3, hanging: 12) }
    for missing in finding.missing {
      wrapped("\(finding.aim(of: missing)): \(missing)", indent: 3, hanging: 6)
    }
    for report in finding.likeReports { wrapped(PublishedReports.line(report), indent: 3, hanging: 6) }
    if let advice = finding.advice {
      wrapped(advised[advice].map { "What to do: as for \($0)." } ?? advice, indent: 3)
      advised[advice] = advised[advice] ?? number
    }
    if let recipe = finding.recipe, !recipes.contains(recipe) { recipes.append(recipe) }
    if let lane = scene.lane(finding, limit: 12) {
      let picture = Picture.draw(lane, style, names)
      if !picture.isEmpty { out += "\n" + picture }
    }
  }

  // MARK: the kernel's source, losses

  private mutating func tree() {
    guard let tree = analysis.tree else { return }
    line()
    line(style.paint(Plain.safe(Summary.treeTitle(tree)), .bold))
    for text in Summary.tree(analysis) { wrapped("\(style.bullet) \(text)", indent: 2, hanging: 4) }
  }

  private mutating func losses() {
    let texts = Summary.losses(analysis)
    guard !texts.isEmpty else { return }
    line()
    line(style.paint("What the inputs lack", .bold))
    for text in texts.prefix(12) { wrapped("\(style.bullet) \(text)", indent: 2, hanging: 4) }
    if texts.count > 12 { line("  and \(texts.count - 12) more; --format json has them all") }
  }
}
