// `--format html`: one file that needs nothing else. Everything is drawn when it is written; the script only adds zoom,
// keys and filters.
import Analysis
import Bytes
import Timelines
import Verdicts
import Writing

/// The page: one file, no network.
package struct HTMLReport {
  /// What the page is about: the findings, or the devices.
  package enum Subject: Sendable {
    case findings
    /// Only devices whose name matches the glob.
    case devices(String?)
  }

  private let analysis: Analysis
  private let names: InputNames
  private var boots: [BootPage]
  private let lines: RawLines
  private let subject: Subject
  private let whatIf: [Candidate]
  private var out = ""

  /// Bytes after which no more findings, and then no more devices, are drawn; what is left out is said.
  private static let findingsBudget = 1_300_000
  private static let devicesBudget = 1_900_000
  private static let linesBudget = 600_000

  /// `lines` reads the inputs again, for the raw lines; `whatIf`: candidates that are asked about.
  package static func render(
    _ analysis: Analysis, _ subject: Subject = .findings, whatIf: [Candidate] = [], lines: RawLines.Reader
  ) -> String {
    var page = HTMLReport(analysis, subject, whatIf, lines)
    page.write()
    return page.out
  }

  private init(
    _ analysis: Analysis, _ subject: Subject, _ whatIf: [Candidate], _ read: RawLines.Reader
  ) {
    self.whatIf = whatIf
    self.analysis = analysis
    self.subject = subject
    names = InputNames(analysis)
    var glob: String?
    if case .devices(let pattern) = subject { glob = pattern }
    boots = analysis.boots.indices.map {
      BootPage(analysis.boots[$0], number: $0 + 1, device: glob, whatIf: whatIf)
    }
    var places: [Place] = []
    if case .findings = subject { places = boots.flatMap(\.evidencePlaces) + boots.flatMap(\.picturePlaces) }
    lines = read(analysis.inputs, places + boots.flatMap(\.overviewPlaces), Self.linesBudget)
    if case .findings = subject { writeArticles() }
  }

  /// Before everything that leads to them: the tables above and below link to those that are there.
  private mutating func writeArticles() {
    var left = Self.findingsBudget
    for number in boots.indices {
      let boot = boots[number]
      let context = context(boot)
      for index in boot.findings.indices.prefix(BootPage.drawn) where left > 0 {
        let article = FindingHTML.article(
          boot, index, context, lines, number: Summary.number(index, ofBoot: number, in: analysis))
        left -= article.utf8.count
        boots[number].articles.append(article)
      }
    }
  }

  private mutating func write() {
    let headline = Summary.headline(analysis)
    head(title: headline.text)
    out += "<body>\n<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\">"
    out += PictureHTML.definitions + "</svg>\n<main>\n"
    switch subject {
    case .findings: answer(headline)
    case .devices: devicesAnswer()
    }
    tools()
    if case .findings = subject { for boot in boots { findings(boot) } }
    for candidate in whatIf { out += WhatIfHTML.section(candidate, boots, place) }
    for boot in boots { devices(boot) }
    kernelTree()
    lacks()
    out += RawLinesHTML.section(lines, analysis.inputs.map(\.path))
    out +=
      "</main>\n<footer><p>Made by \(Release.title). This file is complete: it loads nothing from anywhere.</p>"
    out += "</footer>\n<div id=\"tip\" role=\"status\" hidden></div>\n<script>\(PageScript.text)</script>\n"
    out += "</body>\n</html>\n"
  }

  // MARK: head

  private mutating func head(title: String) {
    out += PageHead.html(
      title: titleBoot + title, style: (PageStyle.text, PageStyle.hash), scriptHash: PageScript.hash)
  }

  private var titleBoot: String {
    analysis.boots.first?.timeline.kernel.map { Plain.clip($0, 60, ascii: false) + ": " } ?? ""
  }

  // MARK: the answer

  private mutating func answer(_ headline: (text: String, tone: Summary.Tone)) {
    out += "<header class=\"top\">\n"
    for boot in boots { bootLine(boot) }
    out += "<h1 class=\"\(headline.tone == .good ? "good" : headline.tone == .open ? "open" : "")\">"
    out += "\(HTML.text(headline.text))</h1>\n"
    damage()
    for boot in boots where !boot.findings.isEmpty { table(boot) }
    for boot in boots { notes(boot) }
    out += "</header>\n"
  }

  private mutating func devicesAnswer() {
    out += "<header class=\"top\">\n"
    for boot in boots { bootLine(boot) }
    let lanes = boots.flatMap(\.scene.lanes)
    let warned = lanes.count { $0.isWarned }
    let windows = lanes.count { $0.longestWindow != nil }
    out += "<h1>\(Plain.count(lanes.count, "device")): \(warned) with the warning, "
    out += "\(windows) with a window in which the driver was set and no group was there</h1>\n"
    damage()
    out += "</header>\n"
  }

  private mutating func bootLine(_ boot: BootPage) {
    let files = analysis.inputs.indices.map { names.name($0) }.joined(separator: ", ")
    let facts = Summary.facts(boot.boot) + (boots.count == 1 && !files.isEmpty ? ["from " + files] : [])
    let which = boots.count > 1 ? "<b>Boot \(boot.number)</b> " : ""
    out += "<p class=\"boot\">\(which)\(facts.map { HTML.text($0) }.joined(separator: " · "))</p>\n"
  }

  /// A damaged input is said before anything else can be believed.
  private mutating func damage() {
    let damaged = analysis.inputs.filter { $0.losses.contains(where: \.isDamage) }
    for input in damaged {
      let why = input.losses.filter(\.isDamage).map(\.detail).joined(separator: "; ")
      out += "<p class=\"alarm\" role=\"alert\"><b>\(HTML.text(input.path))</b>: \(HTML.text(why)). "
      out += "Findings may be missing.</p>\n"
    }
  }

  private mutating func table(_ boot: BootPage) {
    out += "<table class=\"answers\">"
    out +=
      boots.count > 1
      ? "<caption>Boot \(boot.number)</caption>" : "<caption class=\"away\">Findings, worst first</caption>"
    out += "<thead><tr>"
    out += "<th>verdict</th><th>device</th><th>driver</th><th>cause</th><th>harm</th>"
    out += "<th class=\"num\">time</th></tr></thead><tbody>\n"
    for (index, finding) in boot.findings.prefix(500).enumerated() {
      let device = boot.linked("<code>\(HTML.text(finding.device))</code>", index)
      out += "<tr data-f=\"\(boot.filter(finding))\"><td><span class=\"badge \(finding.verdict.rawValue)\">"
      out += "\(finding.verdict.word)</span></td><td>\(device)</td>"
      out += "<td>\(HTML.text(finding.driver ?? ""))</td>"
      out += "<td>\(finding.cause?.id ?? "open")\(finding.confidence.map { ", \($0.rawValue)" } ?? "")</td>"
      out += "<td>\(finding.harm.rawValue)</td>"
      out +=
        "<td class=\"num\">\(finding.time.map { Plain.seconds($0) } ?? (finding.kind == .silent ? "no warning" : ""))</td></tr>\n"
    }
    out += "</tbody></table>\n"
    if boot.findings.count > 500 {
      out += "<p>and \(boot.findings.count - 500) more; <code>--format json</code> has them all</p>\n"
    }
  }

  /// Devices that may run without their IOMMU, and what would tell.
  private mutating func notes(_ boot: BootPage) {
    for suspect in boot.boot.suspects.prefix(100) {
      out +=
        "<p class=\"note\"><b>Note</b> <code>\(HTML.text(suspect.device))</code>: \(HTML.text(suspect.text)) "
      out += "(\(HTML.text(names.text(suspect.place)))). What would tell: \(HTML.text(suspect.tells)).</p>\n"
    }
    let left = boot.boot.suspects.count - 100
    if left > 0 { out += "<p class=\"note\">and \(left) more; <code>--format json</code> has them all</p>\n" }
  }

  /// For those who have scripts: hidden until the script shows it.
  private mutating func tools() {
    guard boots.contains(where: { !$0.scene.lanes.isEmpty || !$0.findings.isEmpty }) else { return }
    out += """
      <div class="tools" hidden><label>Filter <input id="filter" type="search" list="names" \
      placeholder="device, driver or thread" autocomplete="off" spellcheck="false"></label>\
      <datalist id="names"></datalist>
      <span id="matches" role="status"></span><span class="keyhelp"><kbd>/</kbd> filter <kbd>n</kbd> <kbd>p</kbd> \
      next, previous finding <kbd>+</kbd> <kbd>-</kbd> <kbd>0</kbd> zoom <kbd>←</kbd> <kbd>→</kbd> pan</span></div>

      """
  }

  // MARK: findings

  private mutating func findings(_ boot: BootPage) {
    guard !boot.findings.isEmpty else { return }
    if boots.count > 1 { out += "<h2>Boot \(boot.number)</h2>\n" }
    for article in boot.articles { out += article }
    let left = boot.findings.count - boot.articles.count
    guard left > 0 else { return }
    out += "<p class=\"note\">\(left) more findings are in the table above, without their "
    out += "pictures: this page would grow too large. <code>--format json</code> has them all.</p>\n"
  }

  /// How a boot's pictures are drawn; the scale is each picture's own.
  private func context(_ boot: BootPage) -> LaneContext {
    let lines = lines
    return LaneContext(scale: TimeScale([0]), threads: boot.threads, names: names) {
      lines.has($0) ? Self.anchor($0) : nil
    }
  }

  private func place(_ evidence: Evidence) -> String {
    guard let place = evidence.place else { return "" }
    let text = HTML.text(names.text(place))
    return lines.has(place)
      ? "<a class=\"at\" href=\"\(Self.anchor(place))\">\(text)</a>" : "<span class=\"at\">\(text)</span>"
  }

  /// Where a line of the inputs stands in the page, as links have it.
  static func anchor(_ place: Place) -> String { "#L\(place.input)-\(RawLines.number(place))" }

  // MARK: devices

  private mutating func devices(_ boot: BootPage) {
    let lanes = boot.scene.lanes
    guard !lanes.isEmpty else { return }
    let title = boots.count > 1 ? "All devices of boot \(boot.number)" : "All devices"
    out += "<section class=\"devices\"><h2>\(title)</h2>\n"
    out +=
      "<p class=\"note\">When each bound, was deferred, got its group (◆) and its domain (■); the longest time with "
    out += "a driver and no group first. Bars are threads; nested bars are calls.</p>\n"
    var context = context(boot)
    context.scale = boot.overviewScale
    out += PictureHTML.legend(boot.threads, boot.threads.tasks.indices.map { $0 })
    var drawn = ""
    var count = 0
    for lane in boot.overview {
      guard out.utf8.count + drawn.utf8.count < Self.devicesBudget else { break }
      drawn += OverviewHTML.lane(lane, boot, context)
      count += 1
    }
    out += PictureHTML.frame(
      label: "Timeline of all devices", OverviewHTML.registrations(boot, context) + drawn, context.scale)
    if count < lanes.count {
      out +=
        "<p class=\"note\">\(lanes.count - count) more devices are not drawn: their windows are shorter, or they "
      out +=
        "have none. <code>timeline --device GLOB</code> draws those you name, <code>--format json</code> has "
      out += "them all.</p>\n"
    }
    out += "</section>\n"
  }

  // MARK: the end

  private mutating func kernelTree() {
    guard let tree = analysis.tree else { return }
    out += "<section><h2>\(HTML.text(Summary.treeTitle(tree)))</h2>\n<ul>"
    for text in Summary.tree(analysis) { out += "<li>\(HTML.text(text))</li>\n" }
    out += "</ul></section>\n"
  }

  private mutating func lacks() {
    let losses = Summary.losses(analysis)
    guard !losses.isEmpty else { return }
    out += "<section><h2>What the inputs lack</h2>\n<ul>"
    for loss in losses.prefix(50) { out += "<li>\(HTML.text(loss))</li>\n" }
    if losses.count > 50 { out += "<li>and \(losses.count - 50) more; --format json has them all</li>" }
    out += "</ul></section>\n"
  }
}
