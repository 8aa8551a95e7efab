import History
import Reports
import Statistics
import Verdicts
import Writing

/// The page's table of groups: those of a scan's or a history's bugs, or what `--group-by` puts together.
struct GroupsHTML {
  private let farm: FarmSummary
  private let plan: FarmPlan
  private var out = ""

  /// Empty without any group.
  static func section(_ farm: FarmSummary, _ plan: FarmPlan) -> String {
    guard !farm.shownGroups.isEmpty else { return "" }
    var section = GroupsHTML(farm: farm, plan: plan)
    section.write()
    return section.out
  }

  private init(farm: FarmSummary, plan: FarmPlan) { (self.farm, self.plan) = (farm, plan) }

  private mutating func write() {
    let together =
      farm.grouping.map { "Findings are put together by \($0.keys)." }
      ?? "Findings of one signature, cause and verdict are one bug."
    out +=
      "<section><h2>Groups</h2>\n<p class=\"note\">\(together) Rates are shares "
    out +=
      "of the boots that could have shown it, with 95 % intervals; the curves go from the first kernel to the "
    out +=
      "last, all boards together, and \u{25b2} is where a rate rose. In the tables below a cell has n of m boots "
    out += "and the interval in percent, and is the darker the higher its lower end.</p>\n"
    out +=
      "<table class=\"answers groups\"><thead><tr><th>verdict</th><th>\(farm.grouping?.keys ?? "cause")</th>"
    out +=
      "<th>boots</th><th>by kernel</th><th>boards</th><th>kernels</th><th>example</th></tr></thead><tbody>\n"
    for (index, group) in farm.shownGroups.prefix(FarmHTML.mostGroups).enumerated() {
      row(group, index + 1)
    }
    out += "</tbody></table>\n" + FarmHTML.more(farm.shownGroups.count - FarmHTML.mostGroups, "groups")
    out += "</section>\n"
  }

  private mutating func row(_ group: FarmSummary.Group, _ number: Int) {
    let row = group.row ?? ownRow(group)
    let topic = row.topic.flatMap(plan.number)
    out += "<tr data-t=\"\(topic.map { String($0) } ?? "")\" class=\"\(FarmHTML.tone(group.verdict))\""
    // What says of which board and kernel it is has a rate of its own.
    for (key, value) in [("b", row.board), ("k", row.kernel)] where value != nil {
      out += " data-\(key)=\"\(HTML.text(value ?? ""))\""
    }
    out += "><td>" + FarmHTML.badge(group.verdict) + "</td><td>"
    let name = "<b>\(HTML.text(row.name))</b>"
    out += topic.map { "<a href=\"#t\($0)\">\(name)</a>" } ?? name
    if group.row == nil { out += "<br><code>\(HTML.text(group.signature))</code>" }
    out += "</td><td>\(Figures.text(row.rate, Style()))</td><td>"
    if let topic, row.isOfAll { out += FarmHTML.curve(plan.topics[topic - 1].map.rows[0], plan.kernels) }
    out += "</td><td>\(HTML.text(FarmHTML.list(row.boards.sorted())))</td><td>"
    out +=
      HTML.text(row.kernels.kernelSpan) + "</td><td>"
      + (group.example != nil ? "<a href=\"#g\(number)\">evidence</a>" : "") + "</td></tr>\n"
  }

  /// Of one bug.
  private func ownRow(_ group: FarmSummary.Group) -> FarmSummary.Row {
    let cells = farm.counts.seen[group.topic, default: [:]].keys
    var row = FarmSummary.Row(
      name: group.cause ?? "undetermined", rate: farm.counts.share(group.boots, of: group.topic),
      boards: Set(cells.map(\.board)), kernels: Set(cells.map(\.kernel)))
    row.topic = group.topic
    return row
  }
}
