// What a page of a farm is made of, and its text; FarmPageTests opens it in a browser.
import Foundation
import History
import Scan
import ScanReports
import Statistics
import Testing

@testable import FarmPage

@Suite struct FarmSummaryTests {
  @Test func `a scan's rows are counted as a history counts them`() throws {
    let farm = FarmSummary(sample, run: "night")
    #expect(farm.answer?.text == "FAIL: 3 logs: 2 real, 1 undetermined, 1 log could not be read whole")
    // A boot with three findings of one bug is one; what holds no boot is none.
    #expect(farm.counts.boots.values.reduce(0) { $0 + $1.boots } == 5)
    #expect(farm.groups.map(\.boots) == [1, 1, 1])
    #expect(farm.groups.map(\.verdict) == ["real", "undetermined", "false-positive"])
    #expect(
      farm.counts.topics == ["iommu-late-probe/v1:walk:nvme", "probe-before-domain", "walk-bind-toctou"])
    let example = try #require(farm.groups[0].example)
    #expect(example.title == "logs.tar.gz:real.txt:12 (boot 2)" && example.evidence.map(\.line) == [12])
    #expect(farm.lists.first { $0.title == "Could not be judged" }?.lines.count == 1)
    #expect(farm.lists.first { $0.title == "Allow-list" }?.lines == sample.baselineNotes)
  }

  @Test func `days come of the label, with and without dashes`() {
    let report = ScanReport(
      logs: ["20261101", "2026-11-01", "2026-11-03", "soon"].enumerated().map { index, date in
        log("\(index).log", .complete, []) { $0.labels = ["date": date] }
      })
    let farm = FarmSummary(report, run: "r")
    #expect(farm.days.map(\.day.text) == ["2026-11-01", "2026-11-03"])
    #expect(farm.days.map { $0.counts.boots.values.reduce(0) { $0 + $1.boots } } == [2, 1])
  }

  @Test(
    arguments: [
      ([.board, .verdict], ["b1", "b2"], ["(2 of 3,", "(1 of 2,"], ["", ""]),
      ([.cause], ["probe-before-domain"], ["(3 of 5,"], ["probe-before-domain"]),
      ([.verdict], ["real"], ["(3 of 5,"], [""]),
    ] as [([GroupKey], [String], [String], [String])])
  func `findings are put together as was asked`(
    _ keys: [GroupKey], _ names: [String], _ rates: [String], _ topics: [String]
  ) throws {
    let real = finding("0000:00:01.0", "probe-before-domain", .real)
    let report = ScanReport(
      logs: [("b1", true), ("b1", true), ("b1", false), ("b2", true), ("b2", false)].enumerated().map {
        index, boot in
        log("\(index).log", .complete, boot.1 ? [judged(real, passes: false)] : []) {
          ($0.labels, $0.kernel) = (["board": boot.0], "6.18.1")
        }
      })
    let farm = FarmSummary(report, run: "r", groupedBy: keys)
    // What the page reckons is of bugs all the same.
    #expect(farm.groups.map(\.boots) == [3])
    let rows = try #require(farm.grouping).groups.compactMap(\.row)
    #expect(rows.map(\.name) == names && rows.map { $0.topic ?? "" } == topics)
    let page = FarmHTML.render(farm)
    for (name, rate) in zip(names, rates) {
      #expect(page.contains("<b>\(name)</b>") && page.contains(rate))
    }
    #expect(page.contains("data-b=\"b1\"><td><span class=\"badge real\">") == keys.contains(.board))
    #expect(FarmSummary(report, run: "r", groupedBy: [.verdict, .cause, .signature]).grouping == nil)
  }

  @Test func `no name is markup`() {
    let page = FarmHTML.render(FarmSummary(nastySample, run: nasty))
    #expect(!page.contains("<script>alert") && !page.contains("\u{202e}") && !page.contains("\u{1b}"))
    #expect(page.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;"))
    #expect(page.components(separatedBy: "<script>").count == 2)
  }

  /// Boots of each board with each kernel that show all topics.
  private func farm(boards: Int, kernels: Int, topics: Int) -> FarmSummary {
    var counts = FarmCounts()
    let names = Set((0..<topics).map { "v1:topic-\($0)" })
    for board in 0..<boards {
      for kernel in 0..<kernels {
        counts.count(Cell(board: "board-\(board)", kernel: "6.\(kernel).0"), isEligible: true, names)
      }
    }
    let groups = counts.topics.map {
      FarmSummary.Group(signature: $0, cause: nil, verdict: "undetermined", boots: 1, example: nil)
    }
    return FarmSummary(title: "t", counts: counts, groups: groups)
  }

  @Test func `a page has room for so much, and what is left out is said`() {
    let page = FarmHTML.render(farm(boards: 120, kernels: 70, topics: 40))
    #expect(page.utf8.count < 2_000_000)
    #expect(page.contains("Not in the table: 60 more boards, which show less, 22 earlier kernels."))
    #expect(page.contains("10 more signatures are not in this page."))
    let small = FarmHTML.render(farm(boards: 2, kernels: 2, topics: 1))
    #expect(!small.contains("Not in the table") && !small.contains("are not in this page"))
  }

  @Test func `what rose is marked where it did`() throws {
    var counts = FarmCounts()
    for (kernel, shows) in [("6.17.0", 1), ("6.18.0", 40), ("6.18.3", 45)] {
      let cell = Cell(board: "b", kernel: kernel)
      for boot in 0..<100 {
        counts.count(cell, isEligible: true, boot < shows ? ["probe-before-domain"] : [])
      }
    }
    let farm = FarmSummary(
      title: "t", counts: counts,
      groups: [.init(signature: "s", cause: "probe-before-domain", verdict: "real", boots: 86, example: nil)])
    #expect(farm.regressions.map(\.kernel) == ["6.18.0"])
    let page = FarmHTML.render(farm)
    #expect(page.contains("<h1 class=\"\">1 rate rose: probe-before-domain since 6.18.0 on b</h1>"))
    #expect(page.contains("40 % (40 of 100, 30.9–49.8 %); higher from here on"))
    #expect(page.contains("<b>\u{25b2}</b> 40/100<small>30.9–49.8</small>"))
    #expect(
      page.contains(
        "<td class=\"c h1\" title=\"1.0 % (1 of 100, 0.2–5.4 %)\">1/100<small>0.2–5.4</small></td>"))
  }

  @Test func `paths are words of a shell`() {
    #expect(Shell.word("logs/a-1:b.log") == "logs/a-1:b.log")
    #expect(Shell.word("a b'c$(d)") == "'a b'\\''c$(d)'")
    #expect(Shell.word("-x") == "./-x" && Shell.word("") == "''")
  }
}

/// Why `--fail-on regression` stops a scan stands in what it writes.
@Suite struct RegressionTextTests {
  private var report: ScanReport {
    var report = ScanReport(logs: [log("logs/clean.txt")])
    report.regressions = ["risen: x on <b>: 20 of 40 boots, before 2 of 82 (p = 0.001)"]
    return report
  }

  @Test func `a scan that passes but for them fails`() throws {
    let report = report
    #expect(report.status == 1)
    let terminal = ScanTerminal.render(report, .init())
    #expect(terminal.contains("FAIL: 1 regression\n  risen: x on <b>: 20 of 40"))
    #expect(Markdown.render(report).contains("### proberace: FAIL\n"))
    #expect(Markdown.render(report).contains("- **regression**: risen&#58; x on &#60;b&#62;"))
    #expect(GitHub.render(report).hasPrefix("::error title=proberace%3A regression::risen: x on <b>"))
    let junit = JUnit.render(report)
    #expect(
      junit.contains(
        "<testcase classname=\"proberace.gate\" name=\"regression\"><failure type=\"regression\""))
    #expect(junit.contains("risen: x on &lt;b&gt;"))
    #expect(FarmHTML.render(FarmSummary(report, run: "r")).contains("risen: x on &lt;b&gt;"))
    // Asked and nothing found: the test is there, and passes.
    var good = report
    good.regressions = []
    #expect(good.status == 0 && JUnit.render(good).contains("name=\"regression\"></testcase>"))
    #expect(!JUnit.render(sample).contains("proberace.gate"))
  }

  @Test func `the last line has them as values`() throws {
    let failures: [ChangeGate.Failure] = [
      .new(signature: "s", cause: nil, verdict: "undetermined", boots: 2, example: "a.log"),
      .rose(topic: "t", board: "b", before: Rate(n: 1, of: 50), now: Rate(n: 9, of: 50), p: 0.001),
      .exceeds(topic: "t", board: "b", ceiling: 0.02, now: Rate(n: 9, of: 50), p: 0.002),
    ]
    let bytes = ScanEnd().line(run: "r", status: 1, isInterrupted: false, regressions: failures)
    let line = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    let rows = try #require(line["regressions"] as? [[String: Any]])
    #expect(rows.map { $0["kind"] as? String } == ["new", "rose", "exceeds"])
    #expect(
      rows[1]["before"] as? [String: Int] == ["n": 1, "of": 50] && rows[2]["ceiling"] as? Double == 0.02)
    let none = ScanEnd().line(run: "r", status: 0, isInterrupted: false)
    #expect(!String(decoding: none, as: UTF8.self).contains("regressions"))
  }
}
