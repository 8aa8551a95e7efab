import History
import Reports
import Statistics
import Verdicts
import Writing

/// A cause in the page: how often, by day, by board and kernel.
enum TopicHTML {
  static func section(_ topic: FarmPlan.Topic, _ number: Int, _ plan: FarmPlan, _ farm: FarmSummary) -> String
  {
    let cause = Cause.named(topic.name)
    var out = "<section class=\"topic \(topic.verdict?.rawValue ?? "")\" id=\"t\(number)\" tabindex=\"-1\" "
    out += "data-c=\"\(HTML.text(topic.name))\"><h2>"
    if let verdict = topic.verdict { out += FarmHTML.badge(verdict.rawValue) + " " }
    out += "\(HTML.text(cause == nil ? "undetermined" : topic.name)) "
    out +=
      "<small>\(cause.map { HTML.text($0.title) } ?? "<code>\(HTML.text(topic.name))</code>")</small></h2>\n"
    out += "<p class=\"sum rate\">\(Figures.text(topic.rate, Style()))</p>\n"
    out += days(topic.name, farm)
    out += table(topic.map, plan)
    return out + "</section>\n"
  }

  // MARK: by day

  /// More days than this are put together.
  private static let mostDays = 120

  private static func days(_ topic: String, _ farm: FarmSummary) -> String {
    guard let first = farm.days.first?.day, let last = farm.days.last?.day, first < last else { return "" }
    let width = (last.number - first.number) / mostDays + 1
    var points = Array(repeating: Rate(n: 0, of: 0), count: (last.number - first.number) / width + 1)
    var possible: [Cell: Bool] = [:]
    for (day, counts) in farm.days {
      let place = (day.number - first.number) / width
      points[place] = points[place] + counts.rate(topic, &possible)
    }
    let line = Sparkline(
      points: points, label: "Rate by day, from \(first.text) to \(last.text), all boards together"
    ).svg(width: 720, height: 72)
    guard !line.isEmpty else { return "" }
    let most = points.compactMap(\.value).max() ?? 0
    return "<figure>\(line)<figcaption>\(first.text) to \(last.text), "
      + (width > 1 ? "\(width) days a point, " : "") + "all boards; at most \(Figures.percent(most)) %"
      + "</figcaption></figure>\n"
  }

  // MARK: by board and kernel

  private static func table(_ map: TopicMap, _ plan: FarmPlan) -> String {
    var out =
      "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"By board and kernel\"><table class=\"map\">"
    out +=
      "<thead><tr><th scope=\"col\">board</th><th scope=\"col\">by kernel</th><th scope=\"col\" data-k=\"\">all kernels</th>"
    for kernel in plan.kernels {
      out +=
        "<th scope=\"col\" data-k=\"\(HTML.text(kernel))\"><a href=\"#kernel=\(Escape.percent(kernel))\">"
      out += "\(HTML.text(kernel))</a></th>"
    }
    out += "</tr></thead><tbody>\n"
    for row in map.rows { out += tr(row, plan) }
    out += "</tbody></table></div>\n"
    var left: [String] = []
    if plan.boardsLeft > 0 { left.append("\(plan.boardsLeft) more boards, which show less") }
    if plan.kernelsLeft > 0 { left.append("\(plan.kernelsLeft) earlier kernels") }
    if !left.isEmpty { out += "<p class=\"note\">Not in the table: \(left.joined(separator: ", ")).</p>\n" }
    return out
  }

  private static func tr(_ row: TopicMap.Row, _ plan: FarmPlan) -> String {
    let name =
      row.board.map { "<a href=\"#board=\(Escape.percent($0))\">\(HTML.text($0))</a>" } ?? "all boards"
    var out = "<tr data-b=\"\(HTML.text(row.board ?? ""))\"><th scope=\"row\">\(name)</th>"
    out += "<td>\(FarmHTML.curve(row, plan.kernels))</td>" + cell(row.all, nil)
    for (index, rate) in row.rates.enumerated() { out += cell(rate, row.rises[index]) }
    return out + "</tr>\n"
  }

  /// `15/166` and its interval; the colour says nothing that they do not.
  private static func cell(_ rate: Rate, _ rise: Regression?) -> String {
    guard rate.of > 0 else { return "<td class=\"c\" title=\"no boot that counts\">\u{b7}</td>" }
    var title = Figures.text(rate, Style())
    if let rise { title += "; higher from here on, p = \(Figures.probability(rise.p))" }
    let interval = rate.interval
    let low = Figures.percent(interval.lowerBound)
    return "<td class=\"c\(heat(rate))\" title=\"\(title)\">\(rise == nil ? "" : "<b>\u{25b2}</b> ")"
      + "\(rate.n)/\(rate.of)<small>\(low)–\(Figures.percent(interval.upperBound))</small></td>"
  }

  /// Steps of what a rate is at least, each about twice the one before: one of few boots must not outshine one of many. A class of the style sheet.
  private static func heat(_ rate: Rate) -> String {
    guard rate.n > 0 else { return "" }
    return " h\(1 + [0.01, 0.02, 0.05, 0.1, 0.25].count { rate.interval.lowerBound >= $0 })"
  }
}
