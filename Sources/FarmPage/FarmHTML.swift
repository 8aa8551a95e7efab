// The page of a farm: one file that needs nothing else. All is written when it is made; the script only filters.
import History
import Reports
import Statistics
import Verdicts
import Writing

/// The page: one file, no network.
package struct FarmHTML {
  private let farm: FarmSummary
  private let plan: FarmPlan
  private var out = ""

  /// Bytes after which no more maps, and no more examples, are written; what is left out is said.
  private static let mapsBudget = 1_100_000
  private static let examplesBudget = 1_900_000
  static let mostGroups = 200

  /// The page as text, UTF-8.
  package static func render(_ farm: FarmSummary) -> String {
    var page = FarmHTML(farm)
    page.write()
    return page.out
  }

  private init(_ farm: FarmSummary) {
    self.farm = farm
    plan = FarmPlan(farm)
  }

  private mutating func write() {
    out += PageHead.html(
      title: "\(headline.text): \(farm.title)", style: (FarmStyle.text, FarmStyle.hash),
      scriptHash: FarmScript.hash)
    out += "<body>\n<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\">"
    out += FindingPicture.definitions + "</svg>\n<main>\n"
    answer()
    tools()
    rises()
    out += GroupsHTML.section(farm, plan)
    topics()
    examples()
    lists()
    out +=
      "</main>\n<footer><p>Made by \(Release.title). This file is complete: it loads nothing from anywhere.</p>"
    out += "</footer>\n<script>\(FarmScript.text)</script>\n</body>\n</html>\n"
  }

  // MARK: the answer

  /// What a scan's gate says; else whether anything rose.
  private var headline: FarmSummary.Answer { farm.answer ?? risen ?? .init("No boot shows anything", .good) }

  private var risen: FarmSummary.Answer? {
    if farm.counts.boots.isEmpty { return .init("There is no boot", .open) }
    if farm.groups.isEmpty { return nil }
    guard let first = farm.regressions.first else {
      let isGood = farm.groups.allSatisfy { $0.verdict == Verdict.falsePositive.rawValue }
      return .init("No rate rose beyond what chance explains", isGood ? .good : .bad)
    }
    let count = Plain.count(farm.regressions.count, "rate")
    let isOne = farm.regressions.allSatisfy { $0.topic == first.topic && $0.kernel == first.kernel }
    let boards = Self.list(farm.regressions.map(\.board))
    return .init("\(count) rose" + (isOne ? ": \(first.topic) since \(first.kernel) on \(boards)" : ""), .bad)
  }

  private mutating func answer() {
    var facts = [
      farm.title, farm.counts.totalText("different boot"), Plain.count(farm.counts.boards.count, "board"),
    ]
    let kernels = farm.counts.kernels
    if !kernels.isEmpty {
      facts.append(
        (kernels.count > 1 ? "\(kernels.count) kernels, " : "kernel ") + kernels.kernelSpan)
    }
    if let first = farm.days.first?.day, let last = farm.days.last?.day {
      facts.append(first == last ? first.text : "\(first.text) to \(last.text)")
    }
    out +=
      "<header class=\"top\">\n<p class=\"boot\">\(facts.map { HTML.text($0) }.joined(separator: " · "))</p>\n"
    let tone = headline.tone == .bad ? "" : headline.tone.rawValue
    out += "<h1 class=\"\(tone)\">\(HTML.text(headline.text))</h1>\n"
    if farm.answer != nil, let risen { out += "<p class=\"sum\">\(HTML.text(risen.text)).</p>\n" }
    for alarm in farm.alarms { out += "<p class=\"alarm\" role=\"alert\">\(HTML.text(alarm))</p>\n" }
    for note in farm.notes { out += "<p class=\"note\">\(HTML.text(note))</p>\n" }
    out += "</header>\n"
  }

  /// For those who have scripts: hidden until the script shows it.
  private mutating func tools() {
    guard !plan.topics.isEmpty else { return }
    let field = { (name: String, all: String, options: [String]) in
      "<label>\(name) <select id=\"\(name)\"><option value=\"\">\(all)</option>"
        + options.map { "<option>\(HTML.text($0))</option>" }.joined() + "</select></label>"
    }
    out += "<div class=\"tools\" hidden>" + field("board", "all boards", plan.boards)
    out +=
      field("kernel", "all kernels", plan.kernels) + field("cause", "all causes", plan.topics.map(\.name))
    out += "<a id=\"clear\" href=\"#board=\" hidden>show all</a> <span id=\"matches\" role=\"status\"></span>"
    out +=
      "<span class=\"keyhelp\"><kbd>/</kbd> filter <kbd>Esc</kbd> show all <kbd>n</kbd> <kbd>p</kbd> next, "
    out += "previous cause</span></div>\n"
  }

  // MARK: what rose

  private mutating func rises() {
    guard !farm.regressions.isEmpty else { return }
    out +=
      "<section class=\"rose\"><h2>What rose</h2>\n<table class=\"answers rises\"><thead><tr><th>cause</th><th>board</th>"
    out +=
      "<th>since</th><th>before</th><th>after</th><th>chance</th><th>to bisect</th></tr></thead><tbody>\n"
    for rise in farm.regressions.prefix(Self.mostGroups) {
      let cause = "<code>\(HTML.text(rise.topic))</code>"
      let link = plan.number(rise.topic).map { "<a href=\"#t\($0)\">\(cause)</a>" } ?? cause
      out += "<tr data-b=\"\(HTML.text(rise.board))\" data-k=\"\(HTML.text(rise.kernel))\" "
      out += "data-c=\"\(HTML.text(rise.topic))\"><td>\(link)</td><td>\(HTML.text(rise.board))</td>"
      out +=
        "<td><b>\u{25b2} \(HTML.text(rise.kernel))</b></td><td>\(Figures.text(rise.before, Style()))</td>"
      out += "<td>\(Figures.text(rise.after, Style()))</td><td>p = \(Figures.probability(rise.p))</td>"
      out += "<td>good \(HTML.text(rise.good)), bad \(HTML.text(rise.kernel))\(commits(rise))</td></tr>\n"
    }
    out += "</tbody></table>\n"
    out += Self.more(farm.regressions.count - Self.mostGroups, "rises")
    out += "</section>\n"
  }

  private func commits(_ rise: Regression) -> String {
    rise.commits.map {
      "<br><code>\($0.commit)</code> (\(HTML.text($0.name))) \($0.came ? "came" : "is gone") between them"
    }.joined()
  }

  /// Says what is left out; empty where nothing is.
  static func more(_ count: Int, _ what: String) -> String {
    count > 0 ? "<p class=\"note\">\(count) more \(what) are not in this page.</p>\n" : ""
  }

  static func curve(_ row: TopicMap.Row, _ kernels: [String]) -> String {
    // The last may be of boots whose kernel nothing tells.
    let ordered = kernels.filter { $0 != CountedFor.unknown }.count
    let known = kernels.indices.prefix(ordered).filter { row.rates[$0].of > 0 }
    guard let first = known.first, let last = known.last else { return "" }
    let rises = row.rises.keys.sorted().map { ", rises at \(kernels[$0])" }.joined()
    return Sparkline(
      points: Array(row.rates.prefix(ordered)), rises: Set(row.rises.keys),
      label: "\(Figures.percent(row.rates[first].value ?? 0)) % with \(kernels[first]), "
        + "\(Figures.percent(row.rates[last].value ?? 0)) % with \(kernels[last])\(rises)"
    ).svg(width: min(180, max(72, 9 * kernels.count)), height: 30)
  }

  static func list(_ names: [String]) -> String {
    names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " and \(names.count - 4) more" : "")
  }

  /// The verdict's word in its colour.
  static func badge(_ verdict: String) -> String {
    let words = verdict.split(separator: "-").joined(separator: " ").uppercased()
    return "<span class=\"badge \(tone(verdict))\">\(HTML.text(words))</span>"
  }

  /// A class of the style sheet, and none that an input could choose.
  static func tone(_ verdict: String) -> String { Verdict(rawValue: verdict)?.rawValue ?? "" }

  // MARK: causes, by board and kernel

  private mutating func topics() {
    for (index, topic) in plan.topics.enumerated() {
      guard out.utf8.count < Self.mapsBudget else {
        out += Self.more(plan.topics.count - index, "causes")
        break
      }
      out += TopicHTML.section(topic, index + 1, plan, farm)
    }
    out += Self.more(plan.topicsLeft, "signatures")
  }

  // MARK: examples

  private mutating func examples() {
    let examples = farm.shownGroups.prefix(Self.mostGroups).enumerated().filter { $0.element.example != nil }
    guard !examples.isEmpty else { return }
    out += "<section><h2>Examples</h2>\n"
    var pictures = true
    for (index, group) in examples {
      guard let example = group.example else { continue }
      let picture = example.picture ?? ""
      pictures = pictures && out.utf8.count + picture.utf8.count < Self.examplesBudget
      out += ExampleHTML.article(group, example, index + 1, hasRoom: pictures)
    }
    out += "</section>\n"
  }

  // MARK: the end

  private mutating func lists() {
    for list in farm.lists where !list.lines.isEmpty {
      out += "<section><h2>\(HTML.text(list.title))</h2>\n<ul>"
      for line in list.lines { out += "<li>\(HTML.text(line))</li>\n" }
      out += "</ul></section>\n"
    }
  }
}
