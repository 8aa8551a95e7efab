import Foundation
import TestSupport

/// A report as a browser shows it, by scripts/page_facts.py.
struct Page: Decodable {
  struct Content: Decodable, Equatable {
    struct Figure: Decodable, Equatable {
      var threads, bars, marks, kinds, numbers: [String]
      var windows, folds: Int
      var label: String
    }
    var title, heading: String
    var badges, findings: [String]
    var figures: [Figure]
    var lanes: [String]
    var scripts, foreign, handlers, lines, evidence: Int
    var quoted: [String]
    var csp: String
    var dead, notes: [String]
  }
  struct Layout: Decodable {
    var width, page, checked: Int
    var overlaps, cut: [String]
  }
  struct Visible: Decodable, Equatable { var findings, lanes, rows: Int }
  struct Jump: Decodable {
    var hash, text: String
    var seen: Bool
    var neighbours: Int
  }
  struct Use: Decodable {
    var all: Visible
    var filtered, unfiltered: Visible?
    var matches, next, card: String?
    var dimmed, bright, hidden, hiddenZoomed, ticks, ticksZoomed: Int?
    /// Of the zoomed page.
    var layout: Layout?
    var zoom, unzoomed: Double?
    var panned: Bool?
    var jump: Jump?
  }
  struct Touch: Decodable {
    var shown: Bool
    var text: String
    var link: String?
    var jumped: Bool
  }
  struct Plain: Decodable {
    var content: Content
    var tools: String
  }
  var seconds: Double
  var content: Content
  var paper, paperDark: String
  var layout: [Layout]
  var use: Use
  var touch: Touch?
  var plain: Plain
  var requests, problems: [String]

  struct Failed: Error { var output: String }

  /// Opens `html` in Debian's Chromium. That is missing: the test fails, and says what installs it.
  static func open(_ html: String) throws -> (page: Page, path: String) {
    let folder = try TemporaryFolder()
    let path = try folder.file("report.html", html)
    let script = Here.root.appending(path: "scripts/page_facts.py").path(percentEncoded: false)
    let facts = try Command.run(URL(filePath: "/usr/bin/env"), ["python3", script, path], nil, [:])
    guard facts.code == 0 else { throw Failed(output: facts.output + facts.errors) }
    return (try JSONDecoder().decode(Page.self, from: Data(facts.output.utf8)), path)
  }
}
