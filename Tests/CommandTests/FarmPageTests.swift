import Foundation
import TestSupport
import Testing

/// A farm's page as a browser shows it, by scripts/farm_page_facts.py.
private struct FarmPage: Decodable {
  struct Content: Decodable, Equatable {
    var title, heading, csp: String
    var rises, groups: [[String]]
    var topics, boards, kernels, cells, examples, raw, commands, alarms, dead: [String]
    var curves, pictures, scripts, foreign, handlers: Int
  }
  struct Layout: Decodable {
    var width, page: Int
    var cut: [String]
  }
  struct Visible: Decodable {
    var topics, groups, rises, rows, cells: Int
    var hash, rate, matches, share: String
  }
  struct Example: Decodable {
    var id: String
    var seen: Bool
    var evidence, picture: Int
  }
  struct Use: Decodable {
    var all, board, escaped, back: Visible
    var cell: Visible?
    var focus: String
    var title: String?
    var example: Example?
    var layout: Layout
  }
  var seconds: Double
  var content, plain: Content
  var paper, paperDark: String
  var layout: [Layout]
  var use: Use?
  var requests, problems: [String]

  static func open(_ path: String) throws -> FarmPage {
    let script = Here.root.appending(path: "scripts/farm_page_facts.py").path(percentEncoded: false)
    let facts = try Command.run(URL(filePath: "/usr/bin/env"), ["python3", script, path], nil, [:])
    try #require(facts.code == 0, "\(facts.output)\(facts.errors)")
    let page = try JSONDecoder().decode(FarmPage.self, from: Data(facts.output.utf8))
    page.checkSafeAndNeat(path)
    return page
  }

  /// Nothing from outside, nothing that runs but the page's own script, nothing that sticks out; and all of it there without scripts.
  private func checkSafeAndNeat(_ path: String) {
    #expect(requests == ["file://\(path)"])
    #expect(problems.isEmpty, "\(problems)")
    #expect(content.scripts == 1 && content.foreign == 0 && content.handlers == 0)
    #expect(content.csp.hasPrefix("default-src 'none';") && !content.csp.contains("unsafe"))
    #expect(content.dead.isEmpty)
    #expect(paper == "rgb(255, 255, 255)" && paperDark != paper)
    #expect(layout.map(\.width) == [390, 1280, 2560])
    for layout in layout + (use.map { [$0.layout] } ?? []) {
      #expect(layout.page == layout.width && layout.cut.isEmpty, "at \(layout.width): \(layout)")
    }
    #expect(plain == content)
  }
}

/// The page of a farm in a real browser: of a scan, and of a history.
@Suite(.serialized) struct FarmPageTests {
  /// Three boards, two kernels; on one board the newer one shows a race in half of its boots.
  private static func farm(_ folder: TemporaryFolder) throws {
    let real = try String(contentsOfFile: Here.sample("natural-6.17.13-4/dmesg.txt"), encoding: .utf8)
    let clean = try String(contentsOfFile: Here.sample("clean-6.12.107/dmesg.txt"), encoding: .utf8)
    for board in ["pi", "rock", "x13s"] {
      for (index, kernel) in ["6.17.13", "6.18.2"].enumerated() {
        let place = "\(folder.path)/logs/2026-11-0\(index + 1)/\(board)/\(kernel)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        for number in 0..<24 {
          let shows = board == "rock" && index == 1 && number < 12 || board == "pi" && number == 0
          try ((shows ? real : clean) + "[  999.000000] farm: \(board) \(kernel) \(number)\n").write(
            toFile: "\(place)/\(number).log", atomically: false, encoding: .utf8)
        }
      }
    }
  }

  private static let scan = "$P scan --labels-from-path '{date}/{board}/{kernel}/' --format html"

  @Test func aScanAndItsHistory() throws {
    let folder = try TemporaryFolder()
    try Self.farm(folder)
    let made = try Command.shell(
      """
      cd '\(folder.path)'; \(Self.scan) --history farm.sqlite -o scan.html logs; echo $?
      $P history export --format html --history farm.sqlite -o history.html
      """)
    #expect(made.output == "1\n" && made.errors.isEmpty, "\(made)")
    let scan = try FarmPage.open(folder.path + "/scan.html")
    #expect(scan.content.heading.hasPrefix("FAIL: 14 logs: "))
    #expect(scan.content.topics == ["probe-before-domain", "skipped-by-walk-then-replayed"])
    #expect(scan.content.boards == ["all boards", "pi", "rock", "x13s"])
    #expect(scan.content.kernels == ["6.17.13", "6.18.2"])
    let rises = scan.content.rises.filter { $0[0] == "probe-before-domain" }
    #expect(rises == [["probe-before-domain", "rock", "▲ 6.18.2"]])
    // All boards, then pi: all kernels, then each.
    #expect(
      scan.content.cells.prefix(6) == [
        "14/144|9.7 % (14 of 144, 5.9–15.7 %)", "1/72|1.4 % (1 of 72, 0.2–7.5 %)",
        scan.content.cells[2], "2/48|4.2 % (2 of 48, 1.2–14 %)", "1/24|4.2 % (1 of 24, 0.7–20.2 %)",
        "1/24|4.2 % (1 of 24, 0.7–20.2 %)",
      ])
    #expect(scan.content.cells[2].hasPrefix("▲"), "the rise is marked with more than a colour")
    #expect(scan.content.pictures == scan.content.groups.count && scan.content.curves > 8)
    #expect(scan.content.raw.contains { $0.contains("late IOMMU probe at driver bind") })
    #expect(
      !scan.content.commands.isEmpty
        && scan.content.commands.allSatisfy {
          $0 == "proberace report --format html -o finding.html logs/2026-11-01/pi/6.17.13/0.log"
        },
      "\(scan.content.commands)")
    let history = try FarmPage.open(folder.path + "/history.html")
    #expect(history.content.heading.contains(" rose"))
    #expect(history.content.cells == scan.content.cells && history.content.rises == scan.content.rises)
    // It has no pictures; evidence as it was stored, with the command that makes one.
    #expect(history.content.pictures == 0 && history.content.commands.count == scan.content.groups.count)
    try Self.checkUse(try #require(scan.use), pictures: 1)
    try Self.checkUse(try #require(history.use), pictures: 0)
  }

  private static func checkUse(_ use: FarmPage.Use, pictures: Int) throws {
    // Two causes: a header's row and three boards each, three columns.
    #expect(use.all.topics == 2 && use.all.rows == 8 && use.all.cells == 24 && use.all.matches.isEmpty)
    #expect(use.focus == "board")
    #expect(use.board.hash == "#board=pi" && use.board.rows == use.board.topics)
    #expect(use.board.rate == "4.2 % (2 of 48, 1.2–14 %) on pi")
    // What a group says is of the place that was chosen, and of all again.
    #expect(use.board.share == "4.2 % (2 of 48, 1.2–14 %) on pi, all of the cause")
    #expect(use.all.share == "9.7 % (14 of 144, 5.9–15.7 %)" && use.escaped.share == use.all.share)
    #expect(use.board.rises == 0 && use.board.matches.hasSuffix("of 2 causes"))
    #expect(use.escaped.rows == 8 && use.escaped.hash == "#board=")
    #expect(use.back.hash == "#board=pi" && use.back.rows == use.board.rows)
    let cell = try #require(use.cell)
    #expect(cell.hash.hasPrefix("#board=pi&kernel=6.17.13&cause=") && cell.rows == 1 && cell.cells == 1)
    #expect(try cell.rate == #require(use.title) + " on pi with 6.17.13")
    let example = try #require(use.example)
    #expect(example.id.hasPrefix("g") && example.seen && example.evidence > 2 && example.picture == pictures)
  }

  /// Whoever can name a device, a board or a kernel must not be able to run anything in the reader's browser.
  @Test func hostileNames() throws {
    let folder = try TemporaryFolder()
    let other = Hostile.log.replacing("6.17.13", with: "6.18.1\"><img src=x>")
    _ = try folder.file("<b>a.txt", Hostile.log)
    _ = try folder.file("b'\"&.txt", other)
    let made = try Command.shell(
      """
      cd '\(folder.path)'; $P scan --format html -o scan.html --history h.sqlite --label 'board=<script>alert(9)</script>&"=#' \
        --fail-on none --run '</title><script>alert(8)</script>' *.txt
      $P history export --format html --history h.sqlite -o history.html
      """)
    #expect(made.code == 0 && made.errors.isEmpty, "\(made)")
    for name in ["scan", "history"] {
      let page = try FarmPage.open("\(folder.path)/\(name).html")
      #expect(page.content.boards == ["all boards", "<script>alert(9)</script>&\"=#"])
      #expect(
        page.content.kernels.count == 2 && page.content.kernels[0].contains("<script>alert(3)</script>"))
      let use = try #require(page.use)
      #expect(
        use.board.hash.hasPrefix("#board=%3Cscript") && use.board.rows == use.board.topics
          && use.board.rows > 0)
    }
  }

  /// 5 000 boots are a page of less than 2 MB that opens at once; so is one of an empty history.
  @Test func largeAndEmpty() throws {
    let folder = try TemporaryFolder()
    let farm = Here.root.appending(path: "Benchmarks/farm.py").path(percentEncoded: false)
    let made = try Command.shell(
      """
      cd '\(folder.path)'; python3 '\(farm)' 1 --boots 5000 2> truth | $P history add -q --history farm.sqlite - 2>&1
      $P history export --format html --history farm.sqlite -o large.html; wc -c < large.html
      $P history prune -q --before 2999-01-01 --history farm.sqlite
      $P history export --format html --history farm.sqlite -o empty.html
      """)
    #expect(
      try #require(Int(made.output.trimmingCharacters(in: .whitespacesAndNewlines))) < 2_000_000, "\(made)")
    let large = try FarmPage.open(folder.path + "/large.html")
    #expect(large.seconds < 10 && large.content.boards.count == 16 && large.content.kernels.count == 12)
    #expect(large.content.kernels.starts(with: ["6.15.11", "6.16.12", "6.17.0-rc5", "6.17.0"]))
    let empty = try FarmPage.open(folder.path + "/empty.html")
    #expect(empty.content.heading == "There is no boot" && empty.content.groups.isEmpty)
  }
}
