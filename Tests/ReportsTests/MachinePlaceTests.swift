import Bytes
import Scan
import ScanReports
import Testing
import Writing

/// Of several documents of one machine (`--boot-per`) every format names the one that a finding's line is in.
struct MachinePlaceTests {
  private static let report: ScanReport = {
    var found = finding("0000:00:10.5", "probe-before-domain", .real, line: 90)
    found.places = [Place(input: 1, line: 90, offset: 0)]
    found.evidence[0].place = Place(input: 2, line: 7, offset: 0)
    return ScanReport(
      logs: [
        log("logs/job7", .complete, [judged(found, passes: false)]) {
          $0.inputs = ["logs/job7/cmdline.txt", "logs/job7/dmesg.txt", "logs/job7/trace.txt"]
        }
      ])
  }()

  @Test(arguments: [
    (
      "terminal", ScanTerminal.render(report, Style(width: 200)),
      ["logs/job7\n", "dmesg.txt:90: "]
    ),
    ("markdown", Markdown.render(report), ["logs/job7/dmesg.txt&#58;90", "trace.txt"]),
    ("sarif", SARIF.render(report), ["logs/job7/dmesg.txt", "\"startLine\": 90"]),
    ("github", GitHub.render(report), ["file=logs/job7/dmesg.txt,line=90"]),
    ("gitlab", GitLab.render(report), ["\"path\": \"logs/job7/dmesg.txt\""]),
    ("junit", JUnit.render(report), ["file=\"logs/job7/dmesg.txt\" line=\"90\"", "(trace.txt:7)"]),
    ("ktap", KTAP.render(report), ["(trace.txt:7)"]),
  ])
  func theDocumentIsNamed(_ format: String, _ text: String, _ expected: [String]) {
    for part in expected { #expect(text.contains(part), "\(format): \(part)") }
    #expect(!text.contains("logs/job7:90") && !text.contains("(line 7)"), "\(format)")
  }
}
