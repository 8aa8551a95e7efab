import Bytes
import Scan
import ScanReports
import Timelines

@testable import Verdicts

/// Tests of causes where a format has one each: all that are findings, and the undetermined.
let causeTests = Cause.all.count { $0.verdict != nil } + 1

/// What nobody should put in a device's name.
let nasty =
  "<script>alert(\"x\")</script>|`'&]]>\u{1b}[31m\r\n::error::50%0A,@bob #1 {0} [a](http://b) www.c.de x@y.de\u{0}\u{202e}é"

func finding(
  _ device: String, _ cause: String?, _ verdict: Verdict, driver: String? = "nvme", side: Side = .walk,
  line: Int = 12
) -> Finding {
  Finding(
    device: device, driver: driver, kind: .lateIOMMUProbe, time: 1_500_000_000, side: side, verdict: verdict,
    confidence: cause == nil ? nil : .likely, cause: cause.flatMap(Cause.named),
    candidates: cause == nil ? [Cause.named("walk-bind-toctou")!] : [],
    harm: verdict == .real ? .exposed : .unharmed, tier: .kernelLog, summary: "what \(device) did",
    evidence: [
      Evidence(
        "the warning of \(device)", Place(input: 0, line: line, offset: 100), time: 1_500_000_000)
    ],
    missing: verdict == .undetermined ? ["a trace of \(device)"] : [], assumed: [],
    places: [Place(input: 0, line: line, offset: 100)])
}

func judged(
  _ finding: Finding, passes: Bool, _ reason: String = "its verdict", allowedBy: String? = nil,
  bug: String? = nil, isSoft: Bool = false
) -> Judged {
  Judged(
    finding: finding,
    decision: GateDecision(passes: passes, reason: reason, allowedBy: allowedBy, bug: bug, isSoft: isSoft))
}

func log(
  _ path: String, boot: Int = 0, _ state: LogResult.State = .complete, _ findings: [Judged] = [],
  _ change: (inout LogResult) -> Void = { _ in }
) -> LogResult {
  var log = LogResult(path: path, boot: boot, state: state)
  log.findings = findings
  change(&log)
  log.decideEligibility(group: true)
  return log
}

/// A scan with one of everything.
let sample = ScanReport(
  logs: [
    log("logs/clean.txt") { $0.kernel = "6.12.1" },
    log(
      "logs/false.txt", .complete,
      [judged(finding("0000:00:10.5", "walk-bind-toctou", .falsePositive), passes: true)]
    ) {
      $0.hardware = "linux,dummy-virt (DT)"
      $0.others = [OtherTrouble(kind: .warning, signature: "warning:foo", title: "WARNING: foo", count: 3)]
    },
    log(
      "logs.tar.gz:real.txt", boot: 1, .complete,
      [
        judged(finding("0000:00:01.0", "probe-before-domain", .real), passes: false),
        judged(finding("0000:00:01.0", "probe-before-domain", .real, line: 90), passes: false),
        judged(
          finding("0000:00:02.0", "probe-before-domain", .real), passes: true, "allowed until 2027-01-01",
          allowedBy: "baseline.json entry 2", bug: "https://bugs.example/7", isSoft: true),
      ]),
    log(
      "logs/open.txt", .complete, [judged(finding("19471000.drmdecon", nil, .undetermined), passes: false)]),
    log("logs/gone.txt", .unreadable) { $0.error = "No such file or directory" },
    log("logs/readme.txt", .noKernelLog),
    log("logs/short.txt", .incomplete) {
      $0.gaps = [.end]
      $0.losses = [Loss(.droppedPrintk, count: 7, "printk dropped messages")]
    },
  ],
  baselineNotes: ["entry 3 has expired", "entry 4 matches nothing"])

/// The same with a name that means something in every format.
let nastySample = ScanReport(
  logs: [
    log(
      nasty, .complete,
      [
        judged(finding(nasty, "probe-before-domain", .real, driver: nasty), passes: false, nasty),
        judged(
          finding(nasty, nil, .undetermined, driver: nasty, side: .bind), passes: true, nasty,
          allowedBy: nasty, bug: nasty),
      ]
    ) {
      $0.kernel = nasty
      $0.hardware = nasty
      $0.others = [OtherTrouble(kind: .oops, signature: nasty, title: nasty)]
    },
    log(nasty, boot: 1, .unreadable) { $0.error = nasty },
  ], baselineNotes: [nasty])
