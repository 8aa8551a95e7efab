import ArgumentParser
import Scan

struct BaselineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline", abstract: "Keep the allow-list of known findings.",
    subcommands: [Update.self, List.self, Check.self, Prune.self, Merge.self])

  struct Update: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "update",
      abstract: "Add an entry for every finding that fails now.",
      usage: "proberace baseline update --baseline <file> [<options>] [<paths> ...]",
      discussion: """
          proberace baseline update --baseline known.json --bug LINK logs/

        An entry that was learned on a board with a label holds for that board. Several updates of one file at once lose nothing.
        """)

    @OptionGroup var scan: ScanOptions

    @Option(help: ArgumentHelp("Bug link for the new entries.", valueName: "link"))
    var bug: String?

    @Option(help: ArgumentHelp("Last day on which the new entries hold, e.g. 2027-03-31.", valueName: "date"))
    var expires: String?

    @Option(
      help: ArgumentHelp(
        "The highest share of boots that may show what the new entries name (1%): scan --fail-on regression holds them to it.",
        valueName: "rate"))
    var rate: Share?

    func validate() throws {
      if scan.failOn.asksForChange { throw ValidationError("--fail-on regression is scan's: name verdicts") }
      if scan.baseline == nil { throw ValidationError("say which allow-list: --baseline FILE") }
      if let expires, !Baseline.isDate(expires) {
        throw ValidationError("--expires: \"\(expires)\" is no date like 2027-03-31")
      }
      if let expires, expires < UTC.today.text {
        throw ValidationError("--expires: \(expires) is over: such entries would let nothing pass")
      }
    }

    func run() throws {
      guard let path = scan.baseline else { return }
      let file = BaselineFile(path: path)
      let gate = Scan.Gate(failing: scan.failOn.verdicts, baseline: try file.read(), today: UTC.today.text)
      let walk = try scan.walk()
      let claims = try scan.kernel.claims(probes: scan.probe)
      let tally = ScanSoFar(gate)
      let rows = try scan.rows(hashes: false)
      Interrupt.watch()
      if let signal = Scanning.run(
        walk, scan, rows, claims, gate, showsProgress: true, tally: tally
      ).signal {
        Diagnostics.say("proberace: \(path): not changed")
        throw ExitCode(128 + signal)
      }
      let failing = tally.report.logs.flatMap { log -> [PlacedFinding] in
        log.findings.filter { !$0.decision.passes }.map { PlacedFinding($0.finding, of: log.place) }
      }
      // Others may have written meanwhile: what they know is known.
      let (known, updated) = try file.change {
        $0.updated(with: failing, bug: bug, expires: expires, rate: rate?.value, today: gate.today)
      }
      Diagnostics.say(
        "proberace: \(path): entries before: \(known.entries.count), now: \(updated.entries.count)")
      let renewed = known.expired(knowing: failing, gate.today).count
      if expires == nil, renewed > 0 {
        Diagnostics.say(
          "proberace: had expired, and hold for ever now (--expires sets a last day): \(renewed)")
      }
      let unknown = failing.count { $0.finding.isOfUnknownDevice }
      if unknown > 0 {
        Diagnostics.say("proberace: not put on the list, for they do not tell their device: \(unknown)")
      }
      // What else fails is on the list now.
      let status = tally.exitCode(ofOtherShards: 0)
      if status == 2 || unknown > 0 { throw ExitCode(status) }
    }
  }
}
