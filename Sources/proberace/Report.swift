import Analysis
import ArgumentParser
import Bundles
import Inputs
import Reading
import Reports
import Verdicts
import Writing

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Judge every late-IOMMU-probe warning of one boot.",
    usage: "proberace report [<options>] <files> ...",
    discussion: """
      Kernel logs, ftrace or trace-cmd report text and trace.dat are recognised by their content, also packed, in an \
      archive, a bug report, a mail or a page (proberace formats has the list). More files of the same boot make \
      verdicts surer: the log has the warning, the trace has the order of things.

        proberace report dmesg.txt trace.txt
        dmesg | proberace report -
        proberace report --format html -o report.html dmesg.txt trace.dat
        proberace report --format json --fail-on real dmesg.txt > report.json
        proberace report --bundle case.tar.zst --scrub dmesg.txt trace.txt

      \(ExitStatus.judged)
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var output: OutputOptions

  @Option(
    help: "\(ReportFormat.all.map(\.id).joined(separator: ", ")).",
    completion: .list(ReportFormat.all.map(\.id)))
  var format = "terminal"

  @Option(
    help: "Exit with 1 if a finding has one of these verdicts: real, undetermined, false-positive; or none.",
    completion: FailOn.completion(history: false))
  var failOn = FailOn.standard

  @Option(
    name: .customLong("what-if"),
    help: ArgumentHelp(
      "Say what would have become of each finding with a candidate fix of the kernel (docs/fixes; formats terminal, html, and json, which has all of them always): \(Report.known), or all.",
      valueName: "id"),
    completion: .list(Candidate.all.map(\.id) + ["all"]))
  var whatIf: [String] = []

  @Option(
    help: ArgumentHelp(
      "Write inputs, versions, answer and page into this file as well, to be sent to whoever must check a verdict; report reads it.",
      valueName: "file.tar.zst"), completion: .file())
  var bundle: String?

  @Flag(
    help:
      "In the bundle, replace names of hosts and users, IP and MAC addresses, serial numbers and UUIDs. Of text only: recordings are refused."
  )
  var scrub = false

  func validate() throws {
    try output.refuse(overwriting: input.files)
    if failOn.asksForChange { throw ValidationError("--fail-on regression is scan's: it needs many boots") }
    if scrub, bundle == nil { throw ValidationError("--scrub is for what --bundle writes") }
    if let bundle {
      try Output.refuse(bundle, "--bundle", overwriting: input.files + [output.output].compactMap(\.self))
    }
    for id in whatIf where id != "all" && Candidate.named(id) == nil {
      throw ValidationError("unknown candidate '\(id)'; there are: \(Self.known), and all")
    }
    guard let chosen = ReportFormat.named(format) else {
      let known = ReportFormat.all.map(\.id).joined(separator: ", ")
      throw ValidationError("unknown format '\(format)'; there are: \(known)")
    }
    if !whatIf.isEmpty, !chosen.answersWhatIf {
      let able = ReportFormat.all.filter(\.answersWhatIf).map(\.id).joined(separator: ", ")
      throw ValidationError("--what-if is answered by the formats \(able), not by \(format)")
    }
  }

  private static let known = Candidate.all.map(\.id).joined(separator: ", ")

  /// Those that are asked about, each once.
  private var candidates: [Candidate] {
    Candidate.all.filter { whatIf.contains("all") || whatIf.contains($0.id) }
  }

  func run() throws {
    let chosen = ReportFormat.named(format)
    let claims = try input.kernel.claims(probes: input.probe)
    let sources = try input.sources(
      readsAgain: bundle != nil || chosen?.readsAgain ?? false, keepsPipes: bundle != nil)
    let analysis = input.analyse(sources, claims)
    if let chosen {
      let rendered = chosen.render(analysis, candidates, output.style, RawLines.read)
      try output.write(rendered, isForReading: format == "terminal")
    }
    if let bundle { try write(bundle, sources, analysis, claims) }
    throw ExitCode(failOn.exitCode(analysis))
  }

  private func write(
    _ path: String, _ sources: [InputOptions.Source], _ analysis: Analysis, _ claims: KernelClaims
  ) throws {
    do {
      let made = try ReportBundle(
        named: path, sources, analysis, options: input.options(claims), claims: claims,
        format: input.format, isScrubbed: scrub)
      try Output.write(to: path) { try made.write(to: $0) }
      Diagnostics.say("proberace: \(path): \(Plain.count(made.inputs, "input"))")
      if scrub {
        for line in made.replaced { Diagnostics.say("proberace: replaced: \(line)") }
        Diagnostics.say(
          "proberace: look through it before you send it: what has no form to be told by is still there")
      }
    } catch {
      throw ValidationError("--bundle \(path): \(Plain.safe(InputError.explain(error)))")
    }
  }
}
