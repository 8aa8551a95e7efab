// Formats whose consumers nobody packages: golden texts, and the formats' own documentation.
import Foundation
import Reports
import Scan
import ScanReports
import Testing
import Verdicts

@Suite struct AnnotationTests {
  /// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
  @Test func `GitHub's commands`() {
    #expect(
      GitHub.render(sample) == """
        ::error file=logs.tar.gz%3Areal.txt,line=12,title=1 boot%3A probe-before-domain::real: iommu-late-probe/v1:walk:nvme, probe-before-domain: 33.3 %25 (1 of 3, 6.1–79.2 %25); on unknown, kernel unknown. 0000:00:01.0 (nvme): real, likely, probe-before-domain, exposed. what 0000:00:01.0 did. Gate: its verdict
        ::error file=logs/open.txt,line=12,title=1 boot%3A undetermined::undetermined: iommu-late-probe/v1:walk:nvme, undetermined: 33.3 %25 (1 of 3, 6.1–79.2 %25); on unknown, kernel unknown. 19471000.drmdecon (nvme): undetermined, unharmed. what 19471000.drmdecon did. Could be: walk-bind-toctou. Gate: its verdict
        ::error file=logs.tar.gz%3Areal.txt,line=12,title=0000%3A00%3A01.0%3A real late IOMMU probe::0000:00:01.0 (nvme): real, likely, probe-before-domain, exposed. what 0000:00:01.0 did. Gate: its verdict
        ::error file=logs.tar.gz%3Areal.txt,line=90,title=0000%3A00%3A01.0%3A real late IOMMU probe::0000:00:01.0 (nvme): real, likely, probe-before-domain, exposed. what 0000:00:01.0 did. Gate: its verdict
        ::error file=logs/open.txt,line=12,title=19471000.drmdecon%3A undetermined late IOMMU probe::19471000.drmdecon (nvme): undetermined, unharmed. what 19471000.drmdecon did. Could be: walk-bind-toctou. Gate: its verdict
        ::error file=logs/gone.txt,title=proberace%3A log not judged::No such file or directory
        ::notice file=logs/false.txt,line=12,title=1 boot%3A walk-bind-toctou::false-positive: iommu-late-probe/v1:walk:nvme, walk-bind-toctou: 33.3 %25 (1 of 3, 6.1–79.2 %25); on linux,dummy-virt, kernel unknown. 0000:00:10.5 (nvme): false-positive, likely, walk-bind-toctou, unharmed. what 0000:00:10.5 did. Gate: its verdict
        ::notice file=logs/false.txt,line=12,title=0000%3A00%3A10.5%3A false-positive late IOMMU probe::0000:00:10.5 (nvme): false-positive, likely, walk-bind-toctou, unharmed. what 0000:00:10.5 did. Gate: its verdict
        ::warning file=logs.tar.gz%3Areal.txt,line=12,title=0000%3A00%3A02.0%3A real late IOMMU probe::0000:00:02.0 (nvme): real, likely, probe-before-domain, exposed. what 0000:00:02.0 did. Gate: allowed until 2027-01-01 (https://bugs.example/7)
        ::warning file=logs/readme.txt,title=proberace%3A log not judged::no kernel log in here
        ::warning file=logs/short.txt,title=proberace%3A log not whole::the log ends before user space: what came later is not known
        ::notice title=proberace%3A other kernel trouble%2C not judged::3 × warning:foo in 1 log
        ::debug::\(Release.title)

        """)
  }

  /// Read back as the runner does (actions/runner, src/Runner.Common/ActionCommand.cs): the command up to the first
  /// space, properties between commas, the message after the next `::`, then %0D %0A %3A %2C and at last %25.
  @Test func `a nasty name stays one command and comes back whole`() {
    let lines = GitHub.render(nastySample).split(separator: "\n")
    #expect(lines.count == 5 && lines[4] == "::debug::\(Release.title)")
    #expect(
      lines[3].hasPrefix("::notice title=proberace%3A other kernel trouble%2C not judged::1 × <script>"))
    #expect(lines[3].unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f })
    for line in lines.dropLast(2) {
      #expect(line.hasPrefix("::error ") || line.hasPrefix("::notice "))
      #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f })
      let rest = line.dropFirst(2)
      let end = rest.firstRange(of: "::")!.lowerBound
      let properties = rest[..<end].drop { $0 != " " }.dropFirst().split(separator: ",")
      #expect(properties.allSatisfy { ["file", "line", "title"].contains($0.prefix { $0 != "=" }) })
      let file = properties[0].dropFirst(5).replacing("%0D", with: "\r").replacing("%0A", with: "\n")
        .replacing("%3A", with: ":").replacing("%2C", with: ",").replacing("%25", with: "%")
      let shown = nasty.replacing("\u{1b}", with: "\\x1b").replacing("\0", with: "\\x00")
        .replacing("\u{202e}", with: "\\x202e")
      #expect(file == shown)
    }
  }

  /// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format: these fields, all of them required.
  @Test(arguments: [false, true]) func `GitLab's entries have the documented fields`(_ isNasty: Bool)
    throws
  {
    let report = isNasty ? nastySample : sample
    let entries = try json(GitLab.render(report)) as? [[String: Any]] ?? []
    #expect(!entries.isEmpty)
    for entry in entries {
      #expect(
        Set(entry.keys) == [
          "description", "check_name", "fingerprint", "severity", "engine_name", "location",
        ])
      let severity = entry["severity"] as? String ?? ""
      #expect(["info", "minor", "major", "critical", "blocker"].contains(severity))
      let location = entry["location"] as? [String: Any]
      #expect(location?["path"] is String)
      #expect(((location?["lines"] as? [String: Int])?["begin"] ?? 0) >= 1)
      let print = entry["fingerprint"] as? String ?? ""
      #expect(print.count == 32 && print.allSatisfy(\.isHexDigit))
    }
    #expect(Set(entries.compactMap { $0["fingerprint"] as? String }).count == entries.count)
  }

  /// The fingerprint was worked out by another implementation of FNV-1a.
  @Test func `GitLab's entries, golden`() throws {
    var report = sample
    report.logs = [sample.logs[3]]
    #expect(
      GitLab.render(report) == """
        [
          {
            "description": "19471000.drmdecon (nvme): undetermined, unharmed. what 19471000.drmdecon did. Could be: walk-bind-toctou. Gate: its verdict",
            "check_name": "undetermined",
            "fingerprint": "33dd26c5734204597831423836250ec0",
            "severity": "major",
            "engine_name": "\(Release.title)",
            "location": {
              "path": "logs/open.txt",
              "lines": {
                "begin": 12
              }
            }
          }
        ]

        """)
  }

  /// A build whose logs have other names has the same fingerprints: that is how GitLab tells new from old.
  @Test func `a fingerprint does not hang on the log's name`() throws {
    var renamed = sample
    for index in renamed.logs.indices { renamed.logs[index].path = "build-2/\(index)" }
    renamed.logs.removeLast(3)
    var cut = sample
    cut.logs.removeLast(3)
    #expect(prints(renamed) == prints(cut))
  }

  /// Two hundred boots of one bug are one entry that leads, and its fingerprint is the same whoever of them is there.
  @Test func `GitLab's entries begin with groups`() throws {
    let names = (1...3).map { "logs/\($0).txt" }
    func entries(_ names: [String]) throws -> [[String: Any]] {
      let logs = names.map { name in
        log(name, .complete, [judged(finding("0000:00:01.0", "probe-before-domain", .real), passes: false)])
      }
      return try json(GitLab.render(ScanReport(logs: logs))) as? [[String: Any]] ?? []
    }
    let all = try entries(names)
    #expect(all.count == 4)
    let text = try #require(all.first?["description"] as? String)
    #expect(
      text.hasPrefix("real: iommu-late-probe/v1:walk:nvme, probe-before-domain: 100 % (3 of 3, ")
        && text.contains("For example 0000:00:01.0 (nvme): real"))
    let place = all.first?["location"] as? [String: Any]
    #expect(place?["path"] as? String == "logs/1.txt" && place?["lines"] as? [String: Int] == ["begin": 12])
    #expect(all.first?["severity"] as? String == "critical")
    let fewer = try entries(Array(names.dropFirst()))
    #expect(
      fewer.count == 3 && fewer.first?["fingerprint"] as? String == all.first?["fingerprint"] as? String)
  }

  private func prints(_ report: ScanReport) -> [String] {
    let entries = (try? json(GitLab.render(report))) as? [[String: Any]] ?? []
    return entries.compactMap { $0["fingerprint"] as? String }
  }

  /// https://docs.kernel.org/dev-tools/ktap.html
  @Test func `KTAP, golden`() {
    var report = sample
    report.logs = [sample.logs[0], sample.logs[3], sample.logs[4], sample.logs[5]]
    let text = KTAP.render(report)
    #expect(text.contains(/\n  ok \d+ probe-before-domain\n/))
    #expect(
      text.split(separator: "\n").filter { !$0.hasPrefix("  ok ") }.joined(separator: "\n") + "\n" == """
        KTAP version 1
        # \(Release.title)
        1..5
          KTAP version 1
          1..\(causeTests)
          not ok \(causeTests) undetermined
        not ok 1 causes
        ok 2 logs/clean.txt
          KTAP version 1
          1..1
          # 19471000.drmdecon (nvme): undetermined, unharmed
          #   what 19471000.drmdecon did
          #   signature: iommu-late-probe/v1:walk:nvme
          #   gate: its verdict
          #   [1.500000] the warning of 19471000.drmdecon (line 12)
          #   missing: a trace of 19471000.drmdecon
          not ok 1 19471000.drmdecon iommu-late-probe/v1:walk:nvme
        not ok 3 logs/open.txt
        not ok 4 logs/gone.txt # ERROR No such file or directory
        ok 5 logs/readme.txt # SKIP no kernel log in here

        """)
  }

  /// https://github.com/Linaro/squad/blob/master/doc/intro.rst: values pass or fail, metadata all strings, names
  /// without slashes or brackets after the suite.
  @Test func `SQUAD's files`() throws {
    let tests = try json(Squad.tests(sample)) as? [String: String]
    #expect(
      tests?.filter { $0.value == "fail" }.keys.sorted() == [
        "proberace/late-iommu-probe", "proberace/logs-judged", "proberace/probe-before-domain",
        "proberace/undetermined",
      ])
    #expect(tests?["proberace/walk-bind-toctou"] == "pass")
    // Whatever was scanned, its tests are called the same.
    let names = tests?.keys.sorted()
    for report in [nastySample, ScanReport(logs: [])] {
      let others = try json(Squad.tests(report)) as? [String: String]
      #expect(others?.keys.sorted() == names)
    }
    let none = try json(Squad.tests(ScanReport(logs: []))) as? [String: String]
    #expect(none?.values.allSatisfy { $0 == "skip" } == true)
    let metadata = try json(Squad.metadata(sample)) as? [String: String]
    #expect(metadata?["kernel"] == "6.12.1")
    #expect(metadata?["failing_logs"] == "3")
    #expect(metadata?["kernel_6.12.1"] == "1 log, 1 boot: no finding")
    #expect(try json(Squad.metadata(nastySample)) is [String: String])
  }
}
