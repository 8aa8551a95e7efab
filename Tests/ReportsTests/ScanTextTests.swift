// JSON lines, the terminal summary and the gate's reasons.
import Foundation
import Reports
import Scan
import ScanReports
import Testing
import Writing

@Suite struct ScanTextTests {
  @Test(arguments: [false, true]) func `each JSON line is an object of the contract`(_ isNasty: Bool)
    throws
  {
    let report = isNasty ? nastySample : sample
    let lines = JSONLines.render(report, run: "7").split(separator: "\n").dropLast()
    #expect(lines.count == report.logs.count)
    for (text, log) in zip(lines, report.logs) {
      let line = try json(String(text)) as? [String: Any] ?? [:]
      #expect(line["schema"] as? String == "proberace/scan@1")
      #expect(line["path"] as? String == log.path)
      #expect(line["boot"] as? Int == log.boot)
      for field in ["kernel", "hardware"] { #expect(line[field] is String || line[field] is NSNull) }
      #expect(line["state"] as? String == log.state.rawValue)
      #expect((line["others"] as? [Any])?.count == log.others.count)
      #expect((line["losses"] as? [Any])?.count == log.losses.count)
      #expect((line["error"] != nil) == (log.state == .unreadable))
      let findings = line["findings"] as? [[String: Any]] ?? []
      #expect(findings.map { $0["device"] as? String } == log.findings.map(\.finding.device))
      for (finding, judged) in zip(findings, log.findings) {
        #expect(finding["signature"] as? String == judged.finding.signature)
        let gate = finding["gate"] as? [String: Any]
        #expect(gate?["passes"] as? Bool == judged.decision.passes)
        #expect(gate?["reason"] as? String == judged.decision.reason)
        #expect(gate?["allowedBy"] as? String == judged.decision.allowedBy)
        #expect(gate?["bug"] as? String == judged.decision.bug)
      }
    }
  }

  @Test func `the summary says the answer first`() {
    let text = ScanTerminal.render(sample, Style(width: 80, ascii: true))
    #expect(
      text == """
        7 logs, 5 boots: 3 real, 1 undetermined, 1 false positive (1 on the allow-list)
        1 could not be read whole, 1 without a kernel log, 1 ending before user space
        FAIL: 3 logs: 2 real, 1 undetermined, 1 log could not be read whole

        Groups (boots that show it, of those that could; 95 % interval)
          REAL           iommu-late-probe/v1:walk:nvme, probe-before-domain
              33.3 % (1 of 3, 6.1-79.2 %), 3 findings; on unknown, kernel unknown; for
              example logs.tar.gz:real.txt:12 (boot 2)
          UNDETERMINED   iommu-late-probe/v1:walk:nvme, undetermined
              33.3 % (1 of 3, 6.1-79.2 %), 1 finding; on unknown, kernel unknown; for
              example logs/open.txt:12
          FALSE POSITIVE iommu-late-probe/v1:walk:nvme, walk-bind-toctou
              33.3 % (1 of 3, 6.1-79.2 %), 1 finding, passes the gate; on
              linux,dummy-virt, kernel unknown; for example logs/false.txt:12

        What fails
          logs.tar.gz:real.txt (boot 2)
            REAL           line 12: 0000:00:01.0 (nvme): likely, probe-before-domain, exposed
            REAL           line 90: 0000:00:01.0 (nvme): likely, probe-before-domain, exposed
          logs/open.txt
            UNDETERMINED   line 12: 19471000.drmdecon (nvme): unharmed
          logs/gone.txt
            UNREADABLE No such file or directory

        Let pass with a warning
          logs.tar.gz:real.txt (boot 2): 0000:00:02.0 (nvme): real, likely,
            probe-before-domain, exposed: allowed until 2027-01-01

        Not scanned
          logs/readme.txt: no kernel log in here

        Other kernel trouble (not judged)
               3  1 log  warning:foo

        Baseline
          - entry 3 has expired
          - entry 4 matches nothing

        """)
  }

  @Test func `a scan without findings, and one of nothing`() {
    let clean = ScanReport(logs: [sample.logs[0]])
    #expect(
      ScanTerminal.render(clean, Style()) == "1 log, 1 boot: no finding\nPASS: no finding fails.\n")
    #expect(GateReport.render(clean, Style()).hasPrefix("The gate had nothing to decide"))
    #expect(ScanTerminal.render(ScanReport(logs: []), Style()).contains("No answer"))
    let short = ScanTerminal.render(ScanReport(logs: [sample.logs[6]]), Style())
    #expect(short.contains("PASS, as far as the logs go"))
    let ended = ScanTerminal.render(ScanReport(logs: clean.logs, isInterrupted: true), Style())
    #expect(ended == "1 log, 1 boot: no finding\nINTERRUPTED: not every file was scanned to its end.\n")
  }

  @Test func `the gate gives a reason for every finding`() {
    let text = GateReport.render(sample, Style(width: 100))
    #expect(
      text.contains(
        """
        logs.tar.gz:real.txt (boot 2)
          FAIL 0000:00:01.0 (nvme): real, likely, probe-before-domain, exposed
               because its verdict
               signature iommu-late-probe/v1:walk:nvme

        """))
    #expect(
      text.contains(
        """
          pass 0000:00:02.0 (nvme): real, likely, probe-before-domain, exposed
               because allowed until 2027-01-01
               signature iommu-late-probe/v1:walk:nvme
               allow-list soft entry baseline.json entry 2, https://bugs.example/7

        """))
    #expect(text.contains("  FAIL the log itself\n       because No such file or directory\n"))
  }

  @Test func `nothing from a log reaches the terminal as a control character`() {
    for text in [
      ScanTerminal.render(nastySample, Style()), GateReport.render(nastySample, Style()),
      KTAP.render(nastySample), Markdown.render(nastySample),
    ] {
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7f })
      #expect(!text.unicodeScalars.contains("\u{202e}"))
    }
  }

  @Test func `a mark with an accent is still a mark`() {
    let accent = "\u{301}"
    let device = "#\(accent) |\(accent) {\(accent) <\(accent)"
    let report = ScanReport(logs: [
      log("a", .complete, [judged(finding(device, nil, .undetermined), passes: false)])
    ])
    // The character before each accent is what counts.
    func marks(_ text: String) -> Set<Unicode.Scalar> {
      let scalars = Array(text.unicodeScalars)
      return Set(scalars.indices.dropFirst().filter { scalars[$0] == "\u{301}" }.map { scalars[$0 - 1] })
    }
    #expect(!marks(KTAP.render(report)).contains("#"))
    #expect(marks(Markdown.render(report)) == [";"])
    #expect(!marks(JUnit.render(report)).contains("<"))
  }

  @Test(arguments: ScanFormat.all.map(\.id)) func `every format can be named and renders anything`(
    _ id: String
  ) {
    let format = ScanFormat.named(id)
    #expect(format?.id == id)
    for report in [sample, nastySample, ScanReport(logs: [])] {
      switch format?.render(report, ScanFormat.Settings()) {
      case .text(let text): #expect(text.isEmpty || text.hasSuffix("\n"))
      case .json(let values): #expect(!values.isEmpty)
      case .binary, nil: Issue.record("no text")
      }
    }
  }
}
